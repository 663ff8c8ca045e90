"""The ticket's pages: the transition table, its commands and events, and why something was not done."""

import ast
from collections.abc import Iterable, Iterator
from inspect import getdoc
from pathlib import Path
from types import NoneType
from typing import get_args, get_type_hints

from msgspec.structs import fields

from cli.reference.markdown import code, page, table
from services.intake.push import NOT_THEIRS
from shared.problems import OF_REFUSALS
from shared.ticket.commands import Command
from shared.ticket.decide import ACTS_ZH, ANY, OPEN, TRANSITIONS, Row
from shared.ticket.events import Event
from shared.ticket.refusals import REFUSALS
from shared.ticket.state import STAGES_ZH
from shared.ticket.words import Sealed

ROOT = Path(__file__).resolve().parents[2]
EVERY = {OPEN: "任一未办结 any but closed", ANY: "任一 any"}
MARKS = {"(new)": "(新 new)", "(same)": "(不变 same)"}


def transitions() -> str:
    """The table of ``shared/ticket/decide.py`` as people read it."""
    heads = ("阶段 stage", "请求 command", "由谁 who", "之后 next", "依据 source")
    return page(
        "转换表 Transition table",
        "每一行:在此阶段,可由这些角色提出此请求,之后处于何阶段,依据何处。表中没有的一律拒绝"
        "([not_in_this_stage](problems.md))。行不能表达的条件在 `shared/ticket/rules/`。",
        "One row: at these stages this may be asked by these, and where the ticket is after it. What has no row "
        "is refused. The conditions that a row cannot say stand in `shared/ticket/rules/`. The data itself is "
        "`TRANSITIONS` in [shared/ticket/decide.py](../../shared/ticket/decide.py).",
        table(heads, map(_row, TRANSITIONS)),
    )


def _row(row: Row) -> tuple[str, ...]:
    act = row.command.__name__
    stages = staged(row.stages)
    return stages, f"{ACTS_ZH[act]} `{act}`", ", ".join(row.who), _stages(row.next), row.source


def staged(names: tuple[str, ...]) -> str:
    """Stages as the pages name them."""
    return EVERY.get(names) or _stages(names)


def _stages(names: tuple[str, ...]) -> str:
    return "、".join(MARKS.get(name) or f"{STAGES_ZH[name]} {name}" for name in names)


def events() -> str:
    """Every command and every event with its fields."""
    heads = ("kind", "含义 meaning", "字段 fields", "密封字段 sealed")
    return page(
        "命令与事件 Commands and events",
        "带 `?` 的字段可缺省。密封字段是工单密钥下的密文。类型见 [asyncapi.yaml](asyncapi.yaml)。",
        "A field with `?` may be left out. Sealed fields are ciphertext under the ticket's key. Their types are in "
        "[asyncapi.yaml](asyncapi.yaml), the code in [commands.py](../../shared/ticket/commands.py) and "
        "[events.py](../../shared/ticket/events.py).",
        "## 命令 Commands",
        table(heads, map(_kind, get_args(get_type_hints(Command)["body"]))),
        "## 事件 Events",
        table(heads, map(_kind, get_args(Event))),
    )


def _kind(kind: type) -> tuple[str, ...]:
    meaning = " ".join((getdoc(kind) or "").replace("``", "`").split())
    named = {f.name: f.name if f.required else f"{f.name}?" for f in fields(kind)}
    sealed = [name for name in named if _is_sealed(kind, name)]
    plain = [shown for name, shown in named.items() if name not in sealed]
    return f"`{kind.__name__}`", meaning, code(*plain), code(*(named[name] for name in sealed))


def _is_sealed(kind: type, field: str) -> bool:
    hint = get_type_hints(kind)[field]
    return hint is Sealed or set(get_args(hint)) == {Sealed, NoneType}


def problems() -> str:
    """Why something was not done: the ledger's refusals, and what the HTTP edges say before it is asked."""
    return page(
        "拒绝与错误 Refusals and problems",
        "`code` 永不改变;句子给人读。HTTP 以 `application/problem+json`(RFC 9457)回答,"
        "`detail` 中文,`detail_en` 英文。",
        "A code never changes; the sentences are for people. Over HTTP both come as `application/problem+json`: "
        "`detail` is the Chinese sentence, `detail_en` the English one.",
        "## 账本的拒绝 Refused by the ledger",
        "记录在案,是一条不改变工单的记录。 On record, as an entry that changes nothing.",
        table(("code", "HTTP", "中文", "English"), map(_refusal, REFUSALS)),
        "## 边缘的错误 Refused at the edge",
        "未记录,只计数。 Not on record, only counted.",
        table(("code", "HTTP", "服务 service"), _by_code(_edges())),
    )


def _refusal(name: str) -> tuple[str, ...]:
    zh, en = REFUSALS[name]
    return f"`{name}`", str(OF_REFUSALS.get(name, 409)), zh, en


def _by_code(edges: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    services: dict[tuple[str, str], set[str]] = {}
    for name, status, service in edges:
        services.setdefault((name, status), set()).add(service)
    return [(f"`{name}`", status, ", ".join(sorted(of))) for (name, status), of in sorted(services.items())]


def _edges() -> Iterator[tuple[str, str, str]]:
    for name in NOT_THEIRS:
        yield name, "401", "intake"
    for file in [*(ROOT / "services").rglob("*.py"), ROOT / "shared" / "problems.py"]:
        service = file.relative_to(ROOT).parts[1].replace("problems.py", "every")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name("Problem"),
                    args=[ast.Constant(int() as status), ast.Constant(str() as name), *_],
                ):
                    yield name, str(status), service
