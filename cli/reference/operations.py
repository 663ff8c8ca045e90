"""The operator's pages: settings, the command line, metrics."""

import ast
from collections.abc import Iterator
from inspect import cleandoc, getsource
from pathlib import Path
from textwrap import dedent

from pydantic_core import PydanticUndefined
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli.reference.markdown import code, page, table
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def settings() -> str:
    """Every variable that a process reads, from ``shared/settings.py``."""
    said = _said_of_fields()
    rows = []
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"HUIYIN_{name.upper()}")
        default = "(必填 required)" if field.default is PydanticUndefined else _default(field.default)
        rows.append((f"`{variable}`", default, said[name]))
    return page(
        "设置 Settings",
        "每个进程启动时读取一次;缺少或格式不对的会指名并拒绝启动。",
        "Each process reads them once at its start; one that is missing or malformed is named, and nothing starts. "
        "`make up` and `make demo` set them all; the file `.run/environment` holds them while the system runs.",
        table(("变量 variable", "缺省 default", "含义 meaning"), rows),
        "只与启动器有关 The launcher's own: `HUIYIN_CACHE`(Kafka 的 jar 存放处 where Kafka's jars are kept,"
        "`.run`)、`HUIYIN_FIRST_PORT`(第一个端口 the first port, `8000`).",
    )


def _said_of_fields() -> dict[str, str]:
    """Field → its docstring, which Python does not keep at run time."""
    body = ast.parse(dedent(getsource(Settings))).body[0].body  # type: ignore[attr-defined]
    said = {}
    for field, after in zip(body, [*body[1:], None], strict=True):
        match field, after:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str() as text)):
                said[name] = " ".join(cleandoc(text).replace("``", "`").split())
    return said


def command_line(root: TyperGroup) -> str:
    """Every command with its arguments and options, from the program's own help."""
    return page(
        "命令行 Command line",
        "`./huiyin` 在任何目录都可运行,首次运行时建立环境;系统运行时自动找到它。",
        "`./huiyin` runs from any folder and makes its environment on first use; it finds the system that `make up` "
        "or `make demo` started.",
        *_commands(root, "./huiyin"),
    )


def _commands(command: object, name: str) -> Iterator[str]:
    if isinstance(command, TyperGroup):
        for part, sub in sorted(command.commands.items()):
            if not sub.hidden:
                yield from _commands(sub, f"{name} {part}")
    elif isinstance(command, TyperCommand):
        parameters = [p for p in command.params if isinstance(p, TyperArgument | TyperOption)]
        arguments = [_named(p) if p.required else f"[{_named(p)}]" for p in parameters if _is_argument(p)]
        yield f"## {name.removeprefix('./')}"
        yield cleandoc(command.help or "")
        yield "```text\n" + " ".join([name, *arguments, "[OPTIONS]"]) + "\n```"
        yield table(("参数 parameter", "缺省 default", "含义 meaning"), map(_parameter, parameters))


def _is_argument(parameter: TyperArgument | TyperOption) -> bool:
    return isinstance(parameter, TyperArgument)


def _named(parameter: TyperArgument | TyperOption) -> str:
    return (parameter.metavar or str(parameter.name).upper()).replace("[", "").replace("]", "")


def _parameter(parameter: TyperArgument | TyperOption) -> tuple[str, ...]:
    names = [_named(parameter)] if _is_argument(parameter) else parameter.opts
    default = "(必填 required)" if parameter.required else _default(parameter.default)
    return code(*names), default, parameter.help or ""


def _default(value: object) -> str:
    """A path within the project is shown as such, so that the page is the same on every machine."""
    if value in (None, False, ""):
        return ""
    return code(str((ROOT / value).relative_to(ROOT) if isinstance(value, Path) else value))


def metrics() -> str:
    """Everything that a service measures, from the code that declares it."""
    return page(
        "指标 Metrics",
        "每个服务的 `/metrics`(Prometheus 文本格式)。没有任何标签含个人信息。",
        "At `/metrics` of each service, in Prometheus's text format. No label holds personal data. A histogram "
        "gives `_bucket`, `_sum` and `_count`.",
        table(
            ("指标 metric", "类型 type", "标签 labels", "含义 meaning", "声明于 declared in"),
            sorted(_metrics()),
        ),
    )


def _metrics() -> Iterator[tuple[str, ...]]:
    for file in [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name("Counter" | "Gauge" | "Histogram" as kind),
                    args=[ast.Constant(str() as name), ast.Constant(str() as meaning), *more],
                ):
                    shown = f"{name.removesuffix('_total')}_total" if kind == "Counter" else name
                    where = str(file.relative_to(ROOT))
                    yield (
                        f"`{shown}`",
                        kind.lower(),
                        code(*_labels(more)),
                        meaning,
                        f"[{where}](../../{where})",
                    )


def _labels(more: list[ast.expr]) -> list[str]:
    return list(ast.literal_eval(more[0])) if more else []
