"""Precedents, open load and how answers fared: counted from the views, within the caller's jurisdiction."""

import pytest

from services.console.advice.proposals import Precedent
from services.console.advice.track_record import Answers, TrackRecord
from services.console.people.accounts import Account
from services.console.queries import Queries
from shared.postgres import open_pool
from tests.services.console.people import Crew, House
from tests.services.console.queueing import Desk, desk_at


@pytest.fixture
async def desk(house: House) -> Desk:
    return await desk_at(house)


async def crew_of(desk: Desk) -> Crew:
    water, road = [await desk.house.person("unit", unit, at=desk.at) for unit in ("water", "road")]
    return Crew(desk.anna, water, road)


async def test_earlier_tickets_tell_with_whom_they_stayed_and_who_answers_badly(
    house: House, desk: Desk
) -> None:
    crew = await crew_of(desk)
    crew.steps("register", "assign", "request-return", "rule-on-return")
    crew.steps("register", "assign")
    crew.steps("register", "assign", "sign", "contact", "answer", "send-back", "answer", "approve")
    crew.step("register", place="west")
    crew.step("assign", lead="road", assisting=[], handler=None)
    (asked,) = await desk.queued(1)
    found = await of(house, desk.anna.account, asked)
    assert sorted(found[0], key=lambda one: one.unit) == [
        Precedent("road", False, 1, 1),
        Precedent("water", True, 3, 2),
    ]
    assert found[1] == {"water": 2, "road": 1, "centre": 0}
    assert found[2] == Answers(2, 1)
    stranger = Account("sample.stranger", "operator", "without-tickets")
    assert await of(house, stranger, asked, desk.anna.account) == (
        [],
        dict.fromkeys(found[1], 0),
        Answers(0, 0),
    )


async def of(
    house: House, caller: Account, ticket: str, owner: Account | None = None
) -> tuple[list[Precedent], dict[str, int], Answers]:
    """What the record says of that ticket to the caller; ``owner`` is who may read the ticket itself."""
    pool = await open_pool(house.settings, 2)
    row = await Queries(pool, pool, house.settings.partitions).ticket(owner or caller, ticket)
    assert row
    record = TrackRecord(pool)
    found = (
        await record.precedents(caller, row),
        await record.loads(caller, ["water", "road", "centre"]),
        await record.answers(caller, "water"),
    )
    await pool.close()
    return found
