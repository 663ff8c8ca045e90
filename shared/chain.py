"""The hash chain that makes compare-and-append out of a plain log (design §3).

An entry counts if and only if its ``previous`` is the hash of the last entry that counted in its partition.
Every reader applies the rule with this one module, so reading the record and verifying it are the same act.
"""

from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

Headers = Sequence[tuple[str, bytes]]


class BrokenEntry(Exception):
    """An entry extends the chain, but its bytes are not those that its digest names.

    The log was altered. The reader stops that partition; run ``huiyin verify`` and restore the topic from a replica.
    """


class Link(Struct, frozen=True):
    """The three headers of an entry: 32 raw bytes each."""

    previous: bytes
    digest: bytes
    hash: bytes


def genesis(book: str, partition: int) -> bytes:
    """The hash that a partition's first entry extends; differs by partition, so that none can pass for another."""
    return sha256(f"huiyin/{book}/{partition}".encode()).digest()


def link(previous: bytes, value: bytes) -> Link:
    """The link of an entry: ``digest`` = SHA-256 of its bytes as stored, ``hash`` = SHA-256(previous ‖ digest)."""
    digest = sha256(value).digest()
    return Link(previous, digest, sha256(previous + digest).digest())


def extends(head: bytes, headers: dict[str, bytes], value: bytes) -> bytes | None:
    """The new head if this record is the next entry that counts, else None (a late or foreign writer's record).

    Raises BrokenEntry if the record claims the place and its bytes or hash do not hold.
    """
    if headers.get("previous") != head:
        return None
    made = link(head, value)
    if made.digest != headers.get("digest") or made.hash != headers.get("hash"):
        raise BrokenEntry(f"entry with source {headers.get('source', b'?').decode(errors='replace')}")
    return made.hash
