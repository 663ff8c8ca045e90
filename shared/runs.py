"""What the audit's runs found, kept in Postgres where the console shows it: the last of each kind counts."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from asyncpg import Pool
from msgspec import Struct, json

from shared.postgres import make_schema, open_pool
from shared.settings import Settings

Kind = Literal["verify", "rebuild"]
_KEEP = "INSERT INTO audit.runs (kind, began, differ, outcome) VALUES ($1, $2, $3, $4::jsonb)"
_LATEST = """
SELECT kind, began, ended, differ, outcome::text FROM audit.runs WHERE kind = $1 ORDER BY id DESC LIMIT 1
"""
FILE = Path(__file__).with_name("runs.sql")


class Run(Struct, frozen=True):
    """A run. ``outcome`` is a list of its parts: a partition or a view each, as the run's own service names them."""

    kind: Kind
    began: datetime
    ended: datetime
    differ: int
    outcome: list[dict[str, Any]]


async def keep(settings: Settings, kind: Kind, began: datetime, differ: int, outcome: object) -> None:
    """Keep a run that ended now."""
    pool = await open_pool(settings, 1)
    try:
        await make_schema(pool, FILE)
        await pool.execute(_KEEP, kind, began, differ, json.encode(outcome).decode())
    finally:
        await pool.close()


class Runs:
    """The runs, for reading."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def prepare(self) -> None:
        """Make the table if it is not there."""
        await make_schema(self._pool, FILE)

    async def latest(self, kind: Kind) -> Run | None:
        """The last run of a kind; None where there never was one."""
        row = await self._pool.fetchrow(_LATEST, kind)
        if row is None:
            return None
        return Run(row["kind"], row["began"], row["ended"], row["differ"], json.decode(row["outcome"]))
