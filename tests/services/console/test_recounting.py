"""指标复算: what a figure was at a moment is what it said then, and every ticket of the difference is named."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.console.numbers import recounting
from services.console.numbers.figures import Counting, Grouping
from services.console.numbers.recounting import Asked, Differing, Number, Recounting, TooMany
from services.console.proof.record import Record
from shared.figures import BY_NAME, FIGURES, Figure
from shared.postgres import open_pool
from tests.services.console.people import ANSWERED, SIGNED, SURVEYING, Crew, House, Person
from tests.services.console.windowless import between, pages_of, words


@pytest.fixture
async def counter(house: House) -> AsyncIterator[Recounting]:
    """Counts again over the house's views and record."""
    pool, record = await open_pool(house.settings, 2), Record(house.settings)
    await record.start()
    yield Recounting(pool, record)
    await record.stop()
    await pool.close()


def said(person: Person, by: Grouping, key: str) -> dict[str, Any]:
    """Every figure of a unit or channel as the API tells it now."""
    rows = person.reads(f"/api/figures/{by}")["rows"]
    return next(row["figures"] for row in rows if row["key"] == key)


def number(told: dict[str, Any]) -> Number:
    return Number(told["count"], told.get("of", told["count"]))


def shown(crew: Crew) -> str:
    """The crew's ticket, once the views have what they just did."""
    return str(crew.operator.reads(f"/api/tickets/{crew.ticket}")["id"])


def just_after(person: Person, ticket: str) -> datetime:
    """The first moment after what has happened to a ticket."""
    last = person.reads(f"/api/tickets/{ticket}/timeline")["lines"][-1]["at"]
    return datetime.fromisoformat(last) + timedelta(milliseconds=1)


def _seen(figure: Figure, one: Differing) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """What the page says of a ticket then and now: of a count only whether it counts."""
    if figure.of is None:
        return (one.part_then,), (one.part_now,)
    return (one.whole_then, one.part_then), (one.whole_now, one.part_now)


async def test_every_figure_of_a_past_moment_is_what_it_said_then(
    house: House, crew: Crew, counter: Recounting
) -> None:
    """Redone at another unit, disputed, closed, registered since: whatever moves a ticket between then and now."""
    tickets = []
    for story in (SIGNED, ANSWERED, SURVEYING, SURVEYING, ("register",)):
        tickets.append(shown(crew.steps(*story)))
    then = just_after(crew.operator, crew.ticket)
    cases: tuple[tuple[Grouping, str], ...] = (("units", "water"), ("channels", "console"))
    before = [said(crew.operator, *case) for case in cases]
    for ticket, steps in zip(
        tickets, (("contact", "answer"), ("send-back",), ("survey",), ("redo",), ("assign",)), strict=True
    ):
        crew.ticket = ticket
        shown(crew.steps(*steps))
    shown(crew.steps(*SIGNED))
    after = [said(crew.operator, *case) for case in cases]
    for (by, key), was, now in zip(cases, before, after, strict=True):
        for figure in FIGURES:
            found = await counter.recount(crew.operator.account, Asked(figure, Counting(by), key, then))
            assert found.then == number(was[figure.name]), figure.name
            assert found.now == number(now[figure.name]), figure.name
            assert found.differ == len(found.differing)
            if figure.name == "received":
                assert (found.appeared, found.differ) == (1, 3 if by == "units" else 1)
            assert all(_seen(figure, one)[0] != _seen(figure, one)[1] for one in found.differing), figure.name
            parts = sum(one.part_now - one.part_then for one in found.differing)
            wholes = sum(one.whole_now - one.whole_then for one in found.differing)
            assert (parts, wholes) == (found.now.part - found.then.part, found.now.whole - found.then.whole)


async def test_too_many_changed_tickets_are_not_counted_halfway(
    house: House, crew: Crew, counter: Recounting, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew.steps("register", "assign")
    then = just_after(crew.operator, crew.ticket)
    shown(crew.steps("sign"))
    monkeypatch.setattr(recounting, "MOST", 0)
    with pytest.raises(TooMany):
        await counter.recount(
            crew.operator.account, Asked(BY_NAME["signed"], Counting("units"), "water", then)
        )


async def test_the_page_shows_both_numbers_and_each_ticket_between_them(house: House) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps("register", "assign")
    row = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    before = {"of": "units/water", "figure": "received", "at": "2001-01-01T00:00"}
    async with pages_of(house, await house.person("auditor", at=at)) as reader:
        page = reader.main("/figures/then", **before)
        assert words(between(page, 'id="figure-then"', "</td>")).endswith(" 0")
        assert int(words(between(page, 'id="figure-now"', "</td>")).split()[-1]) == 1
        assert f"{row['number']} – 不计入 ● 计入" in words(page)
        assert "此后新来的 1 件,当时已有而此后变动的 0 件" in words(page)
        assert reader.http.get("/figures/then", params={"figure": "no-such"}).status_code == 404
    async with pages_of(house, await house.person("auditor", at="elsewhere")) as reader:
        assert row["number"] not in reader.main("/figures/then", **before)
    async with pages_of(house, crew.operator) as reader:
        assert reader.http.get("/figures/then").status_code == 403
