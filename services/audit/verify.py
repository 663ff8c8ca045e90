"""The whole record read and decided again: hashes, versions, sources, and every decision byte for byte (design §3).

Because the command is inside its entry, the audit needs no store and no view, and years later still sees that an
entry was lawful, not only unaltered.
"""

import re
from collections.abc import Callable
from contextlib import aclosing
from copy import copy
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from services.audit.asked import Asked
from services.audit.tickets import Tickets
from shared.book import Book, Written
from shared.chain import BrokenEntry
from shared.entry import Entry, Follower, UndecodableEntry, read_entry
from shared.kafka import EVENTS, end_of, read
from shared.settings import Settings
from shared.ticket.versions import RULES

NAMED = 100
"""Most differences that are named; all are counted."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOOSE = (
    "does not extend the chain, and no entry that counts answers its command: an entry before it is missing "
    "(or the ledger was starting again just now: verify once more)"
)
_SOURCE = re.compile(rb"(\d+)/(\d+)")
Progress = Callable[[int, int], None]
"""Told the partition and how many of its records are read."""


class Unlawful(Struct, frozen=True):
    """An entry that is not what the rules make of its command, or that cannot be read at all.

    ``what`` names the parts that differ (``events``, ``refusal``, ``header kinds`` …) or says why it is unreadable.
    """

    ticket: str
    partition: int
    offset: int
    what: str


class Reach(Struct, frozen=True):
    """How far one partition was verified: up to before ``offset``, with so many entries that counted."""

    partition: int
    offset: int
    counted: int
    head: str
    """The hash of the last of them, hex."""
    differ: int


class Verified(Struct):
    """What was read and decided. ``redecided`` leaves out entries of which only a digest is left."""

    entries: int = 0
    counted: int = 0
    redecided: int = 0
    differ: int = 0
    differences: list[Unlawful] = []
    partitions: list[Reach] = []

    def add(self, found: Unlawful) -> None:
        """Count a difference; the first ones are named."""
        self.differ += 1
        if len(self.differences) < NAMED:
            self.differences.append(found)


async def verify(settings: Settings, progress: Progress = lambda *_: None) -> Verified:
    """Verify every partition up to where it ends now; what is written meanwhile is left for the next time."""
    verified = Verified()
    for partition in range(settings.partitions):
        with TemporaryDirectory(prefix="huiyin-verify-") as folder, Tickets(folder) as tickets:
            async with Asked(settings, partition) as asked:
                await _Partition(settings, partition, asked, tickets, verified, progress).verify()
    return verified


class _Partition:
    """One partition: a book that decides again, and takes over what was decided, right or wrong."""

    def __init__(
        self,
        settings: Settings,
        partition: int,
        asked: Asked,
        tickets: Tickets,
        verified: Verified,
        progress: Progress,
    ) -> None:
        self.settings = settings
        self.partition = partition
        self.verified = verified
        self.progress = progress
        self.tickets = tickets
        self.book = Book(partition, tickets)
        self.asked = asked
        self._at = 0
        self._loose = ((0, -1), -1)
        """Of the entries that do not count, the one for the latest command: its source and its offset."""

    async def verify(self) -> None:
        """Read to the end of now; what cannot be read ends the partition, and is named."""
        end = await end_of(self.settings, EVENTS, self.partition)
        counted, differ = self.verified.counted, self.verified.differ
        done, reached = 0, end
        try:
            async with aclosing(read(self.settings, EVENTS, self.partition, 0, end)) as batches:
                async for records in batches:
                    for record in records:
                        await self._check(record)
                    done += len(records)
                    self.progress(self.partition, done)
            self._name_what_hangs_loose()
        except (BrokenEntry, UndecodableEntry) as error:
            what = f"{type(error).__name__}: {error}; the partition cannot be verified beyond it"
            self.verified.add(Unlawful("", self.partition, self._at, what))
            reached = self._at
        counted, differ = self.verified.counted - counted, self.verified.differ - differ
        head = self.book.head.chain.hex()
        self.verified.partitions.append(Reach(self.partition, reached, counted, head, differ))

    async def _check(self, record: ConsumerRecord) -> None:
        self._at = record.offset
        self.verified.entries += 1
        head = copy(self.book.head)
        if not Follower(head.chain, head.source, head.epoch).counts(record.headers, record.value):
            self._loose = max(self._loose, (_source(record), record.offset))
            return
        self.verified.counted += 1
        entry = read_entry(record.value)
        policies = self.book.policies
        wrong = await self._decided_again(entry, record)
        if wrong:
            self.verified.add(Unlawful(entry.ticket, self.partition, record.offset, "; ".join(wrong)))
        # As before the decision, so that one unlawful entry does not make its followers look unlawful too.
        self.book.head, self.book.policies = head, policies
        self.tickets.undo()
        self._take_over(record)

    def _name_what_hangs_loose(self) -> None:
        """A late writer's entries are for commands that counted entries answer too; any other lost its predecessor."""
        source, offset = self._loose
        if source > (self.book.head.epoch, self.book.head.source):
            self.verified.add(Unlawful("", self.partition, offset, LOOSE))

    async def _decided_again(self, entry: Entry, record: ConsumerRecord) -> list[str]:
        command, wrong = await self._command(entry)
        if command is None:
            return wrong
        if entry.rules not in RULES:
            return [*wrong, f"rules {entry.rules} are not known to this program"]
        self.verified.redecided += 1
        recorded_ms = (entry.recorded_at - EPOCH) // timedelta(milliseconds=1)
        key = record.key or b""
        written = self.book.enter(
            entry.source.offset, recorded_ms, key, command, entry.source.epoch, entry.rules
        )
        return wrong + _differences(written, record)

    async def _command(self, entry: Entry) -> tuple[bytes | None, list[str]]:
        """The command's bytes, from the entry or else its topic, and how the two disagree."""
        inside = bytes(entry.command)
        outside = await self._outside(entry)
        if outside is None:
            lost = entry.source.epoch == self.settings.log_epoch and self.asked.kept(entry.source.offset)
            wrong = ["its command is not in the commands topic"] if lost else []
            return (inside if inside != b"null" else None), wrong
        return outside.value or b"", _disagreements(entry, inside, outside)

    async def _outside(self, entry: Entry) -> ConsumerRecord | None:
        if entry.source.epoch != self.settings.log_epoch:
            return None
        return await self.asked.at(entry.source.offset)

    def _take_over(self, record: ConsumerRecord) -> None:
        try:
            self.book.follow(record.offset, record.headers, record.value)
        except (ArithmeticError, LookupError, TypeError, ValueError, msgspec.MsgspecError) as error:
            raise UndecodableEntry(f"its events do not apply ({type(error).__name__})") from None
        self.tickets.keep()


def _source(record: ConsumerRecord) -> tuple[int, int]:
    """Epoch and offset of the command that an entry claims to answer; before all others where it names none."""
    named = _SOURCE.fullmatch(dict(record.headers).get("source", b""))
    return (int(named[1]), int(named[2])) if named else (0, -1)


def _disagreements(entry: Entry, inside: bytes, outside: ConsumerRecord) -> list[str]:
    value = outside.value or b""
    wrong = []
    if inside not in (b"null", value):
        wrong.append("command is not the one in the commands topic")
    if entry.recorded_at != EPOCH + timedelta(milliseconds=outside.timestamp):
        wrong.append("recorded_at is not the broker's time of its command")
    if entry.undecodable and entry.undecodable != sha256(value).hexdigest():
        wrong.append("undecodable names another digest")
    return wrong


def _differences(written: Written, record: ConsumerRecord) -> list[str]:
    """The parts of the stored entry that are not what the rules make of its command."""
    wrong = [] if written.value == record.value else _fields(written.value, record.value)
    if written.key != (record.key or b""):
        wrong.append("key")
    lawful, stored = dict(written.headers), dict(record.headers)
    chained = ("previous", "digest", "hash", "traceparent")
    names = sorted(name for name in lawful.keys() | stored.keys() if name not in chained)
    return wrong + [f"header {name}" for name in names if lawful.get(name) != stored.get(name)]


def _fields(lawful: bytes, stored: bytes) -> list[str]:
    ours: dict[str, Any] = msgspec.json.decode(lawful)
    theirs: dict[str, Any] = msgspec.json.decode(stored)
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    return [f"{name}: {_brief(name, ours)} → {_brief(name, theirs)}" for name in names] or ["encoding"]


def _brief(name: str, entry: dict[str, Any]) -> str:
    """Kinds and codes only: an entry's other words may be somebody's."""
    value = entry.get(name)
    if name == "events":
        return ",".join(str(event["kind"]) for event in value or []) or "none"
    if name == "refusal":
        return str(value["code"]) if value else "none"
    return str(value) if isinstance(value, int) else "…"
