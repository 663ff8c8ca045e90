"""The columns of lists that have their own, once for the page's heads and for every export: 督办台 and 流转中."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct, convert

from services.console.desk import Desk
from services.console.lists.circulating import Wanderer
from services.console.lists.listing import Listing
from services.console.numbers.hands import Held
from services.console.numbers.time_ledger import Part
from services.console.pages.columns import COLUMNS, Cell, Reader, deadline, subject
from services.console.pages.shown import citizen_clock, lasting, moment, unit_clock
from services.console.people.accounts import Account
from services.console.rows import TicketRow

R = TypeVar("R")
Laying = Callable[[Desk, Account, list[TicketRow], datetime], Awaitable[list[R]]]
Tell = Callable[[R, Reader], str]


class Sheet(Struct, Generic[R], frozen=True):
    """What a list says of each ticket: ``lay`` reads what its columns need besides, each is told under its head."""

    lay: Laying[R] | None
    columns: dict[str, Tell[R]]

    async def rows(
        self, desk: Desk, caller: Account, reader: Reader, chunks: AsyncIterator[list[TicketRow]]
    ) -> AsyncIterator[list[list[str]]]:
        """Each ticket as its cells."""
        async for tickets in chunks:
            laid: Any = await self.lay(desk, caller, tickets, reader.now) if self.lay else tickets
            yield [[tell(row, reader) for tell in self.columns.values()] for row in laid]


class Urging(Struct, frozen=True):
    """A warning or an urge of a ticket; ``person`` and ``because`` where a person urged."""

    ticket: str
    at: datetime
    kind: Literal["DeadlineWarned", "Urged", "UrgeOrdered"]
    person: str | None
    role: str | None
    because: str | None


class UrgedTicket(Struct, frozen=True):
    """A ticket with the last time that it was urged."""

    ticket: TicketRow
    last: Urging | None


def by_ticket(said: Sequence[dict[str, Any]]) -> dict[str, list[Urging]]:
    """The urges of each ticket, as ``Queries.urges`` answers them."""
    urges = convert(said, list[Urging])
    return {ticket: list(of) for ticket, of in groupby(urges, key=lambda one: one.ticket)}


async def urged(desk: Desk, caller: Account, tickets: list[TicketRow]) -> list[UrgedTicket]:
    """Each ticket with its last urge."""
    urges = by_ticket(await desk.queries.urges(caller, [ticket.id for ticket in tickets]))
    return [UrgedTicket(ticket, next(iter(urges.get(ticket.id, ())), None)) for ticket in tickets]


def _last(row: UrgedTicket, reader: Reader) -> str:
    if row.last is None:
        return ""
    words, last = reader.words, row.last
    because = f" · {words.of('urging', last.because)}" if last.because else ""
    person = f" · {last.person}" if last.kind == "UrgeOrdered" else ""
    return f"{moment(last.at)} {words.of('event', last.kind)}{because}{person}"


def _times(row: UrgedTicket, reader: Reader) -> str:
    ticket = row.ticket
    return reader.words(
        "supervision.counts", warnings=ticket.warnings, urges=ticket.urges, ordered=ticket.urges_ordered
    )


def _hand(part: Part, reader: Reader) -> str:
    words = reader.words
    holder = reader.called("unit", part.unit) if part.holder == "unit" else words.of("holder", part.holder)
    charged = words("hands.charged" if part.charged else "hands.free")
    stopped = "" if part.on_clock else f" · {words('time.stopped')}"
    return f"{holder} {lasting(words, part.length)} {words.of('held', part.because)} · {charged}{stopped}"


def _title(ticket: TicketRow, reader: Reader) -> str:
    return subject(ticket, [], reader.words)


def _due(clock: Callable[..., Any]) -> Callable[[TicketRow, Reader], str]:
    return lambda ticket, reader: deadline(clock(ticket, reader.now, reader.policies), reader.words)


_citizen, _unit = _due(citizen_clock), _due(unit_clock)

ORDINARY: Sheet[TicketRow] = Sheet(
    None,
    {
        f"list.{name}": lambda row, reader, tell=tell: tell(Cell(row, 0, reader))  # type: ignore[misc]
        for name, tell in COLUMNS.items()
        if name != "index"
    },
)
URGED: Sheet[UrgedTicket] = Sheet(
    lambda desk, caller, tickets, _: urged(desk, caller, tickets),
    {
        "list.number": lambda row, _: row.ticket.number,
        "list.subject": lambda row, reader: _title(row.ticket, reader),
        "list.lead": lambda row, reader: reader.called("unit", row.ticket.lead),
        "list.stage": lambda row, reader: reader.words.of("stage", row.ticket.stage),
        "supervision.times": _times,
        "supervision.last": _last,
        "list.citizen_clock": lambda row, reader: _citizen(row.ticket, reader),
        "list.unit_clock": lambda row, reader: _unit(row.ticket, reader),
    },
)
WANDERED: Sheet[Wanderer] = Sheet(
    lambda desk, caller, tickets, now: desk.circulating.wanderers(caller, tickets, now),
    {
        "list.number": lambda row, _: row.ticket.number,
        "list.subject": lambda row, reader: _title(row.ticket, reader),
        "list.stage": lambda row, reader: reader.words.of("stage", row.ticket.stage),
        "circulating.handed_on": lambda row, _: str(row.handed_on),
        "circulating.hands": lambda row, reader: " → ".join(_hand(part, reader) for part in row.parts),
        "circulating.waited": lambda row, reader: lasting(reader.words, row.waited),
        "list.citizen_clock": lambda row, reader: _citizen(row.ticket, reader),
    },
)
HELD: Sheet[Held] = Sheet(
    None,
    {
        "list.number": lambda row, _: row.ticket.number,
        "list.subject": lambda row, reader: _title(row.ticket, reader),
        "list.lead": lambda row, reader: reader.called("unit", row.ticket.lead),
        "list.stage": lambda row, reader: reader.words.of("stage", row.ticket.stage),
        "time.how_long": lambda row, reader: lasting(reader.words, row.length),
    },
)
"""时间账: its tickets are worked out and no statement's, so that it is no list by its address."""
SHEETS: dict[str, Sheet[Any]] = {"/supervision": URGED, "/circulating": WANDERED}
"""By the path of the list; every other list has the ordinary columns."""


def sheet_of(listing: Listing) -> Sheet[Any]:
    """What a list says of each ticket."""
    return SHEETS.get(listing.path, ORDINARY)
