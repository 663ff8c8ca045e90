"""Drafts on the server: each person's own, sealed, and gone once submitted, emptied or forgotten."""

from collections.abc import AsyncIterator

import pytest

from services.console.workplace.drafts import Drafts
from shared.keys import Keyring
from shared.postgres import open_pool
from tests.services.console.people import Crew, House, Person
from tests.services.console.windowless import Pages, pages_of

TYPED = {"text": "样例:写到一半", "_key": "k", "empty": ""}


def registered(operator: Person) -> str:
    """A new ticket, once it is seen."""
    ticket = Crew(operator, operator, operator).steps("register").ticket
    operator.reads(f"/api/tickets/{ticket}")
    return ticket


@pytest.fixture
async def operator(house: House) -> Person:
    return await house.person("operator")


@pytest.fixture
async def browser(house: House, operator: Person) -> AsyncIterator[Pages]:
    async with pages_of(house, operator) as pages:
        yield pages


@pytest.fixture
async def drafts(house: House) -> AsyncIterator[Drafts]:
    pool = await open_pool(house.settings, 2)
    yield Drafts(pool, Keyring(pool, house.settings))
    await pool.close()


async def test_a_draft_comes_back_to_the_person_who_typed_it_and_to_nobody_else(
    house: House, operator: Person, browser: Pages, drafts: Drafts
) -> None:
    ticket = registered(operator)
    said = browser.posts(f"/drafts/{ticket}/amend", **TYPED)
    assert said.text.startswith("草稿已保存 ")
    kept = await drafts.of(operator.account, ticket)
    assert kept["amend"].fields == {"text": TYPED["text"]}
    other = await house.person("operator")
    assert await drafts.of(other.account, ticket) == {}
    assert TYPED["text"] in browser.http.get(f"/tickets/{ticket}").text


async def test_a_draft_lies_sealed_and_is_bound_to_its_person_and_form(
    house: House, operator: Person, drafts: Drafts
) -> None:
    ticket = registered(operator)
    await drafts.save(operator.account, ticket, "amend", TYPED)
    pool = await open_pool(house.settings, 1)
    lies = await pool.fetchval("SELECT fields FROM desk.drafts WHERE ticket = $1", ticket)
    assert "样例" not in lies
    await pool.execute("UPDATE desk.drafts SET form = 'answer' WHERE ticket = $1", ticket)
    await pool.close()
    assert await drafts.of(operator.account, ticket) == {}


async def test_a_form_without_a_ticket_has_a_draft_of_its_own(
    operator: Person, browser: Pages, drafts: Drafts
) -> None:
    browser.posts("/drafts/new/register", **TYPED)
    assert (await drafts.of(operator.account, None))["register"].fields == {"text": TYPED["text"]}


async def test_a_draft_that_is_emptied_or_dropped_or_a_month_old_is_gone(
    house: House, operator: Person, browser: Pages, drafts: Drafts
) -> None:
    ticket = registered(operator)
    for form in ("amend", "accept", "assign"):
        await drafts.save(operator.account, ticket, form, TYPED)
    await drafts.drop(operator.account, ticket, "accept")
    assert browser.posts(f"/drafts/{ticket}/amend", text=" ").status_code == 204
    assert set(await drafts.of(operator.account, ticket)) == {"assign"}
    pool = await open_pool(house.settings, 1)
    await pool.execute(
        "UPDATE desk.drafts SET saved_at = now() - interval '31 days' WHERE ticket = $1", ticket
    )
    assert await drafts.of(operator.account, ticket) == {}
    await drafts.save(operator.account, None, "register", TYPED)
    assert await pool.fetchval("SELECT count(*) FROM desk.drafts WHERE ticket = $1", ticket) == 0
    await pool.close()


async def test_a_draft_of_a_ticket_that_one_may_not_know_of_is_refused(
    house: House, operator: Person, browser: Pages
) -> None:
    ticket = registered(operator)
    async with pages_of(house, await house.person("unit", "centre")) as stranger:
        for unknown in (
            stranger.posts(f"/drafts/{ticket}/amend", **TYPED),
            browser.posts("/drafts/nobody-knows/amend", **TYPED),
        ):
            assert (unknown.status_code, "unknown_ticket" in unknown.text) == (404, True)
    assert browser.http.post(f"/drafts/{ticket}/amend", data=TYPED).status_code == 403


async def test_a_destroyed_key_takes_the_draft_with_it(
    house: House, operator: Person, drafts: Drafts
) -> None:
    ticket = registered(operator)
    await drafts.save(operator.account, ticket, "amend", TYPED)
    pool = await open_pool(house.settings, 1)
    await pool.execute("DELETE FROM keys.tickets WHERE ticket = $1", ticket)
    await pool.close()
    assert await drafts.of(operator.account, ticket) == {}


async def test_what_the_ledger_accepted_is_no_draft_any_more(
    operator: Person, browser: Pages, drafts: Drafts
) -> None:
    ticket = registered(operator)
    browser.posts(f"/drafts/{ticket}/amend", **TYPED)
    form = {"_csrf": browser.csrf, "_key": "k", "text": TYPED["text"]}
    assert browser.http.post(f"/tickets/{ticket}/amend", data=form).status_code == 303
    assert await drafts.of(operator.account, ticket) == {}
