"""The requests that the sample platforms send to intake, each signed as its channel's document says."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import json

from demo.stories import Story
from shared.channels import signing
from shared.channels.form import Account
from shared.channels.wechat_crypto import encrypt, signature
from shared.channels.wechat_message import write_message
from shared.channels.wording import GradeZh

PROGRAM = "gh_sample"
OPENID = "openid-sample-"
"""Before the number of the one demand that a sample citizen of a mini-program has."""
TIMES = {"orders": "acceptedAt", "posts": "postedAt", "letters": "receivedAt"}
"""A list of a push, and what its items call the moment at which they came."""


class Push(NamedTuple):
    """An HTTP request to intake."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes


def push(account: Account, items: Mapping[str, object], now: datetime) -> Push:
    """A push of signed JSON."""
    body = json.encode(items)
    headers = signing.signed(account, body, secrets.token_hex(16), now)
    return Push("POST", f"/channels/{account.id}", {}, headers, body)


def message(account: Account, number: str, citizen: str, content: str, now: datetime) -> Push:
    """A citizen's text message as WeChat pushes it: encrypted XML in safe mode, else JSON."""
    fields: dict[str, str | int] = {
        "ToUserName": PROGRAM,
        "FromUserName": f"{OPENID}{citizen}",
        "CreateTime": int(now.timestamp()),
        "MsgType": "text",
        "Content": content,
        "MsgId": number,
    }
    token, timestamp, nonce = _token(account), str(int(now.timestamp())), secrets.token_hex(8)
    params = {"timestamp": timestamp, "nonce": nonce, "signature": signature(token, timestamp, nonce)}
    body = write_message(fields, xml=account.aes_key is not None)
    if account.aes_key:
        secret = encrypt(account.aes_key, account.app_id or "", body, nonce)
        params |= {"encrypt_type": "aes", "msg_signature": signature(token, timestamp, nonce, secret)}
        body = write_message({"ToUserName": PROGRAM, "Encrypt": secret}, xml=True)
    return Push("POST", f"/channels/{account.id}", params, {}, body)


def verification(account: Account, echo: str, now: datetime) -> Push:
    """WeChat's URL verification; the answer must be the echo."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    signed = signature(_token(account), timestamp, nonce)
    params = {"timestamp": timestamp, "nonce": nonce, "signature": signed, "echostr": echo}
    return Push("GET", f"/channels/{account.id}", params, {}, b"")


def _token(account: Account) -> str:
    return next(iter(account.keys.values()))


def item(story: Story, batch: str, now: datetime, more: str = "") -> dict[str, object]:
    """A demand as an item of a batch of orders, posts or letters; ``more`` is what a resend adds."""
    subject = story.subject
    words: dict[str, object] = {
        "orderNo": story.external_id,
        "title": subject.title,
        "content": subject.text + more,
        TIMES[batch]: now,
        "type": subject.kind,
    }
    if story.classified:
        words |= {"topic": subject.topic} | ({"place": subject.place} if subject.place else {})
    return words | _of_batch(story, batch)


def _of_batch(story: Story, batch: str) -> dict[str, object]:
    if batch == "posts":
        return {"verified": True}
    if batch == "letters":
        return {"receivedBy": "电话"}
    return {"urgency": story.urgency, "caller": {"name": "样例诉求人", "phone": "13800000000"}}


def form(story: Story) -> str:
    """A demand as the mini-program's form; one without a topic is the citizen's plain words."""
    subject = story.subject
    if not story.classified:
        return subject.text
    words = {"title": subject.title, "text": subject.text, "topic": subject.topic, "type": subject.kind}
    return json.encode(words | ({"place": subject.place} if subject.place else {})).decode()


def rating(external_id: str, round: int, grade: GradeZh) -> str:
    """The mini-program's form of a rating."""
    return json.encode({"demand": external_id, "round": round, "rating": grade}).decode()


def rating_item(external_id: str, round: int, grade: GradeZh, now: datetime) -> dict[str, object]:
    """A rating as an item of a batch."""
    return {"orderNo": external_id, "round": round, "grade": grade, "ratedAt": now}
