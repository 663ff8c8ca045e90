"""An upload that nobody sent goes after a while; what the record, an approver or a draft may name never does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from services.console.app import opened
from services.console.attachments import unsent
from services.console.attachments.attached import carried, carried_in
from services.console.attachments.files import SQL, Files
from services.console.attachments.unsent import clear_unsent
from services.console.workplace.drafts import KEPT as DRAFT_KEPT
from shared.attachments import Attachments
from shared.health import Health
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.problems import Problem
from shared.ticket.words import Attachment
from tests.services.console.people import SIGNED, Crew, House
from tests.services.console.test_files import (
    ANSWER,
    PICTURE,
    brought,
    carried_on,
    named,
    opens,
    refused,
    uploads,
)
from tests.services.console.windowless import Pages, pages_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEPT = timedelta(days=30)


@dataclass
class Folder:
    """The folder of attachments with what the console knows of it, the crew of a ticket, and its unit at a page."""

    house: House
    pool: asyncpg.Pool
    crew: Crew
    at_unit: Pages

    @property
    def sealed(self) -> Attachments:
        return Attachments(self.house.settings)

    def ticket(self) -> str:
        """A ticket that its unit may answer."""
        ticket = self.crew.steps(*SIGNED, "contact").ticket
        self.crew.water.reads(f"/api/tickets/{ticket}")
        return ticket

    def path(self, file: Attachment) -> Path:
        return self.house.settings.data / "attachments" / file.reference

    async def ages(self, file: Attachment, days: int = 31) -> Attachment:
        """The file as if it had been uploaded so long ago."""
        aged = "UPDATE desk.files SET at = now() - make_interval(days => $2) WHERE digest = $1"
        await self.pool.execute(aged, file.digest, days)
        return file

    async def has(self, file: Attachment) -> bool:
        """Whether the file lies there; its row and its bytes stay and go together."""
        row = await self.pool.fetchval("SELECT true FROM desk.files WHERE digest = $1", file.digest)
        assert bool(row) == self.path(file).exists()
        return bool(row)

    async def clears(self) -> None:
        await clear_unsent(self.pool, self.sealed, KEPT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def folder(house: House) -> AsyncIterator[Folder]:
    crew, pool = await house.crew(), await open_pool(house.settings, 4)
    async with pages_of(house, crew.water) as at_unit:
        yield Folder(house, pool, crew, at_unit)
    await pool.close()


async def blocked(pool: asyncpg.Pool, by: asyncpg.Connection) -> None:
    """Return once somebody waits for what this connection holds."""
    waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)))"
    while not await pool.fetchval(waits, by.get_server_pid()):
        await asyncio.sleep(0)


async def meanwhile(pool: asyncpg.Pool, statement: str, *values: object, does: Awaitable[object]) -> object:
    """What comes of something that begins while another process is in the middle of a statement."""
    async with pool.acquire() as other, other.transaction():
        await other.execute(statement, *values)
        begun = asyncio.ensure_future(does)
        await asyncio.wait_for(blocked(pool, other), 10)
    return await begun


async def test_an_upload_that_nobody_sent_for_so_long_is_cleared_and_no_answer_takes_it_any_more(
    folder: Folder,
) -> None:
    ticket = folder.ticket()
    old = await folder.ages(brought(folder.crew.water, ticket))
    young = await folder.ages(brought(folder.crew.water, ticket), days=29)
    await folder.clears()
    assert (await folder.has(old), await folder.has(young)) == (False, True)
    assert refused(opens(folder.crew.water, ticket, old.digest)) == (404, "unknown_file")
    late = folder.crew.step("answer", attachments=[named(young), named(old)])
    assert refused(late) == (400, "foreign_file")
    await folder.ages(young)
    await folder.clears()
    assert not await folder.has(young), "what was refused was not sent"


async def test_what_an_answer_or_a_registration_names_stays(folder: Folder) -> None:
    ticket = folder.ticket()
    answered = await folder.ages(brought(folder.crew.water, ticket))
    folder.crew.step("answer", attachments=[named(answered)])
    async with pages_of(folder.house, folder.crew.operator) as desk:
        call = {"title": "样例:井盖破损", "text": "样例:井盖破损", "key": "unsent-call"}
        there = carried_on(uploads(desk, "/register/files", PICTURE, **call).text)
        registered = await folder.ages(carried_in(there)[0])
        assert desk.posts("/register", **call, attachments=there).status_code == 303
    await folder.clears()
    assert [await folder.has(file) for file in (answered, registered)] == [True, True]
    assert opens(folder.crew.operator, ticket, answered.digest, "review").content == PICTURE


async def test_what_the_ledger_refused_stands_in_the_record_too_and_stays(folder: Folder) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    late = folder.crew.step("answer", headers={"If-Match": '"1"'}, attachments=[named(file)])
    assert refused(late)[1] == "stale_version"
    await folder.clears()
    assert await folder.has(file)


async def test_what_lies_before_an_approver_stays(folder: Folder) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    await folder.house.person("unit", "water", duties=("approver",))
    handler = await folder.house.person("unit", "water", duties=("handler",))
    async with pages_of(folder.house, handler) as writes:
        form = {**ANSWER, "attachments": carried(file), "_looked_over": "true"}
        assert writes.posts(f"/signoffs/{ticket}", **form).status_code == 303
    await folder.clears()
    assert await folder.has(file)


async def test_what_a_draft_names_stays_as_long_as_the_draft(folder: Folder) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    saved = folder.at_unit.posts(f"/drafts/{ticket}/answer", reply="样例", attachments=carried(file))
    assert saved.status_code == 200, saved.text
    await folder.clears()
    assert await folder.has(file)
    assert carried_on(folder.at_unit.gets(f"/tickets/{ticket}").text) == carried(file)
    longer = "UPDATE desk.drafts SET saved_at = now() - $2::interval WHERE ticket = $1"
    await folder.pool.execute(longer, ticket, DRAFT_KEPT + timedelta(hours=1))
    await folder.clears()
    assert not await folder.has(file)


async def test_a_file_that_an_untick_took_out_of_the_draft_goes(folder: Folder) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    folder.at_unit.posts(f"/drafts/{ticket}/answer", reply="样例", attachments=carried(file))
    folder.at_unit.posts(f"/drafts/{ticket}/answer", reply="样例")
    await folder.clears()
    assert not await folder.has(file)


async def test_an_upload_of_a_console_that_knew_no_marks_counts_as_sent(folder: Folder) -> None:
    file = await folder.ages(brought(folder.crew.water, folder.ticket()))
    as_before = """
    WITH one AS (DELETE FROM desk.files WHERE digest = $1 RETURNING ticket, digest, person, attachment, at)
    SELECT * FROM one
    """
    row = await folder.pool.fetchrow(as_before, file.digest)
    unmarked = "INSERT INTO desk.files (ticket, digest, person, attachment, at) VALUES ($1, $2, $3, $4, $5)"
    await folder.pool.execute(unmarked, *row)
    await folder.clears()
    assert await folder.has(file)


async def test_what_the_record_names_stays_though_the_table_is_back_from_the_day_before(
    folder: Folder,
) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    folder.crew.step("answer", attachments=[named(file)])
    folder.crew.water.reads(f"/api/tickets/{ticket}")
    await folder.pool.execute("UPDATE desk.files SET state = 'uploaded' WHERE digest = $1", file.digest)
    await folder.clears()
    assert await folder.has(file)


async def test_a_file_that_is_being_sent_while_the_clearing_runs_stays(folder: Folder) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    await meanwhile(folder.pool, SQL["send"], ticket, [file.digest], does=folder.clears())
    assert await folder.has(file)


async def test_a_file_that_is_being_cleared_is_sent_no_more(folder: Folder) -> None:
    ticket = folder.ticket()
    file = await folder.ages(brought(folder.crew.water, ticket))
    files = Files(folder.pool, Keyring(folder.pool, folder.house.settings), folder.sealed)
    with pytest.raises(Problem) as told:
        await meanwhile(folder.pool, SQL["let_go"], KEPT, DRAFT_KEPT, does=files.vouch(ticket, [file]))
    assert told.value.code == "foreign_file"


async def test_what_one_round_left_half_done_the_next_one_ends(folder: Folder) -> None:
    file = await folder.ages(brought(folder.crew.water, folder.ticket()))
    await folder.pool.execute(SQL["let_go"], KEPT, DRAFT_KEPT)
    folder.path(file).unlink()
    await folder.clears()
    assert not await folder.has(file)


async def test_a_console_clears_by_itself_what_is_older_than_its_settings_say(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young = [brought(folder.crew.water, folder.ticket()) for _ in range(2)]
    await folder.ages(old, days=41)
    await folder.ages(young, days=39)
    monkeypatch.setattr(unsent, "EVERY", 0.01)
    async with opened(folder.house.settings.model_copy(update={"uploads_kept": 40}), Health("views")):
        while await folder.pool.fetchval("SELECT true FROM desk.files WHERE digest = $1", old.digest):
            await asyncio.sleep(0.01)
    assert (await folder.has(old), await folder.has(young)) == (False, True)
