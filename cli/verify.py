"""``huiyin verify``: the record is whole and lawful, and the views are what it says."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from cli import rebuild as shown
from services.audit.verify import Verified
from services.audit.verify import verify as read_again
from services.projector.errors import ProjectorError
from services.projector.rebuild import Rebuilt
from shared.runs import keep
from shared.settings import Settings, read_settings


def verify(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")] = False) -> None:
    """核验全部记录:重算指纹、重新裁决、重建视图。 Check every hash, decide every command again, rebuild every view."""
    settings = read_settings()
    record = asyncio.run(_record(settings))
    try:
        views = asyncio.run(shown.made_again(settings))
    except ProjectorError as error:
        typer.echo(f"视图无法比对 the views cannot be compared: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps(members(record, views), ensure_ascii=False))
    else:
        _show(record, views)
    if record.differ or views.differ:
        raise typer.Exit(1)


async def _record(settings: Settings) -> Verified:
    columns = SpinnerColumn(), TextColumn("{task.description}")
    began = datetime.now(UTC)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("核验 verifying")

        def told(partition: int, records: int) -> None:
            progress.update(task, description=f"分区 partition {partition}: {records}")

        verified = await read_again(settings, told)
    await keep(settings, "verify", began, verified.differ, verified.partitions)
    return verified


def members(record: Verified, views: Rebuilt) -> dict[str, Any]:
    """As JSON: ``differ`` counts entries, each view its own rows; ``differences`` names the first of all."""
    checked: dict[str, Any] = msgspec.to_builtins(record)
    rebuilt = shown.members(views)
    return {
        **checked,
        "views": rebuilt["views"],
        "differences": checked["differences"] + rebuilt["differences"],
    }


def _show(record: Verified, views: Rebuilt) -> None:
    console = Console()
    console.print(
        f"记录 entries {record.entries}, 有效 counted {record.counted}, "
        f"重新裁决 redecided {record.redecided}, 不同 differ {record.differ}",
        highlight=False,
    )
    for found in record.differences:
        where = f"分区 partition {found.partition}, 位置 offset {found.offset}"
        console.print(f"{found.ticket or '-'} ({where}): {found.what}", markup=False, soft_wrap=True)
    shown.show(views, console)
    clean = not record.differ and not views.differ
    print("一致。 Everything agrees." if clean else "有不一致。 There are differences.")
