"""Which form makes sense when, who may print it, and that a print is recorded."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from msgspec.structs import replace

from services.console.pages.printable import level, of_this_round, why_not
from services.console.pages.shown import dated, day, term
from services.console.pages.styleguide import BUSY, CLOCK, DONE, NEW, NOW
from services.console.pages.ticket import Clock
from services.console.pages.timeline import Line
from services.console.paper.qr import QUIET, code
from services.console.words import Words
from tests.services.console.people import SIGNED, Crew, House
from tests.services.console.windowless import Pages, pages_of

HOUR = timedelta(hours=1)
RUNNING = replace(CLOCK, due=NOW + HOUR, warn_at=NOW + HOUR / 2)
OVER = replace(CLOCK, due=NOW - HOUR)
NEAR = replace(CLOCK, due=NOW + HOUR, warn_at=NOW - HOUR)
URGED = Line(1, NOW, "UrgeOrdered", "s", "supervisor", None, {})
OUT = replace(NEW, lead="water", stage="signed")


@pytest.mark.parametrize(
    ("form", "row", "clocks", "lines", "because"),
    [
        ("assignment", NEW, [], [], "print.not_assigned"),
        ("assignment", OUT, [], [], None),
        ("assignment", DONE, [], [], None),
        ("urge-notice", NEW, [OVER], [], "print.not_assigned"),
        ("urge-notice", OUT, [RUNNING], [], "print.not_late"),
        ("urge-notice", OUT, [OVER], [], None),
        ("urge-notice", OUT, [RUNNING], [URGED], None),
        ("urge-notice", DONE, [OVER], [URGED], "print.closed"),
        ("supervision-slip", OUT, [RUNNING], [URGED], "print.not_at_risk"),
        ("supervision-slip", OUT, [NEAR], [], None),
        ("supervision-slip", DONE, [OVER], [], "print.closed"),
    ],
)
def test_a_form_makes_sense_or_says_why_not(
    form: str, row: object, clocks: list[Clock], lines: list[Line], because: str | None
) -> None:
    assert why_not(form, row, clocks, lines, NOW) == because  # type: ignore[arg-type]


def test_a_slip_is_red_where_a_clock_is_over_yellow_where_one_was_blue_where_one_is_near() -> None:
    missed = replace(OUT, unit_missed=True)
    assert level(missed, [OVER, NEAR], NOW) == "red"
    assert level(missed, [NEAR], NOW) == "yellow"
    assert level(OUT, [NEAR], NOW) == "blue"
    assert level(OUT, [RUNNING, replace(OVER, stopped_at=NOW - 2 * HOUR)], NOW) is None


def test_an_order_names_the_clocks_of_its_round_and_the_citizens() -> None:
    sign, redo = replace(CLOCK, clock="sign"), replace(CLOCK, clock="redo", round=2)
    void, survey = replace(redo, status="void"), replace(CLOCK, clock="survey", round=2)
    assert of_this_round(BUSY, [CLOCK, sign, redo, void, survey]) == [CLOCK, redo]


def test_documents_have_dates_and_terms_in_words() -> None:
    words = Words("zh")
    assert day(words, NOW) == "2026年9月30日"
    assert dated(words, NOW) == "2026年9月30日16时30分"
    assert dated(words, NOW + HOUR / 2) == "2026年9月30日17时"
    assert [term(words, one) for one in ("5wd", "2wh", "30min", "odd")] == [
        "5个工作日",
        "2个工作小时",
        "30分钟",
        "odd",
    ]


def test_a_qr_code_has_its_white_border() -> None:
    drawn = code("http://console.example/tickets/1")
    assert drawn.path.startswith(f"M{QUIET} {QUIET}h7v1h-7z")
    assert drawn.size >= 21 + 2 * QUIET


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supervisor(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("supervisor")) as pages:
        yield pages


async def test_an_order_is_for_those_whom_it_binds(house: House, crew: Crew, supervisor: Pages) -> None:
    crew.steps(*SIGNED)
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    order, notice = (f"/tickets/{crew.ticket}/print/{form}" for form in ("assignment", "urge-notice"))
    fire, auditor = await house.person("unit", "fire"), await house.person("auditor")
    for person, statuses in ((crew.road, (200, 403)), (fire, (404, 404)), (auditor, (403, 403))):
        async with pages_of(house, person) as pages:
            assert (pages.gets(order).status_code, pages.gets(notice).status_code) == statuses
    assert supervisor.gets(order).status_code == 200


def test_a_form_that_makes_no_sense_says_why(crew: Crew, supervisor: Pages) -> None:
    crew.steps("register")
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    answer = supervisor.gets(f"/tickets/{crew.ticket}/print/assignment")
    assert (answer.status_code, "尚未派给承办单位" in answer.text) == (409, True)
    assert supervisor.gets(f"/tickets/{crew.ticket}/print/nothing").status_code == 400


async def test_a_print_is_recorded_with_its_ticket(house: House, crew: Crew, supervisor: Pages) -> None:
    crew.steps(*SIGNED)
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    supervisor.gets(f"/tickets/{crew.ticket}/print/assignment")
    supervisor.gets(f"/tickets/{crew.ticket}/print/urge-notice")
    auditor = await house.person("auditor")
    taken = [
        (one["person"], one["kind"], one["list"])
        for one in auditor.reads("/api/exports", limit=200)["exports"]
        if one["ticket"] == crew.ticket
    ]
    assert taken == [(supervisor.name, "print", "assignment")]
