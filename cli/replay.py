"""``huiyin replay``: one ticket as it was, from the record alone."""

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from services.audit.errors import UnknownTicket
from services.audit.replay import Replayed, Step
from services.audit.replay import replay as read_ticket
from shared.chain import BrokenEntry
from shared.entry import UndecodableEntry
from shared.policy.calendar import SHANGHAI
from shared.settings import read_settings
from shared.ticket.decide import ACTS_ZH
from shared.ticket.state import STAGES_ZH


def replay(
    ticket: Annotated[str, typer.Argument(help="工单编号或标识。 The ticket's number or id")],
    until: Annotated[
        str | None,
        typer.Option(help="截至(按记录时间),须带时区。 As of, by the record: 2026-09-28T16:30+08:00"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")] = False,
) -> None:
    """还原一张工单在某一时刻的样子。 A ticket as it was; sealed text stays sealed."""
    moment = _moment(until) if until else None
    try:
        replayed = asyncio.run(read_ticket(read_settings(), ticket, moment))
    except UnknownTicket as error:
        typer.echo(f"记录中没有工单 {ticket}。 ({error})", err=True)
        raise typer.Exit(1) from None
    except (BrokenEntry, UndecodableEntry) as error:
        typer.echo(f"记录无法读取,请运行 huiyin verify。 (run huiyin verify: {error})", err=True)
        raise typer.Exit(2) from None
    if as_json:
        print(msgspec.json.encode(replayed).decode())
    else:
        _show(replayed)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        typer.echo(
            f"时刻 {text!r} 应如 2026-09-28T16:30+08:00。 (give a moment with its time zone)", err=True
        )
        raise typer.Exit(2)
    return moment


def _show(replayed: Replayed) -> None:
    console = Console()
    t = replayed.ticket
    if t is None:
        console.print(f"{replayed.id}: 未登记 not registered")
    else:
        stage = f"{STAGES_ZH[t.stage]} {t.stage}" + (f" ({t.outcome})" if t.outcome else "")
        console.print(f"{t.number}  {stage}  第{t.round}轮 round {t.round}  {t.lead or ''}", highlight=False)
        for clock, deadline in t.deadlines.items():
            state = "超期 missed" if deadline.missed else "临期 warned" if deadline.warned else ""
            console.print(f"  {clock}: {_time(deadline.due)} {state}", highlight=False)
    table = Table("位置 offset", "记录时间 at", "谁 who", "请求 asked", "结果 outcome", "阶段 stage")
    for step in replayed.steps:
        table.add_row(*_cells(step))
    console.print(table)


def _cells(step: Step) -> tuple[str, ...]:
    who = " ".join(part for part in (step.role, step.unit) if part)
    asked = f"{ACTS_ZH.get(step.asked, '')} {step.asked}" if step.asked else "-"
    outcome = f"拒绝 refused: {step.refusal}" if step.refusal else ", ".join(step.kinds)
    stage = STAGES_ZH[step.stage] if step.stage else "-"
    return str(step.offset), _time(step.at), who, asked, outcome, stage


def _time(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
