"""An entry as lines of its ticket's timeline: everything that happened or was refused, no sealed text."""

from types import NoneType
from typing import Any, get_args, get_type_hints

from msgspec.structs import fields

from shared.ticket import events as e
from shared.ticket.words import Sealed
from shared.views.placed import Placed, Told
from shared.views.rows import TimelineRow

LOOK = "Look"
"""The command that asks to see sealed fields; of it the line also tells at which stage."""


def _sealed(kind: type) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(
        field.name
        for field in fields(kind)
        if hints[field.name] is Sealed or set(get_args(hints[field.name])) == {Sealed, NoneType}
    )


SEALED: dict[type, tuple[str, ...]] = {kind: _sealed(kind) for kind in e.Event.__args__}
"""The sealed fields of each event: a timeline says that they are there, and no more."""
ELSEWHERE: dict[type, tuple[str, ...]] = {
    e.DeadlineSet: ("trace",),
    e.HistoryImported: ("past",),
    e.PolicyPublished: ("document",),
}
"""What is long and found elsewhere, or may hold another system's free text."""
SHOWN: dict[type, tuple[str, ...]] = {
    kind: tuple(
        field.name for field in fields(kind) if field.name not in (*SEALED[kind], *ELSEWHERE.get(kind, ()))
    )
    for kind in SEALED
}


def lines(placed: Placed) -> list[TimelineRow]:
    """One line an event; else one that says how the command fared. Every counted entry has at least one."""
    if events := placed.entry.events:
        return [_line(placed, seq, type(event).__name__, _told(event)) for seq, event in enumerate(events)]
    return [_line(placed, 0, *_fared(placed.entry))]


def _line(placed: Placed, seq: int, kind: str, detail: dict[str, Any]) -> TimelineRow:
    partition, offset, ticket, entry = placed
    head = (ticket, partition, entry.source.offset, seq, offset, entry.version, entry.recorded_at)
    asked = entry.command
    if asked and asked.body.kind == LOOK and entry.after:
        detail["stage"] = entry.after.stage
    if asked is None:
        return TimelineRow(*head, None, kind, None, None, None, None, detail)
    actor = asked.actor
    return TimelineRow(
        *head, asked.occurred_at, kind, asked.body.kind, actor.person, actor.role, actor.unit, detail
    )


def _told(event: e.Event) -> dict[str, Any]:
    kind = type(event)
    told = {name: value for name in SHOWN[kind] if (value := getattr(event, name)) is not None}
    if sealed := [name for name in SEALED[kind] if getattr(event, name) is not None]:
        told["sealed"] = sealed
    if isinstance(event, e.PolicyPublished):
        told |= {"policy": event.document.name, "version": event.document.version}
    if isinstance(event, e.HistoryImported) and event.past.unit:
        told["unit"] = event.past.unit
    return told


def _fared(entry: Told) -> tuple[str, dict[str, Any]]:
    if entry.refusal:
        return "refused", {"code": entry.refusal.code, "zh": entry.refusal.zh, "en": entry.refusal.en}
    if entry.undecodable:
        return "undecodable", {"sha256": entry.undecodable}
    return "repeated", {"source": entry.repeat_of}
