"""Who holds how much: dispatch's memory in Postgres, folded over a batch (design §6 step 1)."""

from collections import Counter
from collections.abc import Sequence

from asyncpg import Connection

from services.dispatch.react import KINDS, Memory, holder, react
from shared.reaction import Noticed
from shared.reactor import Asked, asked

Holder = tuple[str, str]
"""(jurisdiction, handler)."""


class Dispatch:
    """The reactor: loads from Postgres, reactions in order, loads back; what was just asked counts."""

    name = "dispatch"
    kinds = KINDS

    async def take(self, connection: Connection, noticed: Sequence[Noticed]) -> list[Asked]:
        """One batch. Several workers take turns, so that ten tickets at once still spread evenly."""
        await connection.execute(_ONE_AT_A_TIME)
        tickets = sorted({n.entry.ticket for n in noticed})
        held: dict[str, Holder] = {
            row["ticket"]: (row["jurisdiction"], row["handler"])
            for row in await connection.fetch(_OPEN, tickets)
        }
        before = dict(held)
        loads = Counter(
            {(row["jurisdiction"], row["handler"]): row["open"] for row in await connection.fetch(_LOADS)}
        )
        moves: Counter[tuple[Holder, int]] = Counter()
        commands = [command for n in noticed for command in _one(n, held, loads, moves)]
        await _keep(connection, before, held, moves)
        return commands


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
    if gone:
        await connection.execute(_FORGET, gone)
    if new:
        await connection.execute(_HOLD, *map(list, zip(*new, strict=True)))
    if changed:
        await connection.execute(_MOVE, *map(list, zip(*changed, strict=True)))


_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('huiyin/dispatch', 0))"
_OPEN = "SELECT ticket, jurisdiction, handler FROM dispatch.open WHERE ticket = ANY($1::text[])"
_LOADS = "SELECT jurisdiction, handler, sum(open)::int AS open FROM dispatch.loads GROUP BY 1, 2"
_FORGET = "DELETE FROM dispatch.open WHERE ticket = ANY($1::text[])"
_HOLD = """
INSERT INTO dispatch.open (ticket, jurisdiction, handler)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (ticket) DO UPDATE SET jurisdiction = excluded.jurisdiction, handler = excluded.handler
"""
_MOVE = """
INSERT INTO dispatch.loads AS l (jurisdiction, handler, partition, open)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[])
ON CONFLICT (jurisdiction, handler, partition) DO UPDATE SET open = l.open + excluded.open
"""
