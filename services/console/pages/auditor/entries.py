"""条目检查器: an entry as it is stored, and its hashes worked out again, here and in the browser.

Whoever may not know of its ticket sees the hashes only: a chain can be checked without showing what it holds.
"""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Query, Request, Response
from msgspec import DecodeError, json

from services.console.desk import Desk, desk_of
from services.console.pages.inside import Overseer
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.people.trespasses import keep
from services.console.proof.inspecting import Found, checks, found, overall
from services.console.proof.record import RecordAway
from shared.entry import Entry, UndecodableEntry, read_entry
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=0, le=10**15)]
Offset = Annotated[int | None, Query(ge=0, le=10**15)]
"""Of the entry, or of any of the same log: it tells apart two logs, whose commands have the same places."""


class Told(NamedTuple):
    """What the stored bytes say, laid out for reading; the sealed fields in them are ciphertext."""

    entry: Entry
    command: str
    outcome: str


@router.get("/entries/{partition}/{source}")
async def entry(
    request: Request, caller: Overseer, partition: Number, source: Number, offset: Offset = None
) -> Response:
    """The entry for the command at that place."""
    desk = desk_of(request)
    it = await _find(desk, partition, source, offset)
    checked = checks(partition, it)
    seen = await _seen(desk, caller, it)
    if not seen:
        await keep(request, caller, [it.entry.ticket])
    return await page(
        request,
        caller,
        "auditor/entry",
        partition=partition,
        source=source,
        it=it,
        checks=checked,
        verdict=overall(checked),
        seen=seen,
        told=_told(it.entry.value) if seen else None,
    )


@router.get("/entries/{partition}/{source}/bytes")
async def stored_bytes(
    request: Request, caller: Overseer, partition: Number, source: Number, offset: Offset = None
) -> Response:
    """Its bytes exactly as stored."""
    desk = desk_of(request)
    it = await _find(desk, partition, source, offset)
    if not await _seen(desk, caller, it):
        await keep(request, caller, [it.entry.ticket])
        raise _unknown(partition, source)
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="entry-{partition}-{source}.json"',
    }
    return Response(it.entry.value, 200, headers, "application/octet-stream")


async def _find(desk: Desk, partition: int, source: int, offset: int | None) -> Found:
    """Of the log of the record at ``offset``, else of the one that the views have met last."""
    if partition >= desk.settings.partitions:
        raise _unknown(partition, source)
    try:
        if offset is None:
            epoch = next((p.epoch for p in await desk.auditing.positions() if p.partition == partition), None)
        else:
            epoch = await desk.record.epoch_at(partition, offset)
        records = await desk.record.answering(partition, epoch, source) if epoch else []
    except RecordAway:
        zh, en = "记录暂时读不到,请稍后再试。", "The record cannot be read now: try again."
        raise Problem(503, "record_away", zh, en, headers={"Retry-After": "5"}) from None
    it = found(records, epoch or 0, source, await desk.auditing.counted(partition, records))
    if it is None:
        raise _unknown(partition, source)
    return it


async def _seen(desk: Desk, caller: Account, it: Found) -> bool:
    """Whether the caller may read it: their own jurisdiction's policies, and tickets that they may know of."""
    ticket = it.entry.ticket
    own = ticket.startswith(f"policy/{caller.jurisdiction}/")
    return own or await desk.queries.may_see(caller, ticket)


def _told(value: bytes) -> Told | None:
    """None where the bytes cannot be read."""
    try:
        read = read_entry(value)
        outcome = json.encode({"events": read.events} if read.events else {"refusal": read.refusal})
        return Told(read, _laid_out(bytes(read.command)), _laid_out(outcome))
    except (UndecodableEntry, DecodeError, UnicodeDecodeError):
        return None


def _laid_out(text: bytes) -> str:
    return json.format(text, indent=2).decode()


def _unknown(partition: int, source: int) -> Problem:
    zh, en = f"没有条目 {partition}:{source}。", f"There is no entry {partition}:{source}."
    return Problem(404, "unknown_entry", zh, en)
