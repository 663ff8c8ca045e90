"""What each duty within a unit may do (pure). The ledger knows units only: who does what in one is our rule."""

from collections.abc import Iterable

from msgspec.structs import replace

from services.console.asking import forms
from services.console.asking.forms import ACTIONS
from services.console.asking.standing import Offer
from services.console.people.accounts import Account, Duty
from shared.problems import Problem

DUTIES: dict[type[forms.Action], tuple[Duty, ...]] = {
    forms.Sign: ("signer",),
    forms.Contact: ("handler",),
    forms.RequestReturn: ("handler",),
    forms.Answer: ("approver",),
}
"""Whose duty an action is. What a unit may do and does not stand here, all of its people may do."""
NAMES: dict[Duty, tuple[str, str]] = {
    "signer": ("签收员", "signer"),
    "handler": ("经办人", "handler"),
    "approver": ("审签领导", "approver"),
}


def barred(caller: Account, action: type[forms.Action], approved: bool) -> Problem | None:
    """Why an action is not this account's duty; None where it is.

    approved   whether the unit has somebody who signs answers off; where nobody does, its handlers answer
    """
    if caller.role != "unit" or action not in DUTIES:
        return None
    if action is forms.Answer and not approved:
        return None if caller.has("approver", "handler") else _whose("handler")
    return None if caller.has(*DUTIES[action]) else _whose(*DUTIES[action])


def within_duties(offers: Iterable[Offer], caller: Account, approved: bool) -> list[Offer]:
    """What a page offers, with what is another duty's barred and said so."""
    return [
        replace(offer, refusal=barred(caller, ACTIONS[offer.action], approved) or offer.refusal)
        for offer in offers
    ]


def not_the_approver(caller: Account) -> Problem | None:
    """Why an answer is not this account's to sign off or to send back."""
    return None if caller.role == "unit" and caller.has("approver") else _whose("approver")


def not_a_handler(caller: Account) -> Problem | None:
    """Why an answer is not this account's to submit for sign-off."""
    return None if caller.role == "unit" and caller.has("handler") else _whose("handler")


def _whose(duty: Duty) -> Problem:
    zh, en = NAMES[duty]
    return Problem(
        403, "not_your_duty", f"此项由本单位{zh}办理,您的账号没有这项职责。", f"This is for your unit's {en}."
    )
