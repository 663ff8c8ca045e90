"""How a service tells that it lives, that it is ready, and what it measures (design §9)."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.sampling import Drawn
from shared.settings import Settings

KEPT_OPEN = 75
"""Seconds that an idle connection is kept: longer than proxies keep theirs, else one is closed as a request comes."""


class Health:
    """What keeps a service from being ready: a name and a reason each; ready when there is none."""

    def __init__(self, *awaited: str) -> None:
        self.wrong: dict[str, str] = dict.fromkeys(awaited, "starting")

    def fail(self, name: str, reason: str) -> None:
        """Name what is wrong, without personal data."""
        self.wrong[name] = reason

    def well(self, name: str) -> None:
        """What was wrong is mended."""
        self.wrong.pop(name, None)


def with_health(app: FastAPI, health: Health) -> FastAPI:
    """The app with /healthz (alive), /readyz (200, or 503 with what is wrong) and /metrics (Prometheus)."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        ready = not health.wrong
        return JSONResponse({"ready": ready, "wrong": health.wrong}, 200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


class _Server(uvicorn.Server):
    """Leaves signals to the process: uvicorn would raise them again before things are put away."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: FastAPI, settings: Settings, leaving: Callable[[], None] = lambda: None) -> None:
    """Serve an app in this loop until SIGTERM or SIGINT, then return: the caller puts its things away.

    ``leaving`` is called at the signal, for answers that would not end by themselves.
    """
    config = uvicorn.Config(
        Drawn(app, settings.trace_sample),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=KEPT_OPEN,
    )
    server = _Server(config)

    def leave() -> None:
        server.should_exit = True
        leaving()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    await server.serve()


def stop_on_signals() -> asyncio.Event:
    """An event that is set on SIGTERM or SIGINT, for processes that serve no HTTP."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
