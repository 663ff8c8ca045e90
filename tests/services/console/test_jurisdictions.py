"""Supervisors and auditors read all of their jurisdiction, whatever the unit, and nothing of any other."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.console.queries import QUEUE_LIMIT
from tests.sample import documents, publish
from tests.services.console.people import SIGNED, Crew, House, Person, tell
from tests.services.console.test_reading import all_pages, drained, ids

ELSEWHERE = "elsewhere"
QUEUES = ("triage", "returns", "review", "survey", "overdue", "undelivered")
PARTS = ("", "/timeline", "/deadlines")


@pytest.fixture
async def here_and_there(house: House, crew: Crew) -> tuple[Crew, Crew]:
    """A ticket in the returns queue of each of two jurisdictions, which have the same units."""
    await tell(house.settings, *(publish(replace(d, jurisdiction=ELSEWHERE)) for d in documents()))
    there = Crew(
        await house.person("operator", at=ELSEWHERE),
        await house.person("unit", "water", at=ELSEWHERE),
        await house.person("unit", "road", at=ELSEWHERE),
    )
    return crew.steps(*SIGNED, "request-return"), there.steps(*SIGNED, "request-return")


def lists(person: Person) -> dict[str, list[str]]:
    """The tickets of every list that there is."""
    queues = {name: person.reads(f"/api/queues/{name}", limit=QUEUE_LIMIT)["tickets"] for name in QUEUES}
    inboxes = {
        unit: person.reads(f"/api/units/{unit}/inbox", limit=500)["tickets"] for unit in ("water", "road")
    }
    behind = all_pages(person, "/api/figures/units/water/received/tickets", limit=200)
    return {
        "all": ids(all_pages(person, "/api/tickets", limit=200)),
        "behind a figure": ids(behind),
        "feed": [row["ticket"] for row in drained(person, "")],
        **{name: ids(rows) for name, rows in (queues | inboxes).items()},
    }


def counts(person: Person) -> list[Any]:
    """All figures, and the policies."""
    figures = [person.reads(f"/api/figures/{by}")["rows"] for by in ("channels", "units")]
    return [*figures, person.reads("/api/policies")["policies"]]


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
async def test_they_read_what_their_operators_read(
    house: House, here_and_there: tuple[Crew, Crew], role: str
) -> None:
    for crew in here_and_there:
        operator = crew.operator
        reader = (await house.person(role, at=operator.account.jurisdiction)).met(operator)
        assert lists(reader) == lists(operator)
        assert counts(reader) == counts(operator)
        for part in PARTS:
            address = f"/api/tickets/{crew.ticket}{part}"
            assert reader.reads(address) == operator.reads(address)


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
async def test_they_find_their_own_tickets_in_every_list_and_others_in_none(
    house: House, here_and_there: tuple[Crew, Crew], role: str
) -> None:
    for own, other in (here_and_there, here_and_there[::-1]):
        jurisdiction = own.operator.account.jurisdiction
        reader = (await house.person(role, at=jurisdiction)).met(own.operator)
        found = lists(reader)
        for name in ("all", "returns", "water", "road", "feed", "behind a figure"):
            assert own.ticket in found[name], name
        assert other.ticket not in [ticket for tickets in found.values() for ticket in tickets]
        for part in PARTS:
            assert other.operator.asks(f"/api/tickets/{other.ticket}{part}").status_code == 200
            assert reader.asks(f"/api/tickets/{other.ticket}{part}").status_code == 404
        policies = {row["policy"].split("/")[1] for row in reader.reads("/api/policies")["policies"]}
        assert policies == {jurisdiction}
        rows = reader.reads("/api/figures/units")["rows"]
        received = {row["key"]: row["figures"]["received"]["count"] for row in rows}
        assert received["water"] == len(found["behind a figure"])
