"""A system of its own for a bench: embedded Kafka and Postgres, the sample policies, and the services asked for."""

import asyncio
import secrets
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from deploy.local import kafka, postgres
from deploy.local.ports import free_port
from shared.channels.form import Account
from shared.kafka import COMMANDS, create_topics, partition_of, producer
from shared.policy.catalogue import Catalogue, Place, Rule, Topic
from shared.policy.documents import Body
from shared.policy.record import publish
from shared.policy.units import Handler, Unit, Units
from shared.settings import Settings
from shared.ticket.commands import Command, write
from shared.ticket.words import Actor
from tests.running.services import Running
from tests.sample import calendar, document, surveys, terms

JURISDICTION = "sample"
UNITS = 16
BATCH_BYTES = 400_000
"""Of one request when commands are laid in beforehand; the topic takes half a megabyte."""


def bodies() -> list[Body]:
    """Sixteen units, each with a topic of its own; no contact record asked for, as the lifecycle has none."""
    units = [
        Unit(f"unit_{n}", f"样例单位{n}", f"Sample unit {n}", "department", None, _handlers(n))
        for n in range(UNITS)
    ]
    topics = [Topic(f"topic_{n}", f"样例事项{n}", f"Sample topic {n}") for n in range(UNITS)]
    rules = [Rule(f"rule_{n}", f"topic_{n}", f"unit_{n}") for n in range(UNITS)]
    places = (Place("east", "东片"),)
    catalogue = Catalogue(tuple(topics), places, tuple(rules))
    return [calendar(), Units(tuple(units)), catalogue, terms(), surveys(contact_required=False)]


def _handlers(unit: int) -> tuple[Handler, ...]:
    return tuple(Handler(f"handler_{unit}_{n}", f"样例经办人{n}") for n in range(3))


class System:
    """What a bench has at hand."""

    def __init__(self, settings: Settings, running: Running) -> None:
        self.settings = settings
        self.running = running

    async def lay(self, commands: Iterable[Command]) -> int:
        """Append commands to their partitions as fast as the broker takes them; how many."""
        sender = producer(self.settings, max_batch_size=BATCH_BYTES)
        await sender.start()
        batches = {p: sender.create_batch() for p in range(self.settings.partitions)}
        count = 0
        for command in commands:
            partition = partition_of(command.ticket, self.settings.partitions)
            line = {"timestamp": None, "key": command.ticket.encode(), "value": write(command)}
            if batches[partition].append(**line) is None:
                await self._send(sender, batches, partition)
                batches[partition].append(**line)
            count += 1
        for partition in batches:
            await self._send(sender, batches, partition)
        await sender.stop()
        return count

    async def _send(self, sender: AIOKafkaProducer, batches: dict[int, object], partition: int) -> None:
        batch = batches[partition]
        batch.close()  # type: ignore[attr-defined]
        await (await sender.send_batch(batch, self.settings.topic(COMMANDS), partition=partition))
        batches[partition] = sender.create_batch()

    async def publish(self) -> None:
        """The sample policies in every partition; the ledger must run."""
        documents = [document(body) for body in bodies()]
        for reached in await publish(self.settings, documents, Actor("bench", "service")):
            assert not reached.refused, reached.refused


@asynccontextmanager
async def system(accounts: Iterable[Account] = ()) -> AsyncIterator[System]:
    """Everything from nothing in a folder that goes with it; a process a service, ended with the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-bench-")))
        address = await asyncio.to_thread(stack.enter_context, kafka.running(folder / "kafka"))
        url = await asyncio.to_thread(stack.enter_context, postgres.running(folder / "postgres"))
        channels = folder / "channels.yaml"
        channels.write_bytes(msgspec.yaml.encode({"accounts": list(accounts)}))
        channels.chmod(0o600)
        settings = Settings(
            kafka=address,
            database=await postgres.create_database(url, "huiyin"),
            master_key=SecretStr(b64encode(secrets.token_bytes(32)).decode()),
            data=folder / "data",
            port=free_port(),
            channels=channels,
        )
        await create_topics(settings)
        yield System(settings, stack.enter_context(Running(settings, folder)))


def told(text: str) -> None:
    """Progress, beside the figures."""
    print(text, file=sys.stderr, flush=True)
