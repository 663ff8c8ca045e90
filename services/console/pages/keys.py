"""The keys of every page, in one table: the help shows it, the scripts obey it, the reference is made from it.

A key does what the scripts have for it, or else presses the element of the page that carries it (``data-key``). Single
keys are dead where somebody types and while an input method composes, and can be switched off (WCAG 2.1.4).
"""

from typing import Literal, NamedTuple, get_args

Where = Literal["everywhere", "list", "ticket", "desk", "triage", "review", "survey", "form"]
PLACES: tuple[Where, ...] = get_args(Where)
USUAL: tuple[Where, ...] = ("everywhere", "list", "ticket", "form")
"""Where the keys of a page are from that is no desk; a desk's are everywhere's, all desks', its own and a form's."""
ROWS = "table.tickets tbody tr"
TICKS = f"{ROWS} input[type=checkbox]"
TRACES = "#clocks summary, .trace summary"


class Key(NamedTuple):
    """What to press (as browsers call it), what it does (the catalogue's ``key.<does>``), and where.

    needs  a selector of what a page must have for it; without one the element that carries the key
    """

    press: str
    does: str
    where: Where
    needs: str = ""

    @property
    def shown(self) -> str:
        """As people read it."""
        if len(self.press) == 1 and self.press.isupper():
            return f"Shift+{self.press.lower()}"
        return NAMES.get(self.press, self.press)

    @property
    def here(self) -> str:
        """The selector: a page that has nothing of the kind does not offer the key."""
        return self.needs or f'main [data-key="{self.press}"]'


NAMES = {"Escape": "Esc", "Control+Enter": "Ctrl+Enter", "Control+s": "Ctrl+S"}
KEYS = (
    Key("?", "help", "everywhere", "body"),
    Key("/", "search", "everywhere", "body"),
    Key("g", "go", "everywhere", "body"),
    Key("Escape", "back", "everywhere", "body"),
    Key("p", "print", "everywhere", "body"),
    Key("j", "down", "list", ROWS),
    Key("k", "up", "list", ROWS),
    Key("Enter", "open", "list", ROWS),
    Key("t", "trace", "list", f"{ROWS} .deadline a"),
    Key(".", "copy", "list", ROWS),
    Key("x", "select", "list", TICKS),
    Key("X", "range", "list", TICKS),
    Key("*", "all", "list", TICKS),
    Key("f", "filter", "list"),
    Key("F", "clear", "list"),
    Key("o", "export", "list"),
    Key("n", "next", "list"),
    Key("a", "main", "ticket"),
    Key("e", "amend", "ticket"),
    Key("r", "reply", "ticket"),
    Key("c", "contact", "ticket"),
    Key("t", "trace", "ticket", TRACES),
    Key(".", "copy", "ticket", "h1 .number, h2 .number"),
    Key("[", "earlier", "ticket"),
    Key("]", "later", "ticket"),
    Key("s", "skip", "desk"),
    Key("b", "release", "desk"),
    Key("v", "whole", "desk"),
    Key("t", "trace", "desk", TRACES),
    Key(".", "copy", "desk", "h2 .number"),
    Key("o", "open_demand", "triage"),
    Key("1", "choose", "triage"),
    Key("u", "other_units", "triage"),
    Key("h", "assisting", "triage"),
    Key("e", "reclassify", "triage"),
    Key("Enter", "dispatch", "triage", "[data-enter]"),
    Key("o", "open_answer", "review"),
    Key("Enter", "approve", "review", "[data-enter]"),
    Key("x", "send_back", "review"),
    Key("o", "open_phone", "survey"),
    Key("1", "grade", "survey"),
    Key("4", "solved", "survey"),
    Key("m", "attempt", "survey"),
    Key("Enter", "record_survey", "survey", "[data-enter]"),
    Key("Control+Enter", "submit", "form", "main form textarea, main form [required]"),
    Key("Control+s", "draft", "form", "form[data-draft]"),
    Key(";;", "phrase", "form", "main textarea:not([data-no-phrases])"),
)
OF_ACTIONS = {"amend": "e", "answer": "r", "answer-directly": "r", "contact": "c"}
"""The keys of a ticket's forms, by action."""
