"""诉求人: let in to one ticket by its number and query code, for half an hour; there is no account and no login."""

import os
import unicodedata
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any

from asyncpg import Pool
from msgspec import Struct, convert, json

from services.console.people.attempts import Attempts
from services.console.sql import statements
from shared.keys import Keyring
from shared.sealing import KEY_BYTES, TicketKey
from shared.ticket.words import Counted, Demand, Dissatisfaction, Urgency

TRIES = 5
"""So many tries with a number; then a pause, whatever is typed."""
TRIES_FROM = 20
"""So many wrong tries from an address, behind which there may be a whole village."""
STAY = timedelta(minutes=30)
"""A visit that nobody used for so long is over."""
NOBODY = "nobody"
TOLD = (
    "Registered",
    "HistoryImported",
    "Supplemented",
    "Accepted",
    "Declined",
    "AnsweredDirectly",
    "Assigned",
    "Signed",
    "ReturnRequested",
    "ReturnRuled",
    "Answered",
    "AnswerSentBack",
    "AnswerApproved",
    "SurveyOpened",
    "SurveyAttempted",
    "SurveyAnswered",
    "SurveyLapsed",
    "RedoOrdered",
    "Reopened",
    "Closed",
    "DeadlineSet",
    "DeadlineMissed",
)
"""The events that a citizen is told of; whom a unit called, who looked and who was urged are not among them."""


class CitizenRow(Struct, frozen=True):
    """A ticket as its citizen sees it: the columns of ``views.tickets`` that are theirs."""

    id: str
    number: str
    jurisdiction: str
    channel: str
    demand: Demand
    urgency: Urgency
    topic: str | None
    place: str | None
    stage: str
    outcome: str | None
    round: int
    lead: str | None
    registered_at: datetime
    assigned_at: datetime | None
    signed_at: datetime | None
    approved_at: datetime | None
    surveyed_at: datetime | None
    closed_at: datetime | None
    reopened_at: datetime | None
    imported: bool


class Detail(Struct, frozen=True):
    """What a citizen is told of an event; whatever else is in it stays out."""

    lead: str | None = None
    unit: str | None = None
    upheld: bool | None = None
    round: int | None = None
    grade: str | None = None
    solved: bool | None = None
    partly: bool | None = None
    reasons: list[Dissatisfaction] | None = None
    right_channel: str | None = None
    attempt: int | None = None
    clock: str | None = None
    due: datetime | None = None
    before: datetime | None = None


class Line(Struct, frozen=True):
    """An event of the ticket; ``own`` where the citizen caused it on this page."""

    partition: int
    source: int
    offset: int
    at: datetime
    kind: str
    own: bool
    detail: Detail

    @property
    def receipt(self) -> str:
        """回执: where it stands in the record."""
        return f"{self.partition}:{self.source}"


class Promise(Struct, frozen=True):
    """A due moment with its explanation; ``due`` is the first instant that is too late."""

    clock: str
    round: int
    start: datetime
    due: datetime
    before: datetime | None
    term: str
    provisional: bool
    trace: list[Counted]
    policies: dict[str, int]
    status: str
    stopped_at: datetime | None


class Visit(Struct, frozen=True):
    """A citizen who is let in to a ticket."""

    ticket: str
    key: TicketKey

    def card(self, now: datetime) -> str:
        """What the browser keeps to come back with within ``STAY``; worth nothing once the key is destroyed."""
        until = int((now + STAY).timestamp())
        return f"{self.ticket}.{until}.{self.key.voucher(f'visit {until}')}"

    @property
    def form(self) -> str:
        """What this ticket's forms carry: other sites can neither read nor guess it."""
        return self.key.voucher("form")


class TooManyTries(Exception):
    """The number, or from this address, was tried too often; whether there is such a ticket is not said."""


SQL = statements(
    Path(__file__).with_name("citizens.sql"),
    {"COLUMNS": ", ".join(f"t.{column}" for column in CitizenRow.__struct_fields__)},
)
_MASTER = TicketKey(NOBODY, os.urandom(KEY_BYTES), os.urandom)
_WRAPPED = _MASTER.seal_bytes("key", os.urandom(KEY_BYTES))


class Citizens:
    """Who has number and code, and what they may read."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring
        self._attempts = Attempts(pool)

    async def code(self, ticket: str) -> str | None:
        """The ticket's query code, for whoever registered it to tell the citizen; None where the key is gone."""
        key = await self._keyring.current(ticket)
        return key.query_code() if key else None

    async def enter(self, number: str, code: str, address: str) -> Visit | None:
        """The visit; None for a wrong number as for a wrong code, and after the same work. Raises TooManyTries.

        address  where the try comes from, as far as that can be known
        """
        typed, place = digits(number)[:32], f"citizen from {address}"
        tries = await self._attempts.again(f"citizen at {typed}")
        from_there = await self._attempts.again(place)
        if tries > TRIES or from_there > TRIES_FROM:
            raise TooManyTries
        ticket = await self._pool.fetchval(SQL["by_number"], typed)
        key = await self._keyring.current(ticket or NOBODY) or _nobodys()
        right = compare_digest(key.query_code(), digits(code)[:32])
        if not ticket or not right or key.ticket == NOBODY:
            return None
        await self._attempts.take_back(place)
        await self._attempts.forget(f"citizen at {typed}")
        return Visit(ticket, key)

    async def back(self, card: str, now: datetime) -> Visit | None:
        """Whose card it is; None for one that was not made here, or is over."""
        ticket, _, rest = card.partition(".")
        until, _, voucher = rest.partition(".")
        if not (until.isascii() and until.isdigit() and now.timestamp() < int(until[:12])):
            return None
        key = await self._keyring.current(ticket) if ticket.isprintable() else None
        made_here = key is not None and compare_digest(
            key.voucher(f"visit {until}").encode(), voucher.encode("utf-8", "surrogateescape")
        )
        return Visit(ticket, key) if key and made_here else None

    async def ticket(self, visit: Visit) -> CitizenRow | None:
        """The ticket; None while the views are being made anew and have not met it."""
        row = await self._pool.fetchrow(SQL["ticket"], visit.ticket)
        return convert(dict(row), CitizenRow) if row else None

    async def story(self, visit: Visit) -> list[Line]:
        """What happened, in the record's order."""
        rows = await self._pool.fetch(SQL["story"], visit.ticket, TOLD)
        return [Line(**{**row, "detail": json.decode(row["detail"], type=Detail)}) for row in rows]

    async def promises(self, visit: Visit) -> list[Promise]:
        """The due moments that concern the citizen, by round."""
        rows = await self._pool.fetch(SQL["promises"], visit.ticket)
        return [convert(_read(row), Promise) for row in rows]


def _read(row: Any) -> dict[str, Any]:
    return {**row, "trace": json.decode(row["trace"]), "policies": json.decode(row["policies"])}


def _nobodys() -> TicketKey:
    """A key that opens nothing, got by the work that another one costs."""
    return TicketKey(NOBODY, _MASTER.open_bytes("key", _WRAPPED), os.urandom)


def digits(typed: str) -> str:
    """The digits of what was typed, full width or with spaces between them."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isascii() and c.isdigit())
