"""``huiyin deadline``: when a term ends and why, from the policy files alone; no server is asked."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from shared.deadline import BadTerm, Due, NaiveTime, Term, due
from shared.policy.calendar import SHANGHAI, ResolvedCalendar
from shared.policy.files import check_files, read_folders
from shared.ticket.words import Counted

POLICIES = Path(__file__).parent.parent / "policies"
WEEKDAYS = "一二三四五六日"


def deadline(
    start: Annotated[
        str, typer.Option(help="起算时刻,须带时区。 Start, with its time zone: 2026-09-28T16:30+08:00")
    ],
    term: Annotated[str, typer.Option(help="时限。 Term: 30min, 2h, 8wh, 7d or 5wd")],
    calendar: Annotated[str, typer.Option(help="日历。 Calendar: cn or a jurisdiction's name")] = "cn",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")] = False,
    policies: Annotated[Path, typer.Option(help="规则目录。 Folder of the policy packs")] = POLICIES,
) -> None:
    """计算期限,并逐日说明理由。 When a term ends, with every day counted or skipped and the reason."""
    counted_by = _calendar(policies, calendar)
    moment = _start(start)
    try:
        result = due(moment, Term.parse(term), counted_by)
    except NaiveTime:
        _refuse(
            f"起算时刻 {start} 没有时区,请写成 {start}+08:00",
            f"the start has no time zone: write {start}+08:00",
        )
    except BadTerm:
        _refuse(f"时限 {term!r} 不合格式,应如 30min、2h、8wh、7d、5wd", "a term is 30min, 2h, 8wh, 7d or 5wd")
    except OverflowError:
        _refuse("期限超出公元9999年", "the term ends after the year 9999")
    if as_json:
        print(json.dumps(_wire(result), ensure_ascii=False))
    else:
        _show(moment, term, calendar, result)


def _refuse(zh: str, en: str) -> NoReturn:
    typer.echo(f"{zh}。 ({en})", err=True)
    raise typer.Exit(2)


def _start(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _refuse(
            f"起算时刻 {text!r} 不合格式,应如 2026-09-28T16:30+08:00", "a start is 2026-09-28T16:30+08:00"
        )


def _calendar(folder: Path, name: str) -> ResolvedCalendar:
    """The calendar as in force now, so that a start before its first day still finds it."""
    files, errors = read_folders(sorted(path for path in folder.glob("*") if path.is_dir()), "calendar.yaml")
    known, more = check_files(files)
    for error in [*errors, *more]:
        typer.echo(str(error), err=True)
    if errors or more:
        raise typer.Exit(2)
    resolved = known.calendar(name, datetime.now(UTC))
    if resolved is None:
        names = "、".join(sorted(known.known("").calendars)) or "无"
        _refuse(f"没有日历 {name};现有:{names}", f"there is no calendar {name} in {folder}")
    return resolved


def _wire(result: Due) -> dict[str, Any]:
    trace = [_step(step) for step in result.trace]
    return {
        "due": result.due.astimezone(SHANGHAI).isoformat(),
        "provisional": result.provisional,
        "trace": trace,
    }


def _step(step: Counted) -> dict[str, Any]:
    hours = {"from": step.start, "to": step.end} if step.start else {}
    return {"day": step.day.isoformat(), "counted": step.counted, "because": step.because} | hours


def _show(start: datetime, term: str, calendar: str, result: Due) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=f"{start:%Y-%m-%d %H:%M%z} 起 {term},按 {calendar} 日历")
    for heading in ("日期 Day", "计入 Counted", "理由 Because"):
        table.add_column(heading)
    for step in result.trace:
        hours = f" {step.start}–{step.end}" if step.start else ""
        day = f"{step.day} 周{WEEKDAYS[step.day.weekday()]}{hours}"
        table.add_row(day, "✓" if step.counted else "–", step.because, style=None if step.counted else "dim")
    console = Console()
    console.print(table)
    console.print(f"期限 Due: [bold]{_due_in_words(result.due)}[/bold](Asia/Shanghai)")
    if result.provisional:
        console.print(
            "暂定:所涉年份的放假安排尚未公布。 Provisional: a year that it depends on is not published."
        )


def _due_in_words(moment: datetime) -> str:
    """Midnight is written as people write it: 24:00 of the day before."""
    local = moment.astimezone(SHANGHAI)
    if local.time() == datetime.min.time():
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
