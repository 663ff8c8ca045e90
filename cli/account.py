"""``huiyin account``: who may use the console and its API."""

import asyncio
import json
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar, cast

import typer
from rich.console import Console
from rich.table import Table

from services.console.people.accounts import Account, AccountError, AccountRole, Accounts, Duty, Listed
from services.console.people.logins import Logins
from shared.postgres import open_pool
from shared.settings import read_settings

app = typer.Typer(
    no_args_is_help=True, help="账号:新建、设密码、列出、吊销。 Accounts: add, password, list, revoke."
)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")]
T = TypeVar("T")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="账号,不用姓名。 The account's id, never a name")],
    role: Annotated[str, typer.Option(help="operator, unit, supervisor, auditor")],
    jurisdiction: Annotated[str, typer.Option(help="辖区。 Whose tickets")],
    unit: Annotated[str | None, typer.Option(help="承办单位,仅 unit。 Only for the role unit")] = None,
    duty: Annotated[
        list[str] | None,
        typer.Option(help="单位内职责,可多项,不写即全部。 signer, handler, approver; none named: all"),
    ] = None,
    scope: Annotated[list[str] | None, typer.Option(help="可见的专门范围。 Closed groups it may see")] = None,
    label: Annotated[str, typer.Option(help="说明。 What it is for")] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="令牌有效天数。 How long the token works")] = 90,
    as_json: AsJson = False,
) -> None:
    """新建账号或再发令牌;令牌只显示这一次。 Add an account or another token; it is shown only now."""
    duties = cast("tuple[Duty, ...]", tuple(duty or ()))
    account = Account(name, cast("AccountRole", role), jurisdiction, unit, tuple(scope or ()), label, duties)
    token = _run(lambda accounts, _: accounts.add(account, days))
    print(json.dumps({"account": name, "token": token, "days": days}) if as_json else token)


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="账号。 The account's id")],
    stdin: Annotated[
        bool, typer.Option("--stdin", help="从标准输入读取一行。 Read it as a line of stdin")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """设置登录密码并结束其全部登录;不给则生成,只显示这一次。 Set or make a password; ends its logins."""
    chosen = sys.stdin.readline().rstrip("\n") if stdin else secrets.token_urlsafe(12)
    _run(lambda _, logins: logins.set_password(name, chosen))
    said = {"account": name} | ({} if stdin else {"password": chosen})
    print(json.dumps(said) if as_json else said.get("password", "已设置。 (set)"))


@app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """列出账号。 List the accounts and how many of their tokens work."""
    listed = _run(lambda accounts, _: accounts.everyone())
    if as_json:
        print(json.dumps([_members(one) for one in listed], ensure_ascii=False))
        return
    table = Table("id", "role", "jurisdiction", "unit", "duties", "scopes", "tokens", "label")
    for one in listed:
        a = one.account
        duties, scopes = " ".join(a.duties), " ".join(a.scopes)
        table.add_row(a.id, a.role, a.jurisdiction, a.unit or "", duties, scopes, str(one.tokens), a.label)
    Console().print(table)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="账号。 The account's id")], as_json: AsJson = False
) -> None:
    """吊销账号的令牌、密码和登录,5 秒内生效。 End an account's tokens, password and logins, within 5 seconds."""
    ended = _run(lambda accounts, logins: _revoke(accounts, logins, name))
    said = {"account": name, "revoked": ended}
    print(json.dumps(said) if as_json else f"已吊销 {ended} 个令牌。 ({ended} tokens revoked)")


async def _revoke(accounts: Accounts, logins: Logins, name: str) -> int:
    ended = await accounts.revoke(name)
    await logins.bar(name)
    return ended


def _members(one: Listed) -> dict[str, object]:
    a = one.account
    rights = {"id": a.id, "role": a.role, "jurisdiction": a.jurisdiction, "unit": a.unit}
    groups = {"duties": list(a.duties), "scopes": list(a.scopes)}
    return {**rights, **groups, "label": a.label, "tokens": one.tokens}


def _run(work: Callable[[Accounts, Logins], Awaitable[T]]) -> T:
    """Do it on the settings' database; what cannot be done is said in one line, exit 1."""
    try:
        return asyncio.run(_with_accounts(work))
    except AccountError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


async def _with_accounts(work: Callable[[Accounts, Logins], Awaitable[T]]) -> T:
    pool = await open_pool(read_settings(), 1)
    try:
        accounts, logins = Accounts(pool), Logins(pool)
        await accounts.prepare()
        await logins.prepare()
        return await work(accounts, logins)
    finally:
        await pool.close()
