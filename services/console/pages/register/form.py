"""What is asked of a caller, in the order of the talk, and what was typed as the form of the API (pure)."""

from collections.abc import Mapping
from typing import get_args

from msgspec.structs import replace

from services.console.asking.forms import ACTIONS, Action, Person, Registration
from services.console.pages.fields import FIELDS
from services.console.pages.typed import typed_form
from services.console.words import Words
from shared.ticket.words import Demand, ReplyBy, Urgency

DEMANDS = get_args(Demand)
URGENCIES = get_args(Urgency)
REPLIES = get_args(ReplyBy)
AT_ONCE = ("answer-directly", "decline")
"""What may follow in one go with the registration: its form lies within the same page."""
ANOTHER = "another"
"""What follows where a caller has several matters (拆单): each becomes a ticket of its own, the caller typed once."""
CALLER = ("phone", "name", "anonymous", "confidential", "place", "address", "reply_by")
"""The fields that the next matter of the same caller starts with."""
KEY = "key"
"""Makes all copies of a form one ticket: it is kept with the draft, so that a second tab has it too."""
EMERGENCY = "110"
"""转110: the right way to go that the button fills in, with its ground."""


def registration(typed: Mapping[str, str]) -> Registration:
    """The registration that was typed; whoever stays anonymous has no name. Raises Problem 400."""
    told = typed_form(Person, {**typed, "name": ""} if typed.get("anonymous") else typed)
    form = typed_form(Registration, typed)
    return replace(form, citizen=told if told != Person() else None)


def at_once(then: str, typed: Mapping[str, str]) -> Action | None:
    """The action that is to follow, None for none. Raises Problem 400 before anything is registered."""
    return typed_form(ACTIONS[then], typed) if then in AT_ONCE else None


def of_caller(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed of the caller, without the matter."""
    return {name: typed[name] for name in CALLER if typed.get(name)}


def to_emergency(typed: Mapping[str, str], words: Words) -> dict[str, str]:
    """转110: not taken up for that ground; where nothing is written yet a standard sentence stands for it."""
    blank = {"title": words("register.to_emergency"), "text": words("register.to_emergency")}
    kept = {name: text for name, text in typed.items() if text.strip()}
    filled = {"ground": "emergency", "reason": words("owed.emergency"), "right_channel": EMERGENCY}
    return {**typed, **blank, **kept, **filled}


def said(typed: Mapping[str, str]) -> bool:
    """Whether anything was typed that a draft should bring back."""
    chosen = {KEY, "demand", "urgency"}
    return any(
        text.strip() for name, text in typed.items() if name not in chosen and not name.startswith("_")
    )


assert all(action in FIELDS for action in AT_ONCE)  # noqa: S101  their inputs are those of the ticket's page
