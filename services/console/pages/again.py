"""A form that was not taken, to be looked over and sent again: which it was, and every field as an input (pure)."""

import re
from collections.abc import Mapping
from typing import NamedTuple, get_args

from services.console.pages.fields import FIELDS, REGISTER, Input
from services.console.pages.kept import text_of
from services.console.workplace.saved_views import Audience
from shared.ticket.words import Purpose

_AUDIENCE = Input("audience", "choice", False, "audience", get_args(Audience))
_PURPOSE = Input("purpose", "choice", True, "purpose", get_args(Purpose))
_SEALED = Input("fields", "many", True, "sealed")
_REASON = FIELDS["send-back"]
OTHERS: tuple[tuple[str, str, tuple[Input, ...]], ...] = (
    (r"/register(/.*)?", "register", REGISTER),
    (r"/tickets/[^/]+/look", "look", (_PURPOSE, _SEALED)),
    (r"/tickets/[^/]+/files/[^/]+", "look", (_PURPOSE,)),
    (r"/desk/[a-z]+/skip", "skip", _REASON),
    (r"/signoffs/[^/]+/send-back", "send-back", _REASON),
    (r"/signoffs/[^/]+(/files)?", "answer", FIELDS["answer"]),
    (r"/bulk/urge", "urge", FIELDS["urge"]),
    (r"/phrases(/.*)?", "phrase", (Input("text", "long"), _AUDIENCE)),
    (r"/views(/.*)?", "view", (Input("name", "line"), _AUDIENCE, Input("pinned", "check", False))),
)
"""Forms that are no action of one ticket: where they go, the name under which their labels stand, their inputs."""


WRITTEN = ("long", "line")


class Field(NamedTuple):
    """What was typed or chosen in one input; ``input`` is None for what the page itself put into the form."""

    name: str
    value: str
    input: Input | None


class Form(NamedTuple):
    """The form, by the name under which its labels stand; empty for one that has only buttons."""

    action: str
    fields: list[Field]


def again(address: str, kept: Mapping[str, str]) -> Form:
    """The form that was sent to that address of the console; inputs that need not be filled in and are empty fall out
    of sight."""
    action, inputs = _inputs(address.partition("?")[0])
    by_name = {one.name: one for one in inputs}
    return Form(
        action, [Field(name, value, _shown(by_name.get(name), value)) for name, value in kept.items()]
    )


def written(address: str, kept: Mapping[str, str]) -> str:
    """What was written, not chosen, in that form, for where it is not offered again; of one unknown everything."""
    form = again(address, kept)
    if not form.action:
        return text_of(dict(kept))
    written = [one.value for one in form.fields if one.input and one.input.kind in WRITTEN]
    return "\n\n".join(text for text in written if text.strip())


def _shown(of: Input | None, value: str) -> Input | None:
    return of if of and (value.strip() or of.required) else None


def _inputs(path: str) -> tuple[str, tuple[Input, ...]]:
    for pattern, action, inputs in OTHERS:
        if re.fullmatch(pattern, path):
            return action, inputs
    of_ticket = re.fullmatch(r"/tickets/[^/]+/([a-z-]+)(/files)?", path)
    action = of_ticket.group(1) if of_ticket else ""
    return (action, FIELDS[action]) if action in FIELDS else ("", ())
