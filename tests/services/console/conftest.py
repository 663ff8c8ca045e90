"""One running house for all of the console's tests; each brings its own people and tickets."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from deploy.local.postgres import create_database, drop_database
from shared.kafka import create_topics
from shared.settings import Settings
from tests.running.services import Running
from tests.sample import documents, publish
from tests.services.console.people import Crew, House, tell


@pytest.fixture(scope="session")
def house(kafka: str, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    name = f"test_{secrets.token_hex(6)}"
    settings = Settings(
        kafka=kafka,
        database=asyncio.run(create_database(postgres, name)),
        master_key=SecretStr(b64encode(secrets.token_bytes(32)).decode()),
        data=folder / "data",
        topic_prefix=f"t{secrets.token_hex(4)}-",
    )
    asyncio.run(create_topics(settings))
    with Running(settings, folder) as running:
        *_, console = running.start_all("ledger", "projector", "console")
        asyncio.run(tell(settings, *[publish(document) for document in documents()]))
        house = House(settings, console.address)
        yield house
        house.close()
    asyncio.run(drop_database(postgres, name))


@pytest.fixture
async def crew(house: House) -> Crew:
    """An operator, the unit water and the unit road."""
    return await house.crew()
