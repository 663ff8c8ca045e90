"""Kafka or Postgres away: people are told at once, nothing is recorded, and all goes on when they are back."""

import asyncio
import secrets
import shutil
import signal
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import mkdtemp

import httpx
import pytest
from pydantic import SecretStr

from deploy.local import kafka as embedded_kafka
from deploy.local import postgres as embedded_postgres
from deploy.local import processes
from shared.kafka import create_topics
from shared.settings import Settings
from tests.running.services import Running, Service
from tests.sample import documents, publish
from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.citizens import AtThePage, at_the_page, code_of, number_of
from tests.services.console.people import DEMAND, SURVEYING, WAIT, Crew, House, Person, tell


@dataclass
class Fragile:
    """A house of its own, whose broker can be stopped where it is and whose Postgres can be ended; citizens at it."""

    house: House
    broker: Popen[bytes]
    postgres: Path
    ledger: Service
    windows: ExitStack


@pytest.fixture
def fragile() -> Iterator[Fragile]:
    folder = Path(mkdtemp(prefix="huiyin-away-"))
    folder.chmod(0o755)
    broker = embedded_kafka.broker(folder / "kafka")
    process = processes.start(broker.command, folder / "kafka.log")
    asyncio.run(embedded_kafka.answers(broker.address, folder / "kafka.log"))
    database = embedded_postgres.start(folder / "postgres")
    settings = Settings(
        kafka=broker.address,
        database=database,
        master_key=SecretStr(b64encode(secrets.token_bytes(32)).decode()),
        data=folder / "data",
    )
    asyncio.run(create_topics(settings))
    with Running(settings, folder) as running, ExitStack() as windows:
        ledger, _, console = running.start_all("ledger", "projector", "console")
        asyncio.run(tell(settings, *[publish(document) for document in documents()]))
        house = House(settings, console.address)
        yield Fragile(house, process, folder / "postgres", ledger, windows)
        house.close()
        processes.signal_group(process.pid, signal.SIGCONT)
    processes.stop(process)
    embedded_postgres.stop(folder / "postgres")
    shutil.rmtree(folder)


def until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.1)


def post(person: Person, key: str) -> httpx.Response:
    return person.http.post("/api/tickets", json=DEMAND, headers={**WAIT, "Idempotency-Key": key})


async def test_a_person_is_told_at_once_that_kafka_is_away_and_tries_again_later(fragile: Fragile) -> None:
    citizen, seen = await about_to_rate(fragile)
    operator = await fragile.house.person("operator")
    before = operator.registers("before").json()["ticket"]
    operator.reads(f"/api/tickets/{before}")
    file = uploaded(operator, before)
    processes.signal_group(fragile.broker.pid, signal.SIGSTOP)
    started = time.monotonic()
    answer = post(operator, "during")
    assert time.monotonic() - started < 3
    assert (answer.status_code, answer.json()["code"]) == (503, "kafka_away")
    assert "没有记录" in answer.json()["detail"]
    assert answer.headers["retry-after"]
    assert looked(operator, before) == (503, "kafka_away")
    assert opened(operator, file) == (503, "kafka_away")
    told = rates(citizen, seen)
    assert all(word in told for word in ("还没有提交", "答复内容暂时读不到", "checked"))
    assert operator.http.get("/api/tickets").status_code == 200
    processes.signal_group(fragile.broker.pid, signal.SIGCONT)
    until(lambda: post(operator, "during").status_code == 201)
    numbers = {post(operator, "during").json()["after"]["number"] for _ in range(3)}
    assert len(numbers) == 1
    assert "已办结" in citizen.sends_as_seen("rating", seen, **RATING).text


RATING = {"solved": "yes", "grade": "satisfied", "words": "样例:写了很久"}


async def about_to_rate(fragile: Fragile) -> tuple[AtThePage, dict[str, str]]:
    """A citizen before the form, and what is hidden in it."""
    operator, water = await fragile.house.person("operator"), await fragile.house.person("unit", "water")
    crew = Crew(operator, water, water).steps(*SURVEYING)
    citizen = fragile.windows.enter_context(at_the_page(fragile.house))
    assert citizen.enters(number_of(crew), await code_of(fragile.house, crew.ticket)).status_code == 303
    return citizen, citizen.hidden()


def rates(citizen: AtThePage, seen: dict[str, str]) -> str:
    """What a citizen gets meanwhile; what was written must be there."""
    answer = citizen.sends_as_seen("rating", seen, **RATING)
    assert answer.status_code == 503
    assert "样例:写了很久</textarea>" in answer.text
    return answer.text


def looked(person: Person, ticket: str) -> tuple[int, str]:
    """What somebody gets who asks to see the demand's text; it must not be the text."""
    answer = person.does(ticket, "look", fields=["text"], purpose="inquiry")
    assert DEMAND["text"] not in answer.text
    return answer.status_code, answer.json()["code"]


def uploaded(person: Person, ticket: str) -> str:
    """Where a file of the ticket is opened."""
    answer = person.http.post(f"/api/tickets/{ticket}/files", content=b"%PDF-1.7 sample", headers=person.seen)
    return f"/api/tickets/{ticket}/files/{answer.json()['digest']}"


def opened(person: Person, file: str) -> tuple[int, str]:
    """What somebody gets who asks to see the file; it must not be the file."""
    answer = person.http.post(file, json={"purpose": "inquiry"})
    assert b"%PDF" not in answer.content
    return answer.status_code, answer.json()["code"]


async def test_a_look_that_no_ledger_records_opens_nothing(fragile: Fragile) -> None:
    operator = await fragile.house.person("operator")
    ticket = operator.registers("before").json()["ticket"]
    file = uploaded(operator, ticket)
    fragile.ledger.freeze()
    assert looked(operator, ticket) == (503, "look_not_recorded")
    assert opened(operator, file) == (503, "look_not_recorded")
    fragile.ledger.thaw()


async def test_a_person_is_told_that_postgres_is_away_and_goes_on_when_it_is_back(fragile: Fragile) -> None:
    operator = await fragile.house.person("operator")
    assert operator.registers("before").status_code == 201
    citizen, seen = await about_to_rate(fragile)
    embedded_postgres.stop(fragile.postgres)
    for answer in (operator.http.get("/api/tickets"), post(operator, "during")):
        assert (answer.status_code, answer.json()["code"]) == (503, "postgres_away")
        assert answer.headers["retry-after"]
    page = operator.http.get("/tickets", headers={"Cookie": "huiyin_login=some"})
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "数据库暂不可用,本次操作没有记录" in page.text
    assert "您的工单不受影响" in rates(citizen, seen)
    assert citizen.http.get("/t/progress").status_code == citizen.enters("1", "2").status_code == 503
    embedded_postgres.start(fragile.postgres)
    until(lambda: post(operator, "during").status_code == 201)
    until(lambda: len(operator.http.get("/api/tickets").json().get("tickets", [])) == 3)
    assert "已办结" in citizen.sends_as_seen("rating", seen, **RATING).text
    assert operator.reads("/api/tickets")["next"] is None


async def test_what_was_typed_on_a_page_is_kept_while_postgres_is_away(fragile: Fragile) -> None:
    operator = await fragile.house.person("operator")
    ticket = operator.registers("page").json()["ticket"]
    name = await with_password(fragile.house, operator)
    with httpx.Client(base_url=fragile.house.address, trust_env=False, timeout=30) as browser:
        browser.post("/login", data={"name": name, "password": PASSWORD})
        page = browser.get(f"/tickets/{ticket}?token={operator.seen['View-Token']}").text
        form = {
            "text": "样例:写了很久",
            "_key": "once",
            "_csrf": page.partition('name="_csrf" value="')[2][:64],
        }
        embedded_postgres.stop(fragile.postgres)
        answer = browser.post(f"/tickets/{ticket}/amend", data=form)
        assert (answer.status_code, "样例:写了很久" in answer.text) == (503, True)
        embedded_postgres.start(fragile.postgres)
        until(lambda: browser.post(f"/tickets/{ticket}/amend", data=form).status_code == 303)
        browser.post(f"/tickets/{ticket}/amend", data=form)
    until(lambda: supplements(operator, ticket) > 0)
    assert supplements(operator, ticket) == 1


def supplements(person: Person, ticket: str) -> int:
    answer = person.asks(f"/api/tickets/{ticket}/timeline")
    return answer.text.count('"Supplemented"') if answer.is_success else 0
