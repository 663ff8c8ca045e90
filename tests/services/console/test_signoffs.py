"""审签: an answer is its unit's draft until the approver submits it, and each duty does only its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from msgspec import json
from msgspec.structs import replace

from services.console.asking.duties import barred
from services.console.asking.forms import Answer, Contact, Sign
from services.console.lists.inbox import Inbox
from shared.postgres import open_pool
from shared.ticket.commands import Command
from shared.ticket.events import Answered
from tests.sample import documents, publish
from tests.services.console.people import ANSWERED, SIGNED, Crew, House, Person, entries_of, tell
from tests.services.console.test_trespasses import kept_of
from tests.services.console.windowless import Pages, pages_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

READY = (*SIGNED, "contact")
ALONE = "unapproved"
"""Where no unit has an approver."""
DRAFT = {"reply": "样例:阀门已更换。今晚恢复供水。", "feedback": "样例:更换阀门一只。", "solved": "true"}
BETTER = {**DRAFT, "reply": "样例:阀门已更换。今天18点恢复供水。"}


@dataclass
class Office:
    """Two people of the unit water at their pages, and its crew, which can do everything."""

    crew: Crew
    handler: Person
    approver: Person
    at_handler: Pages
    at_approver: Pages

    def ready(self, *steps: str) -> str:
        """A ticket after these steps, once the views have it."""
        ticket = self.crew.steps(*(steps or READY)).ticket
        self.crew.water.reads(f"/api/tickets/{ticket}")
        return ticket

    def submits(self, ticket: str, **fields: str) -> httpx.Response:
        return self.at_handler.posts(f"/signoffs/{ticket}", **{**DRAFT, **fields})

    def settles(self, ticket: str, how: str, **fields: str) -> httpx.Response:
        """What the approver decides on the page as it is shown now."""
        page = self.at_approver.http.get(f"/signoffs/{ticket}").text
        seen = page.partition('name="submitted" value="')[2].partition('"')[0]
        return self.at_approver.posts(f"/signoffs/{ticket}/{how}", submitted=seen, **fields)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(house: House) -> AsyncIterator[Office]:
    crew = await house.crew()
    handler = await house.person("unit", "water", duties=("handler",))
    approver = await house.person("unit", "water", duties=("approver",))
    async with pages_of(house, handler) as at_handler, pages_of(house, approver) as at_approver:
        yield Office(crew, handler, approver, at_handler, at_approver)


async def answered_by(house: House, ticket: str) -> list[str]:
    """Who submitted each answer that the record has."""
    return [
        json.decode(entry.command, type=Command).actor.person
        for entry in await entries_of(house.settings, ticket)
        if any(isinstance(event, Answered) for event in entry.events)
    ]


async def test_an_answer_goes_to_the_approver_and_back_and_is_recorded_once_under_their_account(
    house: House, office: Office
) -> None:
    ticket = office.ready()
    assert office.submits(ticket).headers["location"] == f"/tickets/{ticket}?said=signoff"
    assert "已提交审签" in office.at_handler.http.get(f"/tickets/{ticket}?said=signoff").text
    assert await answered_by(house, ticket) == []
    back = office.settles(ticket, "send-back", reason="样例:写明时间")
    assert back.status_code == 303
    assert "的答复稿已退回经办人" in office.at_approver.http.get(back.headers["location"]).text
    assert "已提交审签" not in office.at_handler.http.get(f"/tickets/{ticket}?said=signoff").text
    returned = office.at_handler.http.get(f"/tickets/{ticket}").text
    assert "样例:写明时间" in returned
    assert DRAFT["reply"] in returned
    assert office.submits(ticket, **BETTER).status_code == 303
    page = office.at_approver.http.get(f"/signoffs/{ticket}").text
    assert "天18点" in page.partition("<ins>")[2].partition("</ins>")[0]
    assert "晚" in page.partition("<del>")[2].partition("</del>")[0]
    first = office.settles(ticket, "issue")
    assert (first.status_code, "said=answer" in first.headers["location"]) == (303, True)
    assert await answered_by(house, ticket) == [office.approver.account.id]
    assert office.settles(ticket, "send-back", reason="样例:太晚").status_code == 409


async def test_submitting_twice_is_one_version(office: Office) -> None:
    ticket = office.ready()
    seen = set()
    for _ in range(2):
        assert office.submits(ticket).status_code == 303
        page = office.at_approver.http.get(f"/signoffs/{ticket}").text
        seen.add(page.partition('name="submitted" value="')[2].partition('"')[0])
    assert len(seen) == 1


async def test_signing_off_twice_is_one_answer(house: House, office: Office) -> None:
    ticket = office.ready()
    office.submits(ticket)
    page = office.at_approver.http.get(f"/signoffs/{ticket}").text
    seen = page.partition('name="submitted" value="')[2].partition('"')[0]
    for _ in range(2):
        assert office.at_approver.posts(f"/signoffs/{ticket}/issue", submitted=seen).status_code == 303
    assert await answered_by(house, ticket) == [office.approver.account.id]


async def test_a_version_that_was_replaced_meanwhile_is_not_signed_off(house: House, office: Office) -> None:
    ticket = office.ready()
    office.submits(ticket)
    page = office.at_approver.http.get(f"/signoffs/{ticket}").text
    seen = page.partition('name="submitted" value="')[2].partition('"')[0]
    office.submits(ticket, **BETTER)
    late = office.at_approver.posts(f"/signoffs/{ticket}/issue", submitted=seen)
    assert (late.status_code, "signoff_moved_on" in late.text) == (409, True)
    assert await answered_by(house, ticket) == []


async def test_the_inbox_counts_what_waits_and_lets_go_of_what_went_on(house: House, office: Office) -> None:
    ticket = office.ready()
    pool = await open_pool(house.settings, 1)
    inbox = Inbox(pool)

    async def groups() -> set[str]:
        return {
            group
            for group in ("handle", "signoff")
            for task in await inbox.tasks(office.handler.account, group, 10_000)
            if task.ticket.id == ticket
        }

    assert await groups() == {"handle"}
    office.submits(ticket)
    assert await groups() == {"signoff"}
    office.crew.steps("answer", "send-back")
    office.crew.water.reads(f"/api/tickets/{ticket}")
    assert await groups() == {"handle"}
    await pool.close()


async def test_an_answer_lies_sealed_until_it_is_signed_off(house: House, office: Office) -> None:
    ticket = office.ready()
    office.submits(ticket)
    pool = await open_pool(house.settings, 1)
    lies = await pool.fetchval("SELECT s::text FROM desk.signoffs s WHERE ticket = $1", ticket)
    await pool.execute("DELETE FROM keys.tickets WHERE ticket = $1", ticket)
    await pool.close()
    assert "样例" not in lies
    assert "阀门" not in office.at_approver.http.get(f"/signoffs/{ticket}").text


async def test_what_the_ledger_would_refuse_is_refused_before_an_approver_waits_for_it(
    office: Office,
) -> None:
    ticket = office.ready(*SIGNED)
    refused = office.submits(ticket)
    assert (refused.status_code, "contact_first" in refused.text) == (409, True)
    assert DRAFT["reply"] in refused.text
    missing = office.submits(ticket, reply="")
    assert (missing.status_code, "missing_field" in missing.text) == (400, True)


async def test_what_the_unit_has_answered_already_is_not_laid_before_an_approver(office: Office) -> None:
    ticket = office.ready(*READY, "answer")
    answer = office.submits(ticket)
    assert answer.status_code == 409
    assert "signoff_moved_on" in answer.text
    assert DRAFT["reply"] in answer.text


async def test_what_is_submitted_before_the_views_tell_of_the_units_answer_waits_for_nobody(
    house: House, office: Office
) -> None:
    ticket = office.ready()
    pool = await open_pool(house.settings, 1)
    async with pool.acquire() as projector_waits, projector_waits.transaction():
        await projector_waits.execute("LOCK TABLE views.tickets IN SHARE MODE")
        answered = office.approver.does(ticket, "answer", None, **{**BETTER, "solved": True})
        assert answered.is_success, answered.text
        assert office.submits(ticket).status_code == 303
    office.approver.reads(f"/api/tickets/{ticket}")
    assert "这一稿没有用上" in office.at_handler.http.get(f"/tickets/{ticket}?said=signoff").text
    page = office.at_approver.http.get(f"/signoffs/{ticket}").text
    assert ("未用上:工单已往下走" in page, "签发</button>" in page) == (True, False)
    office.crew.operator.does(ticket, "send-back", None, reason="样例:写明时间").raise_for_status()
    office.crew.operator.reads(f"/api/tickets/{ticket}")
    inbox = Inbox(pool)
    tasks = await inbox.tasks(office.approver.account, "signoff", 10_000)
    assert ticket not in [task.ticket.id for task in tasks]
    assert office.settles(ticket, "send-back", reason="样例").status_code == 409
    await pool.close()


@pytest.mark.parametrize("action", ["sign", "answer"])
async def test_a_guessed_order_of_another_duty_is_403_on_pages_and_over_the_api(
    house: House, office: Office, action: str
) -> None:
    ticket = office.ready(*(("register", "assign") if action == "sign" else READY))
    fields = DRAFT if action == "answer" else {}
    page = office.at_handler.posts(f"/tickets/{ticket}/{action}", **fields)
    assert (page.status_code, "not_your_duty" in page.text) == (403, True)
    form = {**fields, "solved": True} if fields else {}
    answer = office.handler.does(ticket, action, None, **form)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_duty")
    assert await answered_by(house, ticket) == []


async def test_only_the_approver_settles_and_only_a_handler_submits(office: Office) -> None:
    ticket = office.ready()
    office.submits(ticket)
    for how in ("issue", "send-back"):
        guessed = office.at_handler.posts(f"/signoffs/{ticket}/{how}", submitted="1", reason="样例")
        assert (guessed.status_code, "not_your_duty" in guessed.text) == (403, True)
    assert office.at_approver.posts(f"/signoffs/{ticket}", **DRAFT).status_code == 403
    assert "签发" in office.at_handler.http.get(f"/signoffs/{ticket}").text.partition("disabled")[2]


async def test_another_units_sign_off_is_403_to_who_may_know_of_the_ticket_and_404_to_who_may_not(
    house: House, office: Office
) -> None:
    ticket = office.ready()
    for person, told in (
        (office.crew.road, (403, "not_the_lead")),
        (await house.person("unit", "centre"), (404, "unknown_ticket")),
    ):
        async with pages_of(house, person) as guesser:
            for answer in (
                guesser.gets(f"/signoffs/{ticket}"),
                guesser.posts(f"/signoffs/{ticket}", **DRAFT),
                guesser.posts(f"/signoffs/{ticket}/issue", submitted="1"),
            ):
                assert (answer.status_code, told[1] in answer.text) == (told[0], True)
        knows = told[0] == 403
        assert await kept_of(house, person) == [
            ("GET /signoffs/{ticket}", ticket, knows),
            ("POST /signoffs/{ticket}", ticket, knows),
            ("POST /signoffs/{ticket}/issue", ticket, knows),
        ]


async def test_an_approver_may_answer_at_once_and_a_handler_where_nobody_approves(
    house: House, office: Office
) -> None:
    ticket = office.ready()
    direct = office.approver.does(ticket, "answer", None, **{**DRAFT, "solved": True})
    assert direct.is_success, direct.text
    await tell(house.settings, *(publish(replace(d, jurisdiction=ALONE)) for d in documents()))
    alone = await house.person("unit", "water", at=ALONE, duties=("signer", "handler"))
    Crew(await house.person("operator", at=ALONE), alone, alone).steps(*ANSWERED)


async def test_an_account_without_named_duties_has_all_of_them(office: Office) -> None:
    for action in (Sign, Contact, Answer):
        assert barred(office.crew.water.account, action, approved=True) is None
    assert barred(office.crew.operator.account, Answer, approved=True) is None
