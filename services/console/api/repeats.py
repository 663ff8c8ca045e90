"""Whether an Idempotency-Key that comes again brings the form that it brought first."""

from contextlib import aclosing

from aiokafka.errors import KafkaError

from services.console.asking.forms import Action
from services.console.desk import Desk, kafka_away
from services.console.freshness import Token
from shared.kafka import COMMANDS, read
from shared.ticket.commands import Command, read_command
from shared.ticket.words import Sealed


async def is_same(desk: Desk, asked: Action, command: Command, first_at: Token) -> bool:
    """Compare the form with the first command of that id, which lies in its topic where the repeat's entry points.

    Sealing differs each time, so the first one's texts are opened. True too once the topic has let it go (after
    30 days). Raises Problem 503 if Kafka is away.
    """
    first = await _first(desk, command.id, first_at)
    if first is None:
        return True
    key = await desk.keyring.key(command.ticket)

    def as_before(field: str, text: str) -> Sealed:
        was: Sealed | None = getattr(first.body, field)
        return was if was is not None and key.open(field, was) == text else Sealed("")

    return asked.command(as_before) == first.body


async def _first(desk: Desk, id: str, at: Token) -> Command | None:
    reading = read(desk.settings, COMMANDS, at.partition, at.source, at.source + 1)
    try:
        async with aclosing(reading) as batches:
            found = [read_command(record.value) async for batch in batches for record in batch]
    except KafkaError:
        raise kafka_away() from None
    return next((command for command in found if command.id == id), None)
