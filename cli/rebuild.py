"""``huiyin rebuild``: the views made again from the record, compared, and swapped if asked."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from services.projector.errors import ProjectorError
from services.projector.rebuild import Difference, Rebuilt
from services.projector.rebuild import rebuild as make_again
from shared.garbage import collect_rarely
from shared.runs import keep
from shared.settings import Settings, read_settings

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")]


def rebuild(
    swap: Annotated[
        bool,
        typer.Option("--swap", help="以重建的视图替换现有视图。 Put the new views in place of the live ones"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """从记录重建全部视图并逐行比对。 Make every view again from the record and compare every row."""
    collect_rarely()
    try:
        outcome = asyncio.run(made_again(read_settings(), swap))
    except ProjectorError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps(members(outcome), ensure_ascii=False))
    else:
        show(outcome, Console())
        if swap:
            print("已替换为重建的视图。 The rebuilt views are live.")
    if outcome.differ and not swap:
        raise typer.Exit(1)


async def made_again(settings: Settings, swap: bool = False) -> Rebuilt:
    """The views made again and compared; what came of it is kept for the console."""
    began = datetime.now(UTC)
    outcome = await make_again(settings, swap)
    parts = [{"view": name, "rows": view.rows, "differ": view.differ} for name, view in outcome.views.items()]
    await keep(settings, "rebuild", began, outcome.differ, parts)
    return outcome


def members(outcome: Rebuilt) -> dict[str, Any]:
    """As JSON: rows and differing rows by view, the first differences, the entries and the seconds that it took."""
    made: dict[str, Any] = msgspec.to_builtins(outcome)
    return made


def show(outcome: Rebuilt, console: Console) -> None:
    """A line a view, then each difference."""
    table = Table("视图 view", "行 rows", "不同 differ")
    for name, view in outcome.views.items():
        table.add_row(name, str(view.rows), str(view.differ))
    console.print(table)
    if outcome.views:
        console.print(f"重放 replayed {outcome.entries}: {outcome.replay_seconds:.1f} s")
        console.print(f"比对 compared: {outcome.compare_seconds:.1f} s")
    for difference in outcome.differences:
        console.print(sentence(difference), highlight=False, markup=False, soft_wrap=True)


def sentence(d: Difference) -> str:
    """Which row, which column, what the live view says and what the record says."""
    key = ", ".join(f"{name} {value}" for name, value in d.key.items())
    if d.column == "*":
        what = "多出的行 a row that the record does not make" if d.live else "缺少的行 a missing row"
        return f"{d.view} [{key}] {what}"
    return f"{d.view} [{key}] {d.column}: 视图 live {d.live!r}, 记录 record {d.rebuilt!r}"
