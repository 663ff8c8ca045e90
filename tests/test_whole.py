"""About the whole, not a function: nothing is said that nobody handles, and nothing is handled that nobody says."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
import yaml

from shared.kafka import TOPICS
from shared.policy.documents import Body as PolicyBody
from shared.ticket import commands as c
from shared.ticket.decide import ACTS_ZH, ANY, ROW, SAME, TRANSITIONS
from shared.ticket.events import Event
from shared.ticket.refusals import REFUSALS
from shared.ticket.state import STAGES_ZH, Stage
from tests.test_walls import within

ROOT = Path(__file__).resolve().parents[1]
EVENTS = {kind.__name__ for kind in get_args(Event)}
UNTOLD = {"refused", "repeated", "undecodable"}
"""What an entry's header says where it has no events."""
SERVICES = sorted(p.name for p in (ROOT / "services").iterdir() if p.is_dir() and p.name[0] not in "_.")
REACTORS = ("dispatch", "sla", "feedback")
PERSONAL = {
    "name", "phone", "mobile", "address", "citizen", "caller", "person", "openid", "title", "text", "content", "body",
    "reply", "reply_to", "feedback", "record", "reason", "words", "query", "token", "secret", "headers", "command",
}  # fmt: skip
"""What a log line must never be given, whatever it would hold."""


@cache
def product() -> list[tuple[str, ast.Module]]:
    """Every module of the product and its path."""
    rooms = (ROOT / "shared", ROOT / "services", ROOT / "cli")
    files = [file for room in rooms for file in sorted(room.rglob("*.py"))]
    return [(str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))) for file in files]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function or method of one of these names, with where it stands."""
    for path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in names:
                yield f"{path}:{node.lineno}", node


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts(tree: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_every_refusal_says_why_in_both_languages() -> None:
    for code, (zh, en) in REFUSALS.items():
        assert re.search("[一-鿿]|{zh}", zh), code
        assert re.search("[a-z]", en), code


def test_every_refusal_that_is_given_is_a_known_one() -> None:
    given = {
        (where, call.args[0].value)
        for where, call in calls("refuse")
        if isinstance(call.args[0], ast.Constant)
    }
    assert {one for one in given if one[1] not in REFUSALS} == set()


def test_no_refusal_is_known_that_nobody_gives() -> None:
    given = {text for path, tree in product() if "refusals.py" not in path for text in texts(tree)}
    assert set(REFUSALS) - given == set()


def test_a_refusal_is_made_in_one_place() -> None:
    made = {where.partition(":")[0] for where, _ in calls("Refusal")}
    assert made == {"shared/ticket/refusals.py"}


def test_every_command_has_a_row_of_the_transition_table_and_a_word() -> None:
    assert {row.command for row in TRANSITIONS} == set(get_args(c.TicketBody))
    assert set(ACTS_ZH) == {kind.__name__ for kind in get_args(c.TicketBody)}


def test_every_stage_is_reached_and_left_by_a_row_and_has_a_word() -> None:
    led_to = {stage for row in TRANSITIONS for stage in row.next} - set(SAME)
    assert led_to == set(get_args(Stage)) == set(STAGES_ZH) == set(ANY)
    assert {stage for stage, _ in ROW} == {*ANY, "(new)"}


def test_every_event_has_its_place_in_the_views() -> None:
    trees = [tree for path, tree in product() if path.startswith("shared/views/")]
    named = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert EVENTS - named == set()


@pytest.mark.parametrize("service", REACTORS)
def test_a_reactor_waits_for_events_that_there_are(service: str) -> None:
    kinds = import_module(f"services.{service}.react").KINDS
    assert kinds - EVENTS - UNTOLD == set()


def test_every_event_and_command_is_in_the_asyncapi_document() -> None:
    document = yaml.safe_load((ROOT / "docs" / "reference" / "asyncapi.yaml").read_text(encoding="utf-8"))
    kinds = {*get_args(Event), *get_args(c.TicketBody), c.PublishPolicy, *get_args(PolicyBody)}
    assert {kind.__name__ for kind in kinds} - set(document["components"]["schemas"]) == set()
    assert set(document["channels"]) == set(TOPICS)


def test_every_topic_has_a_reader() -> None:
    named = {"COMMANDS": "ticket-commands", "EVENTS": "ticket-events", "DEAD_LETTERS": "dead-letters"}
    reading = [call for _, call in calls("read", "end_of", "TopicPartition", "subscribe", "waiting")]
    read = {node.id for call in reading for node in ast.walk(call) if isinstance(node, ast.Name)}
    assert {named[name] for name in named if name in read} == set(TOPICS)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_says_what_it_is_for(service: str) -> None:
    tree = dict(product())[f"services/{service}/__init__.py"]
    assert ast.get_docstring(tree), f"services/{service}/__init__.py has no docstring"


LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def logged() -> Iterator[tuple[str, ast.Call]]:
    for where, call in calls(*LEVELS):
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "log":
            yield where, call


def test_a_log_line_is_a_fixed_sentence_with_an_action_and_nothing_personal() -> None:
    for where, call in logged():
        given = {keyword.arg for keyword in call.keywords}
        assert [type(argument) for argument in call.args] == [ast.Constant], (
            f"{where}: the sentence is not fixed"
        )
        assert "action" in given, f"{where}: no action"
        assert not given & PERSONAL, f"{where}: {given & PERSONAL}"
        assert None not in given, f"{where}: ** may bring anything"


def test_log_lines_are_looked_at() -> None:
    assert len(list(logged())) > 10


def test_nothing_is_printed_by_a_service() -> None:
    printed = [where for where, _ in calls("print") if within(where.replace("/", "."), "services", "shared")]
    assert printed == []
