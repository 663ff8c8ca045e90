"""What auditors ask of the views, bound to the caller's jurisdiction, scopes and unit like every question."""

from collections.abc import Sequence
from pathlib import Path

from asyncpg import Pool

from services.console.accounts import Account
from services.console.as_of import Place
from services.console.inspecting import Stored
from services.console.queries import SEEN, Name, bound
from services.console.sql import statements
from shared.policy.documents import Policies
from shared.views.policies import named

SQL = statements(Path(__file__).with_name("auditing.sql"), {"SEEN": SEEN})
NAMING = ("units", "catalogue")
"""The kinds of policies that name codes."""


class Auditing:
    """The questions."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def places(self, caller: Account, ticket: str) -> list[Place]:
        """Where a ticket's entries lie; none where the caller may not know of it."""
        return [Place(*row) for row in await self._pool.fetch(SQL["places"], *bound(caller), ticket)]

    async def counted(self, partition: int, records: Sequence[Stored]) -> dict[int, int]:
        """Of these records, at which offset the views counted the one for each command."""
        tickets, sources = {record.ticket for record in records}, {record.source for record in records}
        return dict(await self._pool.fetch(SQL["counted"], list(tickets), partition, list(sources)))

    async def names_by(
        self, caller: Account, policies: Policies, place: Place
    ) -> dict[tuple[str, str], Name]:
        """What codes were called when that entry was written: by the policies that its partition had been told."""
        wanted = [f"policy/{caller.jurisdiction}/{kind}" for kind in NAMING]
        told = await self._pool.fetch(SQL["told"], wanted, place.partition, place.source)
        documents = {(d.name, d.version): d for d in policies.documents}
        return {
            (row.kind, row.code): Name(row.kind, row.code, row.zh, row.en)  # type: ignore[arg-type]
            for kind, version in told
            if (document := documents.get((f"{caller.jurisdiction}/{kind}", version)))
            for row in named(document)
        }
