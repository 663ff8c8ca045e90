"""Opaque cursors: where the next page of a list starts, and how far a unit has read its feed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import TypeVar

from msgspec import DecodeError, ValidationError, json

from shared.problems import Problem
from shared.ticket.words import Moment

After = tuple[Moment, str]
"""The last row of a list newest first: its time and its id."""
Read = dict[int, int]
"""Partition → source of the last row read."""
T = TypeVar("T")


def written(place: tuple[datetime, str] | tuple[datetime, int, int] | Read) -> str:
    """A place as a client keeps it."""
    return urlsafe_b64encode(json.encode(place)).rstrip(b"=").decode()


def after(cursor: str | None) -> tuple[datetime | None, str | None]:
    """Where a list goes on; raises Problem 400 for what ``written`` never gave."""
    return _place(cursor, tuple[Moment, str]) if cursor else (None, None)


def after_look(cursor: str | None) -> tuple[datetime | None, int | None, int | None]:
    """Where a list of looks goes on: time, partition, source. Raises Problem 400."""
    return _place(cursor, tuple[Moment, int, int]) if cursor else (None, None, None)


def read(cursor: str | None, partitions: int) -> Read:
    """How far each partition was read; -1 for those not begun. Raises Problem 400."""
    known = _place(cursor, dict[int, int]) if cursor else {}
    return {partition: known.get(partition, -1) for partition in range(partitions)}


def _place(cursor: str, kind: type[T]) -> T:
    try:
        return json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (NotBase64, ValueError, DecodeError, ValidationError):
        zh, en = "游标无效,请从头读取。", "This cursor is not one of ours: start without it."
        raise Problem(400, "invalid_cursor", zh, en, field="cursor") from None
