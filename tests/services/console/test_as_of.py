"""单件·时点: what was known of a ticket after one of its entries, and not a word more."""

from typing import Any

from msgspec.structs import replace

from services.projector.rebuild import Difference, rebuild
from shared.policy.units import Units
from shared.postgres import open_pool
from tests.sample import calendar, catalogue, document, publish, surveys, terms, units
from tests.services.console.people import ANSWERED, CLOSED, SIGNED, Crew, House, Person, tell
from tests.services.console.windowless import Pages, between, pages_of, words


def tokens(person: Person, ticket: str) -> dict[str, str]:
    """The place of each kind of event of a ticket, the latest of a kind."""
    lines: list[dict[str, Any]] = person.reads(f"/api/tickets/{ticket}/timeline")["lines"]
    return {line["kind"]: f"{line['partition']}:{line['source']}" for line in lines}


def then(reader: Pages, ticket: str, token: str) -> str:
    """The part of the page that tells what was known."""
    return between(reader.main(f"/tickets/{ticket}/as-of", asof=token), 'id="then"', "</article>")


async def erased(house: House) -> set[str]:
    """The tickets whose keys are destroyed."""
    pool = await open_pool(house.settings, 1)
    gone = "SELECT id FROM views.tickets WHERE id NOT IN (SELECT ticket FROM keys.tickets)"
    rows = await pool.fetch(gone)
    await pool.close()
    return {row["id"] for row in rows}


def differs(one: Difference) -> tuple[str, str]:
    """The row in which something differs."""
    return one.view, str(one.key)


async def test_the_same_moment_gives_the_same_page_before_and_after_the_views_are_made_anew(
    house: House, crew: Crew
) -> None:
    crew.steps(*CLOSED)
    past = f"/tickets/{crew.ticket}/as-of"
    places = set(tokens(crew.operator, crew.ticket).values())
    async with pages_of(house, await house.person("auditor")) as reader:
        before = [reader.main(past, asof=place) for place in places]
        outcome = await rebuild(house.settings, swap=True)
        # Other tests destroyed keys: such a title, which the views had opened, cannot be made again, and nothing else
        # may differ.
        gone = await erased(house)
        assert {
            differs(one)
            for one in outcome.differences
            if one.key.get("ticket", one.key.get("id")) not in gone
        } == set()
        assert {one.column for one in outcome.differences} <= {"title", "words"}
        assert outcome.differ == len({differs(one) for one in outcome.differences}), "all are named"
        assert [reader.main(past, asof=place) for place in places] == before
    assert len(set(before)) == len(before)


async def test_nothing_that_came_later_is_known_then_and_all_of_it_stands_beside(
    house: House, crew: Crew
) -> None:
    crew.steps(*SIGNED)
    at = tokens(crew.operator, crew.ticket)
    async with pages_of(house, crew.operator) as reader:
        known = then(reader, crew.ticket, at["Assigned"])
        assert {"派单", "经办人1"} <= set(words(known).split())
        assert not {"签收", "经办人2"} & set(words(known).split())
        crew.steps("contact", "answer", "approve")
        assert then(reader, crew.ticket, at["Assigned"]) == known
        seen = crew.operator.seen["View-Token"]
        page = reader.main(f"/tickets/{crew.ticket}/as-of", asof=at["Assigned"], token=seen)
    since = words(between(page, 'id="since"', "</aside>"))
    for word in ("经办人 经办人1 → 经办人2", "环节 已派单 → 回访中", "提交答复", "联系诉求人"):
        assert word in since


async def test_a_code_is_called_as_it_was_called_then(house: House) -> None:
    town = "renamed"
    renamed = Units(tuple(replace(one, zh=one.zh.replace("供水", "水务")) for one in units().units))
    bodies = (calendar(), units(), catalogue(), replace(terms(), calendar=town), surveys())
    await tell(house.settings, *[publish(document(body, 1, town)) for body in bodies])
    operator = await house.person("operator", at=town)
    crew = Crew(operator, operator, operator).steps("register", "assign")
    assigned = tokens(operator, crew.ticket)["Assigned"]
    await tell(house.settings, publish(document(renamed, 2, town)))
    crew.steps("amend")
    amended = tokens(operator, crew.ticket)["Supplemented"]
    async with pages_of(house, operator) as reader:
        names = [words(then(reader, crew.ticket, place)) for place in (assigned, amended)]
    assert ["样例供水" in name for name in names] == [True, False]
    assert ["样例水务" in name for name in names] == [False, True]


async def test_a_minute_leads_to_the_last_entry_by_then_and_before_the_first_there_is_nothing(
    house: House, crew: Crew
) -> None:
    crew.steps(*ANSWERED)
    first, *_, last = crew.operator.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]
    address = f"/tickets/{crew.ticket}/as-of"
    async with pages_of(house, crew.operator) as reader:
        answer = reader.http.get(address, params={"at": last["at"]})
        assert answer.status_code == 303
        assert answer.headers["location"].endswith(f"%3A{last['source']}")
        assert "此刻尚无此件" in reader.main(address, at="2001-01-01T00:00")
        before = f"{first['partition']}:{first['source'] - 1}"
        assert "此刻尚无此件" in reader.main(address, asof=before)


async def test_the_past_of_another_units_ticket_is_not_known(house: House, crew: Crew) -> None:
    crew.steps("register")
    partition, _, source = tokens(crew.operator, crew.ticket)["Registered"].partition(":")
    elsewhere = f"{(int(partition) + 1) % house.settings.partitions}:{source}"
    past = f"/tickets/{crew.ticket}/as-of"
    async with pages_of(house, crew.road) as stranger, pages_of(house, crew.operator) as reader:
        assert stranger.http.get(past, params={"asof": f"{partition}:{source}"}).status_code == 404
        assert reader.http.get(past, params={"asof": elsewhere}).status_code == 400
