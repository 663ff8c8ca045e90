"""Which tickets a list shows, as its address has it (pure)."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

Code = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*\Z")]
NUMBER = r"^[0-9A-Za-z:._-]{1,200}$"


class Filters(Struct, frozen=True, omit_defaults=True, rename={"start": "from", "end": "to"}):
    """Which tickets a list shows; None leaves out that condition. ``q`` is the beginning of a number.

    ``start`` and ``end`` are days of Shanghai, both included, on which the tickets were registered.
    """

    stage: Code | None = None
    channel: Code | None = None
    unit: Code | None = None
    topic: Code | None = None
    place: Code | None = None
    demand: Code | None = None
    overdue: bool | None = None
    q: Annotated[str, Meta(pattern=NUMBER)] | None = None
    start: date | None = None
    end: date | None = None
