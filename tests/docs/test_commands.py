"""Every command that a page shows is run as it stands, or is one of a short list that is known to be there.

A block ``sh run`` is run by bash, with all services as processes; the blocks of a page share one shell. A block
``text`` behind it is what it prints, with ``…`` for whatever is left out. In a block ``sh`` every line must be of
``KNOWN``: what installs, builds or ends the machine that the reader works on.
"""

import asyncio
import os
import re
import secrets
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr
from typer.core import TyperGroup
from typer.main import get_command

from cli.__main__ import app
from deploy.local.postgres import create_database, drop_database
from shared.accounts import read_accounts
from shared.kafka import create_topics
from shared.settings import Settings
from tests.docs.pages import PAGES, ROOT, Block, blocks, named
from tests.running.services import Running, environment_of

RUN = "sh run"
SERVICES = ("ledger", "projector", "dispatch", "sla", "feedback", "intake", "console")
END = "--- end of a block ---"
ORIGINALS = [page for page in PAGES if not page.name.endswith(".zh-CN.md")]
"""A translation shows the same commands (``test_pages``)."""
RUNNING = [page for page in ORIGINALS if any(block.info == RUN for block in blocks(page))]
SHOWN = [block for page in ORIGINALS for block in blocks(page) if block.info == "sh"]


def is_target(line: str) -> bool:
    target = line.split()[1]
    return re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE) is not None


def is_of_the_command_line(line: str) -> bool:
    command = get_command(app)
    for word in line.split()[1:]:
        if not isinstance(command, TyperGroup):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True


def names_files_that_are_there(line: str) -> bool:
    paths = re.findall(r"(?:deploy|docs|policies|tests|bench|shared|services)/[\w./-]+", line)
    return bool(paths) and all((ROOT / path).exists() for path in paths)


KNOWN: dict[str, Callable[[str], bool]] = {
    r"make [a-z]+$": is_target,
    r"\./huiyin ": is_of_the_command_line,
    r"docker compose ": lambda _: (ROOT / "docker-compose.yml").exists(),
    r"docker build ": lambda _: (ROOT / "Dockerfile").exists(),
    r"kubectl apply -f /tmp/secret.yaml$": lambda _: True,
    r"kubectl apply (?!-f /tmp/).*-f ": names_files_that_are_there,
    r"kubectl -n huiyin (get|exec|rollout) ": lambda _: True,
    r"(cp deploy/|while IFS= read )": names_files_that_are_there,
    r"(sudo apt-get install|sudo chown|chmod|git clone|cd|openssl rand|printf|pg_dump|psql|tar|cp) ": lambda _: (
        True
    ),
    r"python -m (pytest|tests\.samples\.write|bench)\b": lambda _: True,
    r"#": lambda _: True,
}
"""Beginning of a line → what must be there for it."""


class Town(NamedTuple):
    """A running system: its settings, and where it answers."""

    settings: Settings
    console: str
    intake: str


@pytest.fixture(scope="module")
def town(kafka: str, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The whole system, for every page."""
    folder = tmp_path_factory.mktemp("docs")
    name = f"test_{secrets.token_hex(6)}"
    settings = Settings(
        kafka=kafka,
        database=asyncio.run(create_database(postgres, name)),
        master_key=SecretStr(b64encode(secrets.token_bytes(32)).decode()),
        data=folder / "data",
        topic_prefix=f"t{secrets.token_hex(4)}-",
    )
    asyncio.run(create_topics(settings))
    with Running(settings, folder) as running:
        *_, intake, console = running.start_all(*SERVICES)
        yield Town(settings, console.address, intake.address)
    asyncio.run(drop_database(postgres, name))


def script(page: Path, town: Town) -> str:
    """The blocks of a page as one program; each says on both outputs that it has ended."""
    told = f"echo '{END}'; echo '{END}' >&2"
    shown = [f"{block.body}\n{told}" for block in blocks(page) if block.info == RUN]
    whole = "\n".join(["set -euo pipefail", 'function ./huiyin { "$PYTHON" -m cli "$@"; }', *shown])
    return (
        whole.replace("http://", "")
        .replace("localhost:8000", town.console)
        .replace("localhost:8001", town.intake)
    )


def surroundings(town: Town) -> dict[str, str]:
    """As a person's terminal: wide, and without a proxy between them and their machine."""
    own = {
        "PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
        "no_proxy": "*",
        "TERM": "dumb",
    }
    return {**os.environ, **environment_of(town.settings), **own}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", RUNNING, ids=named)
def test_every_command_of_a_page_does_what_the_page_says(page: Path, town: Town, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    done = subprocess.run(
        ["/bin/bash", "-c", script(page, town)],
        cwd=tmp_path,
        env=surroundings(town),
        capture_output=True,
        text=True,
        check=False,
    )
    printed, complained = done.stdout.split(END), done.stderr.split(END)
    ran = [block for block in blocks(page) if block.info == RUN]
    assert done.returncode == 0, (
        f"{named(page)}:{ran[len(complained) - 1].line}\n{done.stdout[-3000:]}{complained[-1]}"
    )
    for block, output in zip(ran, printed, strict=False):
        if expected := _said_to_print(block):
            assert re.fullmatch(expected, output.strip(), re.DOTALL), (
                f"{named(page)}:{block.line} printed\n{output}"
            )


def _said_to_print(block: Block) -> str | None:
    """The pattern of the ``text`` block right behind a block of commands."""
    of_page = blocks(block.page)
    behind = of_page[of_page.index(block) + 1 :][:1]
    if not behind or behind[0].info != "text":
        return None
    return ".*?".join(re.escape(part) for part in behind[0].body.strip().split("…"))


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: f"{named(block.page)}:{block.line}")
def test_every_command_that_is_only_shown_is_there(block: Block) -> None:
    for line in block.body.splitlines():
        known = [there for begin, there in KNOWN.items() if re.match(begin, line)]
        assert not line.strip() or line.startswith(" ") or (known and all(there(line) for there in known)), (
            line
        )


def test_every_block_says_what_it_is() -> None:
    marks = {block.info for page in PAGES for block in blocks(page)}
    assert marks == {RUN, "sh", "text", "yaml", "http"}


def test_the_channel_account_that_is_shown_can_be_read(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(ROOT / "docs/howto/add-a-channel.md") if block.info == "yaml"]
    (tmp_path / "channels.yaml").write_text(shown.body, encoding="utf-8")
    assert set(read_accounts(tmp_path / "channels.yaml")) == {"city-12345"}
