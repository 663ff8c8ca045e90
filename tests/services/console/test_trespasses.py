"""越界: wherever a ticket is named that is not theirs, nothing is told of it and the asking is kept."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from services.console.people.trespasses import named
from shared.ids import ticket_id
from shared.postgres import open_pool
from shared.ticket.commands import Command
from tests.sample import PLATFORM, SAMPLE, register
from tests.services.console.people import SIGNED, Crew, House, Person, tell
from tests.services.console.test_reading import until
from tests.services.console.windowless import pages_of

Kept = list[tuple[str, str, bool]]


async def kept_of(house: House, person: Person) -> Kept:
    """Where the person asked for which tickets that are not theirs, and whether they may know of them; in order."""
    pool = await open_pool(house.settings, 1)
    kept = "SELECT address, ticket, known FROM desk.trespasses WHERE person = $1 ORDER BY id"
    rows = await pool.fetch(kept, person.account.id)
    await pool.close()
    return [tuple(row) for row in rows]


async def hidden(house: House) -> str:
    """A ticket of which only the people of its scope know, as the crew's jurisdiction has it: they are not."""
    external_id = secrets.token_hex(6)
    ticket = ticket_id(SAMPLE, "party", external_id)
    form = register(external_id, channel="minsheng", account="party", scope="committee")
    now = datetime.now(UTC)
    await tell(
        house.settings, Command(f"intake-{external_id}", ticket, SAMPLE, PLATFORM, "intake", now, form)
    )
    member = await house.person("operator", None, "committee")
    until(lambda: member.asks(f"/api/tickets/{ticket}").status_code == 200)
    return ticket


def test_a_form_names_tickets_by_its_boxes_and_by_its_fields() -> None:
    typed = {
        "ticket.a": "on",
        "ticket": "b\nc",
        "tickets": "d e",
        "own": "f",
        "text": "g",
        "list": "/tickets",
    }
    assert named(typed) == {"a", "b", "c", "d", "e", "f"}


@pytest.mark.parametrize(
    ("role", "address", "typed"),
    [
        ("operator", "/bulk", {"ticket.{}": "on", "list": "/tickets", "act": "export"}),
        ("supervisor", "/bulk", {"ticket.{}": "on", "list": "/tickets", "act": "print"}),
        ("operator", "/bulk/urge", {"ticket.{}": "on", "list": "/tickets", "because": "asked_again"}),
        ("supervisor", "/bulk/urge", {"ticket.{}": "on", "list": "/risks", "because": "asked_again"}),
        ("unit", "/inbox/sign", {"ticket": "{}"}),
        ("operator", "/desk/triage/skip", {"ticket": "{}", "reason": "样例"}),
        ("operator", "/desk/triage/renew", {"ticket": "{}"}),
        ("operator", "/desk/triage/release", {"ticket": "{}"}),
    ],
)
async def test_whoever_slips_anothers_ticket_into_a_form_learns_nothing_and_is_kept(
    house: House, role: str, address: str, typed: dict[str, str]
) -> None:
    ticket = await hidden(house)
    person = await house.person(role, "road" if role == "unit" else None)
    async with pages_of(house, person) as pages:
        answers = [
            pages.posts(address, **{name.format(one): text.format(one) for name, text in typed.items()})
            for one in (ticket, "none")
        ]
        told = [(one.status_code, one.text.replace(ticket, "none").count("none")) for one in answers]
        assert told[0] == told[1]
    assert [(kept, of) for _, kept, of in await kept_of(house, person)] == [(ticket, False)]


async def test_what_is_ones_own_is_done_beside_it_and_not_kept(house: House, crew: Crew) -> None:
    theirs = await hidden(house)
    own = crew.steps("register", "assign").ticket
    crew.operator.reads(f"/api/tickets/{own}")
    async with pages_of(house, crew.water) as pages:
        page = pages.posts("/inbox/sign", ticket=f"{own}\n{theirs}", _key="k").text
    assert ("2 件中 1 件已办成" in page, "没有这张工单" in page) == (True, True)
    assert crew.operator.reads(f"/api/tickets/{own}")["stage"] == "signed"
    assert [of for _, of, _ in await kept_of(house, crew.water)] == [theirs]


async def test_a_page_that_asks_again_for_what_was_hidden_since_is_kept_once_a_login(
    house: House, crew: Crew
) -> None:
    ticket = await hidden(house)
    asked = {"tickets": ticket, "own": f"{ticket} none", "ticket": ticket}
    async with pages_of(house, crew.operator) as pages:

        def connects() -> None:
            with pages.http.stream("POST", "/live", data={"_csrf": pages.csrf, **asked}) as answer:
                assert answer.status_code == 200

        for _ in range(3):
            connects()
        assert await kept_of(house, crew.operator) == [("POST /live", ticket, False)]
        pool = await open_pool(house.settings, 1)
        await pool.execute(
            "UPDATE desk.trespasses SET at = at - $2::interval WHERE person = $1",
            crew.operator.account.id,
            timedelta(hours=12),
        )
        await pool.close()
        connects()
        assert len(await kept_of(house, crew.operator)) == 2
        pages.gets(f"/tickets/{ticket}")
        pages.gets(f"/tickets/{ticket}")
        assert len(await kept_of(house, crew.operator)) == 4


async def test_the_chain_shows_hashes_of_anothers_entry_and_who_asked_for_more_is_kept(
    house: House, crew: Crew
) -> None:
    told = crew.step("register").json()
    place = told["token"].replace(":", "/")
    auditor = await house.person("auditor", at="elsewhere")
    async with pages_of(house, auditor) as pages:
        for _ in range(2):
            page = pages.gets(f"/entries/{place}", token=told["token"])
            assert (page.status_code, crew.ticket in page.text) == (200, False)
        for _ in range(2):
            assert pages.gets(f"/entries/{place}/bytes").status_code == 404
    route = "GET /entries/{partition}/{source}"
    assert [kept for kept, *_ in await kept_of(house, auditor)] == [route, f"{route}/bytes", f"{route}/bytes"]
    own = await house.person("auditor")
    async with pages_of(house, own) as pages:
        assert crew.ticket in pages.gets(f"/entries/{place}", token=told["token"]).text
    assert await kept_of(house, own) == []


async def test_a_token_lets_nobody_in_at_what_another_registered(house: House, crew: Crew) -> None:
    told = crew.step("register").json()
    stranger = await house.person("operator", at="elsewhere")
    async with pages_of(house, stranger) as pages:
        for token in (told["token"], "0:0"):
            assert pages.gets(f"/registered/{crew.ticket}", token=token).status_code == 404
    assert await kept_of(house, stranger) == [("GET /registered/{ticket}", crew.ticket, False)] * 2


async def test_an_address_of_a_ticket_that_is_for_another_role_is_refused_and_kept(
    house: House, crew: Crew
) -> None:
    crew.steps(*SIGNED)
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    theirs = await hidden(house)
    async with pages_of(house, crew.operator) as pages:
        for ticket in (crew.ticket, theirs, "none"):
            refused = pages.gets(f"/signoffs/{ticket}")
            assert (refused.status_code, "not_your_role" in refused.text) == (403, True)
        assert pages.posts(f"/signoffs/{crew.ticket}/issue").status_code == 403
        assert crew.operator.asks(f"/api/tickets/{crew.ticket}/looks").status_code == 403
    assert crew.water.does(crew.ticket, "urge", because="slow").json()["code"] == "not_your_role"
    assert await kept_of(house, crew.operator) == [
        ("GET /signoffs/{ticket}", crew.ticket, True),
        ("POST /signoffs/{ticket}/issue", crew.ticket, True),
        ("GET /api/tickets/{ticket}/looks", crew.ticket, True),
    ]
    assert await kept_of(house, crew.water) == []


async def test_a_paper_that_is_not_for_ones_unit_is_refused_and_kept(house: House, crew: Crew) -> None:
    crew.steps(*SIGNED, "request-return", "rule-on-return")
    crew.road.reads(f"/api/tickets/{crew.ticket}")
    async with pages_of(house, crew.water) as pages:
        refused = pages.gets(f"/tickets/{crew.ticket}/print/assignment")
        assert (refused.status_code, "not_holding" in refused.text) == (403, True)
        assert pages.gets(f"/tickets/{crew.ticket}").status_code == 200
    assert await kept_of(house, crew.water) == [("GET /tickets/{ticket}/print/{form}", crew.ticket, True)]
