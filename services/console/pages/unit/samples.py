"""What a unit's components are shown with on the style page: each of their states, sample data."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from services.console.advice.diffs import Part, difference
from services.console.asking.checklist import Check
from services.console.lists.inbox import Task
from services.console.pages.asking import Outcome
from services.console.pages.shown import Due
from services.console.pages.ticket import Clock
from services.console.pages.timeline import Line, Stretch, stretches
from services.console.pages.unit.inbox import Row
from services.console.rows import TicketRow
from shared.problems import Problem
from shared.remaining import Left
from shared.ticket.refusals import Refusal

HOUR = timedelta(hours=1)


class UnitSample(Struct, frozen=True):
    """A state each."""

    tasks: list[Row]
    outcomes: list[Outcome]
    checks: list[Check]
    running: list[tuple[Clock, Due]]
    window: Due
    difference: list[Part]
    stretches: list[Stretch]


def unit_sample(
    led: TicketRow, assisted: TicketRow, clock: Clock, text: str, refusal: Refusal, now: datetime
) -> UnitSample:
    """The states, of a ticket that the unit leads and one that it assists; ``text`` is what could break a page."""
    due = Due("near", now + 8 * HOUR, 8 * HOUR, left=Left(1, 2 * HOUR))
    window = Due("running", now + 20 * HOUR, 20 * HOUR)
    unit = led.lead or ""
    fresh = replace(led, stage="assigned")
    told = Line(1, now, "Contacted", "sample.water", "unit", unit, {"method": "phone", "reached": False})
    quiet = replace(told, kind="DeadlineSet", role="service", detail={"clock": "answer"})
    return UnitSample(
        tasks=[
            Row(Task(fresh, "sign", due.due, "1wd", None, ruled=False), unit, due, window),
            Row(Task(assisted, None, None, None, None, ruled=False), unit, None, None),
            Row(Task(replace(fresh, id="sample-4"), None, None, None, None, ruled=True), unit, None, None),
        ],
        outcomes=[
            Outcome(led.number, "#main", None),
            Outcome(assisted.number, "#main", Problem.refused(refusal)),
        ],
        checks=[
            Check("sign", "done", at=now),
            Check("contact", "done", now, "phone", False),
            Check("reply", "next"),
            Check("feedback", "later"),
            Check("signoff", "waiting"),
            Check("submit", "barred", why=refusal),
        ],
        running=[(clock, due), (replace(clock, clock="answer"), Due("over", now - HOUR, HOUR))],
        window=window,
        difference=difference(f"样例:今晚恢复。{text}", f"样例:今天18点恢复。{text}"),
        stretches=stretches([told, quiet, quiet, replace(told, kind="Signed", detail={})]),
    )
