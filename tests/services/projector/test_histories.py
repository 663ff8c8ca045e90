"""Whatever lawfully happened, and in whatever batches it was read, the views are those that a rebuild makes."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import asyncpg
from aiokafka.structs import ConsumerRecord
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as some

from services.projector import views
from services.projector.batch import Reading
from services.projector.rebuild import SHADOW, compared
from services.projector.writer import Writer
from shared.book import Written
from shared.figures import COUNTS
from shared.keys import Keyring
from shared.settings import Settings
from shared.ticket import commands as c
from shared.ticket.commands import TicketBody
from shared.ticket.words import Clock, Counted, Proposed
from tests.sample import ANSWER, ASSIGN, BECAUSE, CIPHER, CONTACT, RETURN, Story, register
from tests.services.projector.projected import open_keyring

SOON = datetime(2026, 3, 2, 2, 0, 30, tzinfo=UTC)
"""Some stories reach it, some do not."""
DAY = (
    "jurisdiction, (registered_at AT TIME ZONE 'Asia/Shanghai')::date AS day, partition, channel, "
    "coalesce(lead, '') AS lead, coalesce(scope, '') AS scope"
)
COUNTED = ", ".join(f'count(*) FILTER (WHERE {condition}) AS "{name}"' for name, condition in COUNTS.items())
MISCOUNTED = f"""
WITH kept AS (SELECT * FROM views.figures WHERE received > 0),
counted AS (SELECT {DAY}, {COUNTED} FROM views.tickets GROUP BY 1, 2, 3, 4, 5, 6)
(TABLE kept EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE kept)
"""  # noqa: S608 (of our own figures)
"""Days whose figures are not what their tickets count."""
UNIT: tuple[Clock, ...] = ("sign", "answer")
NEXT: dict[str, tuple[TicketBody, ...]] = {
    "registered": (c.Accept(), ASSIGN, ASSIGN, c.Triage(1, "样例")),
    "accepted": (ASSIGN, c.Assign("water", BECAUSE, ["road"]), c.Decline("litigation", CIPHER, "法院")),
    "assigned": (c.Sign("w2"), c.Sign(), RETURN),
    "signed": (CONTACT, ANSWER, ANSWER, RETURN),
    "return_requested": (c.RuleOnReturn(True, CIPHER, "road"), c.RuleOnReturn(False, CIPHER)),
    "answered": (c.Approve(), c.SendBack(CIPHER)),
    "surveying": (
        c.RecordSurvey("satisfied"),
        c.RecordSurvey("dissatisfied"),
        c.RecordAttempt("phone"),
        c.Close(CIPHER),
    ),
    "redo": (c.Assign("centre", BECAUSE), c.Sign()),
    "closed": (c.Dispute(CIPHER),),
}
"""What may follow where a ticket stands; some of it is refused, which the views must show as well."""


def due(clock: Clock, start: datetime) -> c.SetDeadlines:
    """A due moment soon after the story's start."""
    trace = [Counted(SOON.date(), True, "样例")]
    return c.SetDeadlines([Proposed(clock, 1, start, SOON, "1d", None, False, trace, {"sample/terms": 1})])


def anytime(story: Story) -> list[TicketBody]:
    """What may come at any stage, from people and from services."""
    ticket = story.ticket
    unit = [due(clock, ticket.assigned_at) for clock in UNIT] if ticket.assigned_at else []
    return [
        c.Look(["text", "citizen"], "inquiry"),
        c.Urge("asked_again", CIPHER),
        c.Amend(text=CIPHER),
        c.Amend(urgency="urgent"),
        due("citizen", ticket.clock_from),
        *unit,
        c.WarnDeadline("citizen", 1, SOON),
        c.MissDeadline("answer", 1, SOON),
        c.RecordDelivery("number", 1, True, 2),
        c.RecordDelivery("reply", 1, False, 9),
    ]


@some.composite
def histories(draw: some.DrawFn) -> Story:
    """A book of one partition: a few tickets, a step at a time, whichever comes next."""
    story = Story()
    for _ in range(draw(some.integers(1, 60))):
        story.id = f"t-{draw(some.integers(1, 2))}"
        if story.id not in story.kept:
            story.when(register(story.id))
            continue
        steps = [*NEXT[story.ticket.stage] * 4, *anytime(story)]
        story.when(draw(some.sampled_from(steps)))
    return story


def records(history: list[Written]) -> list[ConsumerRecord]:
    """The entries as Kafka gives them."""
    return [
        ConsumerRecord("", 0, n, 0, 0, w.key, w.value, None, len(w.key), len(w.value), tuple(w.headers))
        for n, w in enumerate(history)
    ]


async def filled(
    connection: asyncpg.Connection, keyring: Keyring, schema: str, batches: list[list[ConsumerRecord]]
) -> None:
    """Views made from nothing out of these batches."""
    await views.create(connection, schema, 1)
    reading = Reading(await views.positions(connection))
    for batch in batches:
        await Writer(connection, keyring).write(reading.take([batch]))


async def differences(settings: Settings, read: list[ConsumerRecord], ends: list[int]) -> list[object]:
    """What the views read in batches with these ends have that those read in one do not, or the other way round."""
    connection = await asyncpg.connect(settings.database)
    try:
        async with open_keyring(settings) as keyring:
            await keyring.prepare()
            transaction = connection.transaction()
            await transaction.start()
            await filled(connection, keyring, views.LIVE, [read[start:end] for start, end in pairwise(ends)])
            await filled(connection, keyring, SHADOW, [read])
            rows, different = await compared(connection)
            wrong = await connection.fetch(MISCOUNTED)
            await transaction.rollback()
    finally:
        await connection.close()
    assert rows["timeline"].rows >= len(read)
    return [*different, *wrong]


@trying(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), cuts=some.sets(some.integers(1, 65), min_size=25))
def test_the_views_of_any_history_are_those_that_a_rebuild_makes(
    settings: Settings, history: Story, cuts: set[int]
) -> None:
    read = records(history.written)
    ends = sorted({0, *(cut for cut in cuts if cut < len(read)), len(read)})
    assert asyncio.run(differences(settings, read, ends)) == []
