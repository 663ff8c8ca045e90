"""Verifying: a lawful record agrees, and whatever was altered or decided unlawfully is named with its place."""

from copy import copy

from msgspec.structs import replace

from services.audit.verify import Verified, verify
from shared.book import Written
from shared.kafka import partition_of
from shared.settings import Settings
from shared.ticket import commands as c
from shared.ticket import events as e
from tests.record import Record, recorded
from tests.sample import CONTACT, RETURN, TO_SIGNED, TO_SURVEYING, register


def at(settings: Settings, ticket: str) -> int:
    return partition_of(ticket, settings.partitions)


async def forge(record: Record, ticket: str, body: c.TicketBody, *events: e.Event) -> None:
    """A command is asked, and these events are written in place of what the rules make of it."""
    partition = at(record.settings, ticket)
    book = record.books[partition]
    before = copy(book.head), dict(book.tickets)  # type: ignore[call-overload]
    command = record.command(ticket, body)
    asked = await record.asked(partition, command)
    lawful = book.enter(asked.offset, asked.timestamp, ticket.encode(), c.write(command)).entry
    book.head = before[0]
    book.tickets = before[1]
    entry = replace(lawful, events=list(events), refusal=None)
    written = record.forged(partition, entry)
    book.follow(0, written.headers, written.value)
    await record.append(partition, written)


def told(verified: Verified) -> list[tuple[str, int, str]]:
    return [(found.ticket, found.partition, found.what) for found in verified.differences]


async def test_a_lawful_record_agrees_refusals_repeats_and_undecodable_commands_included(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING, c.RecordSurvey("dissatisfied"))
        await record.when("t-2", c.Sign())
        await record.send(record.command("t-1", c.Redo("x"), id="c-1"))  # type: ignore[arg-type]
        await record.raw(0, b"t-3", b"\xff not a command")
        await record.raw(0, b"t-3", b"x" * 300_000)
    verified = await verify(settings)
    written = 5 * settings.partitions + len(TO_SURVEYING) + 5
    assert (verified.entries, verified.counted, verified.redecided) == (written, written, written)
    assert (verified.differ, verified.differences) == (0, [])


async def test_a_late_writers_record_does_not_count_and_is_no_difference(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        partition = at(settings, "t-1")
        stale = copy(record.books[partition].head)
        await record.given("t-1", register())
        now = record.books[partition].head
        record.books[partition].head = stale
        late = record.forged(partition, (await record.when("t-1", c.Accept())))
        record.books[partition].head = now
        await record.append(partition, late)
    verified = await verify(settings)
    assert verified.entries > verified.counted


async def test_an_entry_taken_out_of_the_log_is_noticed_by_those_behind_it(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        partition = at(settings, "t-1")
        await record.given("t-1", register())
        asked = await record.asked(partition, command := record.command("t-1", c.Accept()))
        record.books[partition].enter(asked.offset, asked.timestamp, b"t-1", c.write(command))
        await record.when("t-1", c.Sign())
    (found,) = (await verify(settings)).differences
    assert found.partition == partition
    assert "an entry before it is missing" in found.what


async def test_bytes_of_a_stranger_in_the_topic_do_not_count_and_are_no_difference(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        entry = await record.when("t-1", register())
        stranger = Written(b"t-1", b"\xff", [("source", b"no source")], entry)
        await record.append(at(settings, "t-1"), stranger)
    verified = await verify(settings)
    assert (verified.differ, verified.entries - verified.counted) == (0, 1)


async def test_an_unlawful_step_with_a_valid_chain_is_named(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SIGNED)
        await forge(record, "t-1", CONTACT, e.Closed("completed", "satisfied"))
    verified = await verify(settings)
    (found,) = verified.differences
    assert (found.ticket, found.partition) == ("t-1", at(settings, "t-1"))
    assert "events: Contacted → Closed" in found.what


async def test_a_refusal_turned_into_an_event_is_named_and_those_after_it_are_judged_by_the_record(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register())
        await forge(record, "t-1", RETURN, e.Accepted())
        await record.when("t-1", c.Decline("not_ours", "x", "court"))  # type: ignore[arg-type]
    verified = await verify(settings)
    assert verified.differ == 1
    assert "refusal: not_in_this_stage → none" in verified.differences[0].what


async def test_bytes_altered_in_the_topic_stop_the_partition_and_are_named(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        partition = at(settings, "t-1")
        book = record.books[partition]
        await record.given("t-1", register())
        asked = await record.asked(partition, record.command("t-1", c.Accept()))
        honest = book.enter(asked.offset, asked.timestamp, b"t-1", c.write(record.command("t-1", c.Accept())))
        await record.append(partition, honest._replace(value=honest.value.replace(b"Accepted", b"accepted")))
    (found,) = (await verify(settings)).differences
    assert found.partition == partition
    assert found.what.startswith("BrokenEntry")


async def test_an_entry_for_a_command_that_nobody_sent_is_named(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        partition = at(settings, "t-1")
        await record.given("t-1", register())
        book = record.books[partition]
        value = c.write(record.command("t-1", c.Accept()))
        invented = book.enter(book.head.source + 1, 1_760_000_000_000, b"t-1", value)
        await record.append(partition, invented)
    (found,) = (await verify(settings)).differences
    assert found.what == "its command is not in the commands topic"


async def test_a_kinds_header_that_hides_an_event_from_the_reactors_is_named(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        partition = at(settings, "t-1")
        asked = await record.asked(partition, command := record.command("t-1", register()))
        honest = record.books[partition].enter(asked.offset, asked.timestamp, b"t-1", c.write(command))
        hidden = [(name, b"refused" if name == "kinds" else value) for name, value in honest.headers]
        await record.append(partition, honest._replace(headers=hidden))
    (found,) = (await verify(settings)).differences
    assert (found.ticket, found.what) == ("t-1", "header kinds")
