"""A running house for the console's tests, and the people who call it over HTTP."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from services.console.people.accounts import Account, Accounts, Duty
from shared.entry import Entry, read_entry
from shared.kafka import EVENTS, partition_of, producer, read, send_command
from shared.policy.documents import Body
from shared.postgres import open_pool
from shared.settings import Settings
from shared.ticket.commands import Command, PublishPolicy
from tests.sample import SAMPLE, document, documents, publish

WAIT = {"Prefer": "wait=10"}
DEMAND = {"title": "样例:自来水发黄", "text": "样例:家里自来水发黄", "topic": "water_supply", "place": "east"}


@dataclass
class Person:
    """Somebody with a token. Every answer's token is shown again with the next request, as a browser would."""

    account: Account
    http: httpx.Client
    seen: dict[str, str] = field(default_factory=dict)

    def registers(self, key: str | None = None, **form: Any) -> httpx.Response:
        """Register the sample demand, with other fields where given."""
        headers = {**WAIT, "Idempotency-Key": key or secrets.token_hex(8)}
        return self._told(self.http.post("/api/tickets", json={**DEMAND, **form}, headers=headers))

    def does(
        self, ticket: str, action: str, headers: dict[str, str] | None = None, **form: Any
    ) -> httpx.Response:
        """Ask for an action and wait for the outcome."""
        address = f"/api/tickets/{ticket}/{action}"
        return self._told(
            self.http.post(address, json=form, headers={**WAIT, **self.seen, **(headers or {})})
        )

    def reads(self, address: str, **query: Any) -> Any:
        """The JSON at an address, as fresh as what this person did."""
        answer = self.asks(address, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def asks(self, address: str, **query: Any) -> httpx.Response:
        """The answer at an address."""
        return self.http.get(address, params=query, headers=self.seen)

    def met(self, other: "Person") -> "Person":
        """This person, once they have seen what the other did."""
        self.seen = other.seen
        return self

    def _told(self, answer: httpx.Response) -> httpx.Response:
        if "View-Token" in answer.headers:
            self.seen = {"View-Token": answer.headers["View-Token"]}
        return answer


async def tell(settings: Settings, *commands: Command) -> None:
    """Append commands as other services would; policies go to every partition."""
    sender = producer(settings)
    await sender.start()
    for command in commands:
        policy = isinstance(command.body, PublishPolicy)
        for partition in range(settings.partitions) if policy else [None]:
            await send_command(sender, settings, command, [], partition)
    await sender.stop()


async def entries_of(settings: Settings, ticket: str) -> list[Entry]:
    """What the record has of a ticket by now."""
    partition = partition_of(ticket, settings.partitions)
    batches = [batch async for batch in read(settings, EVENTS, partition, 0)]
    entries = [read_entry(record.value) for batch in batches for record in batch]
    return [entry for entry in entries if entry.ticket == ticket]


@dataclass
class House:
    """Ledger, projector and console as processes, with the sample policies published."""

    settings: Settings
    address: str
    _people: list[Person] = field(default_factory=list)

    async def person(
        self,
        role: str,
        unit: str | None = None,
        *scopes: str,
        at: str = SAMPLE,
        duties: tuple[Duty, ...] = (),
    ) -> Person:
        """Somebody new, with an account and a token."""
        name = f"sample.{secrets.token_hex(6)}"
        account = Account(name, role, at, unit, scopes, "", duties)  # type: ignore[arg-type]
        pool = await open_pool(self.settings, 1)
        token = await Accounts(pool).add(account)
        await pool.close()
        client = httpx.Client(
            base_url=self.address,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=30,
        )
        person = Person(account, client)
        self._people.append(person)
        return person

    async def crew(self, at: str = SAMPLE) -> "Crew":
        """An operator, the unit water and the unit road."""
        return Crew(
            await self.person("operator", at=at),
            await self.person("unit", "water", at=at),
            await self.person("unit", "road", at=at),
        )

    async def place(self, bodies: Sequence[Body] = ()) -> str:
        """A jurisdiction that nobody else uses, with these policies or else the sample ones."""
        at = f"place{secrets.token_hex(4)}"
        told = bodies or [one.body for one in documents()]
        await tell(self.settings, *[publish(document(body, jurisdiction=at)) for body in told])
        return at

    def close(self) -> None:
        """Hang up for everyone."""
        for person in self._people:
            person.http.close()


@dataclass
class Crew:
    """The people of one ticket's story, and the ticket."""

    operator: Person
    water: Person
    road: Person
    ticket: str = ""

    def steps(self, *names: str) -> "Crew":
        """Take the ticket through these steps, each of which must be accepted."""
        for name in names:
            answer = self.step(name)
            assert answer.is_success, f"{name}: {answer.text}"
        return self

    def step(self, name: str, headers: dict[str, str] | None = None, **change: Any) -> httpx.Response:
        """One step as it is usually taken, with other fields where given."""
        who, form = STEPS[name]
        person: Person = getattr(self, who)
        if name == "register":
            answer = person.registers(**{**form, **change})
            self.ticket = answer.json().get("ticket", "")
        else:
            answer = person.does(self.ticket, name, headers, **{**form, **change})
        for one in (self.operator, self.water, self.road):
            one.met(person)
        return answer


STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "register": ("operator", {}),
    "amend": ("operator", {"text": "样例:补充一点", "urgency": "urgent"}),
    "accept": ("operator", {}),
    "decline": ("operator", {"ground": "litigation", "reason": "样例:已在诉讼中", "right_channel": "法院"}),
    "answer-directly": ("operator", {"reply": "样例:今晚恢复"}),
    "assign": ("operator", {"lead": "water", "assisting": ["road"], "handler": "w1"}),
    "sign": ("water", {"handler": "w2"}),
    "contact": (
        "water",
        {
            "method": "phone",
            "at": datetime(2026, 3, 2, 10, tzinfo=UTC).isoformat(),
            "reached": True,
            "record": "样例:已通话",
        },
    ),
    "request-return": ("water", {"reason": "样例:不属我单位", "suggested": "road"}),
    "rule-on-return": ("operator", {"upheld": True, "reason": "样例:属实", "to": "road"}),
    "answer": ("water", {"reply": "样例:已修复", "feedback": "样例:更换阀门", "solved": True}),
    "approve": ("operator", {}),
    "send-back": ("operator", {"reason": "样例:没有回答要点"}),
    "survey": ("operator", {"grade": "satisfied", "solved": True, "words": "样例:谢谢"}),
    "survey-attempt": ("operator", {"method": "phone"}),
    "redo": ("operator", {"reason": "样例:应办未办"}),
    "close": ("operator", {"reason": "样例:不需回访"}),
    "dispute": ("operator", {"reason": "样例:说已修好,其实没有"}),
    "urge": ("operator", {"because": "asked_again", "words": "样例:居民又来电"}),
}
"""Who takes each step, and with what form."""
SIGNED = ("register", "assign", "sign")
ANSWERED = (*SIGNED, "contact", "answer")
SURVEYING = (*ANSWERED, "approve")
CLOSED = (*SURVEYING, "survey")
