"""The console's process: ``python -m services.console.app``. If it cannot follow the record it ends."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import structlog
import uvloop
from fastapi import FastAPI, Request, Response
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from services.console.advice.rulings import Rulings
from services.console.advice.similar import Similar
from services.console.advice.track_record import TrackRecord
from services.console.api import acting, files, finding, looking, queueing, reading
from services.console.api.openapi import with_description
from services.console.asking.signoffs import SignOffs
from services.console.attachments.files import Files
from services.console.attachments.unsent import clear_ever
from services.console.citizen.citizens import Citizens
from services.console.desk import Desk, commands_producer
from services.console.freshness import Freshness
from services.console.lists.applications import Applications
from services.console.lists.circulating import Circulating
from services.console.lists.inbox import Inbox
from services.console.lists.whole import Listings
from services.console.live.hub import Hub
from services.console.measured import Measured
from services.console.names import NameBook
from services.console.numbers.figures import Figures
from services.console.numbers.recounting import Recounting
from services.console.numbers.wall import Wall
from services.console.pages import SCREENS, built
from services.console.pages.errors import with_pages
from services.console.pages.live import PageParts
from services.console.paper.exports import Exports
from services.console.people.accounts import Accounts
from services.console.people.logins import Logins
from services.console.people.trespasses import with_trespasses
from services.console.policies import PolicyBook
from services.console.proof.auditing import Auditing
from services.console.proof.record import Record
from services.console.queries import Queries
from services.console.unkept import Unkept
from services.console.workplace.drafts import Drafts
from services.console.workplace.holds import Holds
from services.console.workplace.phrases import Phrases
from services.console.workplace.saved_views import SavedViews
from services.console.workplace.shift import Shift
from shared.attachments import Attachments
from shared.garbage import collect_rarely
from shared.health import Health, serve, with_health
from shared.keys import Keyring
from shared.outcomes import Outcomes
from shared.phones import PhoneBook
from shared.postgres import make_schema, open_pool
from shared.problems import Problem, with_problems
from shared.runs import Runs
from shared.sampling import NO_SECOND_TRACE
from shared.settings import Settings, read_settings
from shared.telemetry import start_telemetry

log = structlog.get_logger()

FATAL = 70
POSTGRES = {"application_name": "huiyin console"}
LISTS = {**POSTGRES, "plan_cache_mode": "force_custom_plan"}
"""A list's filters are parameters, most of them null: planned anew each time, those cost nothing."""


def make_app(health: Health) -> FastAPI:
    """The app without its desk."""
    app = FastAPI(
        title="Huiyin 回音",
        version="1",
        description="件件有回音: what people, departments and their systems may ask and do.",
        docs_url=None,
        redoc_url=None,
        telemetry=NO_SECOND_TRACE,
    )

    app.router.routes += [
        *looking.router.routes,
        *files.router.routes,
        *acting.router.routes,
        *reading.router.routes,
    ]
    app.router.routes += [*finding.router.routes, *queueing.router.routes]
    app.router.routes += [route for screen in SCREENS for route in screen.routes]
    app.add_middleware(Measured)
    app.add_middleware(Unkept)
    FastAPIInstrumentor.instrument_app(
        app, excluded_urls="healthz,readyz,metrics,/live$", exclude_spans=["receive", "send"]
    )
    return with_description(
        with_health(with_pages(_with_postgres_away(with_trespasses(with_problems(app)))), health)
    )


def _with_postgres_away(app: FastAPI) -> FastAPI:
    """The app that tells a person when Postgres is away, and that nothing was done."""

    async def away(_request: Request, error: Exception) -> Response:
        log.warning("postgres is away", action="postgres_away", error=type(error).__name__)
        zh = "数据库暂不可用,本次操作没有记录,请稍后重试。"
        en = "Postgres is away, nothing was recorded: try again later."
        return Problem(503, "postgres_away", zh, en, headers={"Retry-After": "5"}).response()

    async def not_text(_request: Request, _error: Exception) -> Response:
        zh, en = (
            "地址或参数中有无效字符。",
            "The address or a parameter has a character that no text may have.",
        )
        return Problem(400, "invalid_text", zh, en).response()

    for kind in (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, *_GOING):
        app.add_exception_handler(kind, away)
    app.add_exception_handler(asyncpg.CharacterNotInRepertoireError, not_text)
    return app


_GOING = (asyncpg.AdminShutdownError, asyncpg.CannotConnectNowError, asyncpg.UndefinedTableError)
"""Postgres shutting down, starting up, or not yet given its views."""


@asynccontextmanager
async def opened(settings: Settings, health: Health) -> AsyncIterator[Desk]:
    """The desk with its connections; its tasks end with the block, and the process with a task that fails."""
    pool = await open_pool(settings, 10, 5, POSTGRES, reset=False)
    lists = await open_pool(settings, 10, 5, LISTS, reset=False)
    sender = commands_producer(settings)
    accounts, logins, keyring, runs = Accounts(pool), Logins(pool), Keyring(pool, settings), Runs(pool)
    await accounts.prepare()
    await logins.prepare()
    await keyring.prepare()
    await runs.prepare()
    await make_schema(pool, Path(__file__).with_name("desk.sql"))
    queries = Queries(pool, lists, settings.partitions)
    holds = Holds(lists, queries, keyring)
    freshness, outcomes, record = Freshness(settings, health), Outcomes(settings, pool), Record(settings)
    phones = PhoneBook(pool, settings)
    names, policies = NameBook(queries), PolicyBook(pool)
    listings = Listings(lists, queries, policies)
    folder = Attachments(settings)
    live = Hub(lists, queries, listings, freshness, outcomes, names, logins, PageParts(policies))
    await sender.start()
    await record.start()
    tasks = [
        asyncio.create_task(freshness.follow(), name="freshness"),
        asyncio.create_task(_once_there_are_views(freshness, outcomes), name="outcomes"),
        asyncio.create_task(live.run(), name="live"),
        asyncio.create_task(clear_ever(pool, folder, timedelta(days=settings.uploads_kept)), name="unsent"),
    ]
    for task in tasks:
        task.add_done_callback(_end_if_failed)
    try:
        yield Desk(
            settings,
            accounts,
            queries,
            Figures(lists),
            lists,
            freshness,
            keyring,
            sender,
            outcomes,
            logins,
            Citizens(pool, keyring),
            holds,
            Inbox(lists),
            SignOffs(pool, keyring),
            Applications(lists),
            names,
            policies,
            record,
            Auditing(pool, lists),
            Recounting(lists, record),
            runs,
            Drafts(pool, keyring),
            listings,
            Exports(pool),
            SavedViews(pool),
            Phrases(pool),
            phones,
            Similar(lists, phones),
            live,
            Wall(lists),
            TrackRecord(lists),
            Shift(lists, holds),
            Rulings(lists),
            Circulating(lists),
            Files(pool, keyring, folder),
        )
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await record.stop()
        await sender.stop()
        await lists.close()
        await pool.close()


async def _once_there_are_views(freshness: Freshness, outcomes: Outcomes) -> None:
    """Outcomes are followed from where the views stand; before the projector's first start there are none."""
    await freshness.found.wait()
    await outcomes.follow()


def _end_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("console ends", action="console_ended", task=task.get_name(), error=repr(error))
        os._exit(FATAL)


async def main(settings: Settings) -> None:
    """Run until told to stop."""
    health = Health("views")
    app = make_app(health)
    app.state.built = built.read_built()
    async with opened(settings, health) as desk:
        app.state.desk = desk
        await serve(app, settings, leaving=desk.live.end)


if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("console", settings)
    collect_rarely()
    uvloop.run(main(settings))
