"""办理: what a unit's person sees of a ticket that their unit leads, besides what everyone sees."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from services.console.asking.checklist import ACTION, Check, checklist
from services.console.asking.duties import not_the_approver
from services.console.asking.forms import Answer
from services.console.asking.signoffs import Submitted
from services.console.asking.standing import Offer
from services.console.attachments.attached import carried
from services.console.desk import Desk
from services.console.pages.shown import Due, return_window
from services.console.pages.timeline import Line
from services.console.people.accounts import Account
from services.console.rows import TicketRow
from services.console.workplace.drafts import Draft

STAGES = ("assigned", "signed", "answered")


class Handling(Struct, frozen=True):
    """What is still missing, the answer on its way to the approver, and until when the ticket may be returned.

    submitted  the latest version of this round
    writes     the form of an answer that has to be signed off: why it cannot be submitted now, or that it can
    written    what that form begins with: the draft, or what was sent back
    approves   whether the person signs off
    ruled      a return was ruled on: there is no window any more
    """

    checks: list[Check]
    submitted: Submitted | None
    writes: Offer | None
    written: dict[str, str]
    approves: bool
    window: Due | None
    ruled: bool

    @property
    def next(self) -> str | None:
        """The action that the checklist would take next; None where somebody else has to."""
        step = next((check.name for check in self.checks if check.state == "next"), None)
        return ACTION.get(step, "answer") if step else None


async def handling(
    desk: Desk,
    caller: Account,
    row: TicketRow,
    lines: Sequence[Line],
    possible: Sequence[Offer],
    drafts: Mapping[str, Draft],
    approved: bool,
    now: datetime,
) -> Handling | None:
    """None where the caller's unit does not lead the ticket, or has nothing to do with it now.

    possible   what the ledger would let the unit do, whoever of it asks
    approved   whether the unit has an approver
    """
    if caller.unit is None or caller.unit != row.lead or row.stage not in STAGES:
        return None
    submitted = next(iter(await desk.signoffs.of(caller, row.id)), None)
    approves = not_the_approver(caller) is None
    signed_off = approved and not approves
    ruled = any(line.kind == "ReturnRuled" for line in lines)
    written = written_by_now(drafts.get("answer"), submitted)
    answer = next((offer for offer in possible if offer.action == "answer"), None)
    return Handling(
        checks=checklist(row, lines, possible, written, submitted, signed_off),
        submitted=submitted,
        writes=answer if signed_off and caller.has("handler") else None,
        written=written,
        approves=approves,
        window=None if ruled else return_window(row, now, await desk.policies.known()),
        ruled=ruled,
    )


def written_by_now(draft: Draft | None, submitted: Submitted | None) -> dict[str, str]:
    """The fields of the answer as they are typed; without a draft, as they lie before the approver or came back."""
    if draft is not None:
        return draft.fields
    if submitted is None or submitted.answer is None or submitted.status not in ("waiting", "sent_back"):
        return {}
    return fields_of(submitted.answer)


def fields_of(answer: Answer) -> dict[str, str]:
    """An answer as its form's fields."""
    return {
        "reply": answer.reply,
        "feedback": answer.feedback,
        "solved": str(answer.solved).lower(),
        "attachments": "\n".join(carried(file) for file in answer.attachments),
    }
