"""``huiyin policy``: check, publish and read back the rules that govern."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.deadline import POLICIES
from shared.policy.documents import KIND_OF, Document
from shared.policy.files import PolicyFile, PolicyFileError, check_files, read_folders

app = typer.Typer(no_args_is_help=True, help="规则:检查、发布、历次版本。 Policies: check, publish, history.")

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON")]


@app.command()
def check(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="[DIR]...", help="默认全部。 Default: all")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """检查规则文件。 Check policy files; every problem names its file and line. Exit 1 if there is one."""
    asked = folders or _packs(POLICIES)
    files, errors = checked(asked)
    if as_json:
        problems = [{"file": str(e.file), "line": e.line, "zh": e.zh, "en": e.en} for e in errors]
        print(json.dumps({"documents": len(files), "problems": problems}, ensure_ascii=False))
    else:
        for error in errors:
            typer.echo(str(error))
        typer.echo(
            f"{len(files)} 份规则,{len(errors)} 处问题。 ({len(files)} documents, {len(errors)} problems)"
        )
    raise typer.Exit(1 if errors else 0)


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="calendar, units, catalogue, terms, surveys")],
) -> None:
    """规则文件的 JSON Schema。 The JSON Schema of a policy file, made from the program's own types."""
    body = next((body for body, name in KIND_OF.items() if name == kind), None)
    if body is None:
        typer.echo(f"没有规则种类 {kind}。 (there is no kind {kind})", err=True)
        raise typer.Exit(2)
    fields = [
        (f.name, body if f.name == "body" else f.type, f.default) for f in msgspec.structs.fields(Document)
    ]
    required = [
        (name, of) if default is msgspec.NODEFAULT else (name, of, default) for name, of, default in fields
    ]
    document = msgspec.defstruct(f"{kind.capitalize()}File", required, forbid_unknown_fields=True)
    print(json.dumps(msgspec.json.schema(document), ensure_ascii=False, indent=2))


@app.command("make-calendar", hidden=True)
def make_calendar() -> None:
    """Write policies/cn/calendar.yaml anew from the package chinesecalendar."""
    from cli.china_calendar import calendar_yaml  # noqa: PLC0415  only here is the package needed

    (POLICIES / "cn" / "calendar.yaml").write_text(calendar_yaml(), encoding="utf-8")


def checked(folders: list[Path]) -> tuple[list[PolicyFile], list[PolicyFileError]]:
    """These folders' files in publishing order, and their problems; they may refer to their neighbours."""
    empty = [folder for folder in folders if not any(folder.glob("*.yaml"))]
    for folder in empty:
        typer.echo(f"{folder} 中没有规则文件。 (there are no policy files in {folder})", err=True)
    if empty:
        raise typer.Exit(2)
    asked = {folder.resolve() for folder in folders}
    neighbours = {pack for folder in asked for pack in _packs(folder.parent)}
    files, unreadable = read_folders(sorted(neighbours))
    _, wrong = check_files(files)
    ours = [file for file in files if file.path.parent in asked]
    return ours, [error for error in [*unreadable, *wrong] if error.file.parent in asked]


def _packs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())
