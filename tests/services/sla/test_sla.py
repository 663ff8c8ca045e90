"""The sla service as a process: real Kafka, real Postgres, the real ledger, minutes-long terms."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from shared.policy.calendar import Day
from shared.policy.documents import Document
from shared.policy.terms import TermsRule
from shared.settings import Settings
from shared.ticket import events as e
from tests.backup import brought_back, saved
from tests.lawful import lawful
from tests.live import Live, events, live, refusals
from tests.running.services import Running
from tests.sample import calendar, document, documents, register, terms


def with_rule(rule: TermsRule) -> list[Document]:
    """The sample policies with these terms."""
    return [document(replace(terms(), rules=(rule,))) if d.kind == "terms" else d for d in documents()]


async def registered_so_that_due_in(log: Live, seconds: float, *tickets: str) -> None:
    """Tickets whose minute began so long ago that this much of it is left."""
    began = datetime.now(UTC) - timedelta(seconds=60 - seconds)
    for ticket in tickets:
        await log.ask(ticket, register(ticket), occurred_at=began)


async def test_two_hundred_deadlines_of_one_moment_are_all_missed_within_a_second_and_a_half(
    running: Running, settings: Settings
) -> None:
    running.start_all("ledger", "sla")
    tickets = [f"ticket-{number}" for number in range(200)]
    async with live(settings) as log:
        await log.publish(with_rule(TermsRule({"citizen": "1min"}, warn_before={"citizen": "1min"})))
        await registered_so_that_due_in(log, 4, *tickets)
        entries = await log.until("200 misses", lambda all_: len(events(all_, e.DeadlineMissed)) == 200)
    late = [
        entry.recorded_at - event.due
        for entry in entries
        for event in entry.events
        if isinstance(event, e.DeadlineMissed)
    ]
    assert max(late) <= timedelta(seconds=1.5)
    assert Counter(ticket for ticket, _ in events(entries, e.DeadlineWarned)) == dict.fromkeys(tickets, 1)
    assert set(refusals(entries, "sla")) <= {"deadline_not_due"}


async def test_a_published_calendar_moves_every_open_deadline_and_says_from_when_to_when_and_why(
    running: Running, settings: Settings
) -> None:
    running.start_all("ledger", "sla")
    async with live(settings) as log:
        await log.publish()
        for number in range(20):
            await log.ask(f"ticket-{number}", register(f"A{number}"))
        before = await log.until("20 due moments", lambda all_: len(events(all_, e.DeadlineSet)) == 20)
        first = dict(events(before, e.DeadlineSet))
        due = next(iter(first.values())).due
        holiday = Day((due - timedelta(hours=12)).date(), off=True, name="样例假日")
        years = tuple(sorted({2025, 2026, holiday.date.year, date.today().year}))  # noqa: DTZ011
        await log.publish([document(replace(calendar(), years=years, days=(holiday,)), version=2)])
        after = await log.until("20 moves", lambda all_: len(events(all_, e.DeadlineSet)) == 40)
    moved = {
        ticket: event
        for ticket, event in events(after, e.DeadlineSet)
        if isinstance(event, e.DeadlineSet) and event.before is not None
    }
    assert set(moved) == set(first)
    for ticket, event in moved.items():
        assert event.before == first[ticket].due
        assert event.due > event.before
        assert event.policies == {"sample/terms": 1, "sample/calendar": 2}
        assert any(step.because == "样例假日" and not step.counted for step in event.trace)


async def test_postgres_brought_back_from_an_older_backup_loses_no_timer_and_fires_none_twice(
    running: Running, settings: Settings
) -> None:
    _, sla = running.start_all("ledger", "sla")
    old, new = [f"old-{n}" for n in range(10)], [f"new-{n}" for n in range(10)]
    async with live(settings) as log:
        await log.publish(with_rule(TermsRule({"citizen": "1min"})))
        await registered_so_that_due_in(log, 3, *old)
        await log.until("old due moments", lambda all_: len(events(all_, e.DeadlineSet)) == 10)
        backup = await saved(settings, "sla")
        await log.until("old misses", lambda all_: len(events(all_, e.DeadlineMissed)) == 10)
        await registered_so_that_due_in(log, 12, *new)
        await log.until("new due moments", lambda all_: len(events(all_, e.DeadlineSet)) == 20)
        sla.kill()
        await brought_back(settings, "sla", backup)
        sla.start()
        entries = await log.until("new misses", lambda all_: len(events(all_, e.DeadlineMissed)) == 20)
    assert Counter(ticket for ticket, _ in events(entries, e.DeadlineMissed)) == dict.fromkeys(old + new, 1)
    assert Counter(ticket for ticket, _ in events(entries, e.DeadlineSet)) == dict.fromkeys(old + new, 1)
    await lawful(settings)
