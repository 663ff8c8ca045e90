"""The AsyncAPI 3 document of the topics, made from the wire types."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import yaml

from cli.reference.markdown import NOTE
from shared.book import CLOUD_EVENT
from shared.entry import Entry
from shared.kafka import COMMANDS, DEAD_LETTERS, EVENTS, TOPICS
from shared.settings import Settings
from shared.ticket.commands import Command

ROOT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]
COMMAND_HEADERS = {
    "ce_specversion": "CloudEvents 1.0, binary mode.",
    "ce_id": "The command's id.",
    "ce_source": "huiyin/<issuer>.",
    "ce_type": "huiyin.ticket.<kind of the body>.",
    "content-type": "application/json.",
}
ENTRY_HEADERS = {
    "previous": "32 raw bytes: the hash of the last entry that counted before this one.",
    "digest": "32 raw bytes: SHA-256 of the value exactly as stored.",
    "hash": "32 raw bytes: SHA-256 of previous followed by digest.",
    "source": "epoch/offset of the command, as text.",
    "kinds": "The events' kinds joined by commas, else refused, repeated or undecodable.",
    "ce_id": "The entry's id: ticket-<partition>-<epoch>-<offset of the command>.",
    "ce_specversion": "CloudEvents 1.0, binary mode.",
    "ce_source": f"{dict(CLOUD_EVENT)['ce_source'].decode()}.",
    "ce_type": f"{dict(CLOUD_EVENT)['ce_type'].decode()}.",
}
LETTER_HEADERS = {
    "origin": "topic/partition/offset of the record.",
    "because": "Why it could not be read.",
}
TRACE = {"traceparent": "W3C trace context, where there is one."}


def document() -> Json:
    """The document; the described application is the ledger, the only writer of ticket-events."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huiyin 回音",
            "version": project["version"],
            "description": project["description"],
        },
        "defaultContentType": "application/json",
        "channels": {
            COMMANDS: _channel(
                COMMANDS, "What someone asked for; key: the ticket's id. Broker time: LogAppendTime."
            ),
            EVENTS: _channel(
                EVENTS, "The record: one counted entry per command, same key, same partition number."
            ),
            DEAD_LETTERS: _channel(
                DEAD_LETTERS, "Bytes that nobody can read, with where they came from and why."
            ),
        },
        "operations": {
            "decide": _operation("receive", COMMANDS, "The ledger decides each command once, in order."),
            "record": _operation("send", EVENTS, "Only the ledger writes entries."),
            "bury": _operation("send", DEAD_LETTERS, "Readers bury what they cannot read too."),
        },
        "components": {
            "messages": {
                COMMANDS: _message("Command", COMMAND_HEADERS, TRACE),
                EVENTS: _message("Entry", ENTRY_HEADERS, TRACE),
                DEAD_LETTERS: {
                    "contentType": "application/octet-stream",
                    "headers": _headers(LETTER_HEADERS, {}),
                    "payload": {"type": "string", "format": "binary"},
                },
            },
            "schemas": schemas(),
        },
    }


def _channel(topic: str, description: str) -> Json:
    config = {name: int(value) for name, value in TOPICS[topic].items() if value.lstrip("-").isdigit()}
    partitions = 1 if topic == DEAD_LETTERS else Settings.model_fields["partitions"].default
    kafka = {
        "topic": topic,
        "partitions": partitions,
        "topicConfiguration": config,
        "bindingVersion": "0.5.0",
    }
    return {
        "address": topic,
        "description": description,
        "messages": {topic: {"$ref": f"#/components/messages/{topic}"}},
        "bindings": {"kafka": kafka},
    }


def _operation(action: str, topic: str, summary: str) -> Json:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}, "summary": summary}


def _message(schema: str, required: dict[str, str], optional: dict[str, str]) -> Json:
    return {
        "name": schema,
        "contentType": "application/json",
        "headers": _headers(required, optional),
        "payload": {"$ref": f"#/components/schemas/{schema}"},
    }


def _headers(required: dict[str, str], optional: dict[str, str]) -> Json:
    described = {
        name: {"type": "string", "description": said} for name, said in (required | optional).items()
    }
    return {"type": "object", "properties": described, "required": list(required)}


def schemas() -> Json:
    """Command and Entry with all that they are made of, as JSON Schema draft 7, which AsyncAPI builds on."""
    _, components = msgspec.json.schema_components(
        [Command, _entry()], ref_template="#/components/schemas/{name}"
    )
    older: Json = _draft_7(components)
    return older


def _entry() -> type:
    """Entry with its command's type named: in the code it is raw bytes, so that it stays as it came."""
    named = [
        (f.name, Command | None, msgspec.field(default=None))
        if f.name == "command"
        else (f.name, f.type, _default(f))
        for f in msgspec.structs.fields(Entry)
    ]
    return msgspec.defstruct("Entry", named, namespace={"__doc__": Entry.__doc__})


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.required:
        return msgspec.field()
    if field.default is msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return msgspec.field(default=field.default)


def _draft_7(schema: Any) -> Any:
    """``prefixItems`` is ``items`` there, what may follow it ``additionalItems``; a discriminator is a name."""
    if isinstance(schema, list):
        return [_draft_7(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _draft_7(value) for name, value in schema.items()}
    if "prefixItems" in made:
        more = {"additionalItems": made.pop("items")} if "items" in made else {}
        made = made | {"items": made.pop("prefixItems")} | more
    if isinstance(made.get("discriminator"), dict):
        made["discriminator"] = made["discriminator"]["propertyName"]
    if isinstance(made.get("description"), str):
        made["description"] = " ".join(made["description"].replace("``", "`").split())
    return made


def document_yaml() -> str:
    """The document as YAML."""
    text = yaml.safe_dump(document(), allow_unicode=True, sort_keys=False, width=110)
    return f"# {NOTE.removeprefix('<!-- ').removesuffix(' -->')}\n{text}"
