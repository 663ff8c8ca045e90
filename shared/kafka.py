"""Kafka as Huiyin uses it: the topics (design §2), the one kind of producer, and reading a partition by offsets."""

from collections.abc import AsyncGenerator

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2
from aiokafka.structs import ConsumerRecord

from shared.settings import Settings
from shared.ticket.commands import Command, write

COMMANDS = "ticket-commands"
EVENTS = "ticket-events"
DEAD_LETTERS = "dead-letters"

DAY_MS = 24 * 3600 * 1000
TOPICS: dict[str, dict[str, str]] = {
    COMMANDS: {
        "retention.ms": str(30 * DAY_MS),
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(512 * 1024),
    },
    EVENTS: {"retention.ms": "-1", "retention.bytes": "-1", "max.message.bytes": str(4 * 1024 * 1024)},
    DEAD_LETTERS: {"retention.ms": str(90 * DAY_MS), "max.message.bytes": str(1024 * 1024)},
}
CLUSTER = {"min.insync.replicas": "2", "unclean.leader.election.enable": "false"}
"""With replicas: an acknowledged entry is on two brokers, and one that lags behind never becomes the leader."""
READ_BYTES = 2 * 1024 * 1024
PRODUCE_BYTES = 3 * 1024 * 1024
"""Largest request of a producer: above an entry's limit, below the topic's."""


async def create_topics(settings: Settings, replication: int = 1) -> None:
    """Make the topics that are missing; those that exist are left as they are."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    try:
        wanted = [
            NewTopic(
                settings.topic(name),
                1 if name == DEAD_LETTERS else settings.partitions,
                replication,
                topic_configs={**config, **(CLUSTER if replication > 1 else {})},
            )
            for name, config in TOPICS.items()
        ]
        response = await admin.create_topics(wanted)
        for _topic, code, *_ in response.topic_errors:
            if code and not issubclass(for_code(code), TopicAlreadyExistsError):
                raise for_code(code)(_topic)
    finally:
        await admin.close()


def producer(settings: Settings, **options: object) -> AIOKafkaProducer:
    """An idempotent producer that waits for every replica in sync; start it before use, stop it after."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka,
        enable_idempotence=True,
        acks="all",
        max_request_size=PRODUCE_BYTES,
        **options,
    )


def partition_of(ticket: str, partitions: int) -> int:
    """The partition of a ticket's commands and entries: the murmur2 that every Kafka client uses for keys."""
    return int((murmur2(ticket.encode()) & 0x7FFFFFFF) % partitions)


async def send_command(
    sender: AIOKafkaProducer,
    settings: Settings,
    command: Command,
    headers: list[tuple[str, bytes]],
    partition: int | None = None,
) -> tuple[int, int]:
    """Append a command and await the brokers; gives its (partition, offset), which is its entry's source.

    headers     traceparent and the like; the CloudEvents attributes are added
    partition   only for policies, which go to every one
    """
    at = partition if partition is not None else partition_of(command.ticket, settings.partitions)
    kind = type(command.body).__name__
    attributes = [
        ("ce_specversion", b"1.0"),
        ("ce_id", command.id.encode()),
        ("ce_source", f"huiyin/{command.issuer}".encode()),
        ("ce_type", f"huiyin.ticket.{kind}".encode()),
        ("content-type", b"application/json"),
    ]
    done = await sender.send_and_wait(
        settings.topic(COMMANDS),
        write(command),
        key=command.ticket.encode(),
        partition=at,
        headers=attributes + headers,
    )
    return at, done.offset


async def read(
    settings: Settings, topic: str, partition: int, start: int, end: int | None = None
) -> AsyncGenerator[list[ConsumerRecord], None]:
    """The records of one partition from offset ``start`` up to ``end`` (exclusive; now's end if None), in batches.

    Offsets that retention or batches left out are passed over. Whoever may stop early closes it (``aclosing``).
    """
    at = TopicPartition(settings.topic(topic), partition)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        auto_offset_reset="none",
        enable_auto_commit=False,
        max_partition_fetch_bytes=READ_BYTES,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        consumer.assign([at])
        if end is None:
            end = (await consumer.end_offsets([at]))[at]
        start = max(start, (await consumer.beginning_offsets([at]))[at])
        consumer.seek(at, start)
        while start < end:
            records = (await consumer.getmany(at, timeout_ms=500)).get(at, [])
            if records:
                start = records[-1].offset + 1
                yield records if start <= end else [r for r in records if r.offset < end]
    finally:
        await consumer.stop()


async def end_of(settings: Settings, topic: str, partition: int) -> int:
    """The offset that the next record of a partition will get."""
    at = TopicPartition(settings.topic(topic), partition)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        return int((await consumer.end_offsets([at]))[at])
    finally:
        await consumer.stop()
