"""What docs/reference/channels.md shows is what the channels take: its examples are signed and read here."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.channels.form import Demanded, Rated, Request
from shared.channels.hotline import Caller, File, Order
from shared.channels.mini_program import DemandForm, RatingForm
from shared.channels.provincial import Letter, Post
from shared.channels.signed_json import Rating
from tests.shared.channels.peers import hotline, mini_program, minsheng, wenzheng

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference"
PAGES = ["channels.md", "channels.zh-CN.md"]
PEERS = {peer.account.id: peer for peer in (hotline(), wenzheng(), minsheng(), mini_program(safe=False))}
SENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
FORMS = (Order, Caller, File, Rating, Post, Letter, DemandForm, RatingForm)


def examples(page: str) -> list[Request]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [_request(block) for block in re.findall(r"```http\n(.*?)\n```", text, re.DOTALL)]


def _request(block: str) -> Request:
    head, _, body = block.partition("\n\n")
    first, *lines = head.split("\n")
    method, target, _ = first.split(" ")
    address = urlsplit(target)
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Request(method, address.path, dict(parse_qsl(address.query)), headers, body.encode())


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_signed_as_described_and_taken_whole(page: str) -> None:
    shown = examples(page)
    for request in shown:
        peer = PEERS[request.path.rpartition("/")[2]]
        peer.channel.verified(peer.account, request, SENT)
        items = peer.channel.read(peer.account, request)
        assert items
        assert all(isinstance(item, Demanded | Rated) for item in items)
    assert {request.path.rpartition("/")[2] for request in shown} == set(PEERS)


@pytest.mark.parametrize("page", PAGES)
def test_every_field_of_every_form_is_named(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    missing = [name for form in FORMS for name in form.__struct_encode_fields__ if f"`{name}`" not in text]
    assert missing == []


def test_both_languages_show_the_same_examples() -> None:
    assert examples(PAGES[0]) == examples(PAGES[1])
