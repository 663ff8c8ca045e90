"""Uploads that nobody sent: cleared after a while, so that the folder holds what somebody may yet ask for.

A file is marked as sent before a command or a sign-off names it (``Files.vouch``): one without that mark is in no
record and before no approver. It is marked as leaving before it goes, so that nothing names it from then on; where this
process ends in between, the next round goes on with it.
"""

import asyncio
from datetime import timedelta

import asyncpg
import structlog
from msgspec import json

from services.console.attachments.files import SQL
from services.console.workplace.drafts import KEPT as DRAFT_KEPT
from shared.attachments import Attachments
from shared.ticket.words import Attachment

EVERY = 3600.0
"""Seconds between two rounds, and before the first: by then the views are there after a restore."""

log = structlog.get_logger()


async def clear_unsent(pool: asyncpg.Pool, folder: Attachments, kept: timedelta) -> int:
    """Clear what was uploaded longer than ``kept`` ago, never sent, and is in no living draft; how many went."""
    await pool.execute(SQL["let_go"], kept, DRAFT_KEPT)
    leaving = await pool.fetch(SQL["leaving"])
    for row in leaving:
        await asyncio.to_thread(folder.remove, json.decode(row["attachment"], type=Attachment))
    await pool.execute(SQL["left"], [row["digest"] for row in leaving])
    return len(leaving)


async def clear_ever(pool: asyncpg.Pool, folder: Attachments, kept: timedelta) -> None:
    """Do so until cancelled. What cannot be done now, with Postgres or the folder away, is done the next time."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            cleared = await clear_unsent(pool, folder, kept)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("unsent files stay", action="unsent_stay", error=type(error).__name__)
        else:
            log.info("cleared unsent files", action="unsent_cleared", files=cleared)
