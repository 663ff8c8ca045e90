"""What codes are called, for pages: units, handlers, places and topics of a jurisdiction, looked up now and then."""

import time
from collections.abc import Mapping

from services.console.people.accounts import Account
from services.console.queries import Queries
from services.console.rows import Name

REMEMBERED_SECONDS = 5.0
"""How long a name is shown after the policy that changed it."""

Names = Mapping[tuple[str, str], Name]
"""(kind, code) → its name."""


class NameBook:
    """The names of each jurisdiction, read again when they are older than ``REMEMBERED_SECONDS``."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._known: dict[str, tuple[float, Names]] = {}

    async def of(self, caller: Account) -> Names:
        """The names that the caller's jurisdiction uses."""
        return await self.at(caller.jurisdiction)

    def remembered(self, jurisdiction: str) -> Names:
        """The names as they were read last, for when nothing can be read; none before the first page."""
        return self._known.get(jurisdiction, (0.0, {}))[1]

    async def at(self, jurisdiction: str) -> Names:
        """The names that a jurisdiction uses."""
        at, known = self._known.get(jurisdiction, (0.0, {}))
        if known and time.monotonic() - at < REMEMBERED_SECONDS:
            return known
        fresh: Names = {(name.kind, name.code): name for name in await self._queries.names(jurisdiction)}
        self._known[jurisdiction] = time.monotonic(), fresh
        return fresh
