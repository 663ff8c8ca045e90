"""A unit's inbox as a workbook: the columns and the rows of the group that the page shows."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from services.console.desk import desk_of
from services.console.lists.inbox import Group
from services.console.lists.listing import Listing
from services.console.pages.columns import Reader, badges, deadline, state, subject
from services.console.pages.exporting import MOST, Told, at_once, refuse_too_many, written
from services.console.pages.inside import AtAUnit
from services.console.pages.rendering import reader_for
from services.console.pages.shown import citizen_clock
from services.console.pages.unit.inbox import Row, row_of
from services.console.words import Words

router = APIRouter(include_in_schema=False)


def _next(row: Row, reader: Reader) -> str:
    if row.next is None:
        return "–"
    return f"{reader.words.of('clock', row.task.clock)} {deadline(row.next, reader.words)}"


def _beside(row: Row, reader: Reader) -> list[str]:
    """What the inbox says beside a title."""
    ticket, words = row.task.ticket, reader.words
    urgent = [words.of("urgency", ticket.urgency)] if ticket.urgency != "ordinary" else []
    led = [words("inbox.led_by", unit=reader.called("unit", ticket.lead))] if ticket.lead != row.unit else []
    return [*urgent, *led, *badges(ticket, words)]


def _window(row: Row, words: Words) -> str:
    if row.window is None:
        return words("inbox.ruled" if row.task.ruled else "inbox.no_window")
    return state(row.window, words)


COLUMNS: dict[str, Callable[[Row, Reader], str]] = {
    "list.number": lambda row, _: row.task.ticket.number,
    "list.subject": lambda row, reader: subject(row.task.ticket, _beside(row, reader), reader.words),
    "list.stage": lambda row, reader: reader.words.of("stage", row.task.ticket.stage),
    "inbox.next": _next,
    "list.citizen_clock": lambda row, reader: deadline(
        citizen_clock(row.task.ticket, reader.now, reader.policies), reader.words
    ),
    "inbox.window": lambda row, reader: _window(row, reader.words),
    "list.handler": lambda row, reader: reader.called("handler", row.task.ticket.handler) or "–",
}
"""The columns of templates/components/inbox_row.html by their heads."""


@router.get("/inbox.xlsx")
async def inbox(request: Request, caller: AtAUnit, group: Group = "all") -> Response:
    """A group of the inbox."""
    desk, reader = desk_of(request), await reader_for(request, caller)
    tasks = await desk.inbox.tasks(caller, group, MOST + 1)
    refuse_too_many(len(tasks))
    rows = [row_of(task, caller.unit or "", reader.now, reader.policies) for task in tasks]
    words = reader.words
    heads = [words("list.index"), *[words(head) for head in COLUMNS]]
    of = Told(Listing("/inbox"), words("inbox.title"), [words.of("group", group)], heads)
    return await written(request, caller, reader, of, lambda row, at: _told(row, at, reader), at_once(rows))


def _told(row: Row, at: int, reader: Reader) -> list[str]:
    return [str(at), *[tell(row, reader) for tell in COLUMNS.values()]]
