"""``huiyin reference``: the pages of docs/reference that are made from the code, written or checked."""

from collections.abc import Callable
from pathlib import Path

import typer
from typer.core import TyperGroup

from cli.reference import asyncapi, operations, screens, ticket

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[TyperGroup], str]] = {
    "asyncapi.yaml": lambda _: asyncapi.document_yaml(),
    "command-line.md": operations.command_line,
    "console.md": lambda _: screens.screens(),
    "events.md": lambda _: ticket.events(),
    "metrics.md": lambda _: operations.metrics(),
    "problems.md": lambda _: ticket.problems(),
    "settings.md": lambda _: operations.settings(),
    "transitions.md": lambda _: ticket.transitions(),
}
"""Every generated page; a new one is a function and a line here."""

app = typer.Typer(no_args_is_help=True, help="文档:生成、检查。 Generated pages: write, check.")


@app.command()
def write(context: typer.Context) -> None:
    """重新生成。 Write every page anew from the code."""
    for name, text in made(_whole(context)).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


@app.command()
def check(context: typer.Context) -> None:
    """检查是否与代码一致。 Name the pages that do not say what the code says. Exit 1 if there is one."""
    stale = [
        name
        for name, text in made(_whole(context)).items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        typer.echo(f"docs/reference/{name} 已过时,请运行 ./huiyin reference write。 (stale: write it anew)")
    raise typer.Exit(1 if stale else 0)


def _whole(context: typer.Context) -> TyperGroup:
    """``huiyin`` itself, of which this command is a part."""
    root = context.find_root().command
    assert isinstance(root, TyperGroup)  # noqa: S101  (it has a part: this one)
    return root


def made(root: TyperGroup) -> dict[str, str]:
    """Each page's text as the code says it now."""
    return {name: make(root) for name, make in PAGES.items()}
