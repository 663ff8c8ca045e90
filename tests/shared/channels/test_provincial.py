"""问政江西 and 民声通道: what is their own beside the contract of all channels."""

import json
from datetime import timedelta

from msgspec.structs import replace

from shared.channels.form import Demanded, Rated, Rejected
from tests.contracts.channel import ChannelContract, report
from tests.shared.channels.peers import NOW, minsheng, wenzheng


class TestWenzheng(ChannelContract):
    peer = wenzheng()


class TestMinsheng(ChannelContract):
    peer = minsheng()


def test_a_post_is_public_and_a_letter_is_not() -> None:
    post, letter = (
        TestWenzheng().read(wenzheng().demand("1", "样例")),
        TestMinsheng().read(minsheng().demand("1", "样例")),
    )
    assert isinstance(post, Demanded)
    assert isinstance(letter, Demanded)
    assert (post.public, post.scope) == (True, None)
    assert (letter.public, letter.scope) == (False, "party-committee")


def test_a_post_that_the_newsroom_has_not_verified_is_not_taken() -> None:
    item = TestWenzheng().read(wenzheng().demand("1", "样例", extra={"verified": False}))
    assert isinstance(item, Rejected)
    assert (item.code, item.field) == ("not_verified", "verified")


def test_the_newsroom_is_told_no_survey_and_no_grade() -> None:
    peer = wenzheng()
    assert peer.channel.report(peer.account, report("survey"), "sample-nonce-9", NOW) is None
    assert "grade" not in json.loads(TestWenzheng().report("ended"))


def test_the_party_committee_is_told_how_a_letter_ended() -> None:
    told = json.loads(TestMinsheng().report("ended"))
    assert (told["outcome"], told["grade"]) == ("办结", "满意")


def test_a_letter_can_be_rated() -> None:
    peer = minsheng()
    rating = {"orderNo": "1", "round": 1, "grade": "满意", "ratedAt": "2026-03-02 09:30:00"}
    (item,) = peer.channel.read(peer.account, peer.push(json.dumps({"ratings": [rating]}).encode()))
    assert item == Rated("1", 1, "satisfied", NOW)


def test_an_account_that_names_no_address_is_told_nothing() -> None:
    peer = minsheng()
    silent = replace(peer.account, report_to=None)
    assert peer.channel.report(silent, report("ended"), "sample-nonce-9", NOW) is None


def test_a_late_try_is_signed_with_its_own_moment() -> None:
    peer = minsheng()
    later = peer.channel.report(peer.account, report("ended"), "sample-nonce-9", NOW + timedelta(hours=3))
    assert later is not None
    assert later.headers["X-Timestamp"] == str(int((NOW + timedelta(hours=3)).timestamp() * 1000))
