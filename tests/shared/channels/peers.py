"""The other side of each channel, as its own software would be written: nothing here uses the code under test.

Signs are made with the standard library, and WeChat's with wechatpy. All people and numbers are samples (样例).
"""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from wechatpy.crypto import PrpCrypto
from wechatpy.utils import WeChatSigner

from shared.channels.form import Account, Channel, Outgoing, Request
from shared.channels.hotline import HOTLINE
from shared.channels.mini_program import MINI_PROGRAM
from shared.channels.provincial import MINSHENG, WENZHENG

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLOSED = "]]]]><![CDATA[>"
"""How CDATA holds its own end."""
NONCE = "sample-nonce-0001"


class Peer(Protocol):
    """What the contract asks of the other side."""

    account: Account
    channel: Channel
    unknown_key: str
    """The code that a key nobody has gets."""

    def demand(
        self,
        number: str,
        text: str,
        *,
        extra: Mapping[str, object] | None = None,
        key: int = 0,
        at: datetime = NOW,
        nonce: str = NONCE,
    ) -> Request:
        """A push of one demand, signed with the first or second key of the account; −1: with nobody's."""

    def forged(self, request: Request) -> Request:
        """The same push with another sign."""

    def hears(self, outgoing: Outgoing) -> str:
        """The body of a report, its sign checked with the peer's own key."""


def epoch_ms(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def mac(algorithm: str, secret: str, body: bytes, app: str, key_id: str, timestamp: str, nonce: str) -> str:
    name = {"hmac-sm3": "sm3", "hmac-sha256": "sha256"}[algorithm]
    digest = hashlib.new(name, body).hexdigest()
    joined = f"appId={app}&body={digest}&keyId={key_id}&nonce={nonce}&timestamp={timestamp}"
    return hmac.new(secret.encode(), joined.encode(), name).hexdigest()


def checked(account: Account, outgoing: Outgoing) -> str:
    """The body of what came from us, after the check that every counterpart makes."""
    head = outgoing.headers
    expected = mac(
        account.algorithm,
        account.keys[head["X-Key-Id"]],
        outgoing.body,
        head["X-App-Id"],
        head["X-Key-Id"],
        head["X-Timestamp"],
        head["X-Nonce"],
    )
    assert head["X-Sign"] == expected
    return outgoing.body.decode()


@dataclass
class SignedPeer:
    """A platform that pushes signed JSON."""

    account: Account
    channel: Channel
    item: dict[str, Any]
    batch: str
    unknown_key: str = "unknown_key"

    def demand(
        self,
        number: str,
        text: str,
        *,
        extra: Mapping[str, object] | None = None,
        key: int = 0,
        at: datetime = NOW,
        nonce: str = NONCE,
    ) -> Request:
        body = json.dumps(self.one(number, text, extra), ensure_ascii=False).encode()
        return self.push(body, key=key, at=at, nonce=nonce)

    def one(self, number: str, text: str, extra: Mapping[str, object] | None = None) -> dict[str, Any]:
        return self.item | {"orderNo": number, "content": text} | dict(extra or {})

    def push(self, body: bytes, *, key: int = 0, at: datetime = NOW, nonce: str = NONCE) -> Request:
        key_id, secret = ("nobody", "nobody") if key < 0 else list(self.account.keys.items())[key]
        timestamp, app = epoch_ms(at), self.account.app_id or self.account.id
        headers = {
            "x-app-id": app,
            "x-key-id": key_id,
            "x-timestamp": timestamp,
            "x-nonce": nonce,
            "x-sign": mac(self.account.algorithm, secret, body, app, key_id, timestamp, nonce),
            "content-type": "application/json",
        }
        return Request("POST", f"/channels/{self.account.id}", {}, headers, body)

    def forged(self, request: Request) -> Request:
        headers = dict(request.headers) | {"x-sign": "0" * 64}
        return Request(request.method, request.path, request.query, headers, request.body)

    def hears(self, outgoing: Outgoing) -> str:
        return checked(self.account, outgoing)


@dataclass
class WeChatPeer:
    """WeChat's server: ``xml`` or JSON, safe mode where the account has an EncodingAESKey."""

    account: Account
    xml: bool = False
    channel: Channel = field(default=MINI_PROGRAM)
    unknown_key: str = "wrong_signature"

    def demand(
        self,
        number: str,
        text: str,
        *,
        extra: Mapping[str, object] | None = None,
        key: int = 0,
        at: datetime = NOW,
        nonce: str = NONCE,
    ) -> Request:
        content = text if extra is None else json.dumps({"text": text} | dict(extra), ensure_ascii=False)
        return self.message(number, content, key=key, at=at, nonce=nonce)

    def message(
        self,
        number: str,
        content: str,
        *,
        kind: str = "text",
        key: int = 0,
        at: datetime = NOW,
        nonce: str = NONCE,
    ) -> Request:
        fields: dict[str, str | int] = {
            "ToUserName": "gh_sample",
            "FromUserName": "openid-sample",
            "CreateTime": int(NOW.timestamp()),
            "MsgType": kind,
            "Content": content,
            "MsgId": number,
        }
        return self.push(self.written(fields), key=key, at=at, nonce=nonce)

    def written(self, fields: Mapping[str, str | int]) -> bytes:
        if not self.xml:
            return json.dumps(fields, ensure_ascii=False).encode()
        parts = "".join(
            f"<{name}><![CDATA[{str(value).replace(']]>', CLOSED)}]]></{name}>"
            for name, value in fields.items()
        )
        return f"<xml>{parts}</xml>".encode()

    def push(self, message: bytes, *, key: int = 0, at: datetime = NOW, nonce: str = NONCE) -> Request:
        token = "nobody" if key < 0 else list(self.account.keys.values())[key]
        timestamp = str(int(at.timestamp()))
        query = {
            "signature": _wechat_sign(token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": "openid-sample",
        }
        if self.account.aes_key:
            aes_key = b64decode(self.account.aes_key + "=")
            text = PrpCrypto(aes_key).encrypt(message, self.account.app_id).decode()
            query |= {
                "encrypt_type": "aes",
                "msg_signature": _wechat_sign(token, timestamp, nonce, text),
            }
            message = self.written({"ToUserName": "gh_sample", "Encrypt": text})
        return Request("POST", f"/channels/{self.account.id}", query, {}, message)

    def forged(self, request: Request) -> Request:
        wrong = {"signature": "0" * 40, "msg_signature": "0" * 40}
        return Request(request.method, request.path, dict(request.query) | wrong, {}, request.body)

    def hears(self, outgoing: Outgoing) -> str:
        return checked(self.account, outgoing)


def _wechat_sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


KEYS = {"k2": "sample-secret-two-0123456789", "k1": "sample-secret-one-0123456789"}
BACK = "http://platform.example/reports"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def hotline(algorithm: str = "hmac-sm3") -> SignedPeer:
    account = Account("city-12345", "hotline", "yichun", KEYS, BACK, algorithm)
    item = {"title": "路灯不亮(样例)", "acceptedAt": "2026-03-02 09:30:00"}
    return SignedPeer(account, HOTLINE, item, "orders")


def wenzheng() -> SignedPeer:
    account = Account("wenzheng-jx", "wenzheng", "yichun", KEYS, BACK, "hmac-sha256")
    item = {"title": "路灯不亮(样例)", "postedAt": "2026-03-02T09:30:00+08:00", "verified": True}
    return SignedPeer(account, WENZHENG, item, "posts")


def minsheng() -> SignedPeer:
    account = Account("minsheng-jx", "minsheng", "yichun", KEYS, BACK, scope="party-committee")
    item = {"title": "路灯不亮(样例)", "receivedAt": "2026-03-02T09:30:00", "receivedBy": "电话"}
    return SignedPeer(account, MINSHENG, item, "letters")


def mini_program(xml: bool = False, safe: bool = True) -> WeChatPeer:
    tokens = {"t2": "sampleTokenTwo", "t1": "sampleTokenOne"}
    aes_key = AES_KEY if safe else None
    return WeChatPeer(
        Account("mini", "mini_program", "yichun", tokens, BACK, app_id="wx0sample", aes_key=aes_key), xml
    )
