"""A deadline is told in one way on every page: what is left in its own unit, and which round it is of."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from services.console.advice.terms import calendar_of
from services.console.pages.shown import citizen_clock
from services.console.pages.styleguide import NEW
from services.console.pages.ticket import foreseen
from shared.policy.clocks import Subject, proposed
from shared.policy.documents import Policies
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor, Clock, Counted, Proposed
from tests.sample import SAMPLE, START, documents
from tests.services.console.people import SURVEYING, Crew, House, tell
from tests.services.console.windowless import Pages, between, pages_of, words

RETURNED = ("register", "assign", "request-return")
CALENDARS = {"sample/calendar": 1, "cn/calendar": 12}
IN_WORKING_DAYS = re.compile(r"剩 \d+ 个工作日 \d+ 小时")
IN_PLAIN_DAYS = re.compile(r"剩 \d+ 天")


@given(begun=some.integers(0, 24 * 60), passed=some.integers(0, 14 * 24 * 60))
def test_a_row_tells_a_running_deadline_as_its_tickets_page_does(begun: int, passed: int) -> None:
    start = START + timedelta(minutes=begun)
    now, policies = start + timedelta(minutes=passed), Policies(documents())
    of = Subject(SAMPLE, "help", "ordinary", "hotline")
    set_ = proposed(of, "citizen", 1, start, policies, start)
    assert set_
    row = replace(
        NEW, jurisdiction=SAMPLE, demand="help", urgency="ordinary", channel="hotline",
        clock_from=start, citizen_due=set_.due, citizen_stopped_at=None,
    )  # fmt: skip
    assert citizen_clock(row, now, policies) == foreseen(set_).shown(now, calendar_of(SAMPLE, now, policies))


async def with_terms(house: House, crew: Crew) -> None:
    """The citizen's clock and the unit's, both in working days, end next week."""
    now, row = datetime.now(UTC), crew.operator.reads(f"/api/tickets/{crew.ticket}")
    starts: dict[Clock, str] = {"citizen": row["clock_from"], "answer": row["assigned_at"]}
    trace = [Counted(now.date(), counted=True, because="样例")]
    for clock, start in starts.items():
        due = now + timedelta(days=8)
        one = Proposed(
            clock,
            1,
            datetime.fromisoformat(start),
            due,
            "5wd",
            None,
            False,
            trace,
            CALENDARS,
        )
        sla = Actor("sla", "service")
        await tell(
            house.settings,
            Command(
                token_hex(8),
                crew.ticket,
                crew.operator.account.jurisdiction,
                sla,
                "sla",
                now,
                c.SetDeadlines([one]),
            ),
        )


async def met(pages: Pages, address: str, mark: re.Pattern[str]) -> None:
    """Wait until the console has met the policies of the place: a page of it shows what they bring about."""
    async with asyncio.timeout(20):
        while not mark.search(words(pages.main(address))):
            await asyncio.sleep(0.1)


async def test_what_is_left_is_told_in_the_clocks_own_unit_on_every_page(house: House) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps(*RETURNED)
    await with_terms(house, crew)
    crew.steps("amend")
    async with pages_of(house, crew.operator) as pages:
        await met(pages, f"/tickets/{crew.ticket}", IN_WORKING_DAYS)
        for address in (
            f"/tickets/{crew.ticket}",
            f"/tickets/{crew.ticket}/as-of",
            f"/returns/{crew.ticket}",
            "/tickets",
            "/circulating",
        ):
            page = words(pages.main(address))
            assert IN_WORKING_DAYS.search(page), address
            assert not IN_PLAIN_DAYS.search(page), address


async def test_paper_names_the_calendars_as_the_screen_does(house: House) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps("register", "assign")
    await with_terms(house, crew)
    crew.steps("sign")
    async with pages_of(house, crew.water) as pages:
        assert "依据全国日历第12版、工作日历第1版" in words(
            pages.page(f"/tickets/{crew.ticket}/print/assignment")
        )


async def test_what_a_supervisor_asked_for_is_no_citizens_words(house: House) -> None:
    crew = (await house.crew(await house.place())).steps("register", "assign", "urge")
    async with pages_of(house, crew.operator) as pages:
        page = words(pages.main(f"/tickets/{crew.ticket}"))
        assert "封存:催办要求" in page
        assert "封存:原话" not in page


async def test_a_refusal_that_another_reads_is_told_as_what_was_answered(house: House) -> None:
    crew = (await house.crew(await house.place())).steps("register", "assign", "sign")
    assert crew.water.does(crew.ticket, "approve").status_code == 409
    crew.steps("contact")
    async with pages_of(house, crew.operator) as pages:
        assert "当时答复其本人:" in words(pages.main(f"/tickets/{crew.ticket}"))


async def test_a_desk_tells_it_in_that_unit_too(house: House) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps("register", "assign", "sign", "contact")
    await with_terms(house, crew)
    crew.steps("answer")
    async with pages_of(house, crew.operator) as pages:
        await met(pages, f"/tickets/{crew.ticket}", IN_WORKING_DAYS)
        page = words(pages.main("/desk/review"))
        assert IN_WORKING_DAYS.search(page)
        assert not IN_PLAIN_DAYS.search(page)


async def test_a_second_round_does_not_stand_as_in_time_because_the_first_was(house: House) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps("register", "assign")
    await with_terms(house, crew)
    crew.steps(*SURVEYING[2:])
    async with pages_of(house, crew.operator) as pages:
        assert "✓ 按时" in strip(pages, crew)
        crew.step("survey", grade="dissatisfied", solved=False)
        crew.steps("assign")
        crew.operator.reads(f"/api/tickets/{crew.ticket}")
        for told in (strip(pages, crew), words(pages.main("/tickets"))):
            assert "✓ 首轮按时" in told
            assert "✓ 按时" not in told
        account = words(between(pages.main(f"/tickets/{crew.ticket}"), 'id="hands"', "</section>"))
        assert "就是市民钟走的时间" in account
        assert "不在市民钟内" in account


def strip(pages: Pages, crew: Crew) -> str:
    """The deadlines at the head of the ticket."""
    return words(between(pages.main(f"/tickets/{crew.ticket}"), 'class="clock-strip"', "</ul>"))


async def test_after_a_ruling_the_window_for_returns_is_closed_wherever_it_is_told(house: House) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps("register", "assign")
    async with pages_of(house, crew.water) as pages:
        await met(pages, f"/tickets/{crew.ticket}", re.compile("退单窗口 ○ 正常"))
        assert "已关" not in words(pages.main("/inbox"))
        crew.step("request-return")
        crew.step("rule-on-return", upheld=False, to=None)
        crew.water.reads(f"/api/tickets/{crew.ticket}")
        for told in (strip(pages, crew), words(pages.main("/inbox"))):
            assert "已关:裁定过,不得再退" in told
        assert "退单窗口 ○" not in strip(pages, crew)
