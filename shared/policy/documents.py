"""Policy documents, and which version governs when: a pure function of what was published (design §1)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Generic, NamedTuple, Self, TypeVar, cast

from msgspec import Meta, Struct, json

from shared.policy.calendar import SHANGHAI, Calendar, ResolvedCalendar
from shared.policy.catalogue import Catalogue
from shared.policy.surveys import Surveys
from shared.policy.terms import Terms
from shared.policy.units import Units
from shared.policy.words import Kind, Known, Problem, Slug, Text
from shared.ticket.refusals import Refusal, refuse

Body = Calendar | Units | Catalogue | Terms | Surveys


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One version of one kind of policy of one jurisdiction.

    ``effective_from`` is a day, from its 00:00 in Asia/Shanghai. ``source`` says where the rule is from.
    ``sample`` marks what no source fixes: it shows the form and binds nobody.
    """

    jurisdiction: Slug
    version: Annotated[int, Meta(ge=1)]
    effective_from: date
    source: Text
    body: Body
    sample: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of its body."""
        return KIND_OF[type(self.body)]

    @property
    def name(self) -> str:
        """``yichun/terms``: how entries and deadlines name the policy."""
        return f"{self.jurisdiction}/{self.kind}"

    @property
    def effective_at(self) -> datetime:
        """The moment from which it governs."""
        return datetime.combine(self.effective_from, time(), SHANGHAI)


KIND_OF: dict[type, Kind] = {cls: cast("Kind", cls.__struct_config__.tag) for cls in Body.__args__}

_read = json.Decoder(list[Document]).decode


B = TypeVar("B", Calendar, Units, Catalogue, Terms, Surveys)


class Found(NamedTuple, Generic[B]):
    """A body in force and its version."""

    body: B
    version: int


def _by_effect(versions: Iterable[Document]) -> tuple[tuple[datetime, Document, Found[Any]], ...]:
    """What would govern first, first: the one that takes effect last, of several at once the highest version.

    Worked out once, since each command asks for several policies.
    """
    latest_first = sorted(versions, key=lambda d: (d.effective_from, d.version), reverse=True)
    return tuple((d.effective_at.astimezone(UTC), d, Found(d.body, d.version)) for d in latest_first)


class Policies:
    """Everything published so far; immutable. ``published`` gives the next one."""

    __slots__ = ("_by_effect", "_calendars", "_versions")

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        """``documents`` in any order, each jurisdiction, kind and version once."""
        self._versions: dict[tuple[str, Kind], tuple[Document, ...]] = {}
        for document in sorted(documents, key=lambda d: d.version):
            key = document.jurisdiction, document.kind
            self._versions[key] = (*self._versions.get(key, ()), document)
        self._by_effect = {key: _by_effect(versions) for key, versions in self._versions.items()}
        self._calendars: dict[tuple[tuple[str, int], ...], ResolvedCalendar] = {}

    @property
    def documents(self) -> list[Document]:
        """All documents, by jurisdiction, kind and version."""
        return [document for _, versions in sorted(self._versions.items()) for document in versions]

    def published(self, document: Document) -> Self:
        """These policies with one more document."""
        return type(self)([*self.documents, document])

    def dump(self) -> bytes:
        """As JSON, for a store."""
        return json.encode(self.documents)

    @classmethod
    def load(cls, stored: bytes) -> Self:
        """What ``dump`` wrote; msgspec.DecodeError for anything else."""
        return cls(_read(stored))

    def history(self, jurisdiction: str, kind: Kind) -> tuple[Document, ...]:
        """All versions of one policy, oldest first."""
        return self._versions.get((jurisdiction, kind), ())

    def latest_version(self, jurisdiction: str, kind: Kind) -> int:
        """The highest version published; 0 for none."""
        return max((document.version for document in self.history(jurisdiction, kind)), default=0)

    def at(self, jurisdiction: str, kind: Kind, moment: datetime) -> Document | None:
        """What governs then: the one that took effect last, of several on one day the highest version."""
        for effective_at, document, _ in self._by_effect.get((jurisdiction, kind), ()):
            if effective_at <= moment:
                return document
        return None

    def find(self, jurisdiction: str, body: type[B], moment: datetime) -> Found[B] | None:
        """The same with the type of the body known: ``find("yichun", Terms, moment)``."""
        for effective_at, _, found in self._by_effect.get((jurisdiction, KIND_OF[body]), ()):
            if effective_at <= moment:
                return found
        return None

    def calendar(self, name: str, moment: datetime) -> ResolvedCalendar | None:
        """A jurisdiction's calendar with all that it extends, as in force then; None if one is missing."""
        lineage = self._lineage(name, moment)
        if lineage is None:
            return None
        key = tuple((document.name, document.version) for document in lineage)
        if key not in self._calendars:
            calendars = [cast("Calendar", document.body) for document in lineage]
            self._calendars[key] = ResolvedCalendar(name, calendars, dict(key))
        return self._calendars[key]

    def _lineage(self, name: str | None, moment: datetime) -> list[Document] | None:
        lineage: list[Document] = []
        while name is not None:
            document = self.at(name, "calendar", moment)
            if document is None or document in lineage:
                return None
            lineage.append(document)
            name = cast("Calendar", document.body).extends
        return lineage

    def known(self, jurisdiction: str) -> Known:
        """What a new document of that jurisdiction may refer to: the newest version of each."""
        units = self.history(jurisdiction, "units")
        catalogue = self.history(jurisdiction, "catalogue")
        return Known(
            units=frozenset(unit.id for unit in cast("Units", units[-1].body).units)
            if units
            else frozenset(),
            calendars=frozenset(name for name, kind in self._versions if kind == "calendar"),
            routed=cast("Catalogue", catalogue[-1].body).named_units() if catalogue else frozenset(),
        )


def problems(policies: Policies, document: Document) -> list[Problem]:
    """What is wrong with a document's content, given what was published before it."""
    found = document.body.check(policies.known(document.jurisdiction))
    if isinstance(document.body, Calendar) and _goes_round(policies, document):
        found.append(Problem("日历沿用关系成环", "the calendars extend each other in a circle", ("extends",)))
    return found


def _goes_round(policies: Policies, document: Document) -> bool:
    at = cast("Calendar", document.body).extends
    while at is not None and at != document.jurisdiction:
        versions = policies.history(at, "calendar")
        at = cast("Calendar", versions[-1].body).extends if versions else None
    return at is not None


def check_publish(policies: Policies, document: Document) -> Refusal | None:
    """Why a document cannot be published: its version is not the next one, or its content has a problem."""
    following = policies.latest_version(document.jurisdiction, document.kind) + 1
    if document.version != following:
        return refuse("policy_version", policy=document.name, next=following, given=document.version)
    for problem in problems(policies, document):
        return refuse("policy_content", policy=document.name, zh=problem.zh, en=problem.en)
    return None
