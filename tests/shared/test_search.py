"""What a text is found by, as plain functions; that Postgres finds it is a test of the console's search."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.search import initials, plain, query, vector


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("阳光花园(12号)", "阳光花园12号"),
        ("阳光花园（１２号）", "阳光花园12号"),
        ("Ａ座-3 单元", "a座3单元"),
        ("样例停水,电话*******", "样例停水电话"),
        ("😀'\\ ", ""),
    ],
)
def test_width_case_and_signs_make_no_difference(written: str, compared: str) -> None:
    assert plain(written) == compared


@pytest.mark.parametrize(
    ("name", "letters"),
    [("住建局", "zjj"), ("行政审批局", "xzspj"), ("12345热线", "12345rx"), ("银行街道", "yhjd")],
)
def test_a_name_has_the_initials_of_its_pinyin(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_no_pair_goes_across_a_comma() -> None:
    assert vector("停水,电话") == "'停水':1 '水':2 '电话':4 '话':5"
    assert vector("停水(电话)") == "'停水':1 '水电':2 '电话':3 '话':4"


def test_words_are_sought_letter_by_letter_and_all_of_them() -> None:
    assert query("停水") == "('停水')"
    assert query("水") == "('水':*)"
    assert query("自来水 黄") == "('自来' <-> '来水') & ('黄':*)"
    assert query(" ,()'") is None


@given(some.text())
def test_whatever_is_typed_nothing_ends_a_quoted_word(typed: str) -> None:
    """Postgres reads a quote or a backslash in a word as its own syntax."""
    words = "".join(letter for letter in typed if letter in "'\\")
    assert not set(plain(typed)) & set(words)
