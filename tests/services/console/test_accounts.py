"""Accounts and their tokens, on a real Postgres."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.console.people import accounts as module
from services.console.people.accounts import Account, AccountError, Accounts
from shared.postgres import open_pool
from shared.settings import Settings

OPERATOR = Account("yichun.hotline", "operator", "yichun", label="样例")
WATER = Account("yichun.water", "unit", "yichun", unit="water")


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(settings, 3)
    await Accounts(pool).prepare()
    yield pool
    await pool.close()


async def test_a_token_is_known_by_its_account_and_by_nothing_else(pool: asyncpg.Pool) -> None:
    accounts = Accounts(pool)
    token = await accounts.add(OPERATOR)
    assert await accounts.holder(token) == OPERATOR
    assert await accounts.holder(token + "x") is None
    assert await accounts.holder("") is None


async def test_the_token_itself_is_not_kept(pool: asyncpg.Pool) -> None:
    token = await Accounts(pool).add(OPERATOR)
    kept = await pool.fetch("SELECT t::text AS row FROM accounts.token t")
    assert all(token not in row["row"] for row in kept)


async def test_an_account_may_have_several_tokens_and_revoking_ends_them_all(pool: asyncpg.Pool) -> None:
    accounts = Accounts(pool)
    tokens = [await accounts.add(WATER), await accounts.add(WATER)]
    assert await accounts.revoke(WATER.id) == 2
    fresh = Accounts(pool)
    assert [await fresh.holder(token) for token in tokens] == [None, None]
    assert [(one.account, one.tokens) for one in await fresh.everyone()] == [(WATER, 0)]


async def test_a_revoked_token_is_forgotten_within_the_short_memory(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED_SECONDS", 0.05)
    accounts = Accounts(pool)
    token = await accounts.add(OPERATOR)
    assert await accounts.holder(token)
    await accounts.revoke(OPERATOR.id)
    async with asyncio.timeout(5):
        while await accounts.holder(token):
            await asyncio.sleep(0.01)


async def test_an_expired_token_does_not_work(pool: asyncpg.Pool) -> None:
    token = await Accounts(pool).add(OPERATOR, days=0)
    assert await Accounts(pool).holder(token) is None


async def test_an_id_cannot_be_taken_again_with_other_rights(pool: asyncpg.Pool) -> None:
    accounts = Accounts(pool)
    await accounts.add(WATER)
    with pytest.raises(AccountError, match=r"yichun\.water: exists with other rights"):
        await accounts.add(Account("yichun.water", "auditor", "yichun"))


@pytest.mark.parametrize(
    "wrong",
    [
        Account("Zhang San", "operator", "yichun"),
        Account("x", "mayor", "yichun"),  # type: ignore[arg-type]
        Account("x", "unit", "yichun"),
        Account("x", "operator", "yichun", unit="water"),
    ],
)
async def test_an_account_must_have_an_id_a_role_and_a_unit_only_if_it_speaks_for_one(
    pool: asyncpg.Pool, wrong: Account
) -> None:
    with pytest.raises(AccountError, match="an id has"):
        await Accounts(pool).add(wrong)


async def test_who_is_unknown_cannot_be_revoked(pool: asyncpg.Pool) -> None:
    with pytest.raises(AccountError, match="nobody: there is no such account"):
        await Accounts(pool).revoke("nobody")
