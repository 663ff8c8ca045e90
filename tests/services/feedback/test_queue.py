"""The queue in a real Postgres: given what the record says, then this is still to be told."""

from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from services.feedback import queue
from shared.channels.form import Account
from shared.policy.documents import Policies
from shared.postgres import make_schema
from shared.reaction import Noticed
from shared.settings import Settings
from shared.ticket import commands as c
from shared.ticket.words import Past
from tests.sample import BECAUSE, CIPHER, SAMPLE, START, TO_CLOSED, TO_SURVEYING, Story, register

SCHEMA = Path(queue.__file__).with_name("feedback.sql")
CITY = Account("city", "hotline", SAMPLE, {"k1": "sample-secret"}, report_to="http://city.invalid/callback")


async def left_after(
    settings: Settings, story: Story, account: Account = CITY
) -> tuple[list[tuple[str, str, int]], int]:
    """What one batch of the whole story leaves: (purpose, state, tries) of each delivery, and how many origins."""
    noticed = [Noticed(written.entry, 0, Policies()) for written in story.written]
    async with asyncpg.create_pool(settings.database, min_size=1, max_size=1) as pool:
        await make_schema(pool, SCHEMA)
        async with pool.acquire() as connection:
            await queue.Feedback({account.id: account}).take(connection, noticed)
            rows = await connection.fetch(
                "SELECT purpose, state, tries FROM feedback.deliveries ORDER BY seq"
            )
            origins = await connection.fetchval("SELECT count(*) FROM feedback.origins")
    return [tuple(row) for row in rows], origins


async def test_an_ended_ticket_waits_to_be_told_and_its_origin_is_forgotten(settings: Settings) -> None:
    story = Story().given(register(), c.AnswerDirectly(CIPHER))
    assert await left_after(settings, story) == ([("reply", "waiting", 0), ("ended", "waiting", 0)], 0)


async def test_a_disputed_tickets_second_reply_survey_and_end_go_the_way_of_the_first(
    settings: Settings,
) -> None:
    again = (c.Dispute(CIPHER), c.Assign("water", BECAUSE), *TO_SURVEYING[2:], c.Close(CIPHER))
    waiting, origins = await left_after(settings, Story().given(*TO_CLOSED, *again))
    assert [purpose for purpose, _, _ in waiting] == ["reply", "survey", "ended"] * 2
    assert origins == 1


async def test_what_the_record_says_was_told_or_given_up_is_not_tried_again(settings: Settings) -> None:
    told = c.RecordDelivery("reply", 1, True, 1, None)
    given_up = c.RecordDelivery("ended", 1, False, 12, "http 503")
    story = Story().given(register(), c.AnswerDirectly(CIPHER), told, given_up)
    assert await left_after(settings, story) == ([("ended", "failed", 12)], 0)


async def test_what_came_through_an_account_that_is_not_configured_waits_too_and_is_to_fail(
    settings: Settings,
) -> None:
    story = Story().given(register(account="gone"), c.AnswerDirectly(CIPHER))
    assert await left_after(settings, story) == ([("reply", "waiting", 0), ("ended", "waiting", 0)], 0)


@pytest.mark.parametrize(
    ("came", "account"),
    [
        (register(channel="console", account="console:sample"), CITY),
        (c.ImportHistory("hotline", "city", "A1", CIPHER, CIPHER, Past(START)), CITY),
        (register(), replace(CITY, report_to=None)),
    ],
    ids=["from a person", "from the past", "by an account without an address"],
)
async def test_nobody_waits_to_hear_of_what_came(
    settings: Settings, came: c.TicketBody, account: Account
) -> None:
    story = Story().given(came, c.AnswerDirectly(CIPHER))
    assert await left_after(settings, story, account) == ([], 0)
