"""A reactor's process: Faust hands over the entries, the frame handles them, a server tells how it fares."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, cast

import faust
import structlog
from asyncpg import Pool
from fastapi import FastAPI
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP, StreamT

from shared.health import Health, serve, with_health
from shared.kafka import EVENTS, producer
from shared.postgres import make_schema, open_pool
from shared.reactor import SCHEMA, Frame, Reactor
from shared.settings import Settings
from shared.standing import Record

log = structlog.get_logger()

FATAL = 70
"""Exit status after which a supervisor starts the process again; what was not acknowledged comes again."""
BATCH = 500
"""Most entries of a poll, and so of a transaction."""
PACE = 0.05
"""Seconds between two polls: latency at each hop of a ticket. Without it every single entry would be a request to the
broker and a transaction of its own."""
WAITING = 8
"""Polls that Faust reads ahead."""
SEND_BYTES = 128 * 1024
"""Of one request to the broker: with aiokafka's 16 KiB, hundreds of commands at once wait for each other in turns."""

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
    pool = await open_pool(settings, size=6, server=server, reset=False)
    await make_schema(pool, schema)
    await make_schema(pool, SCHEMA)
    sender = producer(settings, linger_ms=2, max_batch_size=SEND_BYTES)
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
        broker_max_poll_records=BATCH,
        stream_buffer_maxsize=WAITING,
        web_enabled=False,
    )
    cast("Any", app.transport).Consumer = Polling
    events = app.topic(settings.topic(EVENTS), key_serializer="raw", value_serializer="raw")

    @app.agent(events, concurrency=1)
    async def react(stream: StreamT[Any]) -> None:
        async for event in cast("Any", stream).noack().events():
            await _or_end(frame.take(event.message.value))
            event.ack()

    async def assigned(_: object, given: set[TP], **__: object) -> None:
        """Opening takes long: aside, so that the group's rebalance does not wait for it."""
        health.well("assignment")
        opening.append(asyncio.create_task(_or_end(frame.assigned(sorted(at.partition for at in given)))))
        del opening[:-8]

    opening: list[asyncio.Task[None]] = []
    app.on_partitions_assigned.connect(cast("Any", assigned))
    return app


class Polling(Consumer):
    """Faust's consumer, which polls at a steady pace and hands over a whole poll as one message.

    Faust spends some 0.2 ms of CPU on a message, ten times what an entry takes otherwise. So the last message of each
    partition carries all that the poll brought, and acknowledging it acknowledges those before it.
    """

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109  Faust's signature
        """A message for each partition of which the poll brought something; all carry the same records."""
        await asyncio.sleep(PACE)
        poll: list[Record] = []
        last: dict[TP, Any] = {}
        async for at, message in super().getmany(timeout):
            poll.append(_record(message))
            last[at] = message
        for at, message in last.items():
            message.value = poll
            yield at, message


def _record(message: Any) -> Record:
    return Record(message.partition, message.offset, message.headers, message.value or b"")


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
