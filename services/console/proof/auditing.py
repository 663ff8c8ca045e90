"""What auditors ask of the views, bound to the caller's jurisdiction, scopes and unit like every question."""

from collections.abc import Sequence
from pathlib import Path

from asyncpg import Pool
from msgspec import convert, json

from services.console import cursors
from services.console.people.accounts import Account
from services.console.people.logins import LONGEST
from services.console.proof.as_of import Place
from services.console.proof.chain import Position
from services.console.proof.inspecting import Stored
from services.console.proof.looked import BURST, MORNING, NIGHT, Look, Trespass, Wanted
from services.console.queries import SEEN, bound
from services.console.rows import Name
from services.console.sql import statements
from shared.policy.documents import Document
from shared.views.policies import named

SQL = statements(Path(__file__).with_name("auditing.sql"), {"SEEN": SEEN})
NAMING = ("units", "catalogue")
"""The kinds of policies that name codes."""


Version = tuple[str, str, int]
"""Jurisdiction, kind and version of a policy."""


class Auditing:
    """The questions."""

    def __init__(self, pool: Pool, lists: Pool) -> None:
        self._pool = pool
        self._lists = lists
        self._named: dict[Version, list[Name]] = {}

    async def places(self, caller: Account, ticket: str) -> list[Place]:
        """Where a ticket's entries lie; none where the caller may not know of it."""
        return [Place(*row) for row in await self._pool.fetch(SQL["places"], *bound(caller), ticket)]

    async def counted(self, partition: int, records: Sequence[Stored]) -> set[int]:
        """At which offsets lie those of these records that the views counted."""
        tickets, offsets = {record.ticket for record in records}, [record.offset for record in records]
        rows = await self._pool.fetch(SQL["counted"], list(tickets), partition, offsets)
        return {row["offset"] for row in rows}

    async def positions(self) -> list[Position]:
        """How far the views are; of no jurisdiction."""
        return [Position(*row) for row in await self._pool.fetch(SQL["positions"])]

    async def looked(
        self, caller: Account, wanted: Wanted, cursor: str | None, limit: int
    ) -> tuple[list[Look], str | None]:
        """A page of looks, the latest first, and the cursor of the next one."""
        given = (*wanted.whose, *cursors.after_look(cursor), limit + 1)
        oddly = (wanted.odd, BURST, NIGHT, MORNING)
        rows = await self._lists.fetch(SQL["looked"], *bound(caller), *given, *oddly)
        looks = [convert({**row, "detail": json.decode(row["detail"])}, Look) for row in rows[:limit]]
        last = looks[-1] if len(rows) > limit else None
        return looks, cursors.written((last.at, last.partition, last.source)) if last else None

    async def trespasses(
        self, caller: Account, wanted: Wanted, before: int | None, limit: int
    ) -> tuple[list[Trespass], int | None]:
        """A page of askings for the tickets of others, the latest first, and before which the next one begins."""
        rows = await self._lists.fetch(SQL["trespassed"], *bound(caller), before, *wanted.whose, limit + 1)
        found = [convert(dict(row), Trespass) for row in rows[:limit]]
        return found, found[-1].id if len(rows) > limit else None

    async def trespassed(
        self, caller: Account, tickets: Sequence[str], address: str, once: bool = False
    ) -> None:
        """Keep that the caller asked there for these tickets; nothing of those that are not there, or theirs to know.

        once   nothing either where the same was kept since the caller's login may have begun
        """
        who = (*bound(caller), caller.id, caller.role, address)
        await self._pool.execute(SQL["trespass"], *who, tickets, LONGEST if once else None)

    async def barred(self, caller: Account, ticket: str, address: str) -> None:
        """Keep that the caller, who may know of the ticket, was told there that it is not theirs."""
        await self._pool.execute(SQL["barred"], *bound(caller), caller.id, caller.role, address, ticket)

    async def names_by(self, caller: Account, place: Place) -> dict[tuple[str, str], Name]:
        """What codes were called when that entry was written: by the policies that its partition had been told."""
        wanted = [f"policy/{caller.jurisdiction}/{kind}" for kind in NAMING]
        told = [
            (caller.jurisdiction, kind, version)
            for kind, version in await self._pool.fetch(SQL["told"], wanted, place.partition, place.source)
        ]
        await self._learn([version for version in told if version not in self._named])
        return {(name.kind, name.code): name for version in told for name in self._named.get(version, [])}

    async def _learn(self, versions: Sequence[Version]) -> None:
        """Read what these versions name; a version never changes."""
        for version in versions:
            if text := await self._pool.fetchval(SQL["document"], *version):
                rows = named(json.decode(text, type=Document))
                self._named[version] = [convert(row, Name, from_attributes=True) for row in rows]
