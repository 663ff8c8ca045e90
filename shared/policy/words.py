"""The words that all kinds of policy share: names, texts, terms as written, what is wrong with a document."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["calendar", "units", "catalogue", "terms", "surveys"]

TERM_PATTERN = r"^(?:([1-9][0-9]{0,3})(min)|([1-9][0-9]{0,2})(h|wh|d|wd))$"
"""``30min``, ``2h`` (elapsed), ``8wh`` (working hours), ``7d`` (natural days), ``5wd`` (working days).

Three digits, so that a deadline's explanation always fits into a command.
"""

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Written = Annotated[str, Meta(pattern=TERM_PATTERN)]
"""A term as a document writes it; ``shared.deadline.Term.parse`` reads it."""


class Problem(Struct, frozen=True):
    """What is wrong with a document, in both languages, and the keys and indexes that lead there."""

    zh: str
    en: str
    where: tuple[str | int, ...] = ()


class Known(Struct, frozen=True):
    """What a document may refer to, and what others of its jurisdiction already refer to."""

    units: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    routed: frozenset[str] = frozenset()
    """Units that the catalogue in force names: the next list of units must keep them."""


def repeated(values: list[str]) -> set[str]:
    """The values that stand more than once."""
    return {value for value in values if values.count(value) > 1}
