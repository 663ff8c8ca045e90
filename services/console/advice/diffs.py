"""What changed between two versions of a text: sentences first, then the words within one that was rewritten (pure)."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

Kind = Literal["same", "ins", "del"]
SENTENCE = re.compile(r"[^。!?;!?;\n]*[。!?;!?;\n]?")
WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
LONGEST = 2_000
"""Words of a rewritten passage that are compared one by one; a longer one is shown as replaced."""


class Part(Struct, frozen=True):
    """A piece of text, and whether the later version kept it, brought it, or left it out."""

    kind: Kind
    text: str


Rewriting = Callable[[Sequence[str], Sequence[str]], Iterator[Part]]
"""What is told of a passage that came in place of another."""


def difference(before: str, after: str) -> list[Part]:
    """The parts in reading order; those of kind same and ins are ``after``, those of same and del ``before``."""
    return _joined(_compared(_split(SENTENCE, before), _split(SENTENCE, after), _rewritten))


def _rewritten(before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    old, new = (_split(WORD, "".join(pieces)) for pieces in (before, after))
    if max(len(old), len(new)) > LONGEST:
        return _replaced(old, new)
    return _compared(old, new, _replaced)


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    yield Part("del", "".join(before))
    yield Part("ins", "".join(after))


def _compared(before: Sequence[str], after: Sequence[str], within: Rewriting) -> Iterator[Part]:
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Part("same", "".join(after[c:d]))
        elif tag == "replace":
            yield from within(before[a:b], after[c:d])
        else:
            yield from _replaced(before[a:b], after[c:d])


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    return [piece for piece in pattern.findall(text) if piece]


def _joined(parts: Iterator[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            joined.append(Part(part.kind, joined.pop().text + part.text))
        elif part.text:
            joined.append(part)
    return joined
