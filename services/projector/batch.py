"""Records of several partitions → one batch of entries, with where each partition stands before and after it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aiokafka.structs import ConsumerRecord

from shared.chain import BrokenEntry
from shared.entry import Follower, UndecodableEntry
from shared.telemetry import sampled
from shared.views.placed import Placed, place


class Position(NamedTuple):
    """A row of ``positions``: the last record read, the last counted entry's source, and the chain's head."""

    partition: int
    offset: int
    source: int
    epoch: int
    head: bytes


class Bad(NamedTuple):
    """An entry that counts, or claims to, and cannot be projected."""

    record: ConsumerRecord
    because: str


class Batch(NamedTuple):
    """``before`` holds the offset that each partition of ``after`` must still have in the views."""

    placed: list[Placed]
    before: dict[int, int]
    after: list[Position]
    bad: list[Bad]
    traced: list[ConsumerRecord]
    """Records whose trace is sampled."""


class Reading:
    """Follows the chain of every partition from where the views stand. A partition with a bad entry stops there."""

    def __init__(self, positions: Iterable[Position]) -> None:
        self._followers = {p.partition: Follower(p.head, p.source, p.epoch) for p in positions}
        self.offsets = {p.partition: p.offset for p in positions}
        self.written: dict[int, int] = {}
        """When the last record read of a partition was written, by the broker, ms; none before the first batch."""
        self.stopped: dict[int, Bad] = {}

    def take(self, polled: Iterable[Sequence[ConsumerRecord]]) -> Batch:
        """The next batch; each sequence holds records of one partition in order."""
        batch = Batch([], {}, [], [], [])
        for records in polled:
            if records and records[0].partition not in self.stopped:
                self._take(batch, records)
        return batch

    def _take(self, batch: Batch, records: Sequence[ConsumerRecord]) -> None:
        partition = records[0].partition
        before = self.offsets[partition]
        for record in records:
            try:
                placed = self._placed(record)
            except (BrokenEntry, UndecodableEntry) as error:
                self.stop(Bad(record, f"{type(error).__name__}: {error}"))
                batch.bad.append(self.stopped[partition])
                break
            self.offsets[partition], self.written[partition] = record.offset, record.timestamp
            if placed:
                batch.placed.append(placed)
                if sampled(record.headers):
                    batch.traced.append(record)
        if self.offsets[partition] > before:
            batch.before[partition] = before
            batch.after.append(self._position(partition))

    def stop(self, bad: Bad) -> None:
        """Read no further in the partition of this record."""
        self.stopped[bad.record.partition] = bad

    def _placed(self, record: ConsumerRecord) -> Placed | None:
        """None for a record that does not count. The follower stays where it was if the entry cannot be read."""
        follower = self._followers[record.partition]
        was = follower.head, follower.source, follower.epoch
        if not follower.counts(record.headers, record.value):
            return None
        try:
            return place(record.partition, record.offset, record.value)
        except UndecodableEntry:
            follower.head, follower.source, follower.epoch = was
            raise

    def _position(self, partition: int) -> Position:
        follower = self._followers[partition]
        return Position(partition, self.offsets[partition], follower.source, follower.epoch, follower.head)
