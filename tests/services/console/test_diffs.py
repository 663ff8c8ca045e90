"""What changed between two versions: each reads back whole, and only what changed is marked."""

import pytest

from services.console.advice.diffs import LONGEST, difference

PAIRS = [
    ("", ""),
    ("", "样例:新写。"),
    ("样例:阀门已更换。今晚恢复。", "样例:阀门已更换。今天18点恢复。"),
    ("第一句。第二句。第三句。", "第一句。第三句。"),
    ("A valve was replaced.", "Two valves were replaced, and tested."),
    ("行一\n行二\n", "行一\n\n行二"),
    ("重复。重复。重复。", "重复。重复。"),
    ("样例" * LONGEST, "例样" * LONGEST),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_both_versions_read_back_whole(before: str, after: str) -> None:
    parts = difference(before, after)
    assert "".join(part.text for part in parts if part.kind != "ins") == before
    assert "".join(part.text for part in parts if part.kind != "del") == after


def test_within_a_rewritten_sentence_only_its_changed_words_are_marked() -> None:
    parts = difference("样例:阀门已更换。今晚恢复供水。", "样例:阀门已更换。今天18点恢复供水。")
    assert [(part.kind, part.text) for part in parts] == [
        ("same", "样例:阀门已更换。今"),
        ("del", "晚"),
        ("ins", "天18点"),
        ("same", "恢复供水。"),
    ]
