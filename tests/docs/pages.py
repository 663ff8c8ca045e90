"""The Markdown pages of the project: their blocks of commands with what they print, their links and headings."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(?P<in> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=in)```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) +(.+?) *$", re.MULTILINE)


class Block(NamedTuple):
    """A block of a page: what stands behind the fence, its text, and its line."""

    page: Path
    info: str
    body: str
    line: int


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def blocks(page: Path) -> list[Block]:
    return [
        Block(
            page, found["info"].strip(), dedent(found["body"]), text(page).count("\n", 0, found.start()) + 1
        )
        for found in FENCE.finditer(text(page))
    ]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def links(page: Path) -> Iterator[str]:
    return (found[1] for found in LINK.finditer(FENCE.sub("", text(page))))


def headings(page: Path) -> list[tuple[int, str]]:
    return [(len(found[1]), found[2]) for found in HEADING.finditer(FENCE.sub("", text(page)))]


def anchors(page: Path) -> list[str]:
    """Of its headings in their order, as GitHub makes them: lower case, punctuation gone, spaces to hyphens."""
    return [
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-")
        for _, heading in headings(page)
    ]
