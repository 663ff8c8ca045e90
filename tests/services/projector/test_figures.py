"""按期办结率: an open ticket whose term is over is a miss, one whose term still runs is not due yet."""

from shared.figures import COUNTS
from shared.settings import Settings
from shared.ticket import commands as c
from tests.record import recorded
from tests.sample import CIPHER, TO_CLOSED, TO_SIGNED, TO_SURVEYING, register
from tests.services.projector.projected import project, rows
from tests.services.projector.test_views import FAR, PAST, due

MISSED = c.MissDeadline("citizen", 1, PAST)
STORIES: dict[str, tuple[c.TicketBody, ...]] = {
    "closed in time": (register(), due("citizen", FAR), c.AnswerDirectly(CIPHER)),
    "closed too late": (register(), due("citizen", PAST), c.AnswerDirectly(CIPHER)),
    "open, term over": (*TO_SIGNED, due("citizen", PAST), MISSED),
    "open, term runs": (*TO_SIGNED, due("citizen", FAR)),
    "answered in time, not closed": (*TO_SURVEYING, due("citizen", FAR)),
    "answered too late, not closed": (*TO_SURVEYING, due("citizen", PAST)),
    "closed in time, disputed": (*TO_CLOSED, due("citizen", FAR), c.Dispute(CIPHER)),
    "term moved and kept": (register(), due("citizen", PAST), MISSED, due("citizen", FAR), c.AnswerDirectly(CIPHER)),
    "closed without a term": (register(), c.AnswerDirectly(CIPHER)),
}  # fmt: skip
ON_TIME = {"closed in time", "term moved and kept"}
OVERDUE = {"closed too late", "open, term over", "answered too late, not closed"}


async def test_what_is_on_time_overdue_or_not_due_yet(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        for name, bodies in STORIES.items():
            await record.given(name, *bodies)
    await project(settings)
    counted = {
        name: {row["id"] for row in await rows(settings, f"SELECT id FROM tickets WHERE {condition}")}  # noqa: S608
        for name, condition in COUNTS.items()
    }
    assert counted["on_time"] == counted["on_time_rate"] == ON_TIME
    assert counted["overdue"] == OVERDUE
    assert counted["closed"] >= ON_TIME
    assert counted["on_time_rate.of"] == ON_TIME | OVERDUE
    assert counted["on_time_rate.excluded"] == STORIES.keys() - ON_TIME - OVERDUE
