"""A batch of entries → the rows that it changes. Pure: the same rows and entries give the same rows."""

from collections.abc import Callable, Iterable

from services.projector import feed, on_deadlines, on_ticket, timeline
from services.projector.placed import Placed
from services.projector.rows import DeliveryRow, FeedRow, Rows, TicketRow
from shared.entry import UndecodableEntry
from shared.ticket import events as e
from shared.ticket.words import Sealed

Opener = Callable[[str, Sealed], str | None]
"""(ticket, sealed title) → what a list may show, None where it cannot be opened."""
TITLED = (e.Registered, e.HistoryImported, e.Supplemented)


def tickets_of(batch: Iterable[Placed]) -> set[str]:
    """The tickets whose rows the batch may change."""
    return {placed.ticket for placed in batch if placed.entry.events}


def clocks_of(batch: Iterable[Placed]) -> set[tuple[str, str]]:
    """The (ticket, clock) whose rows the batch may change."""
    return {
        (placed.ticket, clock)
        for placed in batch
        for event in placed.entry.events
        for clock in on_deadlines.touched(event)
    }


def titled(batch: Iterable[Placed]) -> set[str]:
    """The tickets whose titles must be opened for the batch."""
    return {
        placed.ticket for placed in batch if any(isinstance(event, TITLED) for event in placed.entry.events)
    }


def fold(rows: Rows, batch: Iterable[Placed], opened: Opener) -> Rows:
    """The rows after the batch; ``rows`` holds those of ``tickets_of`` and ``clocks_of`` and is used up."""
    for placed in batch:
        rows.timeline += timeline.lines(placed)
        if placed.entry.events and placed.entry.after:
            _apply(rows, placed, opened)
    return rows


def _apply(rows: Rows, placed: Placed, opened: Opener) -> None:
    entry, at = placed.entry, placed.entry.recorded_at
    row = rows.tickets.get(placed.ticket) or _new(rows, placed)
    heard: dict[str, str] = {}
    for event in entry.events:
        had = feed.holders(row)
        on_deadlines.change(rows, row, event, at)
        if change := on_ticket.CHANGES.get(type(event)):
            change(row, event, at)
        if isinstance(event, TITLED) and event.title is not None:
            row.title = opened(row.id, event.title)
        if isinstance(event, e.Delivered | e.DeliveryFailed):
            rows.deliveries.append(_delivery(row.id, placed, event))
        heard = feed.heard(event, had, row) | heard
    on_ticket.settle(row)
    row.version, row.source, row.changed_at = entry.version, entry.source.offset, at
    rows.unit_feed += [
        FeedRow(unit, placed.partition, row.source, row.id, kind, at) for unit, kind in heard.items()
    ]


def _new(rows: Rows, placed: Placed) -> TicketRow:
    first, after = placed.entry.events[0], placed.entry.after
    if after is None or not isinstance(first, e.Registered | e.HistoryImported):
        raise UndecodableEntry(f"{placed.entry.id} changes a ticket that no entry before it registered")
    row = on_ticket.new(first, placed.ticket, after.jurisdiction, placed.partition, placed.entry.recorded_at)
    rows.tickets[row.id] = row
    return row


def _delivery(ticket: str, placed: Placed, event: e.Delivered | e.DeliveryFailed) -> DeliveryRow:
    because = event.because if isinstance(event, e.DeliveryFailed) else None
    delivered = isinstance(event, e.Delivered)
    return DeliveryRow(
        ticket, event.purpose, event.round, delivered, event.tries, placed.entry.recorded_at, because
    )
