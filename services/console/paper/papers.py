"""The forms that a ticket can be printed as, and who may print them (pure; console.md §3.4)."""

from collections.abc import Mapping
from typing import Literal

from services.console.people.accounts import Account, AccountRole
from services.console.people.roles import not_your_role
from services.console.rows import TicketRow
from shared.problems import Problem
from shared.ticket.refusals import refuse

Form = Literal["assignment", "urge-notice", "supervision-slip"]
"""交办单, 催办通知书, 督办单."""
ROLES: Mapping[Form, tuple[AccountRole, ...]] = {
    "assignment": ("operator", "supervisor", "unit"),
    "urge-notice": ("operator", "supervisor"),
    "supervision-slip": ("operator", "supervisor"),
}


def forms_for(caller: Account, row: TicketRow) -> list[Form]:
    """What the caller may print of a ticket that is with a unit."""
    if row.lead is None or not _holds(caller, row):
        return []
    return [form for form, roles in ROLES.items() if caller.role in roles]


def refuse_printing(caller: Account, form: Form, row: TicketRow) -> None:
    """Raises Problem 403 where the form is not for the caller: an order is for those whom it binds."""
    if not _holds(caller, row):
        raise Problem.refused(refuse("not_holding", act="print it", act_zh="打印"))
    if caller.role not in ROLES[form]:
        raise not_your_role(*ROLES[form])


def _holds(caller: Account, row: TicketRow) -> bool:
    """Whoever is of no unit sees all of them."""
    return caller.unit is None or caller.unit in (row.lead, *row.assisting)
