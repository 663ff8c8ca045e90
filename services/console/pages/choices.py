"""What a form lets people choose from: the units, handlers, topics and places of the policies in force (pure)."""

from datetime import datetime

from msgspec import Struct

from shared.policy.catalogue import Catalogue
from shared.policy.documents import Policies
from shared.policy.units import Units


class Choice(Struct, frozen=True):
    """A code and what it is called."""

    code: str
    zh: str
    en: str


class Choices(Struct, frozen=True):
    """The lists of one jurisdiction; ``handlers`` are those on duty of the unit that leads the ticket."""

    units: list[Choice]
    handlers: list[Choice]
    topics: list[Choice]
    places: list[Choice]


def choices(policies: Policies, jurisdiction: str, lead: str | None, now: datetime) -> Choices:
    """Everything that a form may name at ``now``."""
    units = policies.find(jurisdiction, Units, now)
    catalogue = policies.find(jurisdiction, Catalogue, now)
    leading = units.body.find(lead) if units and lead else None
    return Choices(
        units=[Choice(unit.id, unit.zh, unit.en) for unit in units.body.units] if units else [],
        handlers=[Choice(one.id, one.name, one.name) for one in leading.handlers if one.on_duty]
        if leading
        else [],
        topics=[Choice(topic.code, topic.zh, topic.en) for topic in catalogue.body.topics]
        if catalogue
        else [],
        places=[Choice(place.code, place.zh, place.zh) for place in catalogue.body.places]
        if catalogue
        else [],
    )
