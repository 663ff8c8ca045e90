"""The queue of what is to be told: feedback's memory in Postgres (design §6 step 1)."""

from collections.abc import Mapping, Sequence

from asyncpg import Connection

from services.feedback.react import KINDS, delivery_id, react
from shared.channels import CHANNELS
from shared.channels.form import Account
from shared.postgres import columns
from shared.reaction import Noticed
from shared.reactor import Asked
from shared.ticket import events as e
from shared.ticket.events import Registered
from shared.ticket.state import Summary


class Feedback:
    """The reactor. It asks for nothing itself: a command follows once something was delivered or given up."""

    name = "feedback"
    kinds = KINDS

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._silent = {account.id for account in accounts.values() if not account.report_to}

    async def take(self, connection: Connection, noticed: Sequence[Noticed]) -> list[Asked]:
        """One batch: origins, then what is to be told of tickets that have one, then what was told."""
        told = [n for n in noticed if self._wants_reports(n.entry.after)]
        if origins := [
            _origin(n, event) for n in told for event in n.entry.events if type(event) is Registered
        ]:
            await connection.execute(_ORIGINS, *columns(origins, 3))
        if rows := [row for n in told for row in _rows(n)]:
            await connection.execute(_DELIVERIES, *columns(rows, 15))
        await _recorded(connection, noticed)
        return []

    def _wants_reports(self, after: Summary | None) -> bool:
        """Not what people registered, nor an account without an address; one that is not configured is to fail."""
        return after is not None and after.channel in CHANNELS and after.account not in self._silent


def _origin(n: Noticed, event: Registered) -> tuple[str, str, str | None]:
    return n.entry.ticket, event.external_id, event.reply_to


def _rows(n: Noticed) -> list[tuple[object, ...]]:
    after = n.entry.after
    if after is None:
        return []
    trace = dict(n.headers).get("traceparent")
    whose = n.partition, n.entry.ticket, after.jurisdiction, after.account, after.number, trace
    return [
        (delivery_id(n.entry.ticket, telling.purpose, telling.round), *whose, *telling)
        for telling in react(n.entry)
    ]


async def _recorded(connection: Connection, noticed: Sequence[Noticed]) -> None:
    """What the record says was told is told, also when this database came back from before it was.

    The origin of a ticket that a unit completed is kept: it may be disputed, and the second reply goes the same way.
    """
    told, failed, ended = list[str](), list[tuple[str, int, str | None]](), list[str]()
    for n in noticed:
        ticket = n.entry.ticket
        for event in n.entry.events:
            match event:
                case e.Delivered():
                    told.append(delivery_id(ticket, event.purpose, event.round))
                case e.DeliveryFailed():
                    failed.append(
                        (delivery_id(ticket, event.purpose, event.round), event.tries, event.because)
                    )
                case e.Declined() | e.AnsweredDirectly():
                    ended.append(ticket)
    if told or failed or ended:
        await connection.execute(_RECORDED, told, *columns(failed, 3), ended)


_ORIGINS = """
INSERT INTO feedback.origins (ticket, external_id, reply_to) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT DO NOTHING
"""
_DELIVERIES = """
INSERT INTO feedback.deliveries (id, partition, ticket, jurisdiction, account, number, traceparent, purpose, round,
                                 at, field, sealed, due, outcome, grade, external_id, reply_to)
SELECT n.id, n.partition, n.ticket, n.jurisdiction, n.account, n.number, n.traceparent, n.purpose, n.round,
       n.at, n.field, n.sealed, n.due, n.outcome, n.grade, o.external_id, o.reply_to
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[],
            $9::int[], $10::timestamptz[], $11::text[], $12::text[], $13::timestamptz[], $14::text[], $15::text[])
     WITH ORDINALITY AS n (id, partition, ticket, jurisdiction, account, number, traceparent, purpose, round,
                           at, field, sealed, due, outcome, grade, place)
JOIN feedback.origins o USING (ticket)
ORDER BY n.place
ON CONFLICT DO NOTHING
"""
_RECORDED = """
WITH told AS (
    DELETE FROM feedback.deliveries WHERE id = ANY($1::text[])
), failed AS (
    UPDATE feedback.deliveries d SET state = 'failed', tries = n.tries, because = n.because
    FROM unnest($2::text[], $3::int[], $4::text[]) AS n (id, tries, because) WHERE d.id = n.id
)
DELETE FROM feedback.origins WHERE ticket = ANY($5::text[])
"""
