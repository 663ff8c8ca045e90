"""常用语: sentences that people write again and again; for themselves, their unit, or the whole hotline."""

import re
import unicodedata
from pathlib import Path
from typing import Annotated

from asyncpg import Pool
from msgspec import Meta, Struct, convert

from services.console.people.accounts import Account
from services.console.sql import statements
from services.console.workplace.saved_views import Audience, refuse_sharing
from shared.problems import Problem

_FILE = Path(__file__).with_name("phrases.sql")
SQL = statements(_FILE, {"SHOWN": statements(_FILE)["shown"]})
APART = r"[\s\-\u2010-\u2015]{0,2}"
"""What people write between the digits of a number; ``~`` stands for it below."""
MOBILE = r"(?:(?:00)?8~6~)?1~[3-9](?:~\d){9}"
BORN = r"(?:1~[89]|2~0)~\d~\d~(?:0~[1-9]|1~[0-2])~[0-3]~\d"
IDENTITY = rf"\d{{17}}[\dXx]|\d(?:~\d){{5}}~{BORN}(?:~\d){{3}}~[\dXx]"
PERSONAL = re.compile(rf"(?<!\d)(?:{MOBILE}|{IDENTITY})(?!\d)".replace("~", APART))
"""A mobile phone's or an identity card's number; a unit's own line is nobody's."""
MOST = 50
"""Phrases of a person: nobody finds one among more."""


class Phrase(Struct, frozen=True):
    """A sentence and who wrote it; only they may change it."""

    id: int
    person: str
    audience: Audience
    text: str


class Wish(Struct, frozen=True):
    """What a phrase is to say, and who is to see it."""

    text: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*\Z")]
    audience: Audience = "person"


class Phrases:
    """The phrases in Postgres, in clear: they hold no personal data, and what looks like some is refused."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, caller: Account) -> list[Phrase]:
        """What the caller sees: their own first, then those shared with them."""
        return [convert(dict(row), Phrase) for row in await self._pool.fetch(SQL["all"], *_who(caller))]

    async def save(self, caller: Account, wish: Wish) -> None:
        """Keep one. Raises Problem 400 for personal data, 403 for an audience not the caller's, 409 for too many."""
        refuse_unfit(caller, wish)
        if await self._pool.fetchval(SQL["save"], *_who(caller), wish.audience, wish.text, MOST) is None:
            zh = f"已保存 {MOST} 条常用语,请先删除不用的。"
            raise Problem(409, "too_many_phrases", zh, f"You have {MOST} phrases: delete some first.")

    async def change(self, caller: Account, phrase: int, wish: Wish) -> None:
        """Rewrite or share one's own. Raises Problem as ``save``, and 404."""
        refuse_unfit(caller, wish)
        given = (*_who(caller), phrase, wish.audience, wish.text)
        if await self._pool.fetchval(SQL["change"], *given) is None:
            raise _not_yours()

    async def drop(self, caller: Account, phrase: int) -> None:
        """Forget one's own. Raises Problem 404."""
        if await self._pool.fetchval(SQL["drop"], *_who(caller), phrase) is None:
            raise _not_yours()


def _who(caller: Account) -> tuple[str, str, str | None]:
    return caller.jurisdiction, caller.id, caller.unit


def refuse_unfit(caller: Account, wish: Wish) -> None:
    """Raises Problem 400 for personal data, 403 for an audience that is not the caller's."""
    if PERSONAL.search(unicodedata.normalize("NFKC", wish.text)):
        zh = "常用语里不能有手机号、身份证号等个人信息,没有保存。"
        en = "A phrase holds no mobile or identity number or other personal data: not kept."
        raise Problem(400, "personal_data", zh, en, field="text")
    refuse_sharing(caller, wish.audience)


def _not_yours() -> Problem:
    zh, en = "没有这条常用语,或不是您写的。", "There is no such phrase, or you did not write it."
    return Problem(404, "unknown_phrase", zh, en)
