"""Whether a form makes sense as the ticket stands, and how far its clocks are (pure; domain.md §3.8)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from services.console.pages.ticket import Clock
from services.console.pages.timeline import Line
from services.console.paper.papers import Form
from services.console.rows import TicketRow

Level = Literal["blue", "yellow", "red"]
"""Of a 督办单: near its end, behind on a step, overdue (domain.md §3.8)."""
URGED = ("Urged", "UrgeOrdered")
OF_THE_HANDLING = ("citizen", "sign", "contact", "answer", "redo")
"""The clocks that an order names; a survey is the hotline's own."""


def of_this_round(row: TicketRow, clocks: Sequence[Clock]) -> list[Clock]:
    """The clocks that bind those who handle the ticket now."""
    citizens = max((clock.round for clock in clocks if clock.clock == "citizen"), default=1)
    return [
        clock
        for clock in clocks
        if clock.clock in OF_THE_HANDLING
        and clock.status != "void"
        and clock.round == (citizens if clock.clock == "citizen" else row.round)
    ]


def overdue(clocks: Sequence[Clock], now: datetime) -> list[Clock]:
    """Those that run and are over."""
    return [clock for clock in clocks if clock.stopped_at is None and now >= clock.due]


def level(row: TicketRow, clocks: Sequence[Clock], now: datetime) -> Level | None:
    """How urgent a 督办单 is; None where there is nothing to supervise."""
    if overdue(clocks, now):
        return "red"
    if row.unit_missed or row.citizen_missed:
        return "yellow"
    near = [c for c in clocks if c.stopped_at is None and c.warn_at is not None and now >= c.warn_at]
    return "blue" if near else None


def urgings(lines: Sequence[Line]) -> list[Line]:
    """Every time the unit was urged."""
    return [line for line in lines if line.kind in URGED]


def why_not(
    form: Form, row: TicketRow, clocks: Sequence[Clock], lines: Sequence[Line], now: datetime
) -> str | None:
    """Why the form makes no sense as the ticket stands, as a key of the catalogue; None where it does."""
    if row.lead is None:
        return "print.not_assigned"
    if form == "assignment":
        return None
    if row.stage == "closed":
        return "print.closed"
    if form == "urge-notice":
        return None if overdue(clocks, now) or urgings(lines) else "print.not_late"
    return None if level(row, clocks, now) else "print.not_at_risk"
