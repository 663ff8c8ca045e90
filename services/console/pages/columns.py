"""The columns of a list of tickets, once for the page and for every export: what each says of a ticket in words."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from services.console.pages.shown import Due, citizen_clock, moment, remaining, unit_clock, visible
from services.console.rows import TicketRow
from services.console.words import Words
from shared.policy.documents import Policies

Called = Callable[[str, str | None], str]
"""(kind, code) → its name."""


class Reader(Struct, frozen=True):
    """In whose words a list is told, when, and by which policies what is left of a term is counted."""

    words: Words
    called: Called
    now: datetime
    policies: Policies = Policies()


class Cell(Struct, frozen=True):
    """A row at its place in the list, as a reader sees it."""

    row: TicketRow
    index: int
    reader: Reader

    def of(self, section: str, code: str) -> str:
        """The word for a code of a closed set."""
        return self.reader.words.of(section, code)


def badges(row: TicketRow, words: Words) -> list[str]:
    """What a list says of a ticket beside its title."""
    said = [
        (row.round > 1, words("list.round", round=row.round)),
        (row.supplements > 0, words("list.supplements", count=row.supplements)),
        (row.confidential, words("list.confidential")),
        (row.undelivered > 0, words("list.undelivered")),
    ]
    return [badge for holds, badge in said if holds]


def _lead(cell: Cell) -> str:
    """The lead unit by name, and how many assist."""
    row, reader = cell.row, cell.reader
    assisting = f" ({reader.words('list.assisting', count=len(row.assisting))})" if row.assisting else ""
    return reader.called("unit", row.lead) + assisting


def _subject(cell: Cell) -> str:
    return subject(cell.row, badges(cell.row, cell.reader.words), cell.reader.words)


def subject(row: TicketRow, badges: list[str], words: Words) -> str:
    """The title as a list shows it, with what stands beside it."""
    title = visible(row.title) if row.title else words("list.no_title")
    return "  ".join([title, *[f"[{badge}]" for badge in badges]])


def _clock(cell: Cell, clock: Callable[[TicketRow, datetime, Policies], Due | None]) -> str:
    return deadline(clock(cell.row, cell.reader.now, cell.reader.policies), cell.reader.words)


def deadline(due: Due | None, words: Words) -> str:
    """A deadline as a cell: its state, what remains, when it is due."""
    if due is None:
        return words("deadline.none")
    return f"{state(due, words)} {words('deadline.due', due=moment(due.due))}"


def state(due: Due, words: Words) -> str:
    """How a deadline stands, and what remains of it while it runs."""
    said = words(due.word)
    if due.span is None:
        return said
    key = "deadline.past" if due.state == "over" else "deadline.left"
    return f"{said} {words(key, span=remaining(words, due))}"


COLUMNS: dict[str, Callable[[Cell], str]] = {
    "index": lambda cell: str(cell.index),
    "number": lambda cell: cell.row.number,
    "subject": _subject,
    "demand": lambda cell: cell.of("demand", cell.row.demand),
    "urgency": lambda cell: cell.of("urgency", cell.row.urgency),
    "stage": lambda cell: cell.of("stage", cell.row.stage),
    "lead": _lead,
    "citizen_clock": lambda cell: _clock(cell, citizen_clock),
    "unit_clock": lambda cell: _clock(cell, unit_clock),
    "handler": lambda cell: cell.reader.called("handler", cell.row.handler),
    "changed": lambda cell: moment(cell.row.changed_at),
}
"""``list.<name>`` is a column's head; templates/components/ticket_row.html shows it with links and shapes besides."""
