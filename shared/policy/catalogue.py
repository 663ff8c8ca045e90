"""The dispatch catalogue (派单目录): topic × place → lead and assisting units; the handler by open load."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from msgspec import Meta, Struct

from shared.policy.units import Unit
from shared.policy.words import Known, Problem, Slug, Text, repeated

EVERYWHERE = "*"


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """A matter (诉求事项) that channels may name by its code."""

    code: Slug
    zh: Text
    en: Text


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A place (属地) that channels may name by its code."""

    code: Slug
    zh: Text


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the catalogue; ``place`` is a code, or ``*`` for wherever no other line says otherwise."""

    id: Slug
    topic: Slug
    lead: Slug
    place: Annotated[str, Meta(pattern=r"^(\*|[a-z][a-z0-9_]{0,39})$")] = EVERYWHERE
    assisting: tuple[Slug, ...] = ()


class Catalogue(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="catalogue", dict=True
):
    """A jurisdiction's dispatch catalogue (北京条例 art.11)."""

    topics: tuple[Topic, ...]
    places: tuple[Place, ...]
    rules: tuple[Rule, ...]

    def named_units(self) -> frozenset[str]:
        """Every unit that a rule routes to."""
        return frozenset(unit for rule in self.rules for unit in (rule.lead, *rule.assisting))

    def has_topic(self, code: str) -> bool:
        """Whether the catalogue knows that topic."""
        return code in self._topic_codes

    def has_place(self, code: str) -> bool:
        """Whether the catalogue knows that place."""
        return code in self._place_codes

    @cached_property
    def _topic_codes(self) -> frozenset[str]:
        return frozenset(topic.code for topic in self.topics)

    @cached_property
    def _place_codes(self) -> frozenset[str]:
        return frozenset(place.code for place in self.places)

    def check(self, known: Known) -> list[Problem]:
        """Problems: codes that repeat, two rules for one case, topics, places and units that do not exist."""
        return [
            *_twice("topics", [topic.code for topic in self.topics]),
            *_twice("places", [place.code for place in self.places]),
            *_twice("rules", [rule.id for rule in self.rules]),
            *_twice("rules", [f"{rule.topic} × {rule.place}" for rule in self.rules]),
            *(
                problem
                for i, rule in enumerate(self.rules)
                for problem in self._rule_problems(i, rule, known)
            ),
        ]

    def _rule_problems(self, i: int, rule: Rule, known: Known) -> list[Problem]:
        problems = []
        if not self.has_topic(rule.topic):
            zh, en = f"事项 {rule.topic} 不在目录中", f"there is no topic {rule.topic}"
            problems.append(Problem(zh, en, ("rules", i, "topic")))
        if rule.place != EVERYWHERE and not self.has_place(rule.place):
            zh, en = f"属地 {rule.place} 不在目录中", f"there is no place {rule.place}"
            problems.append(Problem(zh, en, ("rules", i, "place")))
        if rule.lead in rule.assisting:
            zh, en = f"{rule.lead} 既主办又协办", f"{rule.lead} both leads and assists"
            problems.append(Problem(zh, en, ("rules", i, "assisting")))
        for unit in sorted({rule.lead, *rule.assisting} - known.units):
            where = ("rules", i, "lead" if unit == rule.lead else "assisting")
            problems.append(Problem(f"承办单位 {unit} 不存在", f"there is no unit {unit}", where))
        return problems


def _twice(where: str, values: list[str]) -> list[Problem]:
    return [Problem(f"{v} 重复", f"{v} stands twice", (where,)) for v in sorted(repeated(values))]


def route(catalogue: Catalogue, topic: str | None, place: str | None) -> Rule | None:
    """The rule for the topic at the place, else for the topic everywhere, else None: an operator decides."""
    for at in (place, EVERYWHERE):
        for rule in catalogue.rules:
            if rule.topic == topic and rule.place == at:
                return rule
    return None


class Choice(Struct, frozen=True):
    """The handler chosen, how many open tickets they hold, and among how many on duty they were chosen."""

    handler: str
    load: int
    among: int


def choose_handler(unit: Unit, loads: Mapping[str, int]) -> Choice | None:
    """The one on duty with the fewest open tickets, ties in order of id; None if nobody is on duty.

    ``loads``: open tickets by handler id, a missing one has none.
    """
    on_duty = [handler.id for handler in unit.handlers if handler.on_duty]
    if not on_duty:
        return None
    chosen = min(on_duty, key=lambda handler: (loads.get(handler, 0), handler))
    return Choice(chosen, loads.get(chosen, 0), len(on_duty))
