"""One partition of a book: a command record goes in, exactly one entry comes out (design §3 points 1–4, 9–11).

No I/O: the ledger runs it on a live topic, the audit runs it again on the same topic years later.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.structs import replace

from shared.chain import BrokenEntry, Link, genesis, link
from shared.entry import Entry, Follower, Source, kinds, read_entry, write_entry
from shared.policy.documents import Policies
from shared.ticket import events as e
from shared.ticket.commands import Command, PublishPolicy, read_command
from shared.ticket.publishing import decide_policy
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.state import Ticket, evolve, registered, summary
from shared.ticket.versions import CURRENT, RULES

BOOK = "ticket"
COMMAND_LIMIT = 256 * 1024
"""Bytes of a command; the edge answers 413 above it. Kafka's own limit for the topic is twice that."""
ENTRY_LIMIT = 1024 * 1024
"""Bytes of an entry, well under the producer's and the topic's limits: a batch must never be refused for size."""
MINUTE_MS = 60_000
REPEATS_KEPT_MS = 90 * 24 * 60 * MINUTE_MS
SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = (e.Registered, e.HistoryImported)
"""The events that make a ticket."""
CLOUD_EVENT = (
    ("ce_specversion", b"1.0"),
    ("ce_source", b"huiyin/ledger"),
    ("ce_type", b"huiyin.ticket.entry"),
)


class Kept(Struct, frozen=True):
    """What a partition keeps of a ticket (or of a policy's name): its state, version, and the ids that took effect."""

    version: int
    ticket: Ticket | None
    seen: dict[str, tuple[int, int]]
    """Command id → (source offset, recorded ms)."""


class Head(Struct):
    """Where a partition stands: the last counted entry's source and offset, the chain, and the numbering.

    The one thing here that changes in place, entry by entry; a process that fails between two is ended, not repaired.
    """

    chain: bytes
    source: int = -1
    epoch: int = 1
    offset: int = -1
    clock: int = 0
    """The highest broker timestamp seen, ms, so that numbers never go back (design §3 point 11)."""
    day: str = ""
    sequence: int = 0

    def tick(self, milliseconds: int) -> None:
        """Move the partition's clock up; a new day in Asia/Shanghai begins a new numbering."""
        if milliseconds <= self.clock:
            return
        if milliseconds // MINUTE_MS != self.clock // MINUTE_MS:
            day = _moment(milliseconds).astimezone(SHANGHAI).strftime("%Y%m%d")
            if day != self.day:
                self.day, self.sequence = day, 0
        self.clock = milliseconds


class Tickets(Protocol):
    """Where kept tickets are found: a dict, or the ledger's store with its cache."""

    def get(self, key: str, /) -> Kept | None: ...
    def __setitem__(self, key: str, kept: Kept, /) -> None: ...


class Written(NamedTuple):
    """An entry ready to be appended."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    entry: Entry


class Book:
    """The state of one partition, moved by ``enter`` (deciding) or ``follow`` (reading what was decided)."""

    def __init__(
        self, partition: int, tickets: Tickets, head: Head | None = None, policies: Policies | None = None
    ):
        self.partition = partition
        self.tickets = tickets
        self.head = head or Head(genesis(BOOK, partition))
        self.policies = policies or Policies()

    def enter(
        self, offset: int, recorded_ms: int, key: bytes, value: bytes, epoch: int = 1, rules: int = CURRENT
    ) -> Written:
        """Decide one command record and move on.

        offset, recorded_ms   of the record, as the broker gave them
        epoch                 of the commands topic
        rules                 the version to decide under; the audit gives the one that the entry names
        """
        self.head.tick(recorded_ms)
        frame = Entry(
            Source(epoch, offset),
            f"{BOOK}-{self.partition}-{epoch}-{offset}",
            "",
            _moment(recorded_ms),
            rules,
        )
        entry, kept = self._outcome(frame, key, value, recorded_ms)
        stored = write_entry(entry)
        if len(stored) > ENTRY_LIMIT:
            refusal = _too_large("entry_too_large", len(stored), ENTRY_LIMIT, value)
            entry, kept = replace(frame, ticket=entry.ticket, refusal=refusal), None
            stored = write_entry(entry)
        made = link(self.head.chain, stored)
        self._move(entry, kept, made.hash)
        return Written(entry.ticket.encode() or key, stored, _headers(made, entry, kinds(entry)), entry)

    def follow(self, offset: int, headers: Sequence[tuple[str, bytes]], value: bytes) -> Entry | None:
        """Take over an entry that somebody decided, if it counts; ``offset`` is its own, on the events topic.

        Raises BrokenEntry or UndecodableEntry: the partition cannot be opened until a person has looked.
        """
        follower = Follower(self.head.chain, self.head.source, self.head.epoch)
        if not follower.counts(headers, value):
            return None
        entry = read_entry(value)
        if entry.source != Source(follower.epoch, follower.source):
            raise BrokenEntry(f"entry {entry.id} names another source than its header")
        recorded_ms = _milliseconds(entry.recorded_at)
        self.head.tick(recorded_ms)
        self._move(entry, self._kept_after(entry, recorded_ms), follower.head)
        self.head.offset = offset
        return entry

    def _outcome(self, frame: Entry, key: bytes, value: bytes, recorded_ms: int) -> tuple[Entry, Kept | None]:
        """The entry, and what is kept from it if something changed."""
        if len(value) > COMMAND_LIMIT:
            refusal = _too_large("command_too_large", len(value), COMMAND_LIMIT, value)
            return replace(frame, ticket=_text(key), refusal=refusal), None
        try:
            command = read_command(value)
        except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError):
            return replace(frame, ticket=_text(key), undecodable=sha256(value).hexdigest()), None
        kept = self.tickets.get(command.ticket)
        if kept and (first := kept.seen.get(command.id)):
            return _same(frame, command, value, kept, repeat_of=first[0]), None
        outcome, consulted = self._decided(frame, kept, command)
        if isinstance(outcome, Refusal):
            return _same(frame, command, value, kept, refusal=outcome, policies=consulted), None
        if not e.changes(outcome):
            return _same(frame, command, value, kept, events=outcome, policies=consulted), None
        version = kept.version + 1 if kept else 1
        after = self._apply(kept, outcome, command, frame, version, recorded_ms)
        entry = replace(
            frame,
            ticket=command.ticket,
            command=Raw(value),
            version=version,
            events=outcome,
            policies=consulted,
            after=summary(after.ticket) if after.ticket else None,
        )
        return entry, after

    def _decided(
        self, frame: Entry, kept: Kept | None, command: Command
    ) -> tuple[list[e.Event] | Refusal, dict[str, int]]:
        if isinstance(command.body, PublishPolicy):
            return decide_policy(self.policies, command.ticket, command.body.document), {}
        ticket = kept.ticket if kept else None
        number = "" if ticket else f"{self.head.day}{self.partition:02d}{self.head.sequence + 1:06d}"
        decide = RULES[frame.rules]
        try:
            return decide(ticket, command, self.policies, frame.recorded_at, number)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return refuse("rule_failed", error=type(error).__name__), {}

    def _kept_after(self, entry: Entry, recorded_ms: int) -> Kept | None:
        if not e.changes(entry.events):
            return None
        command = read_command(bytes(entry.command))
        kept = self.tickets.get(entry.ticket)
        return self._apply(kept, entry.events, command, entry, entry.version, recorded_ms)

    def _apply(
        self,
        kept: Kept | None,
        events: Sequence[e.Event],
        command: Command,
        frame: Entry,
        version: int,
        recorded_ms: int,
    ) -> Kept:
        ticket = kept.ticket if kept else None
        for event in events:
            if ticket is not None:
                ticket = evolve(ticket, event, frame.recorded_at)
            elif isinstance(event, FIRST):
                ticket = registered(event, command.ticket, command.jurisdiction)
        if ticket is not None:
            ticket = replace(ticket, version=version)
        took_effect = {command.id: (frame.source.offset, recorded_ms)}
        return Kept(version, ticket, _ids_kept(kept, ticket, took_effect, recorded_ms))

    def _move(self, entry: Entry, kept: Kept | None, chain: bytes) -> None:
        if kept is not None:
            self.tickets[entry.ticket] = kept
            if kept.ticket is None:
                self._publish(entry.events)
            elif kept.version == 1:
                self.head.sequence += 1
        self.head.chain = chain
        self.head.source = entry.source.offset
        self.head.epoch = entry.source.epoch

    def _publish(self, events: Sequence[e.Event]) -> None:
        for event in events:
            if isinstance(event, e.PolicyPublished):
                self.policies = self.policies.published(event.document)


def _same(frame: Entry, command: Command, value: bytes, kept: Kept | None, **outcome: Any) -> Entry:
    """An entry that changes nothing: the version stays, and says where the ticket stands."""
    return replace(
        frame,
        ticket=command.ticket,
        command=Raw(value),
        version=kept.version if kept else 0,
        after=summary(kept.ticket) if kept and kept.ticket else None,
        **outcome,
    )


def _too_large(code: str, size: int, limit: int, value: bytes) -> Refusal:
    return refuse(code, size=size, limit=limit, digest=sha256(value).hexdigest())


def _ids_kept(
    kept: Kept | None, ticket: Ticket | None, new: dict[str, tuple[int, int]], now: int
) -> dict[str, tuple[int, int]]:
    """The ids of the last 90 days of an open ticket; of a closed one the first and the one that closed it.

    Design §3 point 10: memory must not grow with what is closed, and a late retry still meets its outcome.
    """
    if kept is None:
        return new
    first = next(iter(kept.seen))
    if ticket is not None and ticket.stage == "closed":
        was_closed = kept.ticket is not None and kept.ticket.stage == "closed"
        return kept.seen if was_closed else {first: kept.seen[first], **new}
    oldest = now - REPEATS_KEPT_MS
    if kept.seen[first][1] >= oldest:
        return {**kept.seen, **new}
    return {id: s for id, s in kept.seen.items() if s[1] >= oldest or id == first} | new


def _headers(made: Link, entry: Entry, of_kinds: str) -> list[tuple[str, bytes]]:
    """The chain, the source, and the CloudEvents attributes of the entry (binary mode)."""
    return [
        ("previous", made.previous),
        ("digest", made.digest),
        ("hash", made.hash),
        ("source", b"%d/%d" % (entry.source.epoch, entry.source.offset)),
        ("kinds", of_kinds.encode()),
        ("ce_id", entry.id.encode()),
        *CLOUD_EVENT,
    ]


def _text(key: bytes) -> str:
    return key.decode("utf-8", "replace")[:200]


@lru_cache(maxsize=1_000)
def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)
