"""A past of so many tickets, one entry each: what another system would have left, with titles that a search finds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from os import urandom

from bench.stock import ACCOUNT, TEXT
from bench.system import JURISDICTION, UNITS, System
from shared.ids import command_id, ticket_id
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.sealing import TicketKey
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor, Grade, Past, Sealed

OPEN_SHARE = 12
"""One in so many is still open: 8 % (console.md §2.5's measurement had as many)."""
AT_ONCE = 5_000
YEAR = timedelta(days=365)
STREETS = ("样例大道", "阳光花园", "园区东路", "学府街", "滨河路", "新村巷", "工业一路", "文化广场")
MATTERS = ("停水", "路灯不亮", "夜间施工噪音", "垃圾清运", "井盖破损", "拖欠工资", "占道经营", "电梯故障")
GRADES: tuple[Grade | None, ...] = ("satisfied", "satisfied", "satisfied", "fairly", "dissatisfied", None)


def title(n: int) -> str:
    """``样例:阳光花园12号停水``: every street with every matter, at 97 numbers."""
    return f"样例:{STREETS[n % 8]}{n % 97 + 1}号{MATTERS[n // 8 % 8]}"


def ticket_of(n: int) -> str:
    """The id of the n-th ticket of the past."""
    return ticket_id(JURISDICTION, ACCOUNT, f"P{n}")


def past(n: int, key: TicketKey, now: datetime) -> Command:
    """The n-th: registered at its place in the last year, most of them closed within days."""
    registered = now - YEAR * ((n * 7919 % 1_000_003) / 1_000_003)
    done = None if n % OPEN_SHARE == 0 else registered + timedelta(hours=5 + n % 200)
    told = Past(
        registered_at=registered,
        due=registered + timedelta(days=7),
        answered_at=done,
        closed_at=done,
        outcome="completed" if done else None,
        grade=GRADES[n % len(GRADES)] if done else None,
        unit=f"unit_{n % UNITS}" if done or n % 3 else None,
    )
    body = c.ImportHistory(
        channel=("hotline", "wenzheng", "mini_program")[n % 3],
        account=ACCOUNT,
        external_id=f"P{n}",
        title=key.seal("title", title(n)),
        text=TEXT,
        past=told,
        demand=("help", "complaint", "consult")[n % 3],
        topic=f"topic_{n % UNITS}",
        place="east",
    )
    ticket = ticket_of(n)
    return Command(command_id(ticket, "past"), ticket, JURISDICTION, _IMPORT, "import", now, body)


_IMPORT = Actor("import", "service")


async def lay(at: System, count: int) -> None:
    """Lay in ``count`` tickets with keys of their own, so that their titles open."""
    pool = await open_pool(at.settings)
    keyring = Keyring(pool, at.settings)
    await keyring.prepare()
    now = datetime.now(UTC)
    for start in range(0, count, AT_ONCE):
        some = range(start, min(start + AT_ONCE, count))
        keys = await keyring.keys([ticket_of(n) for n in some])
        await at.lay(past(n, keys[ticket_of(n)], now) for n in some)
    await pool.close()


def supplements(tickets: int, run: str) -> Iterator[Command]:
    """Without an end: what operators add to open tickets, one after the other."""
    n = 0
    while True:
        ticket = ticket_of(n * OPEN_SHARE % tickets // OPEN_SHARE * OPEN_SHARE)
        body = c.Amend(text=Sealed(TEXT))
        actor = Actor("operator_1", "operator")
        id = command_id(ticket, f"{run}-{n}-{urandom(4).hex()}")
        yield Command(id, ticket, JURISDICTION, actor, "console", datetime.now(UTC), body)
        n += 1
