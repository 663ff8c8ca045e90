"""Commands into a real topic, and what the record then says of them."""

from collections.abc import Sequence

from shared.entry import Entry, Follower, read_entry
from shared.kafka import COMMANDS, EVENTS, end_of, partition_of, producer, read, send_command
from shared.settings import Settings
from shared.ticket.commands import Command, write
from tests.sample import Story, documents, publish, register


async def publish_sample(settings: Settings) -> None:
    """The sample policies, in every partition."""
    sender = producer(settings)
    await sender.start()
    for document in documents():
        for partition in range(settings.partitions):
            await send_command(sender, settings, publish(document), [], partition)
    await sender.stop()


def demands(count: int, start: int = 0) -> list[Command]:
    """That many registrations, each of its own ticket."""
    story = Story(policies=[])
    return [
        story.command(register(f"A{n}"), ticket=f"t-{n}", id=f"register-{n}")
        for n in range(start, start + count)
    ]


async def send(settings: Settings, commands: Sequence[Command]) -> None:
    """Append commands and await the brokers."""
    sender = producer(settings, linger_ms=5)
    await sender.start()
    sent = [
        await sender.send(
            settings.topic(COMMANDS),
            write(command),
            key=command.ticket.encode(),
            partition=partition_of(command.ticket, settings.partitions),
        )
        for command in commands
    ]
    for future in sent:
        await future
    await sender.stop()


async def asked(settings: Settings) -> int:
    """How many commands the topic holds."""
    return sum([await end_of(settings, COMMANDS, p) for p in range(settings.partitions)])


async def counted(settings: Settings) -> list[Entry]:
    """The entries that count, in every partition from its beginning; Follower raises if there is a gap."""
    entries = []
    for partition in range(settings.partitions):
        follower = Follower.at_start("ticket", partition)
        async for records in read(settings, EVENTS, partition, 0):
            entries += [read_entry(r.value) for r in records if follower.counts(r.headers, r.value)]
    return entries


async def appended(settings: Settings) -> int:
    """How many records the events topic holds, counted or not."""
    return sum([await end_of(settings, EVENTS, p) for p in range(settings.partitions)])
