"""The live table: each channel's figures, the last happenings, and where everything is."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from demo import figures, history
from demo.accounts import CHANNELS_ZH, DISTRICTS
from demo.figures import COLUMNS, Board, Row
from demo.happenings import Happening, Happenings
from demo.people import Login, Person
from shared.channels.wording import SHANGHAI

FEWEST, MOST, BESIDES = 3, 10, 18
"""Happenings below the table, as many as the terminal's height leaves room for beside all other lines."""
WIDE = 104
"""Columns of a terminal that has room for headings in both languages."""
PLAIN_EVERY = 10.0
"""Seconds between two lines where nobody looks at a terminal."""


async def show(
    console: Console, readers: Mapping[str, Person], happenings: Happenings, where: Mapping[str, str]
) -> None:
    """Show the board, for ever: live in a terminal, else a line every ten seconds.

    where   label → address, at the foot of the table
    """
    if not console.is_terminal:
        told: dict[str, str] = {}
        while True:
            for label, address in where.items() - told.items():
                console.print(f"{label} {address}", soft_wrap=True, highlight=False)
            told = dict(where)
            console.print(_line(await figures.read(readers)), soft_wrap=True, highlight=False)
            await asyncio.sleep(PLAIN_EVERY)
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while True:
            board = await figures.read(readers)
            live.update(_screen(console, board, happenings, where), refresh=True)
            await asyncio.sleep(1)


def _screen(console: Console, board: Board, happenings: Happenings, where: Mapping[str, str]) -> Group:
    shown = min(MOST, max(FEWEST, console.height - BESIDES))
    return Group(
        _table(board, console.width >= WIDE),
        Text(_quarter(board), "green" if board.imported_on_time else "red"),
        *_last(happenings, shown),
        *(Text.assemble((f"{label} ", "bold"), address, overflow="fold") for label, address in where.items()),
    )


def _table(board: Board, wide: bool) -> Table:
    now = datetime.now(SHANGHAI)
    title = f"Huiyin 回音 · 件件有回音 · 北京时间 {now:%H:%M:%S}"
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("渠道\nchannel" if wide else "渠道", no_wrap=True)
    for name, zh in COLUMNS.items():
        table.add_column(f"{zh}\n{name}" if wide else zh, justify="right", min_width=4)
    table.add_column("按期\non time" if wide else "按期", justify="right", min_width=6)
    for row in board.today:
        table.add_row(f"{DISTRICTS[row.jurisdiction]} {CHANNELS_ZH[row.channel]}", *_cells(row))
    table.add_section()
    table.add_row("合计 total" if wide else "合计", *_cells(_total(board)), style="bold")
    return table


def _cells(row: Row) -> Iterator[Text]:
    for name in COLUMNS:
        count = row.counts[name]
        bad = name == "overdue" and count > 0
        yield Text(f"{count:,}", "bold white on red" if bad else "" if count else "dim")
    yield Text(f"{100 * row.on_time / row.on_time_of:.1f}%" if row.on_time_of else "–")


def _total(board: Board) -> Row:
    counts = {name: sum(row.counts[name] for row in board.today) for name in COLUMNS}
    on_time = sum(row.on_time for row in board.today)
    return Row("", "", counts, on_time, sum(row.on_time_of for row in board.today))


def _quarter(board: Board) -> str:
    """3,045 and what it is the sum of."""
    parts = " + ".join(f"{CHANNELS_ZH[row.channel]} {row.counts['received']:,}" for row in board.quarter)
    of, on_time = sum(row.on_time_of for row in board.quarter), sum(row.on_time for row in board.quarter)
    rate = f"{100 * on_time / of:.0f}%" if of else "–"
    days = f"{history.FROM:%Y-%m-%d}–{history.TO:%m-%d}"
    return f"历史导入 history {days}(日期为样例): {parts} = {board.imported:,} 件,按期办结率 {rate}"


def _last(happenings: Happenings, shown: int) -> Iterator[Text]:
    last = list(happenings.last)[-shown:]
    for one in [*last, *[None] * (shown - len(last))]:
        yield _happening(one) if one else Text("")


def _happening(one: Happening) -> Text:
    said = f"{one.at:%H:%M:%S} {one.ticket:<16} {one.account:<15} {one.what}"
    return Text(said, "red" if one.bad else "", no_wrap=True, overflow="ellipsis")


def _line(board: Board) -> str:
    total = _total(board)
    counts = " ".join(f"{zh} {total.counts[name]}" for name, zh in COLUMNS.items())
    return f"{datetime.now(SHANGHAI):%H:%M:%S} {counts} | {_quarter(board)}"


def box_of_logins(console: Console, people: Iterable[Login], file: Path) -> None:
    """The logins above the table, in a box where there is room for one: who, the password, the token for the API."""
    told = f"各承办单位的账号在 {file}。 (the units' logins are in that file)"
    if console.width < WIDE:
        for one in people:
            console.print(f"{one.account.id}  密码 password: {one.password}", soft_wrap=True, highlight=False)
        console.print(f"接口令牌 tokens: {file}", soft_wrap=True, highlight=False)
        return console.print(told, soft_wrap=True, highlight=False)
    table = Table(title="账号 logins", box=box.ROUNDED)
    table.add_column("账号 account", no_wrap=True)
    table.add_column("密码 password", no_wrap=True)
    table.add_column("接口令牌 Authorization: Bearer …", no_wrap=True)
    for one in people:
        table.add_row(one.account.id, one.password, one.token)
    console.print(table)
    return console.print(told, highlight=False)
