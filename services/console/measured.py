"""Every request counted and timed, by route and status (Prometheus)."""

import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("huiyin_console_requests_total", "Requests answered", ["route", "status"])
SECONDS = Histogram(
    "huiyin_console_request_seconds",
    "Time to the answer, waiting for an outcome included",
    ["method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ENTRY = Histogram(
    "huiyin_console_entry_seconds",
    "From the first key in the form of a call to its registration",
    buckets=(15, 30, 60, 90, 120, 180, 240, 300, 420, 600, 1200),
)


class Measured:
    """ASGI middleware; a route's template stands for its requests, so that no id becomes a label."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "(none)")
                REQUESTS.labels(route, message["status"]).inc()
                SECONDS.labels(scope["method"]).observe(time.perf_counter() - started)
            await send(message)

        await self.app(scope, receive, counted)
