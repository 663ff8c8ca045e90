"""Whoever waits for the ledger's word misses none of it, however late the follower comes to where it begins."""

import asyncio
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaError
from asyncpg import Pool

from shared.outcomes import Outcomes
from shared.settings import Settings
from tests.running.services import Running


class Late:
    """The views' positions, which are told only when the test says so."""

    def __init__(self) -> None:
        self.asked, self.told = asyncio.Event(), asyncio.Event()

    async def fetch(self, _question: str) -> list[Any]:
        self.asked.set()
        await self.told.wait()
        return []


async def test_nothing_is_sent_before_the_follower_stands_where_the_views_stood(
    running: Running, settings: Settings
) -> None:
    running.start_all("ledger")
    positions = Late()
    outcomes = Outcomes(settings, cast("Pool", positions))
    following = asyncio.create_task(outcomes.follow())
    sending = asyncio.create_task(outcomes.placed(following))
    await positions.asked.wait()
    assert not sending.done()
    positions.told.set()
    await asyncio.wait_for(sending, 30)
    assert set(outcomes.places()) == set(range(settings.partitions))
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_whoever_waits_hears_what_ended_the_follower(settings: Settings) -> None:
    nowhere = Outcomes(settings.model_copy(update={"kafka": "127.0.0.1:1"}), cast("Pool", Late()))
    following = asyncio.create_task(nowhere.follow())
    with pytest.raises(KafkaError):
        await nowhere.placed(following)
