"""The commands of one partition as their own topic still holds them, read beside the entries that they led to."""

from collections import deque
from typing import Self

from aiokafka.structs import ConsumerRecord

from shared.kafka import COMMANDS, read
from shared.settings import Settings


class Asked:
    """Commands by offset, asked for in rising order; retention keeps those of 30 days."""

    def __init__(self, settings: Settings, partition: int) -> None:
        self._batches = read(settings, COMMANDS, partition, 0)
        self._waiting: deque[ConsumerRecord] = deque()
        self._first: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._batches.aclose()

    async def at(self, offset: int) -> ConsumerRecord | None:
        """The command at that offset, or None if it is not, or no longer, in the topic."""
        while await self._some() and self._waiting[0].offset < offset:
            self._waiting.popleft()
        found = self._waiting and self._waiting[0].offset == offset
        return self._waiting[0] if found else None

    def kept(self, offset: int) -> bool:
        """Whether the topic should still hold that offset, so that its absence says something."""
        return self._first is not None and offset >= self._first

    async def _some(self) -> bool:
        if not self._waiting:
            self._waiting.extend(await anext(self._batches, []))
            if self._first is None and self._waiting:
                self._first = self._waiting[0].offset
        return bool(self._waiting)
