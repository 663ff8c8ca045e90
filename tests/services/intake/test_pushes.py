"""Pushes over HTTP: what is accepted, what is refused, and that a repeat meets the first."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
from msgspec.structs import replace

from shared.ids import ticket_id
from shared.keys import Keyring
from shared.phones import PhoneBook
from shared.postgres import open_pool
from shared.ticket.commands import Register, read_command
from shared.ticket.events import Registered, Supplemented
from tests.sample import SAMPLE
from tests.services.intake.conftest import HOTLINE, WECHAT, Edge, recorded
from tests.services.ledger.record import asked


def now() -> datetime:
    return datetime.now(UTC)


def order(number: str = "GD0001", text: str = "样例", **extra: object) -> bytes:
    return json.dumps(HOTLINE.one(number, text, extra), ensure_ascii=False).encode()


async def pushed(edge: Edge, body: bytes) -> httpx.Response:
    return await edge.push(HOTLINE.push(body, at=now(), nonce=uuid4().hex))


async def test_an_order_gets_its_number_and_lies_sealed_in_the_record(edge: Edge) -> None:
    body = order(text="家门口没有路灯(样例)", caller={"phone": "13800000000"})
    answer = await pushed(edge, body)
    assert answer.status_code == 200
    (entry,) = await recorded(edge.settings)
    assert entry.after is not None
    assert answer.json()["ticketNo"] == entry.after.number
    assert answer.json()["ticket"] == entry.ticket == ticket_id(SAMPLE, "city-12345", "GD0001")
    assert b"13800000000" not in bytes(entry.command)
    command = read_command(bytes(entry.command))
    assert isinstance(command.body, Register)
    pool = await open_pool(edge.settings)
    key = await Keyring(pool, edge.settings).key(entry.ticket)
    assert await PhoneBook(pool, edge.settings).tickets(SAMPLE, "138-0000-0000") == [entry.ticket]
    assert await PhoneBook(pool, edge.settings).tickets("elsewhere", "13800000000") == []
    await pool.close()
    assert key.open("text", command.body.text) == "家门口没有路灯(样例)"
    assert command.body.citizen is not None
    assert json.loads(key.open("citizen", command.body.citizen))["phone"] == "13800000000"


async def test_the_same_order_a_thousand_times_at_once_is_one_ticket_with_identical_answers(
    edge: Edge,
) -> None:
    answers = await asyncio.gather(*(pushed(edge, order()) for _ in range(1000)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    entries = await recorded(edge.settings)
    assert sum(1 for entry in entries if entry.events) == 1
    assert len({entry.ticket for entry in entries}) == 1


async def test_a_resend_with_other_content_supplements_the_same_ticket(edge: Edge) -> None:
    first, again = await pushed(edge, order(text="样例一")), await pushed(edge, order(text="样例二"))
    assert first.json() == again.json()
    events = [type(event) for entry in await recorded(edge.settings) for event in entry.events]
    assert events == [Registered, Supplemented]


async def test_a_replayed_request_is_refused_and_only_counted(edge: Edge) -> None:
    request = HOTLINE.push(order(), at=now(), nonce=uuid4().hex)
    assert (await edge.push(request)).status_code == 200
    replayed = await edge.push(request)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "replayed_nonce")
    assert len(await recorded(edge.settings)) == 1
    counted = 'huiyin_intake_refused_total{account="city-12345",code="replayed_nonce"}'
    assert await edge.metric(counted) == 1


async def test_a_nonce_is_remembered_when_intake_dies_and_starts_again(edge: Edge) -> None:
    request = HOTLINE.push(order(), at=now(), nonce=uuid4().hex)
    assert (await edge.push(request)).status_code == 200
    edge.service.kill()
    await asyncio.to_thread(edge.service.start)
    await asyncio.to_thread(edge.service.wait_until_ready)
    replayed = await edge.push(request)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "replayed_nonce")
    assert len(await recorded(edge.settings)) == 1


async def test_what_is_not_from_the_account_is_401_with_its_code(edge: Edge) -> None:
    forged = await edge.push(HOTLINE.forged(HOTLINE.push(order(), at=now())))
    stale = await edge.push(HOTLINE.push(order(), at=now() - timedelta(minutes=6)))
    nobody = await edge.push(HOTLINE.push(order(), at=now(), key=-1))
    answers = [(answer.status_code, answer.json()["code"]) for answer in (forged, stale, nobody)]
    assert answers == [(401, "wrong_signature"), (401, "stale_timestamp"), (401, "unknown_key")]
    assert await recorded(edge.settings) == []


async def test_one_bad_order_never_spoils_its_neighbours(edge: Edge) -> None:
    good, unknown = HOTLINE.one("GD0001", "样例"), HOTLINE.one("GD0002", "样例", {"xyz": 1})
    topic = HOTLINE.one("GD0003", "样例", {"topic": "no_such_topic"})
    large = HOTLINE.one("GD0004", "水" * 80_000)
    torn = HOTLINE.one("GD0005", "TORN")
    orders = [good, unknown, topic, large, torn, HOTLINE.one("GD0006", "样例")]
    body = json.dumps({"orders": orders}, ensure_ascii=False).encode().replace(b"TORN", b"\xe9\x97")
    answer = await pushed(edge, body)
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [(one["id"], one.get("code")) for one in results] == [
        ("GD0001", None),
        ("GD0002", "unknown_field"),
        ("GD0003", "unknown_topic"),
        ("GD0004", "command_too_large"),
        ("GD0005", "broken_text"),
        ("GD0006", None),
    ]
    assert results[1]["field"] == "orders[1].xyz"
    assert "no_such_topic" in results[2]["detail"]


async def test_a_batch_of_500_orders_gets_500_numbers(edge: Edge) -> None:
    orders = [HOTLINE.one(f"GD{n:04}", "样例") for n in range(500)]
    answer = await pushed(edge, json.dumps({"orders": orders}).encode())
    numbers = {one["ticketNo"] for one in answer.json()["results"]}
    assert (answer.status_code, len(numbers)) == (200, 500)


async def test_5_mb_are_413(edge: Edge) -> None:
    answer = await pushed(edge, b" " * 5_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_an_order_whose_command_would_pass_256_kib_is_413_and_never_asked_of_the_ledger(
    edge: Edge,
) -> None:
    before = await asked(edge.settings)
    answer = await pushed(edge, order(text="水" * 80_000))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert answer.json()["code"] == "command_too_large"
    assert await asked(edge.settings) == before


async def test_what_cannot_be_read_is_a_problem(edge: Edge) -> None:
    answer = await pushed(edge, b"{")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["field"] == "body"


async def test_an_account_that_is_not_there_is_404(edge: Edge) -> None:
    assert (await edge.http.post("/channels/nobody")).json()["code"] == "unknown_account"


async def test_an_order_s_files_are_kept_sealed(edge: Edge) -> None:
    file = {"name": "a.png", "type": "image/png", "content": "c2FtcGxl"}
    assert (await pushed(edge, order(attachments=[file]))).status_code == 200
    (entry,) = await recorded(edge.settings)
    (event,) = entry.events
    assert isinstance(event, Registered)
    (attachment,) = event.attachments
    stored = (edge.settings.data / "attachments" / attachment.reference).read_bytes()
    assert len(stored) == attachment.size
    assert b"sample" not in stored


async def test_wechat_s_retries_meet_the_first(edge: Edge) -> None:
    request = WECHAT.message("24680", "路灯不亮(样例)", at=now(), nonce="1514711492")
    answers = [await edge.push(request) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert sum(1 for entry in await recorded(edge.settings) if entry.events) == 1


async def test_wechat_verifies_our_address(edge: Edge) -> None:
    signed = WECHAT.message("1", "样例", at=now())
    answer = await edge.http.get("/channels/mini", params=dict(signed.query) | {"echostr": "437512"})
    assert (answer.status_code, answer.text) == (200, "437512")


async def test_nothing_personal_is_logged_or_traced(edge: Edge) -> None:
    body = order(caller={"phone": "13800000000"})
    await pushed(edge, body.replace(b'"title"', b'"titel"'))
    followed = WECHAT.message("24680", "样例", at=now())
    await edge.push(replace(followed, headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}))
    edge.service.stop()
    traces = list(Path(edge.settings.data / "traces").glob("intake*"))
    said = edge.service.log.read_text() + "".join(file.read_text() for file in traces)
    assert traces
    assert "/channels/mini" in said
    assert "13800000000" not in said
    assert "openid-sample" not in said
