"""A reactor's process: Faust hands over the entries, the frame handles them, a server tells how it fares."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, cast

import faust
import structlog
from asyncpg import Pool
from fastapi import FastAPI
from faust.streams import Stream
from faust.types import TP, EventT, StreamT

from shared.health import Health, serve, with_health
from shared.kafka import EVENTS, producer
from shared.postgres import make_schema, open_pool
from shared.reactor import SCHEMA, Frame, Reactor, Record
from shared.settings import Settings

log = structlog.get_logger()

FATAL = 70
"""Exit status after which a supervisor starts the process again; what was not acknowledged comes again."""
BATCH = 500
WITHIN = 0.01
"""Seconds that Faust waits for a batch to fill: latency at each hop of a ticket."""

FROZEN = "5s"
"""A worker that stands still within a transaction loses it, or its locks would hold up whoever takes over."""

Work = Callable[[Frame], Coroutine[Any, Any, None]]


async def run(
    settings: Settings, schema: Path, reactor: Callable[[Pool], Reactor], works: Iterable[Work] = ()
) -> None:
    """Run until told to stop.

    schema   the service's own tables, in a schema of its name
    reactor  made once the pool is open
    works    what runs beside the reactions, on the rows of the partitions that are open here
    """
    health = Health("assignment")
    server = {"search_path": schema.parent.name, "idle_in_transaction_session_timeout": FROZEN}
    pool = await open_pool(settings, size=6, server=server)
    await make_schema(pool, schema)
    await make_schema(pool, SCHEMA)
    sender = producer(settings, linger_ms=2)
    await sender.start()
    frame = Frame(settings, pool, sender, health, reactor(pool))
    app = faust_app(settings, frame, health)
    await app.start()
    tasks = [_watched(work(frame), work.__name__) for work in works]
    tasks.append(_watched(_ends(app), "faust"))
    await serve(with_health(FastAPI(title=f"Huiyin {frame.reactor.name}"), health), settings)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await app.stop()
    await sender.stop()
    await pool.close()


def faust_app(settings: Settings, frame: Frame, health: Health) -> faust.App:
    """The Faust app around a frame: one agent, which acknowledges what the frame has handled."""
    folder = settings.data / "faust" / frame.reactor.name
    folder.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        settings.topic(frame.reactor.name),
        broker=f"kafka://{settings.kafka}",
        store="memory://",
        datadir=str(folder),
        processing_guarantee="at_least_once",
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        broker_session_timeout=10,
        broker_heartbeat_interval=3,
        web_enabled=False,
    )
    events = app.topic(settings.topic(EVENTS), key_serializer="raw", value_serializer="raw")

    @app.agent(events, concurrency=1)
    async def react(stream: StreamT[Any]) -> None:
        async for batch in cast("Stream[Any]", stream).noack_take(BATCH, within=WITHIN):
            await _or_end(_handle(frame, batch))

    async def assigned(_: object, given: set[TP], **__: object) -> None:
        """Opening takes long: aside, so that the group's rebalance does not wait for it."""
        health.well("assignment")
        opening.append(asyncio.create_task(_or_end(frame.assigned(sorted(at.partition for at in given)))))
        del opening[:-8]

    opening: list[asyncio.Task[None]] = []
    app.on_partitions_assigned.connect(cast("Any", assigned))
    return app


async def _handle(frame: Frame, batch: Iterable[EventT[bytes]]) -> None:
    await frame.take([_record(event) for event in batch])
    for event in batch:
        event.ack()


def _record(event: EventT[bytes]) -> Record:
    message = event.message
    headers = cast("list[tuple[str, bytes]]", message.headers)
    return Record(message.partition, message.offset, headers, message.value or b"")


async def _or_end(work: Coroutine[Any, Any, None]) -> None:
    """Faust acknowledges a message whose handler raised: nothing may be raised, the process ends instead."""
    try:
        await work
    except Exception as error:
        log.error("worker ends", action="worker_ended", error=repr(error), exc_info=True)
        os._exit(FATAL)


def _watched(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(_or_end(work), name=name)


async def _ends(app: faust.App) -> None:
    """Faust stops by itself when it lost its broker for good: the process must not go on without it."""
    await app.wait_until_stopped()
    raise RuntimeError("Faust stopped")
