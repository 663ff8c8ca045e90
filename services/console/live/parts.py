"""The parts of pages that streams carry; the pages make them."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from services.console.live.presence import Present
from services.console.names import Names
from services.console.rows import TicketRow
from services.console.words import Language


class News(Struct, frozen=True):
    """The last thing that happened to a ticket."""

    ticket: str
    version: int
    kind: str
    person: str | None
    role: str | None
    unit: str | None


class Parts(Protocol):
    """Each in the reader's language and with their jurisdiction's names, as HTML that says where it belongs."""

    def row(self, language: Language, names: Names, row: TicketRow, select: str | None) -> str:
        """A ticket's row of a list, perhaps to be ticked for the form ``select``."""

    def news(self, language: Language, names: Names, news: News) -> str:
        """The bar on a ticket's page that says what happened."""

    def present(self, language: Language, names: Names, present: tuple[Present, ...]) -> str:
        """Who else is at the ticket."""

    def as_of(self, language: Language, at: datetime, behind: float) -> str:
        """How old what the page shows is; a text."""
