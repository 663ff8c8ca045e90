"""``huiyin policy``: check, publish and read back the rules that govern."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from aiokafka.errors import KafkaError
from rich import box
from rich.console import Console
from rich.table import Table

from cli.deadline import POLICIES
from shared.chain import BrokenEntry
from shared.entry import UndecodableEntry
from shared.policy.documents import KIND_OF, Document
from shared.policy.files import PolicyFile, PolicyFileError, check_files, read_folders
from shared.policy.record import LedgerSilentError, PolicyRecord, Reached
from shared.policy.record import publish as send
from shared.settings import Settings, read_settings
from shared.ticket.words import Actor

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
def publish(
    packs: Annotated[
        list[str] | None, typer.Argument(metavar="[DIR|JURISDICTION]...", help="默认全部。 Default: all")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """发布规则。 Publish policies; done when every partition has them. What is there already stays as it is.

    Exit 1 if a document is refused; those behind it are not sent.
    """
    folders = [_pack(name) for name in packs] if packs else _packs(POLICIES)
    files, errors = checked(folders)
    if errors:
        for error in errors:
            typer.echo(str(error), err=True)
        raise typer.Exit(1)
    documents = [file.document for file in files]
    reached = _ask(send(read_settings(), documents, Actor("policy", "service")))
    if as_json:
        print(json.dumps([_published(one) for one in reached], ensure_ascii=False))
    else:
        for one in reached:
            typer.echo(_in_words(one))
    raise typer.Exit(1 if any(one.refused for one in reached) else 0)


@app.command()
def history(
    jurisdiction: Annotated[str, typer.Argument(help="辖区。 Jurisdiction")],
    kind: Annotated[str | None, typer.Argument(help="规则种类,默认全部。 Kind; default: all")] = None,
    as_json: AsJson = False,
) -> None:
    """历次版本。 The versions that the record holds, and in how many of its partitions."""
    settings = read_settings()
    found = [row for row in _ask(_versions(settings, jurisdiction)) if kind in (None, row[0].kind)]
    if as_json:
        print(json.dumps([_version(*row) for row in found], ensure_ascii=False))
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in (
        "规则 Kind",
        "版本 Version",
        "生效 From",
        "样例 Sample",
        "分区 Partitions",
        "来源 Source",
    ):
        table.add_column(heading)
    for one, partitions in found:
        reach, sample = f"{partitions}/{settings.partitions}", "是" if one.sample else ""
        table.add_row(one.kind, str(one.version), str(one.effective_from), sample, reach, one.source)
    Console().print(table)


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


def _pack(name: str) -> Path:
    """A folder as given, else the pack of that name."""
    return Path(name) if Path(name).is_dir() else POLICIES / name


def _packs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


T = TypeVar("T")


def _ask(question: Coroutine[None, None, T]) -> T:
    """The answer, or exit 1 with a sentence if Kafka, the ledger or the record does not give one."""
    try:
        return asyncio.run(question)
    except KafkaError as error:
        typer.echo(f"Kafka 无法连接或没有主题。 (Kafka: {error!r}; is the system up?)", err=True)
    except LedgerSilentError as error:
        typer.echo(f"台账服务没有回音,请确认其在运行后再发布一次。 (the ledger is silent: {error})", err=True)
    except (BrokenEntry, UndecodableEntry) as error:
        typer.echo(f"记录有误,请运行 huiyin verify。 (run huiyin verify: {error})", err=True)
    raise typer.Exit(1)


def _published(one: Reached) -> dict[str, object]:
    refused = {str(p): msgspec.to_builtins(refusal) for p, refusal in one.refused.items()}
    return {
        "policy": one.document.name,
        "version": one.document.version,
        "published": one.published,
        "had": one.had,
        "refused": refused,
    }


def _in_words(one: Reached) -> str:
    name = f"{one.document.name} v{one.document.version}"
    for refusal in one.refused.values():
        return f"✗ {name} {refusal.zh} ({refusal.en})"
    if not one.published:
        return f"= {name} 早已发布 (published before)"
    return f"✓ {name} 已发布到 {len(one.published)} 个分区 (published to {len(one.published)} partitions)"


async def _versions(settings: Settings, jurisdiction: str) -> list[tuple[Document, int]]:
    """Each version, and how many partitions hold it."""
    async with PolicyRecord(settings) as record:
        held = [document for policies in record.policies.values() for document in policies.documents]
    distinct = {(one.kind, one.version): one for one in held if one.jurisdiction == jurisdiction}
    return [(one, held.count(one)) for _, one in sorted(distinct.items())]


def _version(document: Document, partitions: int) -> dict[str, object]:
    return {
        "kind": document.kind,
        "version": document.version,
        "effective_from": document.effective_from.isoformat(),
        "sample": document.sample,
        "source": document.source,
        "partitions": partitions,
    }
