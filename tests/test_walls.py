"""The walls between the rooms: who may import whom, and what the pure part never touches.

A broken rule prints the file, the line and what it imports.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("cli", "services", "shared", "deploy", "demo", "bench", "tests")
PURE = (
    "shared.chain",
    "shared.entry",
    "shared.book",
    "shared.deadline",
    "shared.ticket",
    "shared.policy",
    "shared.channels",
    "shared.search",
    "shared.views",
)
"""What audit replays years later: a function of what it is given, and of nothing else."""
EDGE = ("shared.policy.files", "shared.policy.plain_yaml", "shared.policy.record")
"""Reads the folders of policies, and sends and reads them in the record; it lies beside what it reads them into."""
PURE_PACKAGES = {"msgspec", "cryptography", "defusedxml", "pypinyin"}
WORLD = {
    "asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select",
    "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time",
}  # fmt: skip
"""Standard modules with I/O, a clock, chance or the environment behind them."""
CLOCKS = {"now", "utcnow", "today", "uuid1", "uuid4"}


class Import(NamedTuple):
    """One import: the module that does it, where, and the module that it names."""

    module: str
    where: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.where}: imports {self.wanted}"


@cache
def sources() -> list[tuple[str, Path, ast.Module]]:
    return list(parsed())


def parsed() -> Iterator[tuple[str, Path, ast.Module]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            path = file.relative_to(ROOT)
            module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
            yield module, path, ast.parse(file.read_text(encoding="utf-8"))


def imports() -> Iterator[Import]:
    for module, path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            yield from (Import(module, f"{path}:{node.lineno}", name) for name in names)


def within(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def is_pure(module: str) -> bool:
    return within(module, *PURE) and not within(module, *EDGE)


def crossing(rule: str, broken: list[str]) -> None:
    assert not broken, f"{rule}:\n" + "\n".join(broken)


def test_services_never_import_each_other() -> None:
    def service(module: str) -> str:
        return module.split(".")[1] if within(module, "services") and "." in module else ""

    crossed = [i for i in imports() if service(i.module) and service(i.wanted) not in ("", service(i.module))]
    crossing("services meet in a topic, a view or an HTTP address", [str(i) for i in crossed])


def test_shared_imports_no_service_and_no_room_above_it() -> None:
    above = [room for room in ROOMS if room != "shared"]
    crossed = [i for i in imports() if within(i.module, "shared") and within(i.wanted, *above)]
    crossing("shared stands below all", [str(i) for i in crossed])


def test_the_product_imports_nothing_that_starts_measures_or_tests_it() -> None:
    product = [i for i in imports() if within(i.module, "services", "shared", "cli")]
    crossed = [i for i in product if within(i.wanted, "deploy", "demo", "bench", "tests")]
    crossing("what runs the product is not part of it", [str(i) for i in crossed])


def test_the_pure_part_imports_only_what_is_pure() -> None:
    def allowed(wanted: str) -> bool:
        package = wanted.split(".", maxsplit=1)[0]
        if package == "shared":
            return is_pure(wanted)
        return package in PURE_PACKAGES or (package in sys.stdlib_module_names and package not in WORLD)

    crossed = [i for i in imports() if is_pure(i.module) and not allowed(i.wanted)]
    crossing("what is replayed must not touch the world", [str(i) for i in crossed])


def test_the_pure_part_waits_for_nothing_and_reads_no_clock() -> None:
    crossed = []
    for module, path, tree in sources():
        for node in ast.walk(tree) if is_pure(module) else ():
            if isinstance(node, ast.AsyncFunctionDef):
                crossed.append(f"{path}:{node.lineno}: async def {node.name}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CLOCKS
            ):
                crossed.append(f"{path}:{node.lineno}: .{node.func.attr}()")
    crossing("a decision is a function of its inputs", crossed)


def test_the_walls_are_looked_at() -> None:
    seen = {i.module for i in imports()}
    assert {room for room in PURE if not any(within(module, room) for module in seen)} == set()
