"""A service's schema as an older backup has it: saved at one moment, brought back at a later one."""

import asyncpg

from shared.settings import Settings

Saved = dict[str, list[asyncpg.Record]]
"""The rows of each table."""


async def saved(settings: Settings, schema: str) -> Saved:
    """All rows of the schema, as of one moment."""
    connection = await asyncpg.connect(settings.database)
    async with connection.transaction(isolation="repeatable_read"):
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
        rows = {name: await connection.fetch(f"TABLE {schema}.{name}") for (name,) in tables}
    await connection.close()
    return rows


async def brought_back(settings: Settings, schema: str, backup: Saved) -> None:
    """The same rows and no others; the service must be down."""
    connection = await asyncpg.connect(settings.database)
    for table, rows in backup.items():
        await connection.execute(f"TRUNCATE {schema}.{table}")
        await connection.copy_records_to_table(table, schema_name=schema, records=map(tuple, rows))
    await connection.close()
