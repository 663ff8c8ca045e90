"""The reference pages say what the code says, and the AsyncAPI document describes what is really written."""

import warnings
from typing import Any

import jsonschema
import pytest
import yaml
from msgspec import json
from typer.testing import CliRunner

from cli.__main__ import app
from cli.reference import FOLDER, PAGES
from shared.entry import read_entry
from shared.kafka import COMMANDS, EVENTS, TOPICS, producer, read, send_command
from shared.settings import Settings
from shared.ticket.commands import read_command
from tests.samples.test_samples import FILES, headers_of, lines_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a field of its own models shadows one of pydantic's
    from asyncapi3.models import AsyncAPI3

DOCUMENT: dict[str, Any] = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
LINES = [line for file in FILES for line in lines_of(file)]


def form(name: str) -> jsonschema.Draft7Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return jsonschema.Draft7Validator(schema)


def headers(topic: str) -> set[str]:
    return set(DOCUMENT["components"]["messages"][topic]["headers"]["required"])


def test_no_generated_page_is_stale() -> None:
    result = CliRunner().invoke(app, ["reference", "check"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_says_something_else_is_named(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGES, page, lambda _: "something else")
    result = CliRunner().invoke(app, ["reference", "check"])
    assert result.exit_code == 1
    assert result.output.count("docs/reference/") == 1
    assert page in result.output


def test_the_asyncapi_document_follows_the_specification() -> None:
    AsyncAPI3.model_validate(DOCUMENT)


def test_the_asyncapi_document_names_every_topic_and_nothing_that_is_not_there() -> None:
    assert set(DOCUMENT["channels"]) == set(TOPICS)
    for reference in references(DOCUMENT):
        at: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]


def test_the_page_of_topics_names_each_of_them_and_every_header() -> None:
    said = (FOLDER / "topics.md").read_text(encoding="utf-8")
    every = {
        name for of in DOCUMENT["components"]["messages"].values() for name in of["headers"]["properties"]
    }
    assert {name for name in every | set(TOPICS) if f"`{name}`" not in said} == set()


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for one in node for found in references(one)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for one in node.values() for found in references(one)]


def test_every_entry_is_of_the_form_that_the_document_gives() -> None:
    entry, command = form("Entry"), form("Command")
    for line in LINES:
        entry.validate(json.decode(line.value))
        assert {name for name, _ in headers_of(line)} == headers(EVENTS)
        if not read_entry(line.value.encode()).undecodable:
            command.validate(json.decode(line.command))


def test_a_command_with_an_unknown_field_is_not_of_that_form() -> None:
    asked = json.decode(LINES[0].command) | {"mood": "good"}
    with pytest.raises(jsonschema.ValidationError, match="mood"):
        form("Command").validate(asked)


async def test_a_command_is_sent_with_the_headers_that_the_document_gives(
    settings: Settings, topics: str
) -> None:
    async with producer(settings) as sender:
        at, _ = await send_command(sender, settings, read_command(LINES[0].command.encode()), [])
    (record,) = [record async for records in read(settings, COMMANDS, at, 0) for record in records]
    assert {name for name, _ in record.headers} == headers(COMMANDS)
