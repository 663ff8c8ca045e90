"""What each event does to the views, on a real topic and a real Postgres."""

from shared.settings import Settings
from shared.ticket import commands as c
from tests.record import recorded
from tests.sample import TO_SURVEYING
from tests.services.projector.projected import project, ticket_row


async def test_a_ticket_closed_satisfied_shows_every_step(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING, c.RecordSurvey("satisfied"))
    await project(settings)
    row = await ticket_row(settings, "t-1")
    print(row)
    assert row["stage"] == "closed"
