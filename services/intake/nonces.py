"""Signed requests are taken once: their nonces are remembered for as long as their timestamp could hold."""

from datetime import datetime

from asyncpg import Pool

from shared.channels.signing import WINDOW

_REMEMBER = """
INSERT INTO intake.nonces (account, nonce, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true
"""
_FORGET = "DELETE FROM intake.nonces WHERE expires < $1"


async def is_new(pool: Pool, account: str, nonce: str, now: datetime) -> bool:
    """Remember a nonce; False if the account has used it before. A timestamp may lie ahead by a window too."""
    return bool(await pool.fetchval(_REMEMBER, account, nonce, now + 2 * WINDOW))


async def forget_old(pool: Pool, now: datetime) -> None:
    """Delete what no timestamp can bring back."""
    await pool.execute(_FORGET, now)
