"""WeChat mini-program: the official vectors, and wechatpy as a server that we did not write."""

import json

import pytest
from msgspec.structs import replace
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import check_signature

from shared.channels.form import Citizen, Demanded, Rated, Rejected, Request, Response, SignatureWrong, Taken
from shared.channels.wechat_crypto import WrongMessage, decrypt, encrypt, signature
from tests.contracts.channel import ChannelContract
from tests.shared.channels.peers import AES_KEY, NONCE, NOW, WeChatPeer, mini_program


class TestPlainJson(ChannelContract):
    peer = mini_program(xml=False, safe=False)


class TestSafeJson(ChannelContract):
    peer = mini_program(xml=False, safe=True)


class TestSafeXml(ChannelContract):
    peer = mini_program(xml=True, safe=True)


PEER = mini_program()
PLAIN = mini_program(safe=False)
XML = mini_program(xml=True, safe=False)


def read(peer: WeChatPeer, request: Request) -> Demanded | Rated | Rejected:
    (item,) = peer.channel.read(peer.account, request)
    return item


def answered(peer: WeChatPeer, request: Request, *fared: Taken | Rejected) -> Response:
    return peer.channel.answer(peer.account, request, fared, NOW)


@pytest.mark.parametrize(
    ("timestamp", "nonce", "expected"),
    [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
    ],
)
def test_the_official_vectors_hold(timestamp: str, nonce: str, expected: str) -> None:
    assert signature("AAAAA", timestamp, nonce) == expected


def test_url_verification_echoes_to_wechat_and_to_nobody_else() -> None:
    signed = PEER.message("1", "样例")
    query = dict(signed.query) | {"echostr": "4375120948345356249"}
    request = Request("GET", "/channels/mini", query, {}, b"")
    PEER.channel.verified(PEER.account, request, NOW)
    assert PEER.channel.read(PEER.account, request) == []
    assert answered(PEER, request).body == b"4375120948345356249"
    with pytest.raises(SignatureWrong):
        PEER.channel.verified(PEER.account, PEER.forged(request), NOW)


def test_wechatpy_accepts_our_signature() -> None:
    check_signature("sampleTokenTwo", signature("sampleTokenTwo", "1714036504", NONCE), "1714036504", NONCE)


def test_what_we_encrypt_wechatpy_decrypts_and_the_other_way_round() -> None:
    crypto = WeChatCrypto("sampleTokenTwo", AES_KEY, "wx0sample")
    ours = encrypt(AES_KEY, "wx0sample", "样例".encode(), NONCE)
    stamp = "1714036504"
    told = f"<xml><Encrypt>{ours}</Encrypt></xml>"
    assert (
        crypto.decrypt_message(told, signature("sampleTokenTwo", stamp, NONCE, ours), stamp, NONCE) == "样例"
    )
    theirs = PrpCrypto(crypto.key).encrypt("样例", "wx0sample").decode()
    assert decrypt(AES_KEY, "wx0sample", theirs) == "样例".encode()


def test_a_message_for_another_mini_program_is_named() -> None:
    other = encrypt(AES_KEY, "wx1other", b"{}", NONCE)
    with pytest.raises(WrongMessage) as wrong:
        decrypt(AES_KEY, "wx0sample", other)
    assert wrong.value.code == "wrong_appid"


@pytest.mark.parametrize("torn", ["", "AAAA", "样例", "A" * 64, "A" * 128])
def test_a_message_that_cannot_be_decrypted_is_named(torn: str) -> None:
    with pytest.raises(WrongMessage) as wrong:
        decrypt(AES_KEY, "wx0sample", torn)
    assert wrong.value.code == "not_decryptable"


def test_another_aes_key_gives_a_problem_not_a_demand() -> None:
    moved = replace(PEER.account, aes_key="B" * 42 + "A")
    item = PEER.channel.read(moved, PEER.message("1", "样例"))[0]
    assert isinstance(item, Rejected)
    assert item.code in {"not_decryptable", "wrong_appid"}


def test_a_plain_push_to_an_account_in_safe_mode_is_refused() -> None:
    with pytest.raises(SignatureWrong):
        PEER.channel.verified(PEER.account, PLAIN.message("1", "样例"), NOW)


def test_a_text_message_waits_for_its_topic() -> None:
    item = read(
        PLAIN,
        PLAIN.message("1001", "小区门口的路灯已经三天不亮了,晚上出行很不方便,请尽快派人来维修,谢谢(样例)"),
    )
    assert isinstance(item, Demanded)
    assert (item.external_id, item.topic, item.place, item.reply_to) == ("1001", None, None, "openid-sample")
    assert item.title == item.text[:30]


def test_a_form_brings_topic_place_and_person() -> None:
    form = {
        "text": "样例",
        "title": "路灯(样例)",
        "topic": "street_light",
        "place": "east",
        "type": "求助",
        "name": "样例",
        "phone": "13800000000",
    }
    item = read(XML, XML.message("1001", json.dumps(form, ensure_ascii=False)))
    assert isinstance(item, Demanded)
    assert (item.title, item.topic, item.place, item.demand) == ("路灯(样例)", "street_light", "east", "help")
    assert item.citizen == Citizen("样例", "13800000000")


def test_a_rating_form_rates_the_demand_that_it_names() -> None:
    form = {"demand": "1001", "round": 1, "rating": "一般满意", "solved": True}
    item = read(PLAIN, PLAIN.message("1002", json.dumps(form)))
    assert item == Rated("1001", 1, "fairly", NOW, True)


def test_words_that_look_like_json_stay_words() -> None:
    item = read(PLAIN, PLAIN.message("1", "{路灯不亮}(样例)"))
    assert isinstance(item, Demanded)
    assert item.text == "{路灯不亮}(样例)"


def test_an_event_asks_for_nothing_and_gets_success() -> None:
    request = PLAIN.push(PLAIN.written({"MsgType": "event", "Event": "user_enter_tempsession"}))
    assert PLAIN.channel.read(PLAIN.account, request) == []
    assert answered(PLAIN, request).body == b"success"


def test_a_picture_is_told_to_be_unsupported() -> None:
    request = PLAIN.message("1", "", kind="image")
    item = read(PLAIN, request)
    assert isinstance(item, Rejected)
    assert item.code == "unsupported_message"
    assert "文字" in json.loads(answered(PLAIN, request, item).body)["Content"]


def test_the_number_comes_back_as_a_passive_reply() -> None:
    request = PLAIN.message("1", "样例")
    told = json.loads(answered(PLAIN, request, Taken("1", "t", "2026030201000001")).body)
    assert (told["ToUserName"], told["FromUserName"], told["MsgType"]) == (
        "openid-sample",
        "gh_sample",
        "text",
    )
    assert "2026030201000001" in told["Content"]


def test_wechatpy_reads_the_encrypted_passive_reply() -> None:
    peer = mini_program(xml=True)
    told = answered(peer, peer.message("1", "样例"), Taken("1", "t", "2026030201000001")).body.decode()
    stamp = str(int(NOW.timestamp()))
    crypto = WeChatCrypto("sampleTokenTwo", AES_KEY, "wx0sample")
    sign = told.split("<MsgSignature>")[1].split("<")[0]
    assert "2026030201000001" in crypto.decrypt_message(told, sign, stamp, NONCE)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, b"<xml>", b"<xml>\xff</xml>", b"<xml>\0</xml>"])
def test_a_bomb_or_broken_xml_is_a_problem(body: bytes) -> None:
    item = read(XML, XML.push(body))
    assert isinstance(item, Rejected)
    assert item.code == "malformed_xml"
    assert answered(XML, XML.push(body), item).status == 400
