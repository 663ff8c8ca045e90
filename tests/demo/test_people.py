"""Who of the sample people may see what."""

from demo.accounts import SCOPE
from demo.people import HANDLING_FOR_COMMITTEE, accounts_of
from tests.sample import units


def test_who_oversees_a_district_sees_all_of_it_and_who_works_in_it_what_is_theirs() -> None:
    made = accounts_of("yichun", units())
    within = {account.id for account in made if SCOPE in account.scopes}
    assert within >= {"yichun.supervisor", "yichun.auditor", "yichun.minsheng"}
    assert "yichun.operator" not in within
    led = {account.id for account in made if account.unit in HANDLING_FOR_COMMITTEE}
    assert within == {"yichun.supervisor", "yichun.auditor", "yichun.minsheng"} | led
