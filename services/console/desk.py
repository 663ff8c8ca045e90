"""What every request has at hand, and the one way a command leaves here."""

import asyncio
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from asyncpg import Pool
from fastapi import Request

from services.console.advice.rulings import Rulings
from services.console.advice.similar import Similar
from services.console.advice.track_record import TrackRecord
from services.console.asking.signoffs import SignOffs
from services.console.attachments.files import Files
from services.console.citizen.citizens import Citizens
from services.console.freshness import Freshness, Token
from services.console.lists.applications import Applications
from services.console.lists.circulating import Circulating
from services.console.lists.inbox import Inbox
from services.console.lists.whole import Listings
from services.console.live.hub import Hub
from services.console.names import NameBook
from services.console.numbers.figures import Figures
from services.console.numbers.recounting import Recounting
from services.console.numbers.wall import Wall
from services.console.paper.exports import Exports
from services.console.people.accounts import Accounts
from services.console.people.logins import Logins
from services.console.policies import PolicyBook
from services.console.proof.auditing import Auditing
from services.console.proof.record import Record
from services.console.queries import Queries
from services.console.workplace.drafts import Drafts
from services.console.workplace.holds import Holds
from services.console.workplace.phrases import Phrases
from services.console.workplace.saved_views import SavedViews
from services.console.workplace.shift import Shift
from shared.kafka import send_command
from shared.keys import Keyring
from shared.outcomes import Outcomes
from shared.phones import PhoneBook
from shared.problems import Problem
from shared.runs import Runs
from shared.settings import Settings
from shared.telemetry import outgoing
from shared.ticket.commands import Command

KAFKA_PATIENCE = 2.0
"""Seconds to wait for the brokers; a person is told rather than left waiting."""


@dataclass(frozen=True)
class Desk:
    """The parts that requests share; one a process. ``lists`` plans anew what depends on filters."""

    settings: Settings
    accounts: Accounts
    queries: Queries
    figures: Figures
    lists: Pool
    freshness: Freshness
    keyring: Keyring
    sender: AIOKafkaProducer
    outcomes: Outcomes
    logins: Logins
    citizens: Citizens
    holds: Holds
    inbox: Inbox
    signoffs: SignOffs
    applications: Applications
    names: NameBook
    policies: PolicyBook
    record: Record
    auditing: Auditing
    recounting: Recounting
    runs: Runs
    drafts: Drafts
    listings: Listings
    exports: Exports
    saved_views: SavedViews
    phrases: Phrases
    phones: PhoneBook
    similar: Similar
    live: Hub
    wall: Wall
    track_record: TrackRecord
    shift: Shift
    rulings: Rulings
    circulating: Circulating
    files: Files

    async def send(self, command: Command) -> Token:
        """Append a command; gives its place. Raises Problem 503 if Kafka did not take it in time."""
        try:
            sending = send_command(self.sender, self.settings, command, outgoing())
            return Token(*await asyncio.wait_for(sending, KAFKA_PATIENCE))
        except (TimeoutError, KafkaError):
            raise kafka_away() from None


def commands_producer(settings: Settings) -> AIOKafkaProducer:
    """A producer that gives a command up when its caller does.

    An idempotent one would keep it for as long as the brokers are away and send it when they are back, long
    after the person was told that nothing was recorded. Duplicates do no harm: the ledger knows their ids.
    """
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka, acks="all", request_timeout_ms=int(KAFKA_PATIENCE * 750)
    )


def kafka_away() -> Problem:
    """503: nothing was recorded, and a repeat cannot count twice."""
    zh = "消息系统暂不可用,本次操作没有记录。请保留内容,稍后用同一 Idempotency-Key 重新提交,不会重复。"
    en = (
        "Kafka is away, nothing was recorded. Keep your text and send it again with the same "
        "Idempotency-Key: it cannot count twice."
    )
    return Problem(503, "kafka_away", zh, en, headers={"Retry-After": "5"})


def desk_of(request: Request) -> Desk:
    """The desk of the app that a request came to. No dependency: FastAPI solves each anew for every request."""
    desk: Desk = request.app.state.desk
    return desk
