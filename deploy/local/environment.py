"""What the services and the command line must know of a running system: a file that a shell can source."""

import os
import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

ROOT = Path(__file__).resolve().parents[2]
OWN = ("HUIYIN_CACHE", "HUIYIN_PORT")
"""Variables that concern the launcher or one process, not the system."""


def home() -> Path:
    """The folder of all that the running system keeps: ``HUIYIN_DATA``, else ``.run`` of the project."""
    return Path(os.environ.get("HUIYIN_DATA", ROOT / ".run")).absolute()


def master_key(folder: Path) -> str:
    """The key that wraps every ticket's key: ``HUIYIN_MASTER_KEY``, else the folder's, made once."""
    given = os.environ.get("HUIYIN_MASTER_KEY")
    if given:
        return given
    kept = folder / "master.key"
    if not kept.exists():
        write_privately(kept, b64encode(secrets.token_bytes(32)).decode())
    return kept.read_text()


def shared(folder: Path, kafka: str, database: str) -> dict[str, str]:
    """The environment that every service of the system is started with."""
    given = {k: v for k, v in os.environ.items() if k.startswith("HUIYIN_") and k not in OWN}
    found = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "DATABASE_URL": database,
        "HUIYIN_MASTER_KEY": master_key(folder),
        "HUIYIN_DATA": str(folder),
    }
    return {**given, **found}


@contextmanager
def told(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """The folder's file ``environment`` holds the variables for the length of the block.

    Only its owner can read it. Sourcing it leaves what the person's own environment sets as it is.
    """
    lines = [f'[ -n "${{{name}:-}}" ] || export {name}={quote(value)}\n' for name, value in variables.items()]
    write_privately(folder / "environment", "".join(lines))
    try:
        yield
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Takes the file away, since nothing runs any more."""
    (folder / "environment").unlink(missing_ok=True)


def write_privately(path: Path, text: str) -> None:
    """Never readable by others, not even for the moment of writing; never half written."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)
