"""Whether a stored entry is what its chain says, and which of several records for one command counts (pure)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from shared.book import BOOK
from shared.chain import genesis, link

Verdict = Literal["same", "differs", "unknown"]
_SOURCE = re.compile(rb"(\d{1,9})/(\d{1,18})")


class Stored(NamedTuple):
    """A record as it lies in the events topic. ``source`` is the offset of its command, -1 where none is named."""

    offset: int
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
    return Stored(offset, int(source[2]) if source else -1, ticket, named, value or b"")


def found(records: Sequence[Stored], source: int, counted: Mapping[int, int]) -> Found | None:
    """The entry for the command at ``source``; None where there is no record for it.

    counted   source → offset of what the views counted; where they do not know, the first record that fits the chain
    """
    before = _counted(records, source - 1, counted, None)
    entry = _counted(records, source, counted, before)
    if entry is None:
        return None
    after = _counted(records, source + 1, counted, entry)
    others = [record for record in records if record.source == source and record.offset != entry.offset]
    return Found(entry, before, after, others)


def _counted(
    records: Sequence[Stored], source: int, counted: Mapping[int, int], before: Stored | None
) -> Stored | None:
    candidates = [record for record in records if record.source == source]
    known = [record for record in candidates if record.offset == counted.get(source)]
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
