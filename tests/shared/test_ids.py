"""Ids that are the same however often they are made."""

from shared.ids import command_id, ticket_id


def test_a_retry_meets_its_first_try() -> None:
    assert ticket_id("yichun", "city-12345", "GD1") == ticket_id("yichun", "city-12345", "GD1")


def test_two_cities_never_share_a_ticket() -> None:
    assert ticket_id("yichun", "city-12345", "GD1") != ticket_id("qingyuan", "city-12345", "GD1")


def test_the_ids_of_this_version_are_those_of_every_version() -> None:
    assert ticket_id("yichun", "city-12345", "GD1") == "9674ada4-4810-5f9d-b10c-305dffe87537"
    assert command_id("ticket-0-1-7", "assign") == "13aff829-2fcf-5a40-a91c-7762668519f2"
