"""12345 city platform: what is its own beside the contract of all channels."""

import json
from base64 import b64encode

import pytest

from shared.channels.form import Citizen, Demanded, PlainFile, Rated, Rejected, Response, Taken
from tests.contracts.channel import ChannelContract
from tests.shared.channels.peers import NOW, SignedPeer, hotline

PEER = hotline()


class TestWithSM3(ChannelContract):
    peer = PEER


class TestWithSHA256(ChannelContract):
    peer = hotline("hmac-sha256")


def read(*orders: object, ratings: list[object] | None = None) -> list[Demanded | Rated | Rejected]:
    body = {"orders": list(orders)} | ({"ratings": ratings} if ratings else {})
    return list(PEER.channel.read(PEER.account, PEER.push(json.dumps(body, ensure_ascii=False).encode())))


def answer(peer: SignedPeer, body: bytes, *fared: Taken | Rejected) -> Response:
    return peer.channel.answer(peer.account, peer.push(body), fared, NOW)


def test_an_order_keeps_kind_urgency_codes_caller_and_files() -> None:
    extra = {
        "type": "投诉",
        "urgency": "特急",
        "topic": "street_light",
        "place": "east",
        "caller": {"name": "样例", "phone": "13800000000"},
        "confidential": True,
        "attachments": [{"name": "a.png", "type": "image/png", "content": b64encode(b"\x89PNG").decode()}],
    }
    (order,) = read(PEER.one("GD0001", "样例", extra))
    assert isinstance(order, Demanded)
    assert (order.demand, order.urgency, order.topic, order.place) == (
        "complaint",
        "critical",
        "street_light",
        "east",
    )
    assert order.citizen == Citizen("样例", "13800000000")
    assert order.files == (PlainFile("a.png", "image/png", b"\x89PNG"),)
    assert order.confidential


def test_one_bad_order_never_spoils_its_neighbours() -> None:
    bad = [{"orderNo": "GD0002"}, PEER.one("GD0003", "样例", {"x": 1}), 7, PEER.one("GD0004", "a\0")]
    first, *rejected, last = read(PEER.one("GD0001", "样例"), *bad, PEER.one("GD0005", "样例"))
    assert isinstance(first, Demanded)
    assert isinstance(last, Demanded)
    assert [(r.external_id, r.code, r.field) for r in rejected if isinstance(r, Rejected)] == [
        ("GD0002", "missing_field", "orders[1].title"),
        ("GD0003", "unknown_field", "orders[2].x"),
        (None, "invalid_field", "orders[3]"),
        ("GD0004", "broken_text", "orders[4].content"),
    ]


@pytest.mark.parametrize("broken", [b"\xe9\xad", b"\\ud800", b"\xff\xfe", "關".encode("gb18030")])
def test_half_a_character_spoils_only_its_order(broken: bytes) -> None:
    orders = [PEER.one("GD0001", "HERE"), PEER.one("GD0002", "样例")]
    body = json.dumps({"orders": orders}, ensure_ascii=False).encode().replace(b"HERE", b"ab" + broken + b"c")
    torn, whole = PEER.channel.read(PEER.account, PEER.push(body))
    assert isinstance(torn, Rejected)
    assert (torn.external_id, torn.code, torn.field) == ("GD0001", "broken_text", "orders[0].content")
    assert isinstance(whole, Demanded)


def test_a_nested_field_is_named_with_its_way() -> None:
    (order,) = read(PEER.one("GD0001", "样例", {"caller": {"age": 3}}))
    assert isinstance(order, Rejected)
    assert order.field == "orders[0].caller.age"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"[1]", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"orders": NaN}', "malformed_json"),
        ('{"orders": []}'.encode("utf-16"), "malformed_json"),
        (b'{"orders": [], "orders": []}', "repeated_field"),
        (b'{"orders": 1}', "invalid_field"),
        (b'{"orders": [], "more": []}', "unknown_field"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(body: bytes, code: str) -> None:
    (rejected,) = PEER.channel.read(PEER.account, PEER.push(body))
    assert isinstance(rejected, Rejected)
    told = answer(PEER, body, rejected)
    assert (told.status, told.type, json.loads(told.body)["code"]) == (400, "application/problem+json", code)


def test_more_than_500_orders_are_too_many() -> None:
    body = json.dumps({"orders": [{}] * 501}).encode()
    (rejected,) = PEER.channel.read(PEER.account, PEER.push(body))
    assert isinstance(rejected, Rejected)
    assert answer(PEER, body, rejected).status == 413


def test_500_orders_are_not() -> None:
    assert len(read(*[PEER.one(f"GD{n:04}", "样例") for n in range(500)])) == 500


def test_more_than_nine_files_are_too_many() -> None:
    file = {"name": "a.png", "type": "image/png", "content": ""}
    (order,) = read(PEER.one("GD0001", "样例", {"attachments": [file] * 10}))
    assert isinstance(order, Rejected)
    assert order.field == "orders[0].attachments"


@pytest.mark.parametrize("at", ["1999-12-31 00:00:00", "2100-01-02 00:00:00", "0001-01-01 00:00:00"])
def test_a_time_that_nobody_means_is_named(at: str) -> None:
    (order,) = read(PEER.one("GD0001", "样例", {"acceptedAt": at}))
    assert isinstance(order, Rejected)
    assert (order.external_id, order.field) == ("GD0001", "orders[0].acceptedAt")


def test_ratings_come_by_the_same_push_after_the_orders() -> None:
    rating = {"orderNo": "GD0001", "round": 2, "grade": "不满意", "ratedAt": "2026-03-02 09:30:00"}
    _, rated = read(PEER.one("GD0002", "样例"), ratings=[rating | {"solved": False, "words": "样例"}])
    assert rated == Rated("GD0001", 2, "dissatisfied", NOW, False, "样例")


def test_a_batch_is_answered_per_order() -> None:
    rejected = Rejected("GD0002", "missing_field", "orders[1].title", "缺", "missing")
    told = answer(PEER, b'{"orders": [{}, {}]}', Taken("GD0001", "t", "2026030201000001"), rejected)
    results = json.loads(told.body)["results"]
    assert told.status == 200
    assert [(r["id"], r["accepted"]) for r in results] == [("GD0001", True), ("GD0002", False)]
    assert (results[0]["ticketNo"], results[1]["field"]) == ("2026030201000001", "orders[1].title")


def test_a_number_that_is_still_to_come_is_202() -> None:
    assert answer(PEER, b'{"orderNo": "GD0001"}', Taken("GD0001", "t", None)).status == 202


@pytest.mark.parametrize(
    ("code", "status"), [("missing_field", 400), ("command_too_large", 413), ("unknown_topic", 409)]
)
def test_a_single_order_that_is_not_taken_is_a_problem(code: str, status: int) -> None:
    told = answer(PEER, b'{"orderNo": "GD0001"}', Rejected("GD0001", code, None, "原因", "reason"))
    assert told.status == status
