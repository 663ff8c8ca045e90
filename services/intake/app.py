"""Intake's process: ``python -m services.intake.app``, the HTTP edge for channels (machines)."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastapi
import structlog
from aiokafka.errors import KafkaError
from asyncpg import InterfaceError, Pool, PostgresError, UndefinedTableError
from fastapi import FastAPI
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import Span

from services.intake import metrics, nonces
from services.intake.delivery import Delivery
from services.intake.push import Pushes
from shared.accounts import read_accounts
from shared.attachments import Attachments
from shared.channels.form import Account, Request
from shared.garbage import collect_rarely
from shared.health import Health, serve, with_health
from shared.keys import Keyring
from shared.outcomes import Outcomes
from shared.phones import PhoneBook
from shared.postgres import make_schema, open_pool
from shared.problems import Problem, with_problems
from shared.sampling import NO_SECOND_TRACE
from shared.settings import Settings, read_settings
from shared.telemetry import start_telemetry

log = structlog.get_logger()

FATAL = 70
POSTGRES = {"application_name": "huiyin intake"}
BODY_LIMIT = 1024 * 1024
"""Bytes of a push."""
DROPPED_LIMIT = 8 * BODY_LIMIT
"""Reading stops here, whatever is still to come."""
SCHEMA = Path(__file__).with_name("intake.sql")


def make_app(accounts: Mapping[str, Account], pushes: Pushes, health: Health) -> FastAPI:
    """The app: one address per channel account."""
    app = with_problems(
        FastAPI(title="Huiyin intake 回音 · 渠道接入", version="1", telemetry=NO_SECOND_TRACE)
    )

    @app.api_route("/channels/{account}", methods=["GET", "POST"], summary="Take a push of a channel")
    async def push(account: str, request: fastapi.Request) -> fastapi.Response:
        """See docs/reference/channels.md for each channel's form."""
        if account not in accounts:
            raise Problem(404, "unknown_account", "没有这个渠道账号", "no such channel account")
        with metrics.SECONDS.labels(account).time():
            taken = Request(
                request.method,
                request.url.path,
                dict(request.query_params),
                dict(request.headers),
                await _body(request),
            )
            answer = await pushes.take(accounts[account], taken, datetime.now(UTC))
        return fastapi.Response(answer.body, answer.status, media_type=answer.type)

    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="healthz,readyz,metrics",
        server_request_hook=_without_query,
        exclude_spans=["receive", "send"],
    )
    return with_health(app, health)


async def _body(request: fastapi.Request) -> bytes:
    """The body, never more than the limit of it in memory.

    The rest is read and dropped: a connection closed on unread bytes is reset, and the caller misses its 413.
    """
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_LIMIT:
            body += chunk
        elif size > DROPPED_LIMIT:
            break
    if size > BODY_LIMIT:
        zh, en = "请求体过大,上限 1 MiB,请分批推送", "the body is too large: at most 1 MiB, push in batches"
        raise Problem(413, "body_too_large", zh, en, field="body", headers={"Connection": "close"})
    return bytes(body)


def _without_query(span: Span, scope: dict[str, Any]) -> None:
    """A query holds signatures and openids, which do not belong into traces."""
    if span.is_recording():
        for name in ("http.url", "http.target", "url.full", "url.query"):
            span.set_attribute(name, scope["path"])


@asynccontextmanager
async def opened(settings: Settings, health: Health) -> AsyncIterator[Pushes]:
    """What taking pushes needs, with its tasks; a task that fails ends the process."""
    pool = await open_pool(settings, 10, 10, POSTGRES, reset=False)
    await make_schema(pool, SCHEMA)
    keyring = Keyring(pool, settings)
    await keyring.prepare()
    delivery, outcomes = Delivery(settings, pool), Outcomes(settings, pool)
    tasks = [
        asyncio.create_task(delivery.run(), name="delivery"),
        asyncio.create_task(_follow(outcomes), name="outcomes"),
        asyncio.create_task(_watch(pool, health), name="watch"),
    ]
    for task in tasks:
        task.add_done_callback(_end_if_failed)
    await delivery.tried.wait()
    try:
        yield Pushes(pool, keyring, PhoneBook(pool, settings), Attachments(settings), delivery, outcomes)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await pool.close()


async def _follow(outcomes: Outcomes) -> None:
    """Follow the record, again after whatever went away; until then answers name no number."""
    while True:
        try:
            await outcomes.follow()
        except (KafkaError, OSError, TimeoutError, PostgresError, InterfaceError) as error:
            waits = isinstance(error, UndefinedTableError)
            log.warning(
                "the record is not followed",
                action="not_followed",
                error=type(error).__name__,
                no_views=waits,
            )
        await asyncio.sleep(1)


async def _watch(pool: Pool, health: Health) -> None:
    """Every second: whether Postgres answers, how much is kept; old nonces go."""
    while True:
        try:
            async with asyncio.timeout(2):
                metrics.OUTBOX.set(await pool.fetchval("SELECT count(*) FROM intake.outbox"))
                await nonces.forget_old(pool, datetime.now(UTC))
            health.well("postgres")
        except (OSError, TimeoutError, PostgresError, InterfaceError) as error:
            health.fail("postgres", f"{type(error).__name__}: nothing can be sealed, pushes get 503")
        await asyncio.sleep(1)


def _end_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("intake ends", action="intake_ended", task=task.get_name(), error=repr(error))
        os._exit(FATAL)


async def main(settings: Settings) -> None:
    """Run until told to stop."""
    accounts = read_accounts(settings.channels)
    health = Health("postgres")
    async with opened(settings, health) as pushes:
        await serve(make_app(accounts, pushes, health), settings)


if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("intake", settings)
    collect_rarely()
    AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]
    asyncio.run(main(settings))
