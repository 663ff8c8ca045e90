"""SQL in files: statements by name, with the parts that many of them share put in."""

from collections.abc import Mapping
from pathlib import Path


def statements(file: Path, shared: Mapping[str, str] | None = None) -> dict[str, str]:
    """The statements of a file, each from ``-- name: it`` on; a word of ``shared`` stands for a part of SQL."""
    text = file.read_text(encoding="utf-8")
    named = dict(part.split("\n", 1) for part in text.split("-- name: ")[1:])
    return {name: filled(sql, shared or {}) for name, sql in named.items()}


def filled(sql: str, parts: Mapping[str, str]) -> str:
    """A statement with these parts in the place of their words; a part may have words of the later ones."""
    for word, part in parts.items():
        sql = sql.replace(word, part)
    return sql
