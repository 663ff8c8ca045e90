"""One partition of a book: a command record goes in, exactly one entry comes out (design §3 points 1–4, 9–11).

No I/O: the ledger runs it on a live topic, the audit runs it again on the same topic years later.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple, Protocol
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
REPEATS_KEPT = timedelta(days=90)
SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kept(Struct, frozen=True):
    """What a partition keeps of a ticket (or of a policy's name): its state, version, and the ids that took effect."""

    version: int
    ticket: Ticket | None
    seen: dict[str, tuple[int, int]]
    """Command id → (source offset, recorded ms)."""


class Head(Struct, frozen=True):
    """Where a partition stands: the last counted entry's source and offset, the chain, and the numbering."""

    chain: bytes
    source: int = -1
    epoch: int = 1
    offset: int = -1
    clock: int = 0
    """The highest broker timestamp seen, ms, so that numbers never go back (design §3 point 11)."""
    day: str = ""
    sequence: int = 0


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
        head = self._clocked(recorded_ms)
        frame = Entry(
            Source(epoch, offset),
            f"{BOOK}-{self.partition}-{epoch}-{offset}",
            "",
            _moment(recorded_ms),
            rules,
        )
        entry, kept = self._outcome(frame, key, value, head, recorded_ms)
        stored = write_entry(entry)
        if len(stored) > ENTRY_LIMIT:
            digest = sha256(value).hexdigest()
            refusal = refuse("entry_too_large", size=len(stored), limit=ENTRY_LIMIT, digest=digest)
            entry, kept = replace(frame, ticket=entry.ticket, refusal=refusal), None
            stored = write_entry(entry)
        made = link(head.chain, stored)
        self._move(entry, kept, head, made.hash)
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
        self._move(entry, self._kept_after(entry, recorded_ms), self._clocked(recorded_ms), follower.head)
        self.head = replace(self.head, offset=offset)
        return entry

    def _outcome(
        self, frame: Entry, key: bytes, value: bytes, head: Head, recorded_ms: int
    ) -> tuple[Entry, Kept | None]:
        """The entry, and what is kept from it if something changed."""
        if len(value) > COMMAND_LIMIT:
            digest = sha256(value).hexdigest()
            refusal = refuse("command_too_large", size=len(value), limit=COMMAND_LIMIT, digest=digest)
            return replace(frame, ticket=_text(key), refusal=refusal), None
        try:
            command = read_command(value)
        except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError):
            return replace(frame, ticket=_text(key), undecodable=sha256(value).hexdigest()), None
        frame = replace(frame, ticket=command.ticket, command=Raw(value))
        kept = self.tickets.get(command.ticket)
        if kept and (first := kept.seen.get(command.id)):
            return _same(replace(frame, repeat_of=first[0]), kept), None
        outcome, consulted = self._decided(frame, kept, command, head)
        if isinstance(outcome, Refusal):
            return _same(replace(frame, refusal=outcome, policies=consulted), kept), None
        entry = replace(frame, version=kept.version + 1 if kept else 1, events=outcome, policies=consulted)
        after = self._apply(kept, entry, command, recorded_ms)
        if after.ticket:
            entry = replace(entry, after=summary(after.ticket))
        return entry, after

    def _decided(
        self, frame: Entry, kept: Kept | None, command: Command, head: Head
    ) -> tuple[list[e.Event] | Refusal, dict[str, int]]:
        if isinstance(command.body, PublishPolicy):
            return decide_policy(self.policies, command), {}
        number = f"{head.day}{self.partition:02d}{head.sequence + 1:06d}"
        decide = RULES[frame.rules]
        try:
            return decide(kept.ticket if kept else None, command, self.policies, frame.recorded_at, number)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return refuse("rule_failed", error=type(error).__name__), {}

    def _kept_after(self, entry: Entry, recorded_ms: int) -> Kept | None:
        if not entry.events:
            return None
        command = read_command(bytes(entry.command))
        return self._apply(self.tickets.get(entry.ticket), entry, command, recorded_ms)

    def _apply(self, kept: Kept | None, entry: Entry, command: Command, recorded_ms: int) -> Kept:
        ticket = kept.ticket if kept else None
        for event in entry.events:
            if isinstance(event, e.Registered | e.HistoryImported):
                ticket = registered(event, entry.ticket, command.jurisdiction)
            if ticket is not None:
                ticket = evolve(ticket, event, entry.recorded_at)
        if ticket is not None:
            ticket = replace(ticket, version=entry.version)
        took_effect = {command.id: (entry.source.offset, recorded_ms)}
        return Kept(entry.version, ticket, _ids_kept(kept, ticket, took_effect, recorded_ms))

    def _clocked(self, recorded_ms: int) -> Head:
        """The head with the partition's clock moved up, and the numbering begun anew on a new day."""
        clock = max(self.head.clock, recorded_ms)
        if clock // 60_000 == self.head.clock // 60_000:
            return replace(self.head, clock=clock)
        day = _moment(clock).astimezone(SHANGHAI).strftime("%Y%m%d")
        sequence = self.head.sequence if day == self.head.day else 0
        return replace(self.head, clock=clock, day=day, sequence=sequence)

    def _move(self, entry: Entry, kept: Kept | None, head: Head, chain: bytes) -> None:
        if kept is not None:
            self.tickets[entry.ticket] = kept
        numbered = 0
        for event in entry.events:
            if isinstance(event, e.PolicyPublished):
                self.policies = self.policies.published(event.document)
            elif isinstance(event, e.Registered | e.HistoryImported):
                numbered = 1
        self.head = replace(
            head,
            chain=chain,
            source=entry.source.offset,
            epoch=entry.source.epoch,
            sequence=head.sequence + numbered,
        )


def _same(entry: Entry, kept: Kept | None) -> Entry:
    """An entry that changes nothing: the version stays, and says where the ticket stands."""
    if kept is None:
        return entry
    return replace(entry, version=kept.version, after=summary(kept.ticket) if kept.ticket else None)


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
    oldest = now - REPEATS_KEPT // timedelta(milliseconds=1)
    if all(at >= oldest for _, at in kept.seen.values()):
        return {**kept.seen, **new}
    return {id: s for id, s in kept.seen.items() if s[1] >= oldest or id == first} | new


def _headers(made: Link, entry: Entry, of_kinds: str) -> list[tuple[str, bytes]]:
    """The chain, the source, and the CloudEvents attributes of the entry (binary mode)."""
    return [
        *made.headers(),
        ("source", b"%d" % entry.source.offset),
        ("epoch", b"%d" % entry.source.epoch),
        ("kinds", of_kinds.encode()),
        ("ce_specversion", b"1.0"),
        ("ce_id", entry.id.encode()),
        ("ce_source", b"huiyin/ledger"),
        ("ce_type", b"huiyin.ticket.entry"),
        ("content-type", b"application/json"),
    ]


def _text(key: bytes) -> str:
    return key.decode("utf-8", "replace")[:200]


def _moment(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)
