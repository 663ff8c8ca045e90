"""How far the views are, so that people see what they just did (design §7)."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import asyncpg
import structlog

from shared.health import Health
from shared.problems import Problem
from shared.settings import Settings

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds that a reader waits for the view at most; then it is told how far behind the answer is."""
LOOK_EVERY = 1.0
"""Seconds between looks without a notification: neither a swapped schema nor a lost connection notifies."""


class Token(NamedTuple):
    """A place in the record, as a write answers with it: ``partition:source``."""

    partition: int
    source: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.source}"

    @classmethod
    def parse(cls, text: str) -> "Token":
        """Raises Problem 400 for what is not of that form."""
        partition, colon, source = text.partition(":")
        if colon and partition.isascii() and source.isascii() and partition.isdigit() and source.isdigit():
            return cls(int(partition[:9]), int(source[:18]))
        zh, en = "令牌应为“分区:位置”。", "The token must be partition:source."
        raise Problem(400, "invalid_token", zh, en, field="View-Token")


class Freshness:
    """Follows the projector's notifications and wakes whoever waits for a place in a partition."""

    def __init__(self, settings: Settings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._reached: dict[int, int] = {}
        self._moved = asyncio.Condition()
        self.followed = False
        """Whether they are followed now; not while Postgres is away."""
        self.found = asyncio.Event()
        """Set once the views are there."""

    async def reached(self, token: Token, seconds: float = PATIENCE) -> bool:
        """Wait until the view has met that place; False if it has not within ``seconds``."""
        if self.met(token):
            return True
        async with self._moved:
            try:
                waiting = self._moved.wait_for(lambda: self.met(token))
                await asyncio.wait_for(waiting, seconds)
            except TimeoutError:
                return False
        return True

    async def beyond(self, read: Mapping[int, int]) -> dict[int, int]:
        """Wait until the views have met more than was read of some partition; how far they are then."""
        async with self._moved:
            await self._moved.wait_for(
                lambda: any(source > read.get(partition, -1) for partition, source in self._reached.items())
            )
        return self.places()

    def met(self, token: Token) -> bool:
        """Whether the views have met that place by now."""
        return self.source(token.partition) >= token.source

    def places(self) -> dict[int, int]:
        """The last source that the views have met in each partition."""
        return dict(self._reached)

    def source(self, partition: int) -> int:
        """The last source that the views have met in a partition; -1 for none."""
        return self._reached.get(partition, -1)

    async def follow(self) -> None:
        """Listen until cancelled; whenever Postgres goes away, begin again when it is back."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self.followed = False
                self._health.fail("views", f"cannot be followed: {type(error).__name__}")
                await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._settings.database, timeout=5, command_timeout=5)
        try:
            heard: asyncio.Queue[str] = asyncio.Queue()
            await connection.add_listener("views", lambda *told: heard.put_nowait(told[-1]))
            while True:
                rows = await connection.fetch("SELECT partition, source FROM views.positions")
                self._health.well("views")
                self.followed = True
                self.found.set()
                await self._move({row["partition"]: row["source"] for row in rows})
                await self._hear(heard)
        finally:
            connection.terminate()

    async def _hear(self, heard: asyncio.Queue[str]) -> None:
        """Take notifications until there is none for a while."""
        while True:
            try:
                told = Token.parse(await asyncio.wait_for(heard.get(), LOOK_EVERY))
            except TimeoutError:
                return
            await self._move({told.partition: max(told.source, self.source(told.partition))})

    async def _move(self, places: dict[int, int]) -> None:
        self._reached.update(places)
        async with self._moved:
            self._moved.notify_all()
