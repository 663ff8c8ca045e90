"""Every ticket has one key, whoever asks first, on a real Postgres."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator

import asyncpg
import pytest
from pydantic import SecretStr

from shared.keys import Keyring
from shared.postgres import open_pool
from shared.sealing import WrongSeal
from shared.settings import MissingSetting, Settings


@pytest.fixture
def settings(database: str) -> Settings:
    return Settings(kafka="-", database=database, master_key=SecretStr(b64encode(bytes(32)).decode()))


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(settings, size=8)
    await Keyring(pool, settings).prepare()
    yield pool
    await pool.close()


async def test_simultaneous_creators_share_a_key(pool: asyncpg.Pool, settings: Settings) -> None:
    rings = [Keyring(pool, settings) for _ in range(20)]
    keys = await asyncio.gather(*(ring.key("ticket-a") for ring in rings))
    assert len({key.fingerprint(b"sample") for key in keys}) == 1


async def test_batches_in_any_order_share_their_keys(pool: asyncpg.Pool, settings: Settings) -> None:
    tickets = [f"ticket-{n}" for n in range(300)]
    orders = [tickets, tickets[::-1], tickets[100:] + tickets[:100]]
    batches = await asyncio.gather(*(Keyring(pool, settings).keys(order) for order in orders))
    assert len({tuple(batch[t].fingerprint(b"sample") for t in tickets) for batch in batches}) == 1


async def test_a_cached_key_needs_no_round_trip(pool: asyncpg.Pool, settings: Settings) -> None:
    ring = Keyring(pool, settings)
    first = await ring.key("ticket-a")
    await pool.execute("DROP SCHEMA keys CASCADE")
    assert await ring.key("ticket-a") is first


async def test_a_reader_makes_no_key(pool: asyncpg.Pool, settings: Settings) -> None:
    await Keyring(pool, settings).key("ticket-a")
    assert list(await Keyring(pool, settings).existing(["ticket-a", "ticket-b"])) == ["ticket-a"]
    assert await pool.fetchval("SELECT count(*) FROM keys.tickets") == 1


async def test_a_key_moved_to_another_ticket_does_not_open(pool: asyncpg.Pool, settings: Settings) -> None:
    await Keyring(pool, settings).key("ticket-a")
    await pool.execute("UPDATE keys.tickets SET ticket = 'ticket-b'")
    with pytest.raises(WrongSeal):
        await Keyring(pool, settings).key("ticket-b")


async def test_a_master_key_of_another_length_stops_the_start(pool: asyncpg.Pool, settings: Settings) -> None:
    short = settings.model_copy(update={"master_key": SecretStr("c2hvcnQ=")})
    with pytest.raises(MissingSetting, match="HUIYIN_MASTER_KEY"):
        Keyring(pool, short)
