"""The keys of every page, in one table: the help shows it, the scripts obey it, the reference is made from it.

A key does what the scripts have for it, or else presses the element of the page that carries it (``data-key``). Single
keys are dead where somebody types and while an input method composes, and can be switched off (WCAG 2.1.4).
"""

from typing import Literal, NamedTuple, get_args

Where = Literal["everywhere", "list", "ticket", "desk", "form"]
PLACES: tuple[Where, ...] = get_args(Where)


class Key(NamedTuple):
    """What to press (as browsers call it), what it does (the catalogue's ``key.<does>``), and where."""

    press: str
    does: str
    where: Where

    @property
    def shown(self) -> str:
        """As people read it."""
        if len(self.press) == 1 and self.press.isupper():
            return f"Shift+{self.press.lower()}"
        return NAMES.get(self.press, self.press)


NAMES = {"Escape": "Esc", "Control+Enter": "Ctrl+Enter", "Control+s": "Ctrl+S"}
KEYS = (
    Key("?", "help", "everywhere"),
    Key("/", "search", "everywhere"),
    Key("g", "go", "everywhere"),
    Key("Escape", "back", "everywhere"),
    Key("p", "print", "everywhere"),
    Key("j", "down", "list"),
    Key("k", "up", "list"),
    Key("Enter", "open", "list"),
    Key("t", "trace", "list"),
    Key(".", "copy", "list"),
    Key("x", "select", "list"),
    Key("X", "range", "list"),
    Key("*", "all", "list"),
    Key("f", "filter", "list"),
    Key("F", "clear", "list"),
    Key("o", "export", "list"),
    Key("a", "main", "ticket"),
    Key("e", "amend", "ticket"),
    Key("r", "reply", "ticket"),
    Key("c", "contact", "ticket"),
    Key("t", "trace", "ticket"),
    Key(".", "copy", "ticket"),
    Key("[", "earlier", "ticket"),
    Key("]", "later", "ticket"),
    Key("n", "next", "desk"),
    Key("s", "skip", "desk"),
    Key("1", "choose", "desk"),
    Key("Control+Enter", "submit", "form"),
    Key("Control+s", "draft", "form"),
    Key(";;", "phrase", "form"),
)
OF_ACTIONS = {"amend": "e", "answer": "r", "answer-directly": "r", "contact": "c"}
"""The keys of a ticket's forms, by action."""
