"""What a channel brought, as a command: nothing personal in the clear, and the same id for the same thing."""

import os
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.intake.sealed import fingerprint, rating, registering
from shared.channels.form import Citizen, Demanded, PlainFile, Rated
from shared.sealing import TicketKey
from shared.ticket.commands import Command, RecordSurvey, write
from tests.shared.channels.peers import NOW, hotline

ACCOUNT = hotline().account
KEY = TicketKey("ticket-a", bytes(32), os.urandom)
DEMAND = Demanded(
    "GD0001",
    "标题样例",
    "正文样例",
    NOW,
    citizen=Citizen("姓名样例", "13800000000", "样例路1号"),
    reply_to="openid-1",
)
RATED = Rated("GD0001", 1, "satisfied", NOW, True, "评语样例")


def registered(item: Demanded) -> Command:
    return registering(ACCOUNT, item, KEY, fingerprint(KEY, item), [])


@pytest.mark.parametrize(
    "personal", ["标题样例", "正文样例", "姓名样例", "13800000000", "样例路1号", "openid-1"]
)
def test_nothing_personal_of_a_demand_is_in_the_clear(personal: str) -> None:
    assert personal.encode() not in write(registered(DEMAND))


def test_the_words_of_a_rating_are_sealed_and_open_as_words() -> None:
    body = rating(ACCOUNT, RATED, KEY).body
    assert isinstance(body, RecordSurvey)
    assert body.words is not None
    assert KEY.open("words", body.words) == "评语样例"


def test_a_resend_at_another_time_is_the_same_command() -> None:
    assert registered(DEMAND).id == registered(replace(DEMAND, occurred_at=NOW + timedelta(hours=1))).id


@pytest.mark.parametrize(
    "change",
    [
        {"text": "另一正文样例"},
        {"title": "另一标题样例"},
        {"urgency": "critical"},
        {"citizen": None},
        {"files": (PlainFile("a.png", "image/png", b"sample"),)},
    ],
)
def test_other_content_is_another_command(change: dict[str, object]) -> None:
    assert registered(DEMAND).id != registered(replace(DEMAND, **change)).id


def test_the_rating_of_another_round_is_another_command() -> None:
    assert rating(ACCOUNT, RATED, KEY).id == rating(ACCOUNT, RATED, KEY).id
    assert rating(ACCOUNT, RATED, KEY).id != rating(ACCOUNT, replace(RATED, round=2), KEY).id
