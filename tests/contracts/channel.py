"""What every channel keeps to. A channel's own test gives its peer: ``class TestHotline(ChannelContract)``."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.channels.form import Demanded, Rated, Rejected, Report, Request, SignatureWrong, Taken
from tests.shared.channels.peers import NOW, Peer

HARD_TEXTS = {
    "emoji": "井盖坏了🕳️👨‍👩‍👧‍👦",
    "right-to-left marks": "\u202e反\u202c\u200f正 \u2067x\u2069",
    "10,000 characters": "水" * 10_000,
    "rare characters": "𠮷野家门口㙟路",
    "markup": "<xml>&amp;]]]></xml> {\"a\": 'b'} \\ \r\n\t",
    "half-width and broken looks": "關(guān)  注",
}
HEADERS = ["x-app-id", "x-key-id", "x-timestamp", "x-nonce"]
ANYWHERE = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])
"""One suite for several channels: each subclass runs the same test on purpose."""
QUERY = ["timestamp", "nonce", "echostr", "encrypt_type"]


class ChannelContract:
    """Subclasses give ``peer``, the other side of the channel."""

    peer: Peer

    def read(self, request: Request) -> Demanded | Rated | Rejected:
        self.peer.channel.verified(self.peer.account, request, NOW)
        (item,) = self.peer.channel.read(self.peer.account, request)
        return item

    def test_a_signed_push_is_a_demand_of_that_number_and_text(self) -> None:
        item = self.read(self.peer.demand("GD0001", "路灯不亮(样例)"))
        assert isinstance(item, Demanded)
        assert (item.external_id, item.text, item.occurred_at) == ("GD0001", "路灯不亮(样例)", NOW)

    def test_a_repeat_is_the_same_demand(self) -> None:
        first = self.read(self.peer.demand("GD0001", "样例", nonce="sample-nonce-1"))
        again = self.read(self.peer.demand("GD0001", "样例", nonce="sample-nonce-2"))
        assert first == again

    @pytest.mark.parametrize("key", [0, 1])
    def test_both_keys_are_valid_while_one_replaces_the_other(self, key: int) -> None:
        assert isinstance(self.read(self.peer.demand("GD0001", "样例", key=key)), Demanded)

    def test_a_key_that_nobody_has_is_told(self) -> None:
        with pytest.raises(SignatureWrong) as refused:
            self.read(self.peer.demand("GD0001", "样例", key=-1))
        assert refused.value.code == self.peer.unknown_key

    def test_a_wrong_signature_is_told(self) -> None:
        with pytest.raises(SignatureWrong) as refused:
            self.read(self.peer.forged(self.peer.demand("GD0001", "样例")))
        assert refused.value.code == "wrong_signature"

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_a_timestamp_outside_five_minutes_is_stale(self, minutes: int) -> None:
        with pytest.raises(SignatureWrong) as refused:
            self.read(self.peer.demand("GD0001", "样例", at=NOW + timedelta(minutes=minutes)))
        assert refused.value.code == "stale_timestamp"

    @pytest.mark.parametrize("minutes", [-4, 4])
    def test_a_timestamp_within_five_minutes_is_not(self, minutes: int) -> None:
        request = self.peer.demand("GD0001", "样例", at=NOW + timedelta(minutes=minutes))
        assert isinstance(self.read(request), Demanded)

    def test_an_unknown_field_is_named(self) -> None:
        item = self.read(self.peer.demand("GD0001", "样例", extra={"xyz": 1}))
        assert isinstance(item, Rejected)
        assert (item.external_id, item.code) == ("GD0001", "unknown_field")
        assert item.field is not None
        assert item.field.endswith("xyz")

    def test_a_nul_is_rejected_with_its_field(self) -> None:
        item = self.read(self.peer.demand("GD0001", "样例", extra={"title": "样\0例"}))
        assert isinstance(item, Rejected)
        assert (item.external_id, item.code) == ("GD0001", "broken_text")
        assert item.field is not None
        assert item.field.endswith("title")

    def test_a_rejection_never_quotes_what_was_sent(self) -> None:
        item = self.read(self.peer.demand("GD0001", "样例", extra={"type": "13800000000"}))
        assert isinstance(item, Rejected)
        assert "13800000000" not in item.zh + item.en

    @pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS)
    def test_a_text_survives_the_way_in(self, text: str) -> None:
        item = self.read(self.peer.demand("GD0001", text, extra={"title": "样例"}))
        assert isinstance(item, Demanded)
        assert item.text == text

    @given(body=st.binary(max_size=200))
    @ANYWHERE
    def test_no_bytes_bring_it_down(self, body: bytes) -> None:
        request = self.peer.demand("GD0001", "样例")
        torn = replace(request, body=body)
        with suppress(SignatureWrong):
            self.peer.channel.verified(self.peer.account, torn, NOW)
        fared = [
            item if isinstance(item, Rejected) else Taken(item.external_id, "t", None)
            for item in self.peer.channel.read(self.peer.account, torn)
        ]
        assert self.peer.channel.answer(self.peer.account, torn, fared, NOW).status in {200, 202, 400, 413}

    @given(at=st.integers(0, 10_000), byte=st.binary(max_size=3))
    @ANYWHERE
    def test_no_torn_push_brings_it_down(self, at: int, byte: bytes) -> None:
        request = self.peer.demand("GD0001", "样例", extra={"title": "样例"})
        place = at % len(request.body)
        torn = replace(request, body=request.body[:place] + byte + request.body[place + 1 :])
        for item in self.peer.channel.read(self.peer.account, torn):
            assert isinstance(item, Demanded | Rated | Rejected)

    @given(
        headers=st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=20)),
        query=st.dictionaries(st.sampled_from(QUERY), st.text(max_size=20)),
    )
    @ANYWHERE
    def test_no_headers_bring_it_down(self, headers: dict[str, str], query: dict[str, str]) -> None:
        request = self.peer.forged(self.peer.demand("GD0001", "样例"))
        torn = replace(
            request, headers={**headers, "x-sign": "0"}, query={**query, "signature": "", "msg_signature": ""}
        )
        with pytest.raises(SignatureWrong):
            self.peer.channel.verified(self.peer.account, torn, NOW)

    def test_a_taken_demand_is_answered_with_its_number(self) -> None:
        request = self.peer.demand("GD0001", "样例")
        answer = self.peer.channel.answer(
            self.peer.account, request, [Taken("GD0001", "t", "2026030201000001")], NOW
        )
        assert answer.status == 200

    @pytest.mark.parametrize("purpose", ["number", "reply", "ended"])
    def test_a_report_is_signed_and_names_the_number(self, purpose: str) -> None:
        sent = self.report(purpose)
        assert "2026030201000001" in sent

    def test_the_report_of_the_number_and_no_other_tells_the_citizens_query_code(self) -> None:
        told = [purpose for purpose in ("number", "reply", "ended") if "04711234" in self.report(purpose)]
        assert told == ["number"]

    def test_a_reply_arrives_whole(self) -> None:
        assert "已修好(样例)" in self.report("reply")

    def test_a_report_has_the_same_id_however_often_it_is_tried(self) -> None:
        outgoing = self.peer.channel.report(self.peer.account, report("reply"), "sample-nonce-9", NOW)
        assert outgoing is not None
        assert outgoing.headers["Idempotency-Key"] == "report-1"

    def report(self, purpose: str) -> str:
        outgoing = self.peer.channel.report(self.peer.account, report(purpose), "sample-nonce-9", NOW)
        assert outgoing is not None
        assert outgoing.url == self.peer.account.report_to
        return self.peer.hears(outgoing)


def report(purpose: str) -> Report:
    return Report(
        "report-1",
        purpose,
        1,
        "GD0001",
        "2026030201000001",
        NOW,
        "openid-sample",
        NOW + timedelta(days=5),
        "已修好(样例)" if purpose == "reply" else None,
        "completed" if purpose == "ended" else None,
        "satisfied" if purpose == "ended" else None,
        "04711234" if purpose == "number" else None,
    )
