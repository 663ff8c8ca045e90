"""``huiyin status``: who is ready, how far everyone is behind, and what waits for somebody."""

import asyncio
import json
import os
from contextlib import aclosing
from typing import Annotated, Any

import asyncpg
import httpx
import msgspec
import typer
from aiokafka.errors import KafkaError
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from shared.kafka import COMMANDS, DEAD_LETTERS, EVENTS, end_of, read
from shared.settings import Settings, read_settings

BY_PORT = ("console", "intake", "ledger", "dispatch", "sla", "feedback", "projector")
"""Design §9: the console at the first port, the others behind it."""
SECONDS = 3.0
"""Within which a service, Kafka or Postgres must answer."""
POSITIONS = 'SELECT partition, "offset" FROM views.positions'
OUTBOXES = {name: f"SELECT count(*) FROM {name}.outbox" for name in ("intake", "dispatch", "sla", "feedback")}  # noqa: S608
STUCK = "SELECT count(*) FROM feedback.deliveries WHERE state = 'failed'"


class Lag(Struct, frozen=True):
    """One partition: commands in all, those not yet decided, entries not yet in the views (None: unknown)."""

    commands: int
    undecided: int
    unprojected: int | None


class Status(Struct):
    """``ready``: what is wrong by service, None where nobody answers; ``away``: what could not be asked."""

    ready: dict[str, dict[str, str] | None]
    lag: dict[int, Lag]
    outbox: dict[str, int | None]
    stuck_deliveries: int | None
    away: list[str]
    dead_letters: int | None = None
    """Records that nobody could read, of the last 90 days."""

    @property
    def well(self) -> bool:
        """Every service is ready, nothing is away."""
        return not self.away and all(wrong == {} for wrong in self.ready.values())


def status(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")] = False) -> None:
    """各服务是否就绪、滞后多少、有何积压。 Who is ready, who lags, what waits for somebody."""
    found = asyncio.run(_status(read_settings()))
    if as_json:
        print(json.dumps(msgspec.to_builtins(found, str_keys=True), ensure_ascii=False))
    else:
        _show(found)
    if not found.well:
        raise typer.Exit(1)


async def _status(settings: Settings) -> Status:
    found = Status(await _ready(settings.host), {}, {}, None, [])
    projected: dict[int, int] = {}
    try:
        connection = await asyncpg.connect(settings.database, timeout=SECONDS, command_timeout=SECONDS)
    except (OSError, asyncpg.PostgresError):
        found.away.append("postgres")
    else:
        projected = dict(await _rows(connection, POSITIONS))
        found.outbox = {name: await _count(connection, sql) for name, sql in OUTBOXES.items()}
        found.stuck_deliveries = await _count(connection, STUCK)
        await connection.close()
    try:
        async with asyncio.timeout(2 * SECONDS):
            for partition in range(settings.partitions):
                found.lag[partition] = await _lag(settings, partition, projected.get(partition))
            found.dead_letters = sum([len(some) async for some in read(settings, DEAD_LETTERS, 0, 0)])
    except (KafkaError, TimeoutError):
        found.away.append("kafka")
    return found


async def _ready(host: str) -> dict[str, dict[str, str] | None]:
    first = int(os.environ.get("HUIYIN_FIRST_PORT", "8000"))
    async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
        asked = (_wrong(client, f"http://{host}:{first + i}/readyz") for i in range(len(BY_PORT)))
        return dict(zip(BY_PORT, await asyncio.gather(*asked), strict=True))


async def _wrong(client: httpx.AsyncClient, address: str) -> dict[str, str] | None:
    try:
        wrong: dict[str, str] = (await client.get(address)).json()["wrong"]
    except (httpx.HTTPError, ValueError, KeyError):
        return None
    return wrong


async def _rows(connection: asyncpg.Connection, sql: str) -> list[Any]:
    """What a service keeps; nothing where it has not made its tables yet."""
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    except asyncpg.UndefinedTableError:
        return []


async def _count(connection: asyncpg.Connection, sql: str) -> int | None:
    return next((int(count) for (count,) in await _rows(connection, sql)), None)


async def _lag(settings: Settings, partition: int, projected: int | None) -> Lag:
    """Entries first: a command decided while they are looked at is in the count of commands that follows."""
    entries = await end_of(settings, EVENTS, partition)
    decided = -1
    if entries:
        async with aclosing(read(settings, EVENTS, partition, entries - 1, entries)) as batches:
            async for records in batches:
                decided = _decided(settings, dict(records[-1].headers)["source"])
    commands = await end_of(settings, COMMANDS, partition)
    return Lag(commands, commands - 1 - decided, None if projected is None else entries - 1 - projected)


def _decided(settings: Settings, source: bytes) -> int:
    """The command that an entry's header names; none, if the commands topic was made anew since."""
    epoch, _, offset = source.partition(b"/")
    return int(offset) if int(epoch) == settings.log_epoch else -1


def _show(found: Status) -> None:
    console = Console()
    table = Table("服务 service", "状态 state")
    for name, wrong in found.ready.items():
        state = "无应答 no answer" if wrong is None else "就绪 ready"
        table.add_row(name, "; ".join(f"{k}: {v}" for k, v in wrong.items()) if wrong else state)
    console.print(table)
    lags = Table("分区 partition", "命令 commands", "未裁决 undecided", "未入视图 unprojected")
    for partition, lag in found.lag.items():
        behind = "?" if lag.unprojected is None else str(lag.unprojected)
        lags.add_row(str(partition), str(lag.commands), str(lag.undecided), behind)
    console.print(lags)
    waiting = ", ".join(f"{name} {count}" for name, count in found.outbox.items() if count is not None)
    console.print(f"待发 outbox: {waiting or '-'}; 回告失败 stuck deliveries: {found.stuck_deliveries or 0}")
    console.print(f"死信 dead letters: {'?' if found.dead_letters is None else found.dead_letters}")
    for away in found.away:
        console.print(f"连不上 {away}。 {away} does not answer.")
