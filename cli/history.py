"""``huiyin import``: another system's tickets with their whole past, one entry each (design §3 point 14)."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from aiokafka import AIOKafkaProducer

from shared.entry import Entry
from shared.history import BadLine, Line, imported, read_lines
from shared.ids import ticket_id
from shared.kafka import partition_of, producer, send_command
from shared.keys import Keyring
from shared.outcomes import Outcomes
from shared.phones import PhoneBook
from shared.postgres import open_pool
from shared.settings import Settings, read_settings

AT_ONCE = 200
"""Lines sealed and sent before their entries are awaited."""
PATIENCE = 60.0
"""Seconds within which the ledger must have decided a line."""


def import_history(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines,每行一件历史工单。 One ticket a line", exists=True)
    ],
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", "-j", help="辖区。 Whose tickets they are")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")] = False,
) -> None:
    """导入历史工单:整份文件先检查,有一行不对就一件也不导入。 Import history, all lines or none."""
    try:
        lines = read_lines(file.read_bytes())
    except BadLine as error:
        typer.echo(f"{file}: {error}; 一件也没有导入。 (nothing was imported)", err=True)
        raise typer.Exit(2) from None
    outcome = asyncio.run(bring_in(read_settings(), jurisdiction, lines))
    if as_json:
        print(json.dumps(outcome, ensure_ascii=False))
    else:
        for what, count in sorted(outcome.items()):
            typer.echo(f"{count:>8}  {what}")
    raise typer.Exit(0 if set(outcome) <= {"imported", "repeated"} else 1)


async def bring_in(settings: Settings, jurisdiction: str, lines: Sequence[Line]) -> dict[str, int]:
    """How many lines came to what: imported, repeated (imported before), or a refusal's code."""
    pool = await open_pool(settings)
    outcomes, sender = Outcomes(settings, pool), producer(settings)
    keyring, phones = Keyring(pool, settings), PhoneBook(pool, settings)
    await keyring.prepare()
    await sender.start()
    following = asyncio.create_task(outcomes.follow())
    counted: Counter[str] = Counter()
    try:
        await outcomes.placed(following)
        for some in _parts(lines):
            counted.update(await _bring_some(settings, jurisdiction, some, keyring, phones, sender, outcomes))
    finally:
        following.cancel()
        await sender.stop()
        await pool.close()
    return dict(counted)


async def _bring_some(
    settings: Settings,
    jurisdiction: str,
    lines: Sequence[Line],
    keyring: Keyring,
    phones: PhoneBook,
    sender: AIOKafkaProducer,
    outcomes: Outcomes,
) -> list[str]:
    ids = [ticket_id(jurisdiction, line.account, line.external_id) for line in lines]
    keys = await keyring.keys(ids)
    told = ((id, line.citizen.phone) for id, line in zip(ids, lines, strict=True) if line.citizen)
    await phones.file(jurisdiction, [(id, phone) for id, phone in told if phone])
    now = datetime.now(UTC)
    commands = [imported(line, jurisdiction, keys[id], now) for line, id in zip(lines, ids, strict=True)]
    sent = await asyncio.gather(
        *(
            send_command(sender, settings, c, [], partition_of(c.ticket, settings.partitions))
            for c in commands
        )
    )
    entries = await asyncio.gather(*(outcomes.of(partition, source, PATIENCE) for partition, source in sent))
    return [_came_to(entry) for entry in entries]


def _came_to(entry: Entry | None) -> str:
    if entry is None:
        return "undecided"
    if entry.refusal:
        return entry.refusal.code
    return "repeated" if entry.repeat_of is not None else "imported"


def _parts(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    for start in range(0, len(lines), AT_ONCE):
        yield lines[start : start + AT_ONCE]
