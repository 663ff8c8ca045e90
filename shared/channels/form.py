"""What every channel speaks of, whatever its form looks like: demands and ratings in, reports out.

A channel is one pure module with both directions and the signatures of both; ``shared.channels.CHANNELS``
names them all. Nothing here is sealed yet: these types live only inside intake and feedback.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shared.ticket.words import Demand, Grade, Urgency


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """A channel account as configured: whose it is, the secrets of both directions, where reports go.

    ``keys``: key id → secret; two are valid while one replaces the other, the first signs what goes out.
    """

    id: str
    channel: str
    jurisdiction: str
    keys: dict[str, str]
    report_to: str | None = None
    algorithm: str = "hmac-sm3"
    app_id: str | None = None
    aes_key: str | None = None
    scope: str | None = None


class Request(Struct, frozen=True):
    """An HTTP request as it came; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Response(Struct, frozen=True):
    """What the channel gets back."""

    status: int
    body: bytes
    type: str = "application/json"


class Citizen(Struct, frozen=True):
    """诉求人, as far as the channel tells; sealed before it leaves intake."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None


class PlainFile(Struct, frozen=True):
    """An attachment before it is sealed."""

    name: str
    type: str
    content: bytes


class Demanded(Struct, frozen=True):
    """A demand. ``occurred_at`` is the channel's own time; ``reply_to`` what the way back needs."""

    external_id: str
    title: str
    text: str
    occurred_at: datetime
    demand: Demand = "other"
    urgency: Urgency = "ordinary"
    topic: str | None = None
    place: str | None = None
    citizen: Citizen | None = None
    reply_to: str | None = None
    files: tuple[PlainFile, ...] = ()
    confidential: bool = False
    public: bool = False
    scope: str | None = None


class Rated(Struct, frozen=True):
    """A citizen's answer to the survey of a round, through the channel."""

    external_id: str
    round: int
    grade: Grade
    occurred_at: datetime
    solved: bool | None = None
    words: str | None = None


class Rejected(Struct, frozen=True):
    """One item of a push that is not taken: a stable code, the field, a sentence in both languages."""

    external_id: str | None
    code: str
    field: str | None
    zh: str
    en: str


class SignatureWrong(Exception):
    """The request is not from the account: ``code`` says which check failed; 401, and only counted."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Taken(Struct, frozen=True):
    """How an item fared: the ticket and its number (None while the ledger has not answered yet)."""

    external_id: str
    ticket: str
    number: str | None


class Report(Struct, frozen=True):
    """What goes back to where a ticket came from (回告).

    ``purpose``: number (with the deadline and the citizen's query code) | reply | survey | ended. ``id`` is the
    same however often it is tried.
    """

    id: str
    purpose: str
    round: int
    external_id: str
    number: str
    at: datetime
    reply_to: str | None = None
    due: datetime | None = None
    reply: str | None = None
    outcome: str | None = None
    grade: Grade | None = None
    query_code: str | None = None


class Outgoing(Struct, frozen=True):
    """A signed HTTP request to the channel."""

    url: str
    headers: dict[str, str]
    body: bytes


class Channel(Protocol):
    """A channel module. All pure: the time and the nonce are given."""

    def verified(self, account: Account, request: Request, now: datetime) -> str | None:
        """The nonce to remember (None if the form has none).

        Raises SignatureWrong with ``wrong_signature``, ``stale_timestamp`` or ``unknown_key``.
        """

    def read(self, account: Account, request: Request) -> Sequence[Demanded | Rated | Rejected]:
        """The items of the push in their order; one bad item never spoils its neighbours."""

    def answer(
        self, account: Account, request: Request, fared: Sequence[Taken | Rejected], now: datetime
    ) -> Response:
        """What the channel is told at once."""

    def report(
        self, account: Account, report: Report, nonce: str, now: datetime | None = None
    ) -> Outgoing | None:
        """The request that tells the channel; None where this channel is told nothing of that purpose.

        ``now`` is the moment of this try, which the signature names; the event's own moment if left out.
        """
