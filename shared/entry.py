"""An entry of the record, and how a partition of entries is read (design §3 points 2–4, 8)."""

from collections.abc import Iterable

from msgspec import DecodeError, Raw, Struct, ValidationError, json

from shared.chain import BrokenEntry, extends, genesis
from shared.ticket.events import Event
from shared.ticket.refusals import Refusal
from shared.ticket.state import Summary
from shared.ticket.words import Moment


class UndecodableEntry(Exception):
    """An entry counts, but this program cannot read it: it was written by a newer one, or is damaged at its origin.

    The reader stops that partition and says so in /readyz. Upgrade the service, or look at the entry with
    ``huiyin verify``; the record itself is whole.
    """


class Source(Struct, frozen=True):
    """Where the command stood: its topic's epoch and its offset."""

    epoch: int
    offset: int


class Entry(Struct, frozen=True, omit_defaults=True):
    """What one command led to: events, or a refusal, or a pointer to the first outcome, or bytes nobody can read.

    ``version`` is the ticket's after the entry; ``rules`` and ``policies`` say under which versions it was decided.
    """

    source: Source
    id: str
    ticket: str
    recorded_at: Moment
    rules: int
    version: int = 0
    command: Raw = Raw(b"null")
    events: list[Event] = []
    refusal: Refusal | None = None
    repeat_of: int | None = None
    undecodable: str | None = None
    """SHA-256 (hex) of the bytes that could not be decoded; they lie in the dead letters."""
    policies: dict[str, int] = {}
    after: Summary | None = None


write_entry = json.Encoder().encode
_decode = json.Decoder(Entry).decode


def read_entry(value: bytes) -> Entry:
    """Bytes → Entry; raises UndecodableEntry with the place in the bytes, never with their content."""
    try:
        return _decode(value)
    except (DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise UndecodableEntry(str(error)) from None


def kinds(entry: Entry) -> str:
    """The header ``kinds``: event kinds joined by commas, else refused, repeated or undecodable."""
    if entry.events:
        return ",".join([type(event).__name__ for event in entry.events])
    if entry.refusal:
        return "refused"
    return "undecodable" if entry.undecodable else "repeated"


class Follower:
    """Reads one partition of a book in order and knows its chain head and the source of its last counted entry."""

    __slots__ = ("epoch", "head", "source")

    def __init__(self, head: bytes, source: int = -1, epoch: int = 1) -> None:
        self.head = head
        self.source = source
        self.epoch = epoch

    @classmethod
    def at_start(cls, book: str, partition: int) -> "Follower":
        """Before the first entry of a partition."""
        return cls(genesis(book, partition))

    def counts(self, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> bool:
        """Whether this record is the next entry that counts; if so the follower has moved past it.

        Raises BrokenEntry if it claims the place without right, or if a command between was left out.
        """
        named = dict(headers)
        head = extends(self.head, named, value or b"")
        if head is None:
            return False
        epoch, source = map(int, named.get("source", b"0/-1").split(b"/"))
        if (epoch == self.epoch and source != self.source + 1) or (epoch != self.epoch and source != 0):
            raise BrokenEntry(f"entry with source {source} follows the one with source {self.source}")
        self.head, self.source, self.epoch = head, source, epoch
        return True
