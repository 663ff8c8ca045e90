"""A real Kafka and a real Postgres for the tests, and a corner of both for each test.

Where they come from, first match: KAFKA_BOOTSTRAP_SERVERS / DATABASE_URL; a Docker engine that answers
(testcontainers); embedded (``deploy/local``). One of each serves the whole run; a topic prefix and a database
of its own keep every test apart from the others.
"""

import asyncio
import os
import secrets
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local import kafka as embedded_kafka
from deploy.local import postgres as embedded_postgres
from deploy.local.ports import free_port
from shared.kafka import create_topics
from shared.settings import Settings
from tests.running import containers
from tests.running.services import Running


def given(name: str) -> str | None:
    """A server that the person gives, kept from the tests' services; a worker finds it where its parent put it."""
    value = os.environ.pop(name, None) or os.environ.get(f"GIVEN_{name}")
    if value:
        os.environ[f"GIVEN_{name}"] = value
    return value


GIVEN_KAFKA = given("KAFKA_BOOTSTRAP_SERVERS")
GIVEN_POSTGRES = given("DATABASE_URL")
for variable in [name for name in os.environ if name.startswith("HUIYIN_") and name != "HUIYIN_CACHE"]:
    del os.environ[variable]


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a real Kafka."""
    if GIVEN_KAFKA:
        yield GIVEN_KAFKA
    elif containers.engine_answers():
        with containers.kafka() as address:
            yield address
    else:
        with embedded_kafka.running(tmp_path_factory.mktemp("kafka")) as address:
            yield address


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Postgres's first database, for those who make databases of their own."""
    if GIVEN_POSTGRES:
        yield GIVEN_POSTGRES
    elif containers.engine_answers():
        with containers.postgres() as url:
            yield url
    else:
        with embedded_postgres.running(tmp_path_factory.mktemp("postgres")) as url:
            yield url


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The URL of an empty database that is dropped when the test ends."""
    name = f"test_{secrets.token_hex(6)}"
    yield asyncio.run(embedded_postgres.create_database(postgres, name))
    asyncio.run(embedded_postgres.drop_database(postgres, name))


@pytest.fixture
def settings(kafka: str, database: str, tmp_path: Path) -> Settings:
    """A service's settings for this test: its own topic prefix, database, folder, port and master key."""
    return Settings(
        kafka=kafka,
        database=database,
        master_key=SecretStr(b64encode(secrets.token_bytes(32)).decode()),
        data=tmp_path / "data",
        topic_prefix=f"t{secrets.token_hex(4)}-",
        port=free_port(),
    )


@pytest.fixture
def topics(settings: Settings) -> str:
    """The test's topics (``settings.topic(name)``), made empty on the broker. Gives their prefix."""
    asyncio.run(create_topics(settings))
    return settings.topic_prefix


@pytest.fixture
def running(settings: Settings, topics: str, tmp_path: Path) -> Iterator[Running]:
    """Starts services as real processes over the test's topics and database; none outlives the test."""
    with Running(settings, tmp_path) as processes:
        yield processes
