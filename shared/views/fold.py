"""A batch of entries → the rows that it changes. Pure: the same rows and entries give the same rows."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from shared.entry import UndecodableEntry
from shared.search import vector
from shared.ticket import events as e
from shared.ticket.words import Sealed
from shared.views import feed, on_deadlines, on_ticket, policies, timeline
from shared.views.placed import Placed
from shared.views.rows import DeliveryRow, FeedRow, Rows, RulingRow, TicketRow, TitleRow

Opener = Callable[[str, Sealed], str | None]
"""(ticket, sealed title) → what a list may show, None where it cannot be opened."""
TITLED = (e.Registered, e.HistoryImported, e.Supplemented)
DELIVERY = (e.Delivered, e.DeliveryFailed)


class Touched(NamedTuple):
    """What a batch may change, or must know."""

    tickets: set[str]
    clocks: set[tuple[str, str]]
    """(ticket, clock)."""
    titled: set[str]
    """The tickets whose titles must be opened."""


def touched(batch: Iterable[Placed]) -> Touched:
    """The rows that must be at hand before the batch is folded."""
    found = Touched(set(), set(), set())
    for _, _, ticket, entry in batch:
        for event in entry.events:
            if type(event) is e.Looked:
                continue
            found.tickets.add(ticket)
            found.clocks.update((ticket, clock) for clock in on_deadlines.touched(event))
            if isinstance(event, TITLED):
                found.titled.add(ticket)
    return found


def fold(rows: Rows, batch: Iterable[Placed], opened: Opener) -> Rows:
    """The rows after the batch; ``rows`` holds those that it touches and is used up."""
    for placed in batch:
        for document in policies.published(placed):
            rows.policies.append(policies.kept(document))
            rows.names.update((row.key, row) for row in policies.named(document))
        rows.timeline += timeline.lines(placed)
        if e.changes(placed.entry.events) and placed.entry.after:
            _apply(rows, placed, opened)
    return rows


def _apply(rows: Rows, placed: Placed, opened: Opener) -> None:
    entry, at = placed.entry, placed.entry.recorded_at
    row = rows.tickets.get(placed.ticket) or _new(rows, placed)
    heard: dict[str, str] = {}
    titled, units = False, row.units
    for event in entry.events:
        kind, had = type(event), feed.holders(row)
        if clocks := on_deadlines.CHANGES.get(kind):
            clocks(rows, row, event, at)
        if change := on_ticket.CHANGES.get(kind):
            change(row, event, at)
        if isinstance(event, TITLED) and event.title is not None:
            row.title, titled = opened(row.id, event.title), True
        if word := feed.FEED.get(kind):
            heard = feed.heard(word, had, row) | heard
        if isinstance(event, e.ReturnRuled):
            about = (row.id, row.jurisdiction, row.topic, row.place)
            rows.rulings.append(RulingRow(*about, at, event.unit, event.upheld, event.to))
        if isinstance(event, DELIVERY):
            rows.deliveries.append(_delivery(row.id, placed, event))
    if titled or row.units != units:
        rows.titles[row.id] = _title(row)
    on_ticket.settle(row)
    row.version, row.source, row.changed_at = entry.version, entry.source.offset, at
    for unit, word in heard.items():
        rows.unit_feed.append(FeedRow(unit, placed.partition, row.source, row.id, word, at))


def _new(rows: Rows, placed: Placed) -> TicketRow:
    partition, _, ticket, entry = placed
    first = entry.events[0]
    if entry.after is None or not isinstance(first, e.Registered | e.HistoryImported):
        where = f"the entry with source {entry.source.offset} of partition {partition}"
        raise UndecodableEntry(f"{where} changes a ticket that no entry before it registered")
    row = on_ticket.new(first, ticket, entry.after.jurisdiction, partition, entry.recorded_at)
    rows.tickets[row.id] = row
    return row


def _title(row: TicketRow) -> TitleRow:
    words = vector(row.title or "")
    return TitleRow(row.id, row.jurisdiction, row.scope, row.units, row.registered_at, words)


def _delivery(ticket: str, placed: Placed, event: e.Delivered | e.DeliveryFailed) -> DeliveryRow:
    because = event.because if isinstance(event, e.DeliveryFailed) else None
    delivered = isinstance(event, e.Delivered)
    return DeliveryRow(
        ticket, event.purpose, event.round, delivered, event.tries, placed.entry.recorded_at, because
    )
