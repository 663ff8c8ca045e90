"""Dispatch as a process: real Kafka, real Postgres, the real ledger."""

from collections import Counter

from shared.settings import Settings
from shared.ticket import events as e
from tests.live import events, live, refusals
from tests.running.services import Running
from tests.sample import register


async def test_ten_tickets_at_once_are_spread_evenly_over_the_handlers(
    running: Running, settings: Settings
) -> None:
    running.start_all("ledger", "dispatch")
    async with live(settings) as log:
        await log.publish()
        for number in range(10):
            await log.ask(f"ticket-{number}", register(f"A{number}"))
        entries = await log.until("ten assignments", lambda entries: len(events(entries, e.Assigned)) == 10)
    handlers = Counter(event.handler for _, event in events(entries, e.Assigned))
    assert handlers == {"w1": 5, "w2": 5}
    assert refusals(entries, "dispatch") == []


async def test_what_no_rule_fits_waits_for_an_operator(running: Running, settings: Settings) -> None:
    running.start_all("ledger", "dispatch")
    async with live(settings) as log:
        await log.publish()
        await log.ask("ticket-1", register("A1", topic="road", place="west"))
        entries = await log.until("triage", lambda entries: bool(events(entries, e.Triaged)))
    assert events(entries, e.Triaged) == [("ticket-1", e.Triaged(1, "no_rule"))]
    assert events(entries, e.Assigned) == []
