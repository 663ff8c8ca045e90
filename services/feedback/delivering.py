"""The way back itself: what waits is opened, signed by its channel, sent, and its fate recorded.

1. Claim: the first waiting one of each ticket; its next try moves by LEASE and counts. Dying afterwards costs
   LEASE; the same delivery is tried again under the same id, by which the channel tells that it has it.
2. Send. Texts are open only in here.
3. In one transaction: the row goes (delivered), waits (again) or stays as failed; RecordDelivery in the outbox.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import structlog
from asyncpg import Record
from prometheus_client import Counter

from services.feedback.trying import Verdict, verdict, wait_after
from shared.channels import CHANNELS
from shared.channels.form import Account, Outgoing, Report
from shared.ids import command_id
from shared.keys import Keyring
from shared.reactor import Asked, Frame
from shared.sealing import SealingError
from shared.telemetry import outgoing, traced
from shared.ticket.commands import Command, RecordDelivery
from shared.ticket.words import Actor, Sealed

log = structlog.get_logger()

POLL = 0.1
AT_ONCE = 32
"""Deliveries on their way at the same time."""
LIMIT = 10.0
"""Seconds that a channel has to answer."""
LEASE = timedelta(seconds=30)

TRIES = Counter("huiyin_feedback_tries", "Tries to tell a channel", ["account", "verdict"])


class KeyGone(Exception):
    """The ticket's key is destroyed: there is nothing left to tell."""


class Fate:
    """How a try ended; ``because`` names no content."""

    __slots__ = ("because", "verdict")

    def __init__(self, verdict: Verdict, because: str | None = None) -> None:
        self.verdict = verdict
        self.because = because


class Delivering:
    """Delivers for the partitions of a frame, a ticket's reports strictly in order."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts
        self._flying = 0

    async def deliver(self, frame: Frame) -> None:
        """For ever. A failure that is not a channel's ends the process."""
        keyring = Keyring(frame.pool, frame.settings)
        await keyring.prepare()
        client = httpx.AsyncClient(timeout=LIMIT, follow_redirects=False, trust_env=False)
        async with client, asyncio.TaskGroup() as tries:
            while True:
                rows = await frame.until_back("postgres", lambda: self._claim(frame))
                for row in rows:
                    self._flying += 1
                    tries.create_task(self._try(frame, keyring, client, row))
                if not rows:
                    await asyncio.sleep(POLL)
                await asyncio.sleep(0)

    async def _claim(self, frame: Frame) -> Sequence[Record]:
        free = AT_ONCE - self._flying
        now = datetime.now(UTC)
        return await frame.pool.fetch(_CLAIM, now, frame.owned(), free, LEASE) if free else []

    async def _try(self, frame: Frame, keyring: Keyring, client: httpx.AsyncClient, row: Record) -> None:
        headers = [("traceparent", row["traceparent"])] if row["traceparent"] else []
        try:
            with traced("feedback deliver", headers, ticket=row["ticket"], purpose=row["purpose"]) as span:
                fate = await self._fate(frame, keyring, client, row)
                await _recorded(frame, row, fate, outgoing() if span else headers)
        finally:
            self._flying -= 1

    async def _fate(
        self, frame: Frame, keyring: Keyring, client: httpx.AsyncClient, row: Record
    ) -> Fate | None:
        """None where the channel is told nothing of that kind."""
        account = self._accounts.get(row["account"])
        if account is None:
            return Fate("never", "no_account")
        if account.report_to is None:
            return None
        try:
            report = await frame.until_back("postgres", lambda: _report(keyring, row))
        except (SealingError, KeyGone) as error:
            return Fate("never", type(error).__name__)
        request = CHANNELS[account.channel].report(account, report, secrets.token_hex(16), datetime.now(UTC))
        fate = await _sent(client, request, report.id) if request else None
        TRIES.labels(account.id, fate.verdict if fate else "silent").inc()
        return fate


async def _report(keyring: Keyring, row: Record) -> Report:
    """The report with its texts open; the number goes with the citizen's query code."""
    numbered = row["purpose"] == "number"
    needed = [row["ticket"]] if numbered or row["reply_to"] or row["sealed"] else []
    key = (await keyring.existing(needed)).get(row["ticket"])

    def opened(field: str | None, sealed: str | None) -> str | None:
        if field is None or sealed is None:
            return None
        if key is None:
            raise KeyGone
        return key.open(field, Sealed(sealed))

    return Report(
        id=row["id"],
        purpose=row["purpose"],
        round=row["round"],
        external_id=row["external_id"],
        number=row["number"],
        at=row["at"],
        reply_to=opened("reply_to", row["reply_to"]),
        due=row["due"],
        reply=opened(row["field"], row["sealed"]),
        outcome=row["outcome"],
        grade=row["grade"],
        query_code=key.query_code() if numbered and key else None,
    )


async def _sent(client: httpx.AsyncClient, request: Outgoing, id: str) -> Fate:
    headers = request.headers | {"Idempotency-Key": id}
    try:
        async with asyncio.timeout(LIMIT):
            answer = await client.post(request.url, content=request.body, headers=headers)
    except (httpx.HTTPError, TimeoutError) as error:
        return Fate("again", type(error).__name__)
    return Fate(verdict(answer.status_code), f"http {answer.status_code}")


async def _recorded(
    frame: Frame, row: Record, fate: Fate | None, headers: Sequence[tuple[str, bytes]]
) -> None:
    """Step 3."""
    commands, stored = await frame.until_back("postgres", lambda: _kept(frame, row, fate, headers))
    await frame.send(commands, stored)


async def _kept(
    frame: Frame, row: Record, fate: Fate | None, headers: Sequence[tuple[str, bytes]]
) -> tuple[list[Asked], list[int]]:
    async with frame.pool.acquire() as connection, connection.transaction():
        if fate is None:
            await connection.execute(_GONE, row["id"])
            return [], []
        wait = wait_after(row["tries"]) if fate.verdict == "again" else None
        if wait is not None:
            await connection.execute(_AGAIN, row["id"], datetime.now(UTC) + wait, fate.because)
            return [], []
        delivered = fate.verdict == "delivered"
        if delivered:
            await connection.execute(_GONE, row["id"])
        else:
            log.warning(
                "delivery failed", action="delivery_failed", ticket=row["ticket"], because=fate.because
            )
            await connection.execute(_FAILED, row["id"], fate.because)
        commands = [_command(row, delivered, fate.because, headers)]
        return commands, await frame.store(connection, commands)


def _command(
    row: Record, delivered: bool, because: str | None, headers: Sequence[tuple[str, bytes]]
) -> Asked:
    told = RecordDelivery(
        row["purpose"], row["round"], delivered, row["tries"], None if delivered else because
    )
    command = Command(
        id=command_id(row["id"], "recorded"),
        ticket=row["ticket"],
        jurisdiction=row["jurisdiction"],
        actor=Actor("feedback", "service"),
        issuer="feedback",
        occurred_at=datetime.now(UTC),
        body=told,
    )
    return Asked(row["partition"], command, headers)


_CLAIM = """
WITH next AS (
    SELECT d.id FROM feedback.deliveries d
    WHERE d.state = 'waiting' AND d.next_at <= $1 AND d.partition = ANY($2::int[]) AND NOT EXISTS (
        SELECT FROM feedback.deliveries e WHERE e.ticket = d.ticket AND e.state = 'waiting' AND e.seq < d.seq
    )
    ORDER BY d.next_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE feedback.deliveries d SET tries = d.tries + 1, next_at = $1 + $4::interval FROM next
WHERE d.id = next.id RETURNING d.*
"""
_GONE = "DELETE FROM feedback.deliveries WHERE id = $1"
_AGAIN = "UPDATE feedback.deliveries SET next_at = $2, because = $3 WHERE id = $1"
_FAILED = "UPDATE feedback.deliveries SET state = 'failed', because = $2 WHERE id = $1"
