"""Every component in every state, with sample data: what a screen is made of, and what its tests look at."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from services.console.advice.answer_checks import Check, Point
from services.console.advice.proposals import Bar, Proposal, Why
from services.console.advice.rulings import Precedent
from services.console.advice.similar import Alike
from services.console.asking.standing import Offer, Sight
from services.console.attachments.attached import Attached, carried
from services.console.attachments.files import too_large
from services.console.lists.filters import Filters
from services.console.lists.listing import Listing
from services.console.live.parts import News
from services.console.live.presence import Present
from services.console.numbers.time_ledger import Part
from services.console.pages.choices import Choice, Choices
from services.console.pages.desks.today import Today
from services.console.pages.fields import FIELDS, Input
from services.console.pages.home import Count
from services.console.pages.inside import Anyone
from services.console.pages.register.beside import Line as CatalogueLine
from services.console.pages.rendering import page
from services.console.pages.shown import SHAPES, Due
from services.console.pages.ticket import Clock, Step, steps
from services.console.pages.timeline import Line
from services.console.pages.unit.samples import UnitSample, unit_sample
from services.console.proof.looks import Opened, Value
from services.console.rows import TicketRow
from shared.channels.form import Citizen
from shared.policy.catalogue import Rule
from shared.problems import Problem
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.state import Stage
from shared.ticket.words import Attachment, Counted

router = APIRouter(include_in_schema=False)

NOW = datetime(2026, 9, 30, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "样例:<b>水管</b>已更换 👷 \u202egnp.exe"
"""What could break a page: markup, a picture character, a mark that turns the direction of writing."""

NEW = TicketRow(
    id="sample-1",
    number="20260930000001",
    jurisdiction="sample",
    channel="hotline",
    external_id="1",
    scope=None,
    confidential=False,
    public=True,
    demand="complaint",
    urgency="ordinary",
    topic="water_supply",
    place="east",
    title="样例:自来水发黄",
    stage="registered",
    outcome=None,
    triaged=False,
    round=1,
    lead=None,
    assisting=[],
    handler=None,
    grade=None,
    version=1,
    registered_at=NOW - 30 * HOUR,
    clock_from=NOW - 30 * HOUR,
    assigned_at=None,
    signed_at=None,
    contacted_at=None,
    answered_at=None,
    approved_at=None,
    surveyed_at=None,
    closed_at=None,
    citizen_due=NOW + 50 * HOUR,
    citizen_stopped_at=None,
    citizen_missed=False,
    unit_due=None,
    unit_stopped_at=None,
    unit_missed=False,
    on_time=None,
    returns=0,
    redos=0,
    attempts=0,
    supplements=0,
    undelivered=0,
    imported=False,
    changed_at=NOW,
)
BUSY = replace(
    NEW,
    id="sample-2",
    number="20260930000002",
    title=TEXT,
    urgency="critical",
    stage="redo",
    round=2,
    lead="water",
    assisting=["road", "parks"],
    handler="w1",
    citizen_due=NOW + 3 * HOUR,
    unit_due=NOW - 2 * HOUR,
    supplements=3,
    undelivered=1,
    confidential=True,
)
DONE = replace(
    NEW,
    id="sample-3",
    number="20260930000003",
    title=None,
    stage="closed",
    lead="water",
    citizen_stopped_at=NOW,
    unit_due=NOW - HOUR,
    unit_stopped_at=NOW,
)
CLOCK = Clock(
    clock="citizen",
    round=1,
    start=NOW - 24 * HOUR,
    due=NOW + 8 * 24 * HOUR,
    before=NOW + 6 * 24 * HOUR,
    term="3wd",
    warn_at=None,
    provisional=False,
    trace=[
        Counted(date(2026, 9, 30), counted=True, because="工作日"),
        Counted(date(2026, 10, 1), counted=False, because="国庆节"),
        Counted(date(2026, 10, 8), counted=True, because="工作日", start="08:30", end="12:00"),
    ],
    policies={"sample/terms": 2, "cn/calendar": 1},
    status="running",
    stopped_at=None,
)


def _line(kind: str, **detail: object) -> Line:
    return Line(1, NOW, kind, "sample.water", "unit", "water", detail)


def _precedent(**change: Any) -> Precedent:
    kept = Precedent("sample-3", DONE.number, True, "east", NOW, "water", False, None, None, "road")
    return replace(kept, **change)


class Sample(Struct, frozen=True):
    """What the page shows."""

    now: datetime
    text: str
    refusal: Refusal
    rows: list[TicketRow]
    dues: list[Due]
    clocks: list[Clock]
    ways: list[list[Step]]
    lines: list[Line]
    offers: list[Offer]
    fields: dict[str, tuple[Input, ...]]
    choices: Choices
    carried: str
    attached: list[Attached]
    too_large: Problem
    today: Today
    able: list[Proposal]
    barred: list[Proposal]
    checks: list[Check]
    sight: Sight
    opened: Opened
    unit: UnitSample
    listing: Listing
    counts: list[Count]
    alike: list[Alike]
    precedents: list[Precedent]
    parts: list[Part]
    clock_ran: timedelta
    went_on: timedelta
    catalogue_lines: list[CatalogueLine]
    news: News
    present: list[Present]


REFUSED: Refusal = refuse("not_your_unit", lead="water", act="Sign", act_zh="签收")
FILES = [
    Attachment("aa/aa", "aa" * 32, 2_400_000, "image/jpeg"),
    Attachment("bb/bb", "bb" * 32, 20_000, "application/pdf"),
    Attachment("cc/cc", "cc" * 32, 900, "text/html"),
]
SAMPLE = Sample(
    now=NOW,
    text=TEXT,
    refusal=REFUSED,
    rows=[NEW, BUSY, DONE],
    dues=[Due(state, NOW, 3 * HOUR if state in ("running", "near", "over") else None) for state in SHAPES]
    + [Due("met", NOW, first=True), Due("late", NOW, first=True)],
    clocks=[CLOCK, replace(CLOCK, status="void"), replace(CLOCK, provisional=True, before=None)],
    ways=[steps(stage) for stage in get_args(Stage)],
    lines=[
        _line("Signed"),
        _line("Assigned", lead="water"),
        _line("Answered", sealed=["reply", "feedback"], attachments=to_builtins(FILES)),
        _line("DeadlineSet", clock="answer"),
        _line("refused", code=REFUSED.code, zh=REFUSED.zh, en=REFUSED.en),
    ],
    offers=[Offer("contact", None), Offer("assign", None), Offer("answer", REFUSED)],
    fields=FIELDS,
    choices=Choices([Choice("water", "样例供水", "Sample water")], [], [], []),
    carried="\n".join(carried(file) for file in FILES),
    attached=[Attached(file, "Answered", NOW) for file in FILES],
    too_large=too_large(),
    today=Today(settled=9, skipped=1, last=NOW),
    able=[
        Proposal(
            "water",
            [Why("line", "water_supply", 1, "*"), Why("precedent", given=14, stayed=12)],
            ("road",),
            load=7,
        ),
        Proposal(
            "road",
            [Why("line_elsewhere", "road", 1, "east"), Why("precedent_elsewhere", given=3, stayed=1)],
        ),
    ],
    barred=[
        Proposal("parks", [], bar=Bar("returned")),
        Proposal("town", [], bar=Bar("town", "road", "road")),
    ],
    checks=[Check(point, passed, 3) for passed in (True, False) for point in get_args(Point)],
    sight=Sight("contact", ["title", "text", "citizen"]),
    opened=Opened(
        "sample-2",
        "3:17",
        NOW,
        "contact",
        [
            Value("text", "Registered", 3, NOW, TEXT),
            Value("citizen", "Registered", 3, NOW, Citizen("样例诉求人", "样例电话", None)),
            Value("reply", "Answered", 9, NOW, None),
        ],
    ),
    unit=unit_sample(BUSY, NEW, CLOCK, TEXT, REFUSED, NOW),
    listing=Listing("/tickets", Filters(stage="signed", overdue=True)),
    counts=[Count("returns", 3, "/queues/returns")],
    alike=[Alike(BUSY, ["same_caller", "same_matter"]), Alike(DONE, ["same_matter"])],
    precedents=[
        _precedent(upheld=True, to="road"),
        _precedent(upheld=True, lead="road"),
        _precedent(upheld=True),
        _precedent(here=False, place=None, suggested=None),
    ],
    parts=[
        Part("hotline", None, NOW - 3 * HOUR, NOW - 2 * HOUR, "hotline", "dispatching"),
        Part("unit", "water", NOW - 2 * HOUR, NOW, None, "return_upheld"),
        Part("hotline", None, NOW, NOW + HOUR, "hotline", "surveying", on_clock=False),
    ],
    clock_ran=3 * HOUR,
    went_on=HOUR,
    catalogue_lines=[
        CatalogueLine(Rule("water", "water_supply", "water", assisting=("road",)), 1),
        CatalogueLine(Rule("water_east", "water_supply", "water", "east"), 1),
        CatalogueLine(None, 1),
    ],
    news=News("sample-2", 7, "Signed", "sample.water", "unit", "water"),
    present=[
        Present("sample-2", "sample.water", "unit", "water", edits=True),
        Present("sample-2", "sample.operator", "operator", None, edits=False),
    ],
)


@router.get("/styleguide")
async def styleguide(request: Request, caller: Anyone) -> Response:
    """The page."""
    return await page(request, caller, "styleguide", sample=SAMPLE)
