"""Tables in Markdown, and the note that says a page is made by the program."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- 由 ./huiyin reference write 生成,勿手改。 Made by that command: not edited by hand. -->"


def page(title: str, *parts: str) -> str:
    """A page of paragraphs and tables."""
    return "\n\n".join([NOTE, f"# {title}", *parts]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar within a cell is escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(*names: str) -> str:
    """Each name as code, one after the other."""
    return " ".join(f"`{name}`" for name in names)
