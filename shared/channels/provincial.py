"""The two provincial channels, pushed and told back as signed JSON.

问政江西 (``wenzheng``): a public post that the newsroom has verified; its reply becomes public, its rating is
nobody's. 民声通道 (``minsheng``): a letter verified and handled (核办) by the party committee; only the scope
that is named in the channel account may see its tickets.
"""

from datetime import datetime
from typing import Literal

from shared.channels.form import Account, Demanded, Rejected
from shared.channels.hotline import Caller
from shared.channels.signed_json import RATINGS, Form, Item, SignedJson
from shared.channels.wording import DEMANDS, Code, DemandZh, Text, Title, moment


class Post(Item, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """网帖, with the newsroom's verdict."""

    title: Title
    content: Text
    posted_at: datetime
    verified: bool
    type: DemandZh = "其他"
    topic: Code | None = None
    place: Code | None = None
    author: Caller | None = None


class Letter(Item, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """来信来电 of 民声通道 (phone, mail, short message)."""

    title: Title
    content: Text
    received_at: datetime
    received_by: Literal["电话", "邮件", "短信"]
    type: DemandZh = "其他"
    topic: Code | None = None
    place: Code | None = None
    petitioner: Caller | None = None
    confidential: bool = False


def _from_post(_account: Account, post: Post) -> Demanded | Rejected:
    if not post.verified:
        zh, en = "网帖尚未经核实,不予接收", "the newsroom has not verified the post"
        return Rejected(post.order_no, "not_verified", "verified", zh, en)
    return Demanded(
        post.order_no,
        post.title,
        post.content,
        moment(post.posted_at, "postedAt"),
        DEMANDS[post.type],
        topic=post.topic,
        place=post.place,
        citizen=post.author.citizen() if post.author else None,
        public=True,
    )


def _from_letter(account: Account, letter: Letter) -> Demanded:
    return Demanded(
        letter.order_no,
        letter.title,
        letter.content,
        moment(letter.received_at, "receivedAt"),
        DEMANDS[letter.type],
        topic=letter.topic,
        place=letter.place,
        citizen=letter.petitioner.citizen() if letter.petitioner else None,
        confidential=letter.confidential,
        scope=account.scope,
    )


WENZHENG = SignedJson(
    {"posts": Form(Post, _from_post)}, frozenset({"number", "reply", "ended"}), graded=False
)
MINSHENG = SignedJson(
    {"letters": Form(Letter, _from_letter), "ratings": RATINGS},
    frozenset({"number", "reply", "survey", "ended"}),
)
