"""Beside the form, while it is filled in: what may be the same, who would get it, by when, what lists will show."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast, get_args

from msgspec import Struct

from services.console.advice.similar import Alike
from services.console.pages.ticket import Clock, foreseen
from shared.policy.catalogue import Catalogue, Rule, route
from shared.policy.clocks import Subject, proposed
from shared.policy.documents import Policies
from shared.ticket.words import Demand, Urgency
from shared.views.masking import masked

CHANNEL = "console"
TOLD = ("citizen", "answer")
"""The clocks of a preview: what the citizen is promised, and what the unit would have."""


class Line(Struct, frozen=True):
    """The catalogue's line for the matter, and the catalogue's version; None where a person must choose the unit."""

    rule: Rule | None
    version: int


class Beside(Struct, frozen=True):
    """What the page shows. ``masked`` is how lists will show a title that seems to hold personal data."""

    alike: list[Alike]
    line: Line | None
    clocks: list[Clock]
    masked: str | None


def beside(
    typed: Mapping[str, str], alike: list[Alike], policies: Policies, jurisdiction: str, now: datetime
) -> Beside:
    """All of it, from what is typed by now; ``line`` is None until a topic is chosen."""
    topic, place = typed.get("topic") or None, typed.get("place") or None
    title = typed.get("title", "")
    return Beside(
        alike,
        catalogue_line(policies, jurisdiction, topic, place, now) if topic else None,
        previews(_subject(typed, jurisdiction), policies, now),
        masked(title) if masked(title) != title[:200] else None,
    )


def catalogue_line(
    policies: Policies, jurisdiction: str, topic: str | None, place: str | None, now: datetime
) -> Line | None:
    """The line that fits; None where there is no catalogue."""
    found = policies.find(jurisdiction, Catalogue, now)
    return Line(route(found.body, topic, place), found.version) if found else None


def previews(of: Subject, policies: Policies, now: datetime) -> list[Clock]:
    """When it would be due, if it were registered and assigned now."""
    found = [proposed(of, clock, 1, now, policies, now) for clock in TOLD]  # type: ignore[arg-type]
    return [foreseen(one) for one in found if one]


def _subject(typed: Mapping[str, str], jurisdiction: str) -> Subject:
    """By the defaults of the form where nothing is chosen, or something that is not on it."""
    demand, urgency = typed.get("demand"), typed.get("urgency")
    return Subject(
        jurisdiction,
        cast("Demand", demand if demand in get_args(Demand) else "other"),
        cast("Urgency", urgency if urgency in get_args(Urgency) else "ordinary"),
        CHANNEL,
    )
