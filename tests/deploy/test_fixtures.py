"""What every test can ask for: a corner of a real Kafka and of a real Postgres."""

import os

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from shared.settings import Settings


async def test_the_topics_of_a_test_exist_and_are_its_own(settings: Settings, topics: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    described = await admin.describe_topics(
        [f"{topics}{name}" for name in ("ticket-commands", "ticket-events", "dead-letters")]
    )
    await admin.close()
    assert [len(topic["partitions"]) for topic in described] == [4, 4, 1]


async def test_the_database_of_a_test_is_empty(database: str) -> None:
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()


def test_no_setting_of_the_person_who_runs_the_tests_reaches_them() -> None:
    assert [name for name in os.environ if name.startswith("HUIYIN_") and name != "HUIYIN_CACHE"] == []
