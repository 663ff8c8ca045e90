"""审签: an answer is the unit's draft until its approver submits it; the ledger knows nothing of it before.

Each submission is a version, sealed under the ticket's key: where that is destroyed, they are gone with it.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog
from asyncpg import Pool, Record
from msgspec import Struct, json

from services.console.asking.duties import barred
from services.console.asking.forms import Action, Answer
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.sql import statements
from shared.keys import Keyring
from shared.problems import Problem
from shared.sealing import SealingError, TicketKey
from shared.ticket.refusals import refuse
from shared.ticket.words import Sealed

log = structlog.get_logger()

Status = Literal["waiting", "gone_on", "replaced", "issued", "sent_back"]
"""``gone_on``: nobody settled it, and the ticket is not where it was: the unit answered otherwise, or lost it."""
FIELDS, REASON = "signoff", "signoff/reason"
"""Under what a submitted answer and an approver's reason are sealed."""
FILE = Path(__file__).with_name("signoffs.sql")
WAITING = statements(FILE)["waiting"].split("\n", 1)[1]
"""Whether the submitted answer ``s`` of the ticket ``t`` waits for the unit's approver."""
SQL = statements(FILE, {"SEEN": SEEN, "WAITING": f"({WAITING})"})


class Submitted(Struct, frozen=True):
    """A version: what a handler submitted, and what became of it.

    answer   None where the ticket's key is gone
    """

    id: int
    person: str
    at: datetime
    status: Status
    answer: Answer | None
    settled_by: str | None
    settled_at: datetime | None
    reason: str | None


class SignOffs:
    """What units' handlers submitted for sign-off, and who may do what of it."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring

    async def approved(self, caller: Account) -> bool:
        """Whether the caller's unit has an approver."""
        return bool(await self._pool.fetchval(SQL["approver"], caller.jurisdiction, caller.unit))

    async def require_duty(self, caller: Account, action: type[Action]) -> None:
        """Raises Problem 403 for what is another duty's within the caller's unit."""
        if caller.role == "unit" and caller.duties:
            raise_barred(caller, barred(caller, action, await self.approved(caller)))

    async def submit(self, caller: Account, ticket: str, answer: Answer) -> int:
        """Lay an answer before the approver, in place of what the unit laid before them; gives its id.

        The one that waits again, such as by a double click, is the same version.
        Raises Problem 404 or 409 where the caller's unit does not have the ticket in hand.
        """
        key = (await self._keyring.existing([ticket])).get(ticket)
        if key is None:
            raise Problem.refused(refuse("unknown_ticket"))
        latest = next(iter(await self.of(caller, ticket)), None)
        if (
            latest is not None
            and latest.status == "waiting"
            and (latest.person, latest.answer) == (caller.id, answer)
        ):
            return latest.id
        sealed = key.seal(FIELDS, json.encode(answer).decode())
        id: int | None = await self._pool.fetchval(SQL["submit"], *bound(caller), ticket, caller.id, sealed)
        if id is None:
            raise moved_on()
        return id

    async def of(self, caller: Account, ticket: str) -> list[Submitted]:
        """What the caller's unit submitted in the ticket's round, the latest first."""
        rows = await self._pool.fetch(SQL["of"], *bound(caller), ticket)
        key = await self._keyring.current(ticket) if rows else None
        return [_submitted(row, key) for row in rows]

    async def settle(
        self, caller: Account, ticket: str, id: int, status: Literal["issued", "sent_back"], reason: str = ""
    ) -> None:
        """Note what the approver decided. Raises Problem 409 if it does not wait any more."""
        key = await self._keyring.key(ticket)
        sealed = key.seal(REASON, reason) if reason else None
        if not await self._pool.fetchval(SQL["settle"], id, ticket, status, caller.id, sealed):
            raise moved_on()


def raise_barred(caller: Account, problem: Problem | None) -> None:
    """Raises the problem if there is one; who tried stands in the log, since the ledger never hears of it."""
    if problem is not None:
        log.info("refused by duty", action="refused_by_duty", account=caller.id, unit=caller.unit)
        raise problem


def moved_on() -> Problem:
    """409: somebody settled or replaced it, or the ticket went on."""
    zh = "该答复稿已被处理或替换,或工单已不在本单位办理,请刷新后再看。"
    en = "This answer was settled or replaced, or the ticket has gone on: look at it again."
    return Problem(409, "signoff_moved_on", zh, en)


def _submitted(row: Record, key: TicketKey | None) -> Submitted:
    fields, reason = _opened(key, FIELDS, row["fields"]), _opened(key, REASON, row["reason"])
    return Submitted(
        id=row["id"],
        person=row["person"],
        at=row["at"],
        status=row["standing"],
        answer=json.decode(fields, type=Answer) if fields else None,
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
        reason=reason,
    )


def _opened(key: TicketKey | None, field: str, sealed: str | None) -> str | None:
    try:
        return key.open(field, Sealed(sealed)) if key and sealed else None
    except SealingError:
        return None
