"""Whatever a person reads on a page comes from the catalogue, and the catalogue has it in both languages."""

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from jinja2 import Environment

from services.console.asking.forms import ACTIONS
from services.console.numbers.figures import Grouping
from services.console.numbers.tallies import NOW, RISKS, RUNGS, STOCK
from services.console.pages.fields import GROUNDS, METHODS
from services.console.pages.shown import SHAPES
from services.console.pages.supervising.figures import KINDS
from services.console.queries import Queue
from services.console.words import CATALOGUE, Words
from services.projector.rebuild import KEYS as VIEWS
from shared.figures import BY_NAME
from shared.ticket.events import Event
from shared.ticket.state import Stage
from shared.ticket.words import (
    Clock,
    Demand,
    Dissatisfaction,
    Field,
    Grade,
    Outcome,
    Purpose,
    ReplyBy,
    Role,
    Urgency,
    Urging,
)

PLURAL = re.compile(r"\{([a-z]+)\} (?:new |working |system |more )?(?!this)[a-z]{3,}s\b")
"""A number with a word in the plural after it."""
COUNTS = {"count", "total", "days", "hours", "minutes", "shown", "reviewed", "rows"}
CONSOLE = Path(__file__).resolve().parents[3] / "services" / "console"
TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))
SOURCES = [*TEMPLATES, *(CONSOLE / "pages").rglob("*.py"), CONSOLE / "words" / "__init__.py"]
READ = {"title", "placeholder", "aria-label", "alt", "content"}
"""Attributes that a person may be read."""
UNREAD = {
    "width=device-width, initial-scale=1",
    "noindex, nofollow",
    '{"extensions": "sse", "includeIndicatorCSS": false}',
}
CLOSED_SETS = {
    "stage": get_args(Stage),
    "demand": get_args(Demand),
    "urgency": get_args(Urgency),
    "grade": get_args(Grade),
    "outcome": get_args(Outcome),
    "clock": get_args(Clock),
    "role": get_args(Role),
    "act": tuple(ACTIONS),
    "ground": GROUNDS,
    "method": METHODS,
    "purpose": get_args(Purpose),
    "urging": get_args(Urging),
    "reply_by": get_args(ReplyBy),
    "sealed": get_args(Field),
    "queue": (*get_args(Queue), "inbox"),
    "deadline": tuple(SHAPES),
    "grouping": get_args(Grouping),
    "kind": KINDS,
    "risk": RISKS.names,
    "rung": RUNGS.names,
    "flow": STOCK.names,
    "tile": NOW.names,
    "time_cause": ("all", "charged"),
    "definition": tuple(BY_NAME),
    "view": tuple(VIEWS),
    "dissatisfaction": get_args(Dissatisfaction),
    "ended": get_args(Outcome),
    "now": tuple(stage for stage in get_args(Stage) if stage != "closed"),
    "month": tuple(str(month) for month in range(1, 13)),
    "event": (*[kind.__name__ for kind in get_args(Event)], "refused", "repeated", "undecodable"),
}


def literals(template: Path) -> str:
    """The template with a mark in place of everything that is not literal."""
    source = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_says_nothing_of_its_own(template: Path) -> None:
    plain = literals(template)
    said = re.sub(r"<[^>]*>", "", plain)
    attributes = re.findall(r"\s([a-z-]+)=(?:\"([^\"]*)\"|'([^']*)')", plain)
    said += " ".join(a or b for name, a, b in attributes if name in READ and (a or b) not in UNREAD)
    assert re.findall(r"[^\W\d_]+", said) == []


def test_the_catalogue_is_complete_in_both_languages() -> None:
    chinese, english = CATALOGUE["zh"], CATALOGUE["en"]
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert places(chinese[key]) == places(english[key]), key
        assert not re.search("[一-鿿]", english[key]) or key == "app.language", key
        assert re.search("[一-鿿]|^{|^English$", chinese[key]), key


def test_a_section_lies_in_one_file_of_the_same_name_in_each_language() -> None:
    folder = CONSOLE / "words"
    files = {language: sorted((folder / language).glob("*.toml")) for language in CATALOGUE}
    assert [file.name for file in files["zh"]] == [file.name for file in files["en"]]
    for pair in zip(*files.values(), strict=True):
        zh, en = (list(tomllib.loads(file.read_text(encoding="utf-8"))) for file in pair)
        assert zh == en, pair[0].name
    for some in files.values():
        sections = [name for file in some for name in tomllib.loads(file.read_text(encoding="utf-8"))]
        assert len(sections) == len(set(sections))


def test_one_of_something_is_called_so_in_english() -> None:
    words = Words("en")
    assert [words("time.tickets", count=count) for count in (0, 1, "1", 2, "1000+")] == [
        "0 tickets",
        "1 ticket",
        "1 ticket",
        "2 tickets",
        "1000+ tickets",
    ]
    for key, sentence in CATALOGUE["en"].items():
        wrong = [found.group() for found in PLURAL.finditer(sentence) if found.group(1) in COUNTS]
        assert wrong == [], f"{key} is wrong for one: write {{count:ticket|tickets}}"


def places(sentence: str) -> set[str | None]:
    return {name for _, name, *_ in Formatter().parse(sentence)} - {None}


@pytest.mark.parametrize("section", CLOSED_SETS)
def test_every_code_of_a_closed_set_has_its_word(section: str) -> None:
    assert {code for code in CLOSED_SETS[section] if f"{section}.{code}" not in CATALOGUE["zh"]} == set()


def test_every_sentence_that_is_asked_for_is_there_and_every_other_is_gone() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SOURCES]
    named = {key for source in sources for key in re.findall(r"[\"']([a-z]+\.[A-Za-z_]+)[\"']", source)}
    by_code = {key for key in CATALOGUE["zh"] if key.partition(".")[0] in SECTIONS_BY_CODE}
    assert set(CATALOGUE["zh"]) - named - by_code == set()
    sections = {key.partition(".")[0] for key in CATALOGUE["zh"]}
    assert {key for key in named if key.partition(".")[0] in sections} - set(CATALOGUE["zh"]) == set()


BY_CODE = re.compile(r"""t\.(?:of|has)\("([a-z_]+)"|["']([a-z_]+)\.["'] ~|f["']([a-z_]+)\.\{""")
SECTIONS_BY_CODE = {
    *CLOSED_SETS,
    *[
        name
        for path in SOURCES
        for found in BY_CODE.findall(path.read_text(encoding="utf-8"))
        for name in found
    ],
}
"""Sections whose words are chosen by a code at run time."""


def test_the_pages_code_says_nothing_in_chinese_but_a_problems_own_sentence() -> None:
    for path in (CONSOLE / "pages").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        rendered = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in ("html", "page")
        ]
        said = [
            node.value
            for call in rendered
            for node in ast.walk(call)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert [text for text in said if re.search("[一-鿿]", text)] == [], path.name


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_neither_script_nor_style_of_its_own(template: Path) -> None:
    Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    source = template.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|<script(?! src)|\son[a-z]+=|hx-on|js:|\|safe", source) == []
