"""Nonces in a real Postgres: taken once, for as long as a timestamp that goes with them could hold."""

from datetime import UTC, datetime, timedelta

from services.intake.app import SCHEMA
from services.intake.nonces import forget_old, is_new
from shared.channels.signing import WINDOW
from shared.postgres import make_schema, open_pool
from shared.settings import Settings

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


async def test_a_nonce_is_new_once_for_each_account_until_no_timestamp_can_bring_it_back(
    settings: Settings,
) -> None:
    pool = await open_pool(settings, 1)
    await make_schema(pool, SCHEMA)
    assert await is_new(pool, "city", "n-1", NOW)
    assert await is_new(pool, "party", "n-1", NOW)
    await forget_old(pool, NOW + 2 * WINDOW)
    assert not await is_new(pool, "city", "n-1", NOW)
    await forget_old(pool, NOW + 2 * WINDOW + timedelta(seconds=1))
    assert await is_new(pool, "city", "n-1", NOW)
    await pool.close()
