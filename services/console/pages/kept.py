"""A form that was not taken: which, why, and all that was typed, so that nothing is lost."""

from msgspec import Struct

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
        """All that was typed, for where its form is no longer offered."""
        return text_of(self.typed)

    def lost_to(self, version: int) -> bool:
        """Whether an entry of that version came between the form's page and the form."""
        return self.problem.code == "stale_version" and version > (version_in(self.typed) or version)


def text_of(typed: dict[str, str]) -> str:
    """What a person typed of these fields; what begins with ``_`` is the page's, and files are no text."""
    said = (text for name, text in typed.items() if name != FILES and not name.startswith("_"))
    return "\n\n".join(text for text in said if text.strip())


def version_in(typed: dict[str, str]) -> int | None:
    """The version that the form's page showed; None where it does not say."""
    seen = typed.get(VERSION, "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None
