"""Who holds how much: dispatch's memory in Postgres, folded over a batch (design §6 step 1)."""

from collections import Counter
from collections.abc import Sequence

from asyncpg import Connection

from services.dispatch.react import KINDS, ROUTED, Memory, holder, react
from shared.postgres import columns
from shared.reaction import Noticed
from shared.reactor import Asked, asked

Holder = tuple[str, str]
"""(jurisdiction, handler)."""


class Dispatch:
    """The reactor: loads from Postgres, reactions in order, loads back; what was just asked counts."""

    name = "dispatch"
    kinds = KINDS

    async def take(self, connection: Connection, noticed: Sequence[Noticed]) -> list[Asked]:
        """One batch."""
        tickets = sorted({n.entry.ticket for n in noticed})
        held: dict[str, Holder] = {
            row["ticket"]: (row["jurisdiction"], row["handler"])
            for row in await connection.fetch(_OPEN, tickets)
        }
        before = dict(held)
        loads = await _loads(connection, noticed)
        moves: Counter[tuple[Holder, int]] = Counter()
        commands = [command for n in noticed for command in _one(n, held, loads, moves)]
        await _keep(connection, before, held, moves)
        return commands


async def _loads(connection: Connection, noticed: Sequence[Noticed]) -> Counter[Holder]:
    """Everybody's load, where one may be chosen. Several workers take turns, or ten at once would not spread evenly."""
    if not any(isinstance(event, ROUTED) for n in noticed for event in n.entry.events):
        return Counter()
    await connection.execute(_ONE_AT_A_TIME)
    return Counter(
        {(row["jurisdiction"], row["handler"]): row["open"] for row in await connection.fetch(_LOADS)}
    )


def _one(
    n: Noticed, held: dict[str, Holder], loads: Counter[Holder], moves: Counter[tuple[Holder, int]]
) -> list[Asked]:
    """React to one entry, and move its ticket from whoever held it to whoever holds it now."""
    entry = n.entry
    want = react(entry, Memory(n.policies, loads))
    handler = holder(entry, want)
    now = (entry.after.jurisdiction, handler) if entry.after and handler else None
    was = held.pop(entry.ticket, None)
    if now:
        held[entry.ticket] = now
    if now != was:
        for who, change in ((was, -1), (now, 1)):
            if who:
                loads[who] += change
                moves[who, n.partition] += change
    return asked("dispatch", n, [want] if want else [])


async def _keep(
    connection: Connection,
    before: dict[str, Holder],
    held: dict[str, Holder],
    moves: Counter[tuple[Holder, int]],
) -> None:
    gone = sorted(before.keys() - held.keys())
    new = sorted((ticket, *who) for ticket, who in held.items() if before.get(ticket) != who)
    changed = sorted((*who, partition, by) for (who, partition), by in moves.items() if by)
    if gone or new or changed:
        await connection.execute(_KEEP, gone, *columns(new, 3), *columns(changed, 4))


_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('huiyin/dispatch', 0))"
_OPEN = "SELECT ticket, jurisdiction, handler FROM dispatch.open WHERE ticket = ANY($1::text[])"
_LOADS = "SELECT jurisdiction, handler, sum(open)::int AS open FROM dispatch.loads GROUP BY 1, 2"
_KEEP = """
WITH forgotten AS (
    DELETE FROM dispatch.open WHERE ticket = ANY($1::text[])
), held AS (
    INSERT INTO dispatch.open (ticket, jurisdiction, handler)
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[])
    ON CONFLICT (ticket) DO UPDATE SET jurisdiction = excluded.jurisdiction, handler = excluded.handler
)
INSERT INTO dispatch.loads AS l (jurisdiction, handler, partition, open)
SELECT * FROM unnest($5::text[], $6::text[], $7::int[], $8::int[])
ON CONFLICT (jurisdiction, handler, partition) DO UPDATE SET open = l.open + excluded.open
"""
