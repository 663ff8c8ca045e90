"""A form that was not taken: which, why, and all that was typed, so that nothing is lost."""

from collections.abc import Sequence

from msgspec import Struct

from services.console.pages.fields import FIELDS
from services.console.pages.timeline import Line, quiet
from shared.problems import Problem

VERSION, KEY, NEXT = "_version", "_key", "_next"
"""Hidden fields of a form: the ticket's version that its page showed, what makes a double click one command, and where
to go once it is recorded."""


FILES = "attachments"
"""The field that carries the uploaded files."""


class Kept(Struct, frozen=True):
    """The action whose form it is, the problem, and the fields as they were typed."""

    action: str
    problem: Problem
    typed: dict[str, str]

    @property
    def text(self) -> str:
        """All that was written, not chosen, for where its form is no longer offered."""
        chosen = {one.name for one in FIELDS.get(self.action, ()) if one.kind not in ("long", "line")}
        return text_of({name: text for name, text in self.typed.items() if name not in chosen})

    def missed(self, lines: Sequence[Line]) -> list[Line]:
        """What came between the form's page and the form, where that may be why it was not taken."""
        seen = version_in(self.typed)
        if seen is None or not overtaken(self.problem):
            return []
        return [line for line in lines if line.version > seen and line.kind != "refused" and not quiet(line)]


def overtaken(problem: Problem) -> bool:
    """Whether what somebody else did meanwhile may be why: then there is a next ticket rather than another try."""
    return problem.status in (403, 404, 409)


def text_of(typed: dict[str, str]) -> str:
    """What a person typed of these fields; what begins with ``_`` is the page's, and files are no text."""
    said = (text for name, text in typed.items() if name != FILES and not name.startswith("_"))
    return "\n\n".join(text for text in said if text.strip())


def version_in(typed: dict[str, str]) -> int | None:
    """The version that the form's page showed; None where it does not say."""
    seen = typed.get(VERSION, "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None
