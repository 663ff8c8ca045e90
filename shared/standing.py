"""Where a reading worker stands in a partition: offset, chain and the policies met so far (design §3 point 8)."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.chain import BrokenEntry
from shared.entry import Follower, UndecodableEntry, read_entry
from shared.policy.documents import Policies
from shared.reaction import Noticed
from shared.ticket.events import PolicyPublished


class Record(NamedTuple):
    """A record of ticket-events, whoever read it."""

    partition: int
    offset: int
    headers: Sequence[tuple[str, bytes]]
    value: bytes


class Standing:
    """Where a partition stands for this worker: offset, chain, policies."""

    __slots__ = ("follower", "number", "offset", "policies", "wrong")

    def __init__(self, number: int, offset: int, follower: Follower, policies: Policies) -> None:
        self.number = number
        self.offset = offset
        self.follower = follower
        self.policies = policies
        self.wrong: tuple[Record, Exception] | None = None
        """The entry that nobody can go past, and why."""

    def copy(self) -> "Standing":
        """To be moved aside, and to take this one's place once Postgres has it."""
        f = self.follower
        return Standing(self.number, self.offset, Follower(f.head, f.source, f.epoch), self.policies)

    def notice(self, records: Sequence[Record], kinds: frozenset[str]) -> list[Noticed]:
        """Move past the records; gives those entries that count and are of these kinds.

        Stops before an entry that is broken or cannot be decoded, and keeps it in ``wrong``.
        """
        noticed = []
        for record in records:
            if record.offset <= self.offset:
                continue
            try:
                if self.follower.counts(record.headers, record.value):
                    noticed += self._entry(record, kinds)
            except (BrokenEntry, UndecodableEntry) as error:
                self.wrong = record, error
                break
            self.offset = record.offset
        return noticed

    def is_before_a_gap(self, records: Sequence[Record]) -> bool:
        """Whether those of the records that lie beyond this place do not follow it one by one."""
        offset = self.offset
        for record in records:
            if record.offset > offset + 1:
                return True
            offset = max(offset, record.offset)
        return False

    def _entry(self, record: Record, kinds: frozenset[str]) -> list[Noticed]:
        of = next((value for name, value in record.headers if name == "kinds"), b"").decode()
        if kinds.isdisjoint(of.split(",")):
            return []
        entry = read_entry(record.value)
        for event in entry.events:
            if isinstance(event, PolicyPublished):
                self.policies = self.policies.published(event.document)
        return [Noticed(entry, record.partition, self.policies, record.headers)]
