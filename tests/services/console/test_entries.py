"""条目检查器 over a real record: whole, and in a copy of which one byte is another."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

from shared.book import Book
from shared.entry import Entry
from shared.kafka import EVENTS, create_topics, partition_of, producer, read
from tests.running.services import Running
from tests.services.console.people import SIGNED, Crew, House, entries_of
from tests.services.console.windowless import pages_of, words


@asynccontextmanager
async def copied(
    house: House, folder: Path, damaged: tuple[int, int], late: tuple[int, int]
) -> AsyncIterator[str]:
    """A console over a copy of the record: one bit of an entry flipped, another written once more at the end."""
    settings = house.settings.model_copy(update={"topic_prefix": f"{house.settings.topic_prefix}copy-"})
    await create_topics(settings)
    async with producer(settings) as sender:
        for partition in range(settings.partitions):
            batches = [batch async for batch in read(house.settings, EVENTS, partition, 0)]
            records = [record for batch in batches for record in batch]
            again = [record for record in records if (partition, record.offset) == late]
            for record in records + again:
                value = record.value
                if (partition, record.offset) == damaged:
                    value = bytes([*value[:-1], value[-1] ^ 1])
                await sender.send_and_wait(
                    settings.topic(EVENTS), value, record.key, partition, headers=list(record.headers)
                )
    with Running(settings, folder) as running:
        yield running.start("console").address


@asynccontextmanager
async def made_anew(house: House, folder: Path, partition: int) -> AsyncIterator[tuple[str, int]]:
    """A console over a copy of a partition whose log was made anew: three commands of the second; where they begin."""
    settings, begins = (
        house.settings.model_copy(update={"topic_prefix": f"{house.settings.topic_prefix}anew-"}),
        0,
    )
    await create_topics(settings)
    async with producer(settings) as sender:

        async def append(number: int, value: bytes, key: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
            await sender.send_and_wait(settings.topic(EVENTS), value, key, number, headers=list(headers))

        for number in range(settings.partitions):
            book, entries = Book(number, {}), list[Entry]()
            async for batch in read(house.settings, EVENTS, number, 0):
                for record in batch:
                    entries += (
                        [entry] if (entry := book.follow(record.offset, record.headers, record.value)) else []
                    )
                    await append(number, record.value, record.key, record.headers)
            for at in range(3 if number == partition else 0):
                key, told = entries[-1].ticket.encode(), bytes(entries[-1].command)
                made = book.enter(at, 1_900_000_000_000, key, told, epoch=2)
                await append(number, made.value, made.key, made.headers)
            begins = book.head.offset + 1 if number == partition else begins
    with Running(settings, folder) as running:
        yield running.start("console").address, begins


async def entry_bytes(house: House, partition: int, offset: int) -> bytes:
    """A record of the house as Kafka has it."""
    batches = [batch async for batch in read(house.settings, EVENTS, partition, offset, offset + 1)]
    return bytes(batches[0][0].value)


def checked(page: str) -> Mapping[str, str]:
    """The verdict of each line of the table of hashes."""
    rows = [
        words(row)
        for row in page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")
        if row.strip()
    ]
    return {row.split()[0]: row.split()[-1] for row in rows}


async def test_a_whole_entry_agrees_and_the_same_with_another_byte_turns_red_and_is_named(
    house: House, crew: Crew, tmp_path: Path
) -> None:
    crew.steps(*SIGNED)
    place = partition_of(crew.ticket, house.settings.partitions)
    first, second, third = [entry.source.offset for entry in await entries_of(house.settings, crew.ticket)][
        :3
    ]
    auditor = await house.person("auditor")
    async with pages_of(house, auditor) as reader:
        page = reader.main(f"/entries/{place}/{second}")
        assert set(list(checked(page).values())[:3]) == {"一致"}
        stored = await entry_bytes(house, place, second)
        assert reader.http.get(f"/entries/{place}/{second}/bytes").content == stored
        said = unescape(words(reader.main(f"/entries/{place}/{first}")))
        assert all(f'"kind": "{kind}"' in said for kind in ("Registered", "Register"))
    async with (
        copied(house, tmp_path, (place, second), (place, third)) as address,
        pages_of(house, auditor, address) as reader,
    ):
        page = words(reader.main(f"/entries/{place}/{second}"))
        assert f"条目 {place}:{second}(位置 {second})与链上指纹不一致" in page
        assert "服务器核对: ■ 不一致" in page
        assert "服务器核对: ✓ 一致" in words(reader.main(f"/entries/{place}/{first}"))
        assert "不计 · 位置" in words(reader.main(f"/entries/{place}/{third}"))
        past = reader.http.get(f"/tickets/{crew.ticket}/as-of", params={"asof": f"{place}:{third}"})
        assert (past.status_code, f"{place}:{second}" in past.text) == (500, True)


async def test_an_entry_of_a_log_that_was_made_anew_is_found_beside_those_of_the_log_before(
    house: House, crew: Crew, tmp_path: Path
) -> None:
    crew.steps(*SIGNED)
    place = partition_of(crew.ticket, house.settings.partitions)
    auditor = await house.person("auditor")
    async with (
        made_anew(house, tmp_path, place) as (address, begins),
        pages_of(house, auditor, address) as reader,
    ):
        first = reader.main(f"/entries/{place}/0?offset={begins}")
        assert ("2 / 0" in words(first), set(checked(first).values())) == (True, {"一致"})
        assert f"/entries/{place}/{begins - 1}?offset={begins - 1}" in first
        second = reader.main(f"/entries/{place}/1?offset={begins + 1}")
        assert ("2 / 1" in words(second), set(checked(second).values())) == (True, {"一致"})
        stored = reader.http.get(f"/entries/{place}/1/bytes?offset={begins + 1}").json()
        assert stored["source"] == {"epoch": 2, "offset": 1}
        assert "1 / 1" in words(reader.main(f"/entries/{place}/1"))
        assert "1 / 1" in words(reader.main(f"/entries/{place}/1?offset=1"))
        for nothing in (f"/entries/{place}/3?offset={begins}", f"/entries/{place}/0?offset={begins + 3}"):
            assert reader.http.get(nothing).status_code == 404


async def test_of_another_jurisdictions_entry_only_the_hashes_are_shown(house: House, crew: Crew) -> None:
    crew.steps("register")
    place = partition_of(crew.ticket, house.settings.partitions)
    (entry,) = await entries_of(house.settings, crew.ticket)
    address = f"/entries/{place}/{entry.source.offset}"
    stranger = await house.person("auditor", at="elsewhere")
    async with pages_of(house, stranger) as reader:
        page = words(reader.main(address))
        assert ("只显示指纹" in page, "服务器核对: ✓ 一致" in page) == (True, True)
        assert crew.ticket not in page
        assert reader.http.get(f"{address}/bytes").status_code == 404
        assert reader.http.get(f"/entries/{place}/{10**9}").status_code == 404
        assert reader.http.get(f"/entries/{10**6}/0").status_code == 404
    async with pages_of(house, crew.operator) as reader:
        assert reader.http.get(address).status_code == 403
