"""常用语: kept on the server by who wrote them, read by whom they are shared with, and never with personal data."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
import pytest_asyncio
from msgspec.structs import replace

from services.console.people.accounts import Account
from services.console.workplace.phrases import MOST, Phrases, Wish, refuse_unfit
from shared.postgres import open_pool
from shared.problems import Problem
from tests.services.console.people import House
from tests.services.console.test_search import mark
from tests.services.console.windowless import Pages, pages_of


def offered(pages: Pages) -> list[str]:
    return [unescape(text) for text in re.findall(r'data-phrase="(.*?)"', pages.page("/phrases/offered"))]


def id_of(pages: Pages, text: str) -> str:
    row = next(row for row in pages.page("/phrases").split("<tr>") if f">{text}</bdi>" in row)
    (phrase,) = re.findall(r'action="/phrases/(\d+)"', row)
    return str(phrase)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("operator")) as pages:
        yield pages


async def test_a_phrase_is_its_writers_until_it_is_shared_and_tells_whose_it_is(
    house: House, operator: Pages
) -> None:
    own, shared = f"样例:{mark()}", f"样例:{mark()}"
    assert operator.posts("/phrases", text=own).status_code == 303
    assert operator.posts("/phrases", text=shared, audience="jurisdiction").status_code == 303
    assert offered(operator) == [own, shared]
    async with (
        pages_of(house, await house.person("operator")) as colleague,
        pages_of(house, await house.person("unit", "water")) as unit,
        pages_of(house, await house.person("operator", at="elsewhere")) as stranger,
    ):
        assert shared in offered(colleague)
        assert own not in offered(colleague)
        assert operator.name in colleague.page("/phrases/offered")
        phrase = id_of(operator, shared)
        assert colleague.posts(f"/phrases/{phrase}", text="样例").status_code == 404
        assert colleague.posts(f"/phrases/{phrase}/delete").status_code == 404
        assert not {own, shared} & {*offered(unit), *offered(stranger)}


async def test_a_units_people_share_within_the_unit(house: House) -> None:
    text = f"样例:{mark()}"
    async with (
        pages_of(house, await house.person("unit", "water")) as mine,
        pages_of(house, await house.person("unit", "water")) as theirs,
        pages_of(house, await house.person("unit", "road")) as foreign,
    ):
        assert mine.posts("/phrases", text=text, audience="unit").status_code == 303
        assert text in offered(theirs)
        assert text not in offered(foreign)
        assert mine.posts("/phrases", text="样例", audience="jurisdiction").status_code == 403


async def test_what_is_changed_is_shared_with_the_unit_that_its_writer_is_of_now(house: House) -> None:
    pool, text = await open_pool(house.settings, 1), f"样例:{mark()}"
    phrases, before = Phrases(pool), Account(mark(), "unit", "sample", "water")
    moved = replace(before, unit="road")
    await phrases.save(before, Wish(text, "unit"))
    (kept,) = await phrases.of(moved)
    await phrases.change(moved, kept.id, Wish(text, "unit"))
    for unit, sees in (("water", False), ("road", True)):
        colleague = Account("sample.colleague", "unit", "sample", unit)
        assert (kept in await phrases.of(colleague)) is sees
    await phrases.drop(moved, kept.id)
    await pool.close()


def test_a_phrase_is_rewritten_and_deleted_by_who_wrote_it(operator: Pages) -> None:
    text, better = f"样例:{mark()}", f"样例:{mark()}"
    operator.posts("/phrases", text=text)
    phrase = id_of(operator, text)
    assert operator.posts(f"/phrases/{phrase}", text=better).status_code == 303
    assert better in offered(operator)
    assert text not in offered(operator)
    operator.posts(f"/phrases/{phrase}/delete")
    assert better not in offered(operator)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "长" * 501,
        "a\x00b",
        "请打 138-0000-0000",
        "请打8613800000000",
        "请打 +86 138 0000 0000",
        "请打 +8613800000000",
        "请打 0086-138-0000-0000",
        "请打1 3 8 0 0 0 0 0 0 0 0",
        "请打13800000000",
        "请打 138\u20130000\u30000000",
        "请核身份证 11010119900101123X",
        "请核身份证 110101-19900101-123X",
        "请核身份证110101199001011234",
    ],
)
def test_what_is_no_phrase_is_not_kept_and_stands_where_it_was_typed(operator: Pages, text: str) -> None:
    had = offered(operator)
    answer = operator.posts("/phrases", text=text)
    assert answer.status_code == 400
    assert offered(operator) == had
    if text.startswith("请"):
        assert "个人信息,没有保存" in answer.text
        assert text in answer.text


def test_a_units_own_line_and_a_markup_are_text_like_any_other(operator: Pages) -> None:
    harmless = (
        "样例:可拨 12345 或 0532-88880000",
        "样例:<b>\u202e",
        "样例:2026-01-01 2026-01-31 09-17",
        "样例:2026112200000017 12",
    )
    for text in harmless:
        assert operator.posts("/phrases", text=text).status_code == 303
        assert text in offered(operator)
    assert "<b>" not in operator.page("/phrases")


async def test_nobody_keeps_more_than_can_be_found(house: House) -> None:
    async with pages_of(house, await house.person("operator")) as pages:
        for n in range(MOST):
            assert pages.posts("/phrases", text=f"样例 {n}").status_code == 303
        assert pages.posts("/phrases", text="样例").status_code == 409


def test_an_auditor_shares_with_nobody() -> None:
    auditor = Account("a1", "auditor", "sample")
    refuse_unfit(auditor, Wish("样例"))
    with pytest.raises(Problem, match="not_your_audience"):
        refuse_unfit(auditor, Wish("样例", "jurisdiction"))
