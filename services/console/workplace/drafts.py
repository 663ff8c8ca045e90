"""Drafts: what people typed into a form and have not submitted, kept on the server so that no crash loses it.

Sealed under the ticket's key: where that is destroyed, the draft is gone with it. Which uploaded files it names lies
beside it in clear, so that they are not cleared while it lives (``unsent.py``).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from asyncpg import Pool
from msgspec import Struct, json

from services.console.attachments.attached import carried_in
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.sql import statements
from shared.keys import Keyring
from shared.problems import Problem
from shared.sealing import SealingError, TicketKey
from shared.ticket.refusals import refuse
from shared.ticket.words import Sealed

KEPT = timedelta(days=30)
"""A draft that nobody touched for so long is cleared."""
OWN = "desk/"
"""Begins the name under which a person's forms without a ticket are kept; no ticket's id begins so."""

SQL = statements(Path(__file__).with_name("drafts.sql"), {"SEEN": SEEN, "OWN": f"'{OWN}'"})


class Draft(Struct, frozen=True):
    """What was typed, by field, and when it was last saved."""

    fields: dict[str, str]
    saved_at: datetime


class Drafts:
    """Each person's own drafts, by ticket and form; ``ticket`` is None for a form without one (来电登记)."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring

    async def save(
        self, caller: Account, ticket: str | None, form: str, fields: Mapping[str, str]
    ) -> datetime | None:
        """Keep what is typed by now; when it was saved, None where nothing is left to keep.

        Fields whose names begin with ``_`` are the page's and not kept. Raises Problem 404 for a ticket that
        the caller may not know of.
        """
        typed = {name: text for name, text in fields.items() if text.strip() and not name.startswith("_")}
        if not typed:
            await self.drop(caller, ticket, form)
            return None
        place = _place(caller, ticket)
        keys = await (self._keyring.existing([place]) if ticket else self._keyring.keys([place]))
        if place not in keys:
            raise Problem.refused(refuse("unknown_ticket"))
        sealed = keys[place].seal(_field(caller, form), json.encode(typed).decode())
        files = [file.digest for file in carried_in(typed.get("attachments", ""))]
        saved: datetime | None = await self._pool.fetchval(
            SQL["save"], *bound(caller), caller.id, place, form, sealed, KEPT, files
        )
        if saved is None:
            raise Problem.refused(refuse("unknown_ticket"))
        return saved

    async def of(self, caller: Account, ticket: str | None) -> dict[str, Draft]:
        """The caller's drafts of a ticket, by form."""
        place = _place(caller, ticket)
        rows = await self._pool.fetch(SQL["of"], caller.id, place, KEPT)
        key = await self._keyring.current(place) if rows else None
        opened = {row["form"]: _opened(key, _field(caller, row["form"]), row["fields"]) for row in rows}
        return {
            row["form"]: Draft(fields, row["saved_at"]) for row in rows if (fields := opened[row["form"]])
        }

    async def drop(self, caller: Account, ticket: str | None, form: str) -> None:
        """Forget a draft, because it was submitted and accepted, or emptied."""
        await self._pool.execute(SQL["drop"], caller.id, _place(caller, ticket), form)


def _place(caller: Account, ticket: str | None) -> str:
    return ticket or f"{OWN}{caller.id}"


def _field(caller: Account, form: str) -> str:
    """Under what the fields are sealed: bound to the person and the form, besides the ticket."""
    return f"draft/{caller.id}/{form}"


def _opened(key: TicketKey | None, field: str, sealed: str) -> dict[str, str] | None:
    try:
        return json.decode(key.open(field, Sealed(sealed)), type=dict[str, str]) if key else None
    except SealingError:
        return None
