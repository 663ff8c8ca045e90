"""Whether a stored entry is what its chain says, and which of several records for one command counts (pure)."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from shared.book import BOOK
from shared.chain import genesis, link

Verdict = Literal["same", "differs", "unknown"]
_SOURCE = re.compile(rb"(\d{1,9})/(\d{1,18})")


class Stored(NamedTuple):
    """A record as it lies in the events topic.

    source   the offset of its command in the log of ``epoch``; -1 of epoch 0 where none is named
    """

    offset: int
    epoch: int
    source: int
    ticket: str
    headers: Mapping[str, bytes]
    value: bytes

    def hex(self, name: str) -> str:
        """A header of the chain; empty where it is missing."""
        return self.headers.get(name, b"").hex()


class Check(NamedTuple):
    """A header of the chain: what is stored, what it must be (None where that cannot be known here)."""

    name: Literal["digest", "hash", "previous", "next"]
    stored: str
    computed: str | None

    @property
    def verdict(self) -> Verdict:
        """What cannot be compared is never called the same."""
        if not self.stored or self.computed is None:
            return "unknown"
        return "same" if self.stored == self.computed else "differs"


class Found(NamedTuple):
    """An entry with its neighbours in the chain, and records for the same command that do not count."""

    entry: Stored
    before: Stored | None
    after: Stored | None
    loose: list[Stored]


def stored(
    offset: int, key: bytes | None, headers: Iterable[tuple[str, bytes]], value: bytes | None
) -> Stored:
    """A record of the topic."""
    named = dict(headers)
    source = _SOURCE.fullmatch(named.get("source", b""))
    ticket = (key or b"").decode("utf-8", "replace")
    epoch, at = (int(source[1]), int(source[2])) if source else (0, -1)
    return Stored(offset, epoch, at, ticket, named, value or b"")


def found(records: Sequence[Stored], epoch: int, source: int, counted: Collection[int]) -> Found | None:
    """The entry for the command at ``source`` of a log; None where there is no record for it.

    Before the first of a log stands the last of the log before it, which the chain goes on from.
    counted   offsets of what the views counted; where they do not know, the first record that fits the chain
    """

    def answering(at: int) -> list[Stored]:
        return [record for record in records if (record.epoch, record.source) == (epoch, at)]

    older = [record for record in reversed(records) if 0 < record.epoch < epoch]
    newer = [record for record in records if record.epoch > epoch and record.source == 0]
    before = _counted(answering(source - 1) if source else older, counted, None)
    entry = _counted(answering(source), counted, before)
    if entry is None:
        return None
    after = _counted(answering(source + 1) or newer, counted, entry)
    others = [record for record in answering(source) if record.offset != entry.offset]
    return Found(entry, before, after, others)


def _counted(candidates: Sequence[Stored], counted: Collection[int], before: Stored | None) -> Stored | None:
    known = [record for record in candidates if record.offset in counted]
    fitting = [record for record in candidates if before and record.hex("previous") == before.hex("hash")]
    return next(iter([*known, *fitting, *candidates]), None)


def checks(partition: int, it: Found) -> list[Check]:
    """Every header of the entry's chain beside what it must be, from the stored bytes."""
    entry = it.entry
    made = link(entry.headers.get("previous", b""), entry.value)
    if entry.source == 0 and it.before is None:
        head: str | None = genesis(BOOK, partition).hex()
    else:
        head = it.before.hex("hash") if it.before else None
    return [
        Check("digest", entry.hex("digest"), made.digest.hex()),
        Check("hash", entry.hex("hash"), made.hash.hex()),
        Check("previous", entry.hex("previous"), head),
        Check("next", it.after.hex("previous") if it.after else "", made.hash.hex()),
    ]


def overall(found: Sequence[Check]) -> Verdict:
    """One word for all; the last entry of a partition has no next one yet, which leaves nothing open about it."""
    verdicts = {check.verdict for check in found}
    if "differs" in verdicts:
        return "differs"
    return "unknown" if "unknown" in {c.verdict for c in found if c.name != "next"} else "same"
