"""Policy files (edge): documents from folders, and every error with the file and the line it is on.

A file is ``<jurisdiction>/<kind>.yaml`` and holds one document in the very form that is published.
"""

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from shared.policy.calendar import Calendar
from shared.policy.documents import Document, Policies, problems
from shared.policy.plain_yaml import BadYaml, Place, read_yaml
from shared.policy.words import Kind, Problem

LARGEST = 200_000
"""Bytes. A document travels in one command, which the edge refuses beyond 256 KiB."""

ORDER: tuple[Kind, ...] = ("calendar", "units", "catalogue", "terms", "surveys")
"""Of publishing: what is referred to comes before what refers to it."""

_STEP = re.compile(r"\.([^.\[`]+)|\[(\d+)\]")
_KEY = re.compile(r"unknown field `(.+)`|Invalid enum value '(.+)'")
"""What msgspec says of a key without putting it into the path."""


class PolicyFileError(ValueError):
    """A policy file that cannot be used; its text is ``file:line: what is wrong``, in both languages."""

    def __init__(self, file: Path, line: int, zh: str, en: str) -> None:
        super().__init__(f"{file}:{line}: {zh} / {en}")
        self.file, self.line, self.zh, self.en = file, line, zh, en


class PolicyFile(Struct, frozen=True):
    """A document and where each part of it stands in its file."""

    path: Path
    document: Document
    lines: dict[Place, int]

    def error(self, problem: Problem) -> PolicyFileError:
        """A problem with the document's body, as an error that names its line."""
        line = _line(self.lines, ("body", *problem.where))
        return PolicyFileError(self.path, line, problem.zh, problem.en)


def read_file(path: Path) -> PolicyFile:
    """One file's document; PolicyFileError names the first line that is wrong."""
    try:
        tree, lines = read_yaml(_content(path))
    except BadYaml as error:
        raise PolicyFileError(path, error.line, error.zh, error.en) from None
    try:
        document = msgspec.convert(tree, Document)
    except msgspec.ValidationError as error:
        said, where = _where(str(error))
        raise PolicyFileError(path, _line(lines, where), f"格式不符: {said}", said) from None
    if (document.jurisdiction, document.kind) != (path.parent.name, path.stem):
        zh, en = f"内容是 {document.name},与文件位置不符", f"it holds {document.name}, which is not its place"
        raise PolicyFileError(path, 1, zh, en)
    return PolicyFile(path, document, lines)


def read_folders(
    folders: list[Path], pattern: str = "*.yaml"
) -> tuple[list[PolicyFile], list[PolicyFileError]]:
    """The policy files in these folders in the order to publish them, and those that cannot be read."""
    files, errors = list[PolicyFile](), list[PolicyFileError]()
    for path in (path for folder in folders for path in sorted(folder.glob(pattern))):
        try:
            files.append(read_file(path))
        except PolicyFileError as error:
            errors.append(error)
    return _in_publishing_order(files), errors


def check_files(files: list[PolicyFile]) -> tuple[Policies, list[PolicyFileError]]:
    """What these files make when published one after the other, and everything wrong with their content."""
    policies, errors = Policies(), list[PolicyFileError]()
    for file in files:
        errors += [file.error(problem) for problem in problems(policies, file.document)]
        policies = policies.published(file.document)
    return policies, errors


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PolicyFileError(
            path, 1, f"无法读取: {error.strerror}", f"cannot read: {error.strerror}"
        ) from None
    if len(content) > LARGEST:
        raise PolicyFileError(path, 1, f"超过 {LARGEST} 字节", f"larger than {LARGEST} bytes")
    return content


def _in_publishing_order(files: list[PolicyFile]) -> list[PolicyFile]:
    """What is referred to before what refers to it: by kind, and a calendar after the one that it extends."""
    calendars = [f.document for f in files if f.document.kind == "calendar"]
    extends = {d.jurisdiction: d.body.extends for d in calendars if isinstance(d.body, Calendar)}
    return sorted(
        files, key=lambda f: (ORDER.index(f.document.kind), _depth(f.document.jurisdiction, extends))
    )


def _depth(name: str | None, extends: dict[str, str | None]) -> int:
    """How many calendars stand below this one; a circle ends the count and is left to the check."""
    depth = 0
    while name in extends and depth <= len(extends):
        name, depth = extends[name], depth + 1
    return depth


def _where(error: str) -> tuple[str, Place]:
    """What msgspec says, and the place that it says it of."""
    said, _, path = error.partition(" - at ")
    steps = [int(index) if index else name for name, index in _STEP.findall(path.partition("$")[2])]
    key = _KEY.search(said)
    return said, (*steps, key[1] or key[2]) if key else tuple(steps)


def _line(lines: dict[Place, int], place: Place) -> int:
    """The line of the nearest part that stands in the file."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)
