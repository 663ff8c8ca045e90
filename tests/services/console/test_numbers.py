"""Whatever happened to a jurisdiction's tickets, every number on every page is the length of the list that it opens.

The pages are those that the console has, and their numbers are all that open something: what is a link around a number
must say so in its template (``data-count``), so that none is left out here.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from services.console import pages as console_pages
from services.console.api.openapi import roles_of
from services.console.people.accounts import AccountRole
from services.console.workplace.shift import DESKS, DeskQueue
from shared.ids import ticket_id
from shared.kafka import COMMANDS, end_of
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.ticket import commands as c
from shared.ticket.commands import Command, TicketBody
from shared.ticket.words import Actor, Clock, Counted, Grade, Past, Proposed
from tests.sample import ANSWER, BECAUSE, CIPHER, CONTACT, OPERATOR, PLATFORM, register, service
from tests.services.console.browser.visiting import with_password
from tests.services.console.people import House, tell
from tests.services.console.test_every_route import PAGES, address_of, method_of
from tests.services.console.windowless import Pages

TEMPLATES = Path(console_pages.__file__).parents[1] / "templates"
A = re.compile(r"<a ((?:\{\{.*?\}\}|\{%.*?%\}|[^>])*)>(.*?)</a>", re.DOTALL)
NUMBERED = re.compile(r"count=|total|\|length|\.number \}\}</strong>")
"""What a template writes where it shows how many there are."""


def test_a_link_around_a_number_says_in_its_template_what_it_counts() -> None:
    unsaid = [
        f"{file.relative_to(TEMPLATES)}: {inner}"
        for file in TEMPLATES.rglob("*.html")
        for tag, inner in A.findall(file.read_text(encoding="utf-8"))
        if NUMBERED.search(inner) and "data-count" not in tag
    ]
    assert unsaid == []


class Plan(NamedTuple):
    """What happens to a ticket: how far it goes on which way, with which unit, and what its clocks do."""

    way: tuple[str, ...]
    far: int
    unit: str
    topic: str | None
    place: str | None
    demand: str
    urgency: str
    due: int | None
    urges: int
    confidential: bool


class Old(NamedTuple):
    """A ticket of another system: how many days ago it came, and how many hours each thing took."""

    days: int
    due: int | None
    answered: int | None
    closed: int | None
    grade: Grade | None
    unit: str | None
    channel: str


ANSWERED = ("register", "assign", "sign", "contact", "answer")
WAYS: tuple[tuple[str, ...], ...] = (
    (*ANSWERED, "approve", "satisfied", "dispute", "assign", "sign"),
    (*ANSWERED, "approve", "dissatisfied", "assign", "sign", "contact", "answer", "approve", "fairly"),
    (*ANSWERED, "send_back", "answer", "approve", "attempt", "attempt", "close"),
    ("register", "assign", "return", "pass_on", "sign", "contact", "answer"),
    ("register", "assign", "sign", "return", "stay", "contact"),
    ("register", "decline"),
    ("register", "triage", "assign", "sign"),
)
DUE = (-200, -30, -3, 1, 5, 30, 200)
"""Hours from now to the end of the citizen's clock and the unit's: far from the edges of 2 h and of most days."""
plans = some.builds(
    Plan,
    some.sampled_from(WAYS),
    some.integers(1, 13),
    some.sampled_from(["water", "road"]),
    some.sampled_from([None, "water_supply", "road"]),
    some.sampled_from([None, "east", "west"]),
    some.sampled_from(["help", "complaint", "praise"]),
    some.sampled_from(["ordinary", "urgent", "critical"]),
    some.sampled_from([None, *DUE]),
    some.integers(0, 2),
    some.booleans(),
)
olds = some.builds(
    Old,
    some.integers(1, 400),
    some.sampled_from([None, 10, 100]),
    some.sampled_from([None, 5, 50]),
    some.sampled_from([None, 60, 300]),
    some.sampled_from([None, "satisfied", "fairly", "dissatisfied"]),
    some.sampled_from([None, "water", "road", "centre"]),
    some.sampled_from(["hotline", "wenzheng"]),
)


class Asked(NamedTuple):
    """A command's body, who asks, and through which issuer."""

    body: TicketBody
    actor: Actor
    issuer: str


def asks(step: str, plan: Plan, external_id: str) -> Asked:
    """The command of a step; the ledger may refuse it, as it may anything."""
    unit = Actor("sample.unit", "unit", plan.unit)
    other = "road" if plan.unit == "water" else "water"
    form = register(
        external_id,
        topic=plan.topic,
        place=plan.place,
        demand=plan.demand,
        urgency=plan.urgency,
        confidential=plan.confidential,
    )
    desk: dict[str, TicketBody] = {
        "assign": c.Assign(plan.unit, BECAUSE),
        "approve": c.Approve(),
        "send_back": c.SendBack(CIPHER),
        "pass_on": c.RuleOnReturn(True, CIPHER, other),
        "stay": c.RuleOnReturn(False, CIPHER),
        "decline": c.Decline("litigation", CIPHER, "法院"),
        "attempt": c.RecordAttempt("phone"),
        "close": c.Close(CIPHER),
        "dispute": c.Dispute(CIPHER),
        "urge": c.Urge("asked_again", CIPHER),
        **{grade: c.RecordSurvey(grade) for grade in ("satisfied", "fairly", "dissatisfied")},
    }
    units: dict[str, TicketBody] = {
        "sign": c.Sign(),
        "contact": CONTACT,
        "answer": ANSWER,
        "return": c.RequestReturn(CIPHER, other),
    }
    if step == "register":
        return Asked(form, PLATFORM, "intake")
    if step == "triage":
        return Asked(c.Triage(1, "no rule"), service("dispatch"), "dispatch")
    if step in units:
        return Asked(units[step], unit, "console")
    return Asked(desk[step], OPERATOR, "console")


def clocks(plan: Plan, now: datetime) -> Iterator[Asked]:
    """The clocks are set, and their end is told where it is past."""
    if plan.due is None:
        return
    due, names = now + timedelta(hours=plan.due), ("citizen", "answer")
    trace = [Counted(now.date(), counted=True, because="样例")]
    for name in names:
        clock: Clock = name  # type: ignore[assignment]
        set_ = Proposed(
            clock, 1, now - timedelta(hours=300), due, "1d", None, False, trace, {"sample/terms": 1}
        )
        yield Asked(c.SetDeadlines([set_]), service("sla"), "sla")
        if due < now:
            yield Asked(c.MissDeadline(clock, 1, due), service("sla"), "sla")


def commands(at: str, happened: Sequence[Plan], imported: Sequence[Old]) -> Iterator[Command]:
    """All that happens at a place."""
    now = datetime.now(UTC)
    for n, plan in enumerate(happened):
        ticket, steps = ticket_id(at, "city", f"new-{n}"), plan.way[: plan.far]
        told = [asks(step, plan, f"new-{n}") for step in (*steps, *["urge"] * plan.urges)]
        for one in (*told[:1], *clocks(plan, now), *told[1:]):
            yield Command(token_hex(8), ticket, at, one.actor, one.issuer, now, one.body)
    for n, old in enumerate(imported):
        came = now - timedelta(days=old.days)
        due, answered, closed = (
            came + timedelta(hours=hours) if hours else None for hours in (old.due, old.answered, old.closed)
        )
        past = Past(came, due, answered, unit=old.unit)
        if closed:
            past = Past(came, due, answered, closed, "completed", old.grade, old.unit)
        body = c.ImportHistory(old.channel, "old", f"old-{n}", CIPHER, CIPHER, past)
        id = ticket_id(at, "old", f"old-{n}")
        yield Command(token_hex(8), id, at, service("import"), "import", now, body)


async def settled(house: House) -> None:
    """Wait until the views have met all that was commanded."""
    ends = [await end_of(house.settings, COMMANDS, n) for n in range(house.settings.partitions)]
    pool = await open_pool(house.settings, 1)
    async with asyncio.timeout(60):
        while True:
            rows = await pool.fetch("SELECT partition, source FROM views.positions")
            met = {row["partition"]: row["source"] for row in rows}
            if all(met.get(n, -1) >= end - 1 for n, end in enumerate(ends)):
                break
            await asyncio.sleep(0.02)
    await pool.close()


async def told(house: House, happened: Sequence[Plan], imported: Sequence[Old]) -> dict[AccountRole, str]:
    """A place where that happened, and somebody of each role there, by the name that logs in."""
    at = await house.place()
    asked = list(commands(at, happened, imported))
    pool = await open_pool(house.settings, 1)
    await Keyring(pool, house.settings).keys(sorted({one.ticket for one in asked}))
    await pool.close()
    await tell(house.settings, *asked)
    await settled(house)
    people = {role: await house.person(role, "water" if role == "unit" else None, at=at) for role in ROLES}
    return {role: await with_password(house, person) for role, person in people.items()}


ROLES: tuple[AccountRole, ...] = ("supervisor", "unit", "operator")
"""An auditor sees what a supervisor sees."""
MORE: dict[str, tuple[str, ...]] = {
    "/figures": ("?from=2025-01-01", "?from=2025-01-01&by=channels"),
    "/time": ("?from=2025-01-01",),
    "/ledger": ("?from=2025-12",),
    "/time/tickets": ("?holder=hotline&cause=all",),
    "/ledger/{part}": ("?month=2026-01",),
}
"""What pages are asked that show little of the past by themselves, or nothing."""


def addresses(role: AccountRole) -> list[str]:
    """The pages of a role, but for those of one ticket and those that another role reads as well."""
    found = []
    for route in PAGES:
        theirs = [one for one in ROLES if one in (roles_of(route) or ())]
        wanted = theirs if "unit" in theirs else theirs[:1]
        if method_of(route) == "GET" and "ticket" not in route.param_convertors and role in wanted:
            queues = DESKS if "queue" in route.param_convertors and "desk" in route.path else ("review",)
            plain = [address_of(route, queue=queue) for queue in queues]
            found += [one + more for one in plain for more in MORE.get(route.path, ("",))]
    return [one for one in found if not NO_PAGE.search(one)]


HELD = re.compile(r'data-renew="[^"]*" data-ticket="([^"]*)"')
NO_PAGE = re.compile(r"\.xlsx$|^/entries/|^/language/|^/styleguide$")
"""Files, one entry of the record, what leads back; and the style page, whose numbers are samples."""


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    happened=some.lists(plans, min_size=8, max_size=16),
    imported=some.lists(olds, min_size=4, max_size=12),
)
@pytest.mark.timeout(300)
def test_every_number_of_every_page_is_the_length_of_its_list_whatever_happened(
    house: House, happened: list[Plan], imported: list[Old]
) -> None:
    names = asyncio.run(told(house, happened, imported))
    met: set[str] = set()
    with ExitStack() as stack:
        for role, name in names.items():
            who = stack.enter_context(Pages(house, name))
            works(who, role)
            numbers = numbers_of(who, addresses(role))
            wrong = {one: (n, len(who.listed(one))) for one, n in numbers.items()}
            assert {one: pair for one, pair in wrong.items() if pair[0] != pair[1]} == {}
            adds_up(numbers)
            met |= {urlsplit(one).path for one in numbers}
    assert met >= {
        "/figures/received/count",
        "/risks",
        "/wall/received",
        "/ledger/received",
        "/inbox",
        "/tickets",
    }
    assert met >= {f"/desk/{queue}/{what}" for queue in DESKS for what in ("done", "skipped")}


def works(who: Pages, role: AccountRole) -> None:
    """Save a view; an operator approves an answer, and passes over what each desk hands out then."""
    assert (
        who.posts("/views", address="/tickets?stage=closed", name="样例", audience="person").status_code
        == 303
    )
    if role == "operator" and (held := in_hand(who, "review")):
        approved = who.posts(f"/tickets/{held}/approve", _key="once", _next="/desk/review")
        who.page(approved.headers["location"])
        assert who.numbers("/desk/review")["/desk/review/done"] == 1
    for queue in DESKS if role == "operator" else ():
        if held := in_hand(who, queue):
            assert who.posts(f"/desk/{queue}/skip", ticket=held, reason="样例").status_code == 303


def in_hand(who: Pages, queue: DeskQueue) -> str:
    """What the desk hands out; empty for nothing."""
    return "".join(HELD.findall(who.page(f"/desk/{queue}"))[:1])


def numbers_of(who: Pages, addresses: Sequence[str]) -> dict[str, int]:
    """List → its number, over these pages; a list has the same number on all of them."""
    found: dict[str, int] = {}
    for address in addresses:
        for one, number in who.numbers(address).items():
            assert found.setdefault(one, number) == number, f"{address}: {one}"
    return found


def adds_up(numbers: dict[str, int]) -> None:
    """What a rate is of, and what it leaves out, are together what was received; it counts none that it is not of."""
    for address, number in numbers.items():
        path, query = urlsplit(address).path, urlsplit(address).query
        if not (path.startswith("/figures/") and path.endswith("/of")):
            continue
        excluded, counted = (f"{path.removesuffix('of')}{part}?{query}" for part in ("excluded", "count"))
        received = f"/figures/received/count?{urlencode(parse_qsl(query))}"
        assert number + numbers[excluded] == numbers[received], address
        assert numbers[counted] <= number, address
