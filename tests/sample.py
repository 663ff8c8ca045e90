"""A sample jurisdiction, and a story that plays commands into its book in memory. No real people, units or cities."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from shared.book import Book, Written
from shared.entry import Entry
from shared.policy.calendar import Calendar
from shared.policy.catalogue import Catalogue, Place, Rule, Topic
from shared.policy.documents import Body, Document
from shared.policy.surveys import Scale, Surveys
from shared.policy.terms import Terms, TermsRule
from shared.policy.units import Handler, Unit, Units
from shared.ticket import commands as c
from shared.ticket.commands import Command, TicketBody, write
from shared.ticket.publishing import policy_stream
from shared.ticket.refusals import Refusal
from shared.ticket.state import Ticket
from shared.ticket.words import Actor, Clock, Reason, Sealed

SAMPLE = "sample"
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Asia/Shanghai."""

OPERATOR = Actor("operator-1", "operator")
SUPERVISOR = Actor("supervisor-1", "supervisor")
AUDITOR = Actor("auditor-1", "auditor")
WATER = Actor("water-1", "unit", "water")
ROAD = Actor("road-1", "unit", "road")
PLATFORM = Actor("city", "channel")
BECAUSE = Reason("water-anywhere", 1, 0, 2)
CIPHER = Sealed("c2VhbGVk")


def service(name: str) -> Actor:
    """A service that speaks as itself."""
    return Actor(name, "service")


def units() -> Units:
    """Two units under one centre."""
    return Units(
        (
            Unit("centre", "样例中心", "Sample centre", "authority"),
            Unit(
                "water",
                "样例供水",
                "Sample water",
                "company",
                "centre",
                (Handler("w1", "经办人1"), Handler("w2", "经办人2")),
            ),
            Unit("road", "样例道路", "Sample roads", "department", "centre", (Handler("r1", "经办人1"),)),
        )
    )


def catalogue() -> Catalogue:
    """Water everywhere, roads in the east only."""
    return Catalogue(
        (Topic("water_supply", "供水", "Water supply"), Topic("road", "道路", "Roads")),
        (Place("east", "东片"), Place("west", "西片")),
        (
            Rule("water-anywhere".replace("-", "_"), "water_supply", "water"),
            Rule("road_east", "road", "road", "east", ("water",)),
        ),
    )


def surveys(**change: object) -> Surveys:
    """Two attempts, two rounds, a contact record required, 15 days to dispute the end."""
    values: dict[str, object] = {
        "max_attempts": 2,
        "retry_every": "1d",
        "max_rounds": 2,
        "redo_by": "superior",
        "scale": Scale(("satisfied",), ("dissatisfied",)),
        "contact_required": True,
        "no_survey_for": ("praise",),
        "dispute_within": "15d",
    }
    return Surveys(**{**values, **change})  # type: ignore[arg-type]


def terms() -> Terms:
    """Five working days for the citizen, a day to sign, 24 hours to return."""
    limits: dict[Clock | Literal["return"], str] = {
        "citizen": "5wd",
        "sign": "1wd",
        "contact": "1wd",
        "answer": "4wd",
        "redo": "3wd",
        "survey": "3d",
        "return": "24h",
    }
    return Terms(
        SAMPLE,
        (TermsRule(limits, warn_before={"citizen": "1wd", "answer": "1wd"}),),
        trust_occurred={"hotline": "7d"},
    )


def calendar() -> Calendar:
    """Plain weeks of 2026, no holidays."""
    return Calendar(years=(2025, 2026), working_hours=(("08:30", "12:00"), ("14:00", "17:30")))


def documents() -> list[Document]:
    """The sample policies, in the order in which they can be published."""
    bodies: list[Body] = [calendar(), units(), catalogue(), terms(), surveys()]
    return [document(body) for body in bodies]


def document(body: Body, version: int = 1, jurisdiction: str = SAMPLE) -> Document:
    """A sample document in force since 2025."""
    return Document(jurisdiction, version, date(2025, 1, 1), "样例 sample", body, sample=True)


def publish(document: Document) -> Command:
    """The command that every partition gets."""
    stream = policy_stream(document.jurisdiction, document.kind)
    id = str(uuid5(NAMESPACE_URL, f"{stream}/{document.version}"))
    return Command(
        id, stream, document.jurisdiction, service("policy"), "policy", START, c.PublishPolicy(document)
    )


def register(external_id: str = "A1", **change: object) -> c.Register:
    """A sample demand about water in the east."""
    values: dict[str, object] = {
        "channel": "hotline",
        "account": "city",
        "external_id": external_id,
        "fingerprint": "print-1",
        "title": CIPHER,
        "text": CIPHER,
        "demand": "help",
        "topic": "water_supply",
        "place": "east",
    }
    return c.Register(**{**values, **change})  # type: ignore[arg-type]


WHO: dict[type, tuple[Actor, str]] = {
    c.Register: (PLATFORM, "intake"),
    c.Triage: (service("dispatch"), "dispatch"),
    c.Assign: (service("dispatch"), "dispatch"),
    c.Sign: (WATER, "console"),
    c.Contact: (WATER, "console"),
    c.RequestReturn: (WATER, "console"),
    c.Answer: (WATER, "console"),
    c.SetDeadlines: (service("sla"), "sla"),
    c.WarnDeadline: (service("sla"), "sla"),
    c.MissDeadline: (service("sla"), "sla"),
    c.RecordDelivery: (service("feedback"), "feedback"),
    c.ImportHistory: (service("import"), "import"),
}
"""Who lawfully asks for what; everything else is an operator's."""


class Story:
    """One ticket's story: ``given`` what was done, ``when`` something is asked, ``then`` see the last entry."""

    def __init__(self, ticket: str = "t-1", policies: list[Document] | None = None) -> None:
        self.id = ticket
        self.kept: dict[str, object] = {}
        self.book = Book(0, self.kept)  # type: ignore[arg-type]
        self.at = START
        self.written: list[Written] = []
        self._ids = count(1)
        for published in documents() if policies is None else policies:
            assert self.send(publish(published)).events

    def send(self, command: Command) -> Entry:
        """Append a command as it is, a second after the one before."""
        return self.raw(write(command))

    def raw(self, value: bytes, key: bytes = b"t-1") -> Entry:
        """Append bytes."""
        self.at += timedelta(seconds=1)
        milliseconds = int(self.at.timestamp() * 1000)
        self.written.append(self.book.enter(self.book.head.source + 1, milliseconds, key, value))
        return self.written[-1].entry

    def command(self, body: TicketBody, by: Actor | None = None, **change: object) -> Command:
        """A command from whoever lawfully asks for it, or from ``by``."""
        actor, issuer = WHO.get(type(body), (OPERATOR, "console"))
        if by is not None:
            actor, issuer = by, by.person if by.role == "service" else "console"
        values: dict[str, object] = {
            "id": f"c-{next(self._ids)}",
            "ticket": self.id,
            "jurisdiction": SAMPLE,
            "actor": actor,
            "issuer": issuer,
            "occurred_at": self.at,
            "body": body,
        }
        return Command(**{**values, **change})  # type: ignore[arg-type]

    def when(self, body: TicketBody, by: Actor | None = None, **change: object) -> Entry:
        """Ask for something; the entry that it led to."""
        return self.send(self.command(body, by, **change))

    def given(self, *bodies: TicketBody) -> "Story":
        """What was done before, all of it accepted."""
        for body in bodies:
            entry = self.when(body)
            assert entry.refusal is None, entry.refusal
        return self

    def later(self, **elapsed: float) -> "Story":
        """Time passes."""
        self.at += timedelta(**elapsed)
        return self

    @property
    def ticket(self) -> Ticket:
        """The ticket as it stands."""
        kept = self.book.tickets.get(self.id)
        assert kept is not None
        assert kept.ticket is not None
        return kept.ticket


def names(entry: Entry) -> list[str]:
    """The kinds of an entry's events."""
    return [type(event).__name__ for event in entry.events]


def refused(entry: Entry) -> str:
    """The code of an entry's refusal; fails if it was accepted."""
    assert isinstance(entry.refusal, Refusal), names(entry)
    return entry.refusal.code


ASSIGN = c.Assign("water", BECAUSE, handler="w1")
CONTACT = c.Contact("phone", START, True, CIPHER)
ANSWER = c.Answer(CIPHER, CIPHER, solved=True)
RETURN = c.RequestReturn(CIPHER, "road")
TO_SIGNED = (register(), ASSIGN, c.Sign())
TO_ANSWERED = (*TO_SIGNED, CONTACT, ANSWER)
TO_SURVEYING = (*TO_ANSWERED, c.Approve())
TO_CLOSED = (*TO_SURVEYING, c.RecordSurvey("satisfied"))
