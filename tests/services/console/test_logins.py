"""Passwords and logins, on a real Postgres."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.console.people.accounts import Account, AccountError, Accounts
from services.console.people.logins import TRIES, Logins, TooManyTries
from shared.postgres import open_pool
from shared.settings import Settings

OPERATOR = Account("sample.hotline", "operator", "sample", label="样例")
PASSWORD = "样例 long enough"


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(settings, 3)
    await Accounts(pool).prepare()
    await Logins(pool).prepare()
    await Accounts(pool).add(OPERATOR)
    yield pool
    await pool.close()


@pytest.fixture
async def logins(pool: asyncpg.Pool) -> Logins:
    logins = Logins(pool)
    await logins.set_password(OPERATOR.id, PASSWORD)
    return logins


async def entered(logins: Logins) -> str:
    token = await logins.enter(OPERATOR.id, PASSWORD)
    assert token
    return token


async def test_a_password_opens_a_login_that_is_known_until_it_is_left(logins: Logins) -> None:
    token = await entered(logins)
    assert await logins.holder(token) == OPERATOR
    await logins.leave(token)
    assert await logins.holder(token) is None


async def test_an_unknown_name_and_a_wrong_password_are_answered_alike(logins: Logins) -> None:
    assert await logins.enter(OPERATOR.id, "wrong password") is None
    assert await logins.enter("nobody", PASSWORD) is None
    assert await logins.enter("no\0body", PASSWORD) is None
    assert await logins.enter(OPERATOR.id, PASSWORD * 100) is None


@pytest.mark.parametrize("name", [OPERATOR.id, "nobody"])
async def test_after_five_wrong_passwords_not_even_the_right_one_is_looked_at(
    logins: Logins, pool: asyncpg.Pool, name: str
) -> None:
    for _ in range(TRIES):
        assert await logins.enter(name, "wrong password") is None
    with pytest.raises(TooManyTries):
        await logins.enter(name, PASSWORD)
    await pool.execute("UPDATE accounts.attempt SET since = now() - interval '6 minutes'")
    assert bool(await logins.enter(name, PASSWORD)) == (name == OPERATOR.id)


@pytest.mark.parametrize("aged", ["used = now() - interval '3 hours'", "made = now() - interval '13 hours'"])
async def test_a_login_is_over_when_nobody_used_it_or_after_a_day(
    logins: Logins, pool: asyncpg.Pool, aged: str
) -> None:
    token = await entered(logins)
    await pool.execute(f"UPDATE accounts.login SET {aged}")  # noqa: S608
    assert await logins.holder(token) is None


async def test_use_keeps_a_login_alive(logins: Logins, pool: asyncpg.Pool) -> None:
    token = await entered(logins)
    await pool.execute("UPDATE accounts.login SET used = now() - interval '1 hour'")
    await logins.holder(token)
    assert await pool.fetchval("SELECT now() - used < interval '1 minute' FROM accounts.login")


async def test_leaving_everywhere_a_new_password_and_being_barred_end_every_login(logins: Logins) -> None:
    async def left() -> list[Account | None]:
        return [await logins.holder(token) for token in tokens]

    tokens = [await entered(logins), await entered(logins)]
    await logins.leave_everywhere(OPERATOR.id)
    assert await left() == [None, None]
    tokens = [await entered(logins)]
    await logins.set_password(OPERATOR.id, PASSWORD)
    assert await left() == [None]
    tokens = [await entered(logins)]
    await logins.bar(OPERATOR.id)
    assert await left() == [None]
    assert await logins.enter(OPERATOR.id, PASSWORD) is None


async def test_neither_the_password_nor_the_token_is_kept(logins: Logins, pool: asyncpg.Pool) -> None:
    token = await entered(logins)
    rows = await pool.fetch("SELECT l::text AS row FROM accounts.login l")
    rows += await pool.fetch("SELECT p::text AS row FROM accounts.password p")
    assert len(rows) == 2
    assert all(token not in row["row"] and PASSWORD not in row["row"] for row in rows)
    assert "$argon2id$" in rows[1]["row"]


async def test_a_password_must_be_long_enough_and_of_an_account(logins: Logins) -> None:
    with pytest.raises(AccountError, match="12 to 256 characters"):
        await logins.set_password(OPERATOR.id, "short")
    with pytest.raises(AccountError, match="there is no such account"):
        await logins.set_password("nobody", PASSWORD)
