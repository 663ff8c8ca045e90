"""Rating and dispute: one command each a round, however often the form is sent."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from msgspec import ValidationError, convert
from msgspec.structs import replace
from starlette.responses import RedirectResponse

from services.console.asking.forms import Dispute, RecordSurvey
from services.console.citizen import rounds
from services.console.citizen.citizens import CitizenRow, Visit
from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.pages.citizen.progress import REASONS, progress_of, row_of
from services.console.pages.citizen.rendering import DISPUTE, PROGRESS, RATING
from services.console.pages.citizen.visiting import asking, back, refuse_forged, with_card
from services.console.pages.inside import fields_of
from shared.ids import command_id
from shared.problems import Problem
from shared.ticket import commands as c
from shared.ticket.words import Actor, Grade

router = APIRouter(include_in_schema=False)

Typed = Mapping[str, str]
Said = c.RecordSurvey | c.Dispute
PATIENCE = 10.0
"""Seconds that a citizen waits for the ledger's word."""
CITIZEN = Actor("citizen", "channel")
SOLVED: dict[str, dict[str, bool]] = {
    "yes": {"solved": True},
    "partly": {"solved": False, "partly": True},
    "no": {"solved": False},
}
"""What was chosen → fields of the survey: what is solved in part is not solved."""


@router.post(RATING)
async def rate(request: Request) -> Response:
    """回访: the grade of the round that the page showed."""
    return await _say(request, _rating)


@router.post(DISPUTE)
async def dispute(request: Request) -> Response:
    """申诉: the ticket is handled once more."""
    return await _say(request, _dispute)


async def _say(
    request: Request, said: Callable[[Desk, Visit, CitizenRow, Typed], Awaitable[Said]]
) -> Response:
    """What the form says becomes a command; refused, the page as it stands with all that was written."""
    typed = await fields_of(request)
    visit = await back(request)
    if visit is None:
        return asking(request, "citizen.kept", 401, typed=typed)
    refuse_forged(request, visit, typed)
    try:
        desk = desk_of(request)
        row = await row_of(desk, visit)
        token = await _sent(desk, visit, row, await said(desk, visit, row, typed), round_in(typed))
    except Problem as problem:
        return await _refused(request, visit, problem, typed)
    return _heard(request, visit, token)


async def _rating(desk: Desk, visit: Visit, row: CitizenRow, typed: Typed) -> Said:
    low = rounds.low_grades(row, await desk.policies.known(), datetime.now(UTC))
    return replace(rating_in(typed, low).command(visit.key.seal), round=round_in(typed))


async def _dispute(_desk: Desk, visit: Visit, _row: CitizenRow, typed: Typed) -> Said:
    return dispute_in(typed).command(visit.key.seal)


def rating_in(typed: Typed, low: tuple[Grade, ...]) -> RecordSurvey:
    """What the form says. Raises Problem 400: nothing chosen, a ``low`` grade without a reason, too long."""
    grade, solved = typed.get("grade"), SOLVED.get(typed.get("solved", ""))
    if not grade or solved is None:
        raise _unclear("rating_missing", "请选择。", "Choose.")
    bad = grade in low
    reasons = [reason for reason in REASONS if f"reason.{reason}" in typed] if bad else []
    if bad and not reasons:
        raise _unclear("reason_missing", "请选原因。", "Choose a reason.")
    words = typed.get("words", "").strip() or None
    try:
        return convert({"grade": grade, **solved, "reasons": reasons or None, "words": words}, RecordSurvey)
    except ValidationError:
        raise _unclear("text_refused", "内容无法接收。", "That cannot be taken.") from None


def dispute_in(typed: Typed) -> Dispute:
    """What the form says. Raises Problem 400 for no reason, or too long a one."""
    reason = typed.get("reason", "").strip()
    if not reason:
        raise _unclear("dispute_missing", "请写明理由。", "Say why.")
    try:
        return convert({"reason": reason}, Dispute)
    except ValidationError:
        raise _unclear("text_refused", "内容无法接收。", "That cannot be taken.") from None


def round_in(typed: Typed) -> int:
    """The round that the page showed. Raises Problem 400."""
    round = typed.get("round", "")
    if not (round.isascii() and round.isdigit() and len(round) <= 2):
        raise _unclear("text_refused", "内容无法接收。", "That cannot be taken.")
    return int(round)


def _unclear(code: str, zh: str, en: str) -> Problem:
    return Problem(400, code, zh, en)


async def _sent(desk: Desk, visit: Visit, row: CitizenRow, body: Said, round: int) -> Token:
    """Send it, the same command for the same round, and wait for the ledger's word. Raises Problem."""
    command = c.Command(
        id=command_id(f"citizen|{visit.ticket}", f"{type(body).__name__}|{round}"),
        ticket=visit.ticket,
        jurisdiction=row.jurisdiction,
        actor=CITIZEN,
        issuer="console",
        occurred_at=datetime.now(UTC),
        body=body,
    )
    token = await desk.send(command)
    entry = await desk.outcomes.of(token.partition, token.source, PATIENCE)
    if entry is not None and entry.refusal:
        await desk.freshness.reached(token)
        raise Problem.refused(entry.refusal)
    return token


async def _refused(request: Request, visit: Visit, problem: Problem, typed: Typed) -> Response:
    """The page as it stands now, with the reason and what was typed."""
    return with_card(request, await progress_of(request, visit, problem=problem, typed=typed), visit)


def _heard(request: Request, visit: Visit, token: Token) -> Response:
    return with_card(request, RedirectResponse(f"{PROGRESS}?token={token}", 303), visit)
