"""What a person fills in for each action: the inputs of its form, in the order of the work. Data, drawn by one macro.

A label is the catalogue's ``field.<name>``, or ``field.<action>_<name>`` where the action calls it otherwise.
"""

from typing import Literal, NamedTuple, get_args

from services.console.asking.forms import ACTIONS
from shared.ticket.words import Demand, Dissatisfaction, Grade, ReplyBy, Urgency, Urging

Kind = Literal[
    "long",
    "line",
    "choice",
    "many",
    "yesno",
    "solved",
    "check",
    "unit",
    "units",
    "handler",
    "topic",
    "place",
    "moment",
    "files",
]
"""``yesno`` must be answered, ``check`` is off unless ticked, ``solved`` is one of SOLVED, ``many`` any of the codes;
``moment`` is Beijing's; ``files`` were uploaded.
"""

SOLVED = ("true", "partly", "false")
"""What is solved in part is not solved (pages/typed.py)."""
METHODS = ("phone", "visit", "message", "online")
GROUNDS = ("emergency", "legal_route", "secret", "unlawful", "repeated", "not_duty")
"""66号文(二): what the hotline does not take up, each with the answer that is owed for it."""


class Input(NamedTuple):
    """One input. ``section`` names the closed set of a choice, ``codes`` its codes."""

    name: str
    kind: Kind
    required: bool = True
    section: str = ""
    codes: tuple[str, ...] = ()


def _choice(name: str, section: str, codes: tuple[str, ...], required: bool = True) -> Input:
    return Input(name, "choice", required, section, codes)


FIELDS: dict[str, tuple[Input, ...]] = {
    "accept": (),
    "assign": (
        Input("lead", "unit"),
        Input("assisting", "units", required=False),
        Input("handler", "handler", required=False),
    ),
    "answer-directly": (Input("reply", "long"),),
    "decline": (
        _choice("ground", "ground", GROUNDS),
        Input("reason", "long"),
        Input("right_channel", "line"),
    ),
    "rule-on-return": (
        Input("upheld", "yesno"),
        Input("to", "unit", required=False),
        Input("reason", "long"),
    ),
    "sign": (Input("handler", "handler", required=False),),
    "contact": (
        _choice("method", "method", METHODS),
        Input("at", "moment"),
        Input("reached", "yesno"),
        Input("record", "long"),
    ),
    "answer": (
        Input("reply", "long"),
        Input("feedback", "long"),
        Input("solved", "yesno"),
        Input("attachments", "files", required=False),
    ),
    "request-return": (Input("reason", "long"), Input("suggested", "unit", required=False)),
    "approve": (),
    "send-back": (Input("reason", "long"),),
    "survey": (
        _choice("grade", "grade", get_args(Grade)),
        Input("solved", "solved", required=False),
        Input("reasons", "many", False, "dissatisfaction", get_args(Dissatisfaction)),
        Input("words", "long", required=False),
    ),
    "survey-attempt": (_choice("method", "method", METHODS),),
    "redo": (Input("reason", "long"),),
    "close": (Input("reason", "long"),),
    "dispute": (Input("reason", "long"),),
    "urge": (_choice("because", "urging", get_args(Urging)), Input("words", "long", required=False)),
    "amend": (
        Input("text", "long", required=False),
        _choice("demand", "demand", get_args(Demand), required=False),
        _choice("urgency", "urgency", get_args(Urgency), required=False),
        Input("topic", "topic", required=False),
        Input("place", "place", required=False),
        Input("attachments", "files", required=False),
    ),
}
REGISTER: tuple[Input, ...] = (
    Input("phone", "line", required=False),
    Input("name", "line", required=False),
    Input("anonymous", "check", required=False),
    Input("confidential", "check", required=False),
    Input("place", "place", required=False),
    Input("address", "line", required=False),
    _choice("demand", "demand", get_args(Demand)),
    Input("topic", "topic", required=False),
    _choice("reply_by", "reply_by", get_args(ReplyBy), required=False),
    Input("title", "line"),
    Input("text", "long"),
    _choice("urgency", "urgency", get_args(Urgency)),
    Input("reply", "long", required=False),
    _choice("ground", "ground", GROUNDS, required=False),
    Input("reason", "long", required=False),
    Input("right_channel", "line", required=False),
    Input("attachments", "files", required=False),
)
"""The inputs of 来电登记, with those of what may follow at once."""
assert FIELDS.keys() == ACTIONS.keys()  # noqa: S101  an action without a form could not be asked on a page
