"""审签: the approver sees what a handler wrote and what changed in it, and signs it off or sends it back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_urlsafe
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.console.advice.diffs import difference
from services.console.asking.duties import not_a_handler, not_the_approver
from services.console.asking.forms import Answer, SendBack
from services.console.asking.signoffs import Submitted, moved_on, raise_barred
from services.console.asking.standing import offers, standing
from services.console.desk import Desk, desk_of
from services.console.pages.asking import ask_over_services
from services.console.pages.inside import AtAUnit
from services.console.pages.kept import KEY, Kept, version_in
from services.console.pages.rendering import page
from services.console.pages.shown import unit_clock
from services.console.pages.ticket import lines_of, show
from services.console.pages.timeline import Line
from services.console.pages.typed import typed_form
from services.console.pages.unit.checks import findings
from services.console.rows import TicketRow
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(include_in_schema=False)

VERSION_ID = "submitted"
"""The field that names the version which the approver saw."""


@router.get("/signoffs/{ticket}")
async def signoff(request: Request, caller: AtAUnit, ticket: str) -> Response:
    """审签: the answer that a handler submitted, what changed in it, and what to look at."""
    return await _show(request, caller, ticket, None)


@router.post("/signoffs/{ticket}")
async def submit(request: Request, caller: AtAUnit, ticket: str) -> Response:
    """Lay an answer before the unit's approver. What the ledger would refuse of it is refused here already."""
    desk, typed = desk_of(request), request.state.fields
    row = await _row(desk, caller, ticket)
    raise_barred(caller, not_a_handler(caller))
    try:
        answer = typed_form(Answer, typed)
        await _refuse_early(desk, caller, row)
        await desk.files.vouch(ticket, answer.attachments)
        await desk.signoffs.submit(caller, ticket, answer)
    except Problem as refused:
        return await show(request, caller, ticket, kept=Kept("answer", refused, typed))
    await desk.drafts.drop(caller, ticket, "answer")
    return RedirectResponse(f"/tickets/{ticket}?said=signoff", 303)


@router.post("/signoffs/{ticket}/issue")
async def issue(request: Request, caller: AtAUnit, ticket: str) -> Response:
    """签发: the version that the approver saw becomes the unit's answer, under the approver's account."""
    desk, typed = desk_of(request), request.state.fields
    await _row(desk, caller, ticket)
    raise_barred(caller, not_the_approver(caller))
    try:
        seen = await _seen(desk, caller, ticket, typed)
        if seen.answer is None:
            raise moved_on()
        key = f"{typed.get(KEY, '')}signoff{seen.id}"
        done = await ask_over_services(desk, caller, ticket, seen.answer, key, version_in(typed))
        await desk.signoffs.settle(caller, ticket, seen.id, "issued")
    except Problem as refused:
        return await _show(request, caller, ticket, refused)
    said = {"token": str(done.token), "said": "answer" if done.recorded else "sent"}
    return RedirectResponse(f"/tickets/{ticket}?{urlencode(said)}", 303)


@router.post("/signoffs/{ticket}/send-back")
async def send_back(request: Request, caller: AtAUnit, ticket: str) -> Response:
    """退回: back to the handler, with the reason."""
    desk, typed = desk_of(request), request.state.fields
    row = await _row(desk, caller, ticket)
    raise_barred(caller, not_the_approver(caller))
    try:
        reason = typed_form(SendBack, typed).reason
        seen = await _seen(desk, caller, ticket, typed)
        if seen.status == "gone_on":
            raise moved_on()
        await desk.signoffs.settle(caller, ticket, seen.id, "sent_back", reason)
    except Problem as refused:
        return await _show(request, caller, ticket, refused)
    return RedirectResponse(f"/inbox?{urlencode({'group': 'signoff', 'sent_back': row.number})}", 303)


async def _show(request: Request, caller: AtAUnit, ticket: str, refused: Problem | None) -> Response:
    desk, now = desk_of(request), datetime.now(UTC)
    row = await _row(desk, caller, ticket)
    versions = [one for one in await desk.signoffs.of(caller, ticket) if one.answer is not None]
    latest, before = (versions[0] if versions else None), (versions[1] if len(versions) > 1 else None)
    due = unit_clock(row, now, await desk.policies.known())
    contacts = contacts_of(row, await lines_of(desk, caller, ticket))
    return await page(
        request,
        caller,
        "unit/signoff",
        reads_at=f"/signoffs/{ticket}",
        status=refused.status if refused else 200,
        row=row,
        versions=versions,
        latest=latest,
        before=before,
        changes=_changes(before, latest),
        findings=findings(latest.answer, contacts, due) if latest and latest.answer else [],
        barred=not_the_approver(caller),
        refused=refused,
        typed=request.state.fields if refused else {},
        key=token_urlsafe(12),
    )


def contacts_of(row: TicketRow, lines: Sequence[Line]) -> list[bool]:
    """Of each contact recorded since the unit got the ticket, whether the citizen was reached."""
    since = [
        line for line in lines if line.kind == "Contacted" and row.assigned_at and line.at >= row.assigned_at
    ]
    return [bool(line.detail.get("reached")) for line in since]


def _changes(before: Submitted | None, latest: Submitted | None) -> dict[str, object]:
    """Each text with what changed in it since the version before; of a first version nothing changed."""
    if latest is None or latest.answer is None:
        return {}
    old = before.answer if before and before.answer else latest.answer
    return {
        name: difference(getattr(old, name), getattr(latest.answer, name)) for name in ("reply", "feedback")
    }


async def _row(desk: Desk, caller: AtAUnit, ticket: str) -> TicketRow:
    """The ticket. Raises Problem 404 where the caller may not know of it, 403 where another unit leads it."""
    row = await desk.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    if row.lead != caller.unit:
        zh, en = (
            "审签只对主办单位开放,本单位不是此件的主办。",
            "Sign-off is for the lead unit: yours does not lead this ticket.",
        )
        raise Problem(403, "not_the_lead", zh, en)
    return row


async def _seen(desk: Desk, caller: AtAUnit, ticket: str, typed: dict[str, str]) -> Submitted:
    """The version that the approver saw. Raises Problem 409 if somebody else settled it, or it was replaced.

    One whose ticket went on may have gone by this very form, sent twice: the ledger knows which.
    """
    versions = await desk.signoffs.of(caller, ticket)
    found = next((one for one in versions if str(one.id) == typed.get(VERSION_ID)), None)
    if found is None or not (found.status in ("waiting", "gone_on") or found.settled_by == caller.id):
        raise moved_on()
    return found


async def _refuse_early(desk: Desk, caller: AtAUnit, row: TicketRow) -> None:
    """Raises the ledger's own refusal of an answer: no approver should wait for what cannot be submitted."""
    policies = await desk.policies.known()
    offered = offers(standing(row, []), caller, policies, datetime.now(UTC))
    refusal = next((offer.refusal for offer in offered if offer.action == "answer"), None)
    if isinstance(refusal, Problem):
        raise refusal
    if refusal is not None:
        raise Problem.refused(refusal)
