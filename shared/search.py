"""What a text is found by: pairs of neighbouring characters, and the initials of its pinyin (pure).

A Chinese word has two characters, fewer than trigrams can tell apart; pairs find it by an index. A title becomes a
Postgres tsvector of its pairs with their places, what is sought a tsquery of pairs that stand side by side.
"""

from unicodedata import normalize

from pypinyin import Style, lazy_pinyin

BREAKS = frozenset(",;:!?。、")
"""Where a sentence breaks, also in full width: no word goes across. Brackets, hyphens and the like simply vanish."""


def plain(text: str) -> str:
    """Letters and digits only, of one width and one case: ``阳光花园(12号)Ａ座`` → ``阳光花园12号a座``."""
    return "".join(_runs(text))


def vector(title: str) -> str:
    """A title as a tsvector: each pair with its place, the last character of a run alone."""
    places, at = [], 0
    for run in _runs(title):
        for i in range(len(run)):
            at += 1
            places.append(f"'{run[i : i + 2]}':{at}")
        at += 1
    return " ".join(places)


def query(sought: str) -> str | None:
    """What is sought as a tsquery: every word of it, each letter by letter; None if it has no letter or digit."""
    runs = [run for word in sought.split() for run in _runs(word)]
    return " & ".join(f"({_phrase(run)})" for run in runs) or None


def initials(name: str) -> str:
    """The first letters of a name's pinyin: ``住建局`` → ``zjj``; what is not Chinese stays as it is."""
    return "".join(lazy_pinyin(plain(name), style=Style.FIRST_LETTER))


def _phrase(run: str) -> str:
    """A single character begins a pair, or stands alone at the end of a run."""
    if len(run) == 1:
        return f"'{run}':*"
    return " <-> ".join(f"'{run[i : i + 2]}'" for i in range(len(run) - 1))


def _runs(text: str) -> list[str]:
    """The text between its breaks, plain. Nothing here can end a quoted word of a tsvector."""
    broken = "".join(
        "\n" if letter in BREAKS else letter
        for letter in normalize("NFKC", text).casefold()
        if letter.isalnum() or letter in BREAKS
    )
    return [run for run in broken.split("\n") if run]
