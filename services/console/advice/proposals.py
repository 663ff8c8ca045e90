"""派单建议: which units a ticket could go to and why, and which must not get it (pure).

It proposes; a person dispatches and the ledger decides. First the line of the catalogue for topic and place, then the
units with which earlier tickets of the same topic and place stayed, then those of the same topic elsewhere, by the
catalogue and by precedent. 66号文(五): precise dispatch; what a department must do is not pushed down to a town.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from shared.policy.catalogue import EVERYWHERE, Catalogue, Rule, route
from shared.policy.documents import Found
from shared.policy.units import Units

SHOWN = 3
"""As many as there are digits to choose them by."""


class Precedent(Struct, frozen=True):
    """Of the earlier tickets of the topic, at this place (``here``) or elsewhere: how many a unit got and kept."""

    unit: str
    here: bool
    given: int
    stayed: int


class Why(Struct, frozen=True):
    """Why a unit is proposed: by a line of the catalogue of that version, or by precedent."""

    kind: Literal["line", "precedent", "line_elsewhere", "precedent_elsewhere"]
    topic: str = ""
    version: int = 0
    place: str = ""
    given: int = 0
    stayed: int = 0


class Bar(Struct, frozen=True):
    """Why a unit must not get the ticket.

    returned  it returned the ticket and that was upheld (66号文(五); 潍坊条例 art.22)
    town      the catalogue names a department (``lead``) for the ``topic`` (66号文(五); 潍坊条例 art.24)
    """

    rule: Literal["returned", "town"]
    topic: str = ""
    lead: str = ""


class Proposal(Struct, frozen=True):
    """A unit, why it is proposed (the strongest first), who would assist it, and how many tickets it has open."""

    unit: str
    because: list[Why]
    assisting: tuple[str, ...] = ()
    load: int = 0
    bar: Bar | None = None


class Matter(NamedTuple):
    """What a ticket is about, and which units returned it rightly."""

    topic: str | None
    place: str | None
    returned: frozenset[str] = frozenset()


class Known(NamedTuple):
    """What proposals are made from; ``catalogue`` is None where none is in force."""

    units: Units
    catalogue: Found[Catalogue] | None
    precedents: list[Precedent]


def proposals(matter: Matter, known: Known) -> list[Proposal]:
    """Every unit with a reason, the best first, and those that returned the ticket; a barred one says by which rule."""
    barred = bars(matter, known)
    reasons: dict[str, list[Why]] = {}
    for unit, reason in _reasons(matter, known):
        if known.units.find(unit):
            reasons.setdefault(unit, []).append(reason)
    for unit in sorted(matter.returned & barred.keys()):
        reasons.setdefault(unit, [])
    assisting = _assisting(matter, known)
    return [
        Proposal(unit, because, assisting.get(unit, ()), bar=barred.get(unit))
        for unit, because in reasons.items()
    ]


def shown(found: Iterable[Proposal], loads: Mapping[str, int]) -> tuple[list[Proposal], list[Proposal]]:
    """The first three that may be chosen, each with its load, and the barred ones."""
    every = [_loaded(one, loads) for one in found]
    return [one for one in every if one.bar is None][:SHOWN], [one for one in every if one.bar]


def bars(matter: Matter, known: Known) -> dict[str, Bar]:
    """Every unit that must not get the ticket, and why."""
    line = _departments_line(matter, known)
    towns = [unit.id for unit in known.units.units if unit.kind == "town"] if line else []
    by_line = {unit: Bar("town", line.topic, line.lead) for unit in towns if line}
    return by_line | {unit: Bar("returned") for unit in matter.returned if known.units.find(unit)}


def _departments_line(matter: Matter, known: Known) -> Rule | None:
    """The line for the topic that names a department: the one that fits, or where none does any of the topic."""
    if known.catalogue is None:
        return None
    fits = route(known.catalogue.body, matter.topic, matter.place)
    lines = [fits] if fits else [line for line in known.catalogue.body.rules if line.topic == matter.topic]
    return next((line for line in lines if _kind(line.lead, known) == "department"), None)


def _kind(unit: str, known: Known) -> str | None:
    found = known.units.find(unit)
    return found.kind if found else None


def _reasons(matter: Matter, known: Known) -> Iterator[tuple[str, Why]]:
    """Unit and reason, the strongest first."""
    fits = route(known.catalogue.body, matter.topic, matter.place) if known.catalogue else None
    if known.catalogue and fits:
        yield fits.lead, Why("line", fits.topic, known.catalogue.version, fits.place)
    yield from _precedents(known, here=True)
    for line in known.catalogue.body.rules if known.catalogue else ():
        if known.catalogue and line.topic == matter.topic and line is not fits:
            yield line.lead, Why("line_elsewhere", line.topic, known.catalogue.version, line.place)
    yield from _precedents(known, here=False)


def _precedents(known: Known, *, here: bool) -> Iterator[tuple[str, Why]]:
    """With whom most stayed, first."""
    kept = [one for one in known.precedents if one.here == here and one.stayed]
    for one in sorted(kept, key=lambda one: (-one.stayed, one.given, one.unit)):
        yield (
            one.unit,
            Why("precedent" if here else "precedent_elsewhere", given=one.given, stayed=one.stayed),
        )


def _assisting(matter: Matter, known: Known) -> dict[str, tuple[str, ...]]:
    """Who assists each lead unit by the catalogue; the line that fits goes before those of other places."""
    if known.catalogue is None:
        return {}
    lines = [line for line in known.catalogue.body.rules if line.topic == matter.topic]
    lines.sort(key=lambda line: (line.place == matter.place, line.place == EVERYWHERE))
    return {line.lead: line.assisting for line in lines}


def _loaded(one: Proposal, loads: Mapping[str, int]) -> Proposal:
    return Proposal(one.unit, one.because, one.assisting, loads.get(one.unit, 0), one.bar)
