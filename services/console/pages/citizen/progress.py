"""How the ticket stands, in words; the public reply; what may be rated or disputed, and what that would start."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from services.console.citizen import rounds
from services.console.citizen.citizens import CitizenRow, Line, Visit
from services.console.citizen.replies import replies
from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.pages.citizen import telling
from services.console.pages.citizen.rendering import PROGRESS, in_their_words, shown
from services.console.pages.citizen.visiting import asking, back, with_card
from services.console.pages.rendering import language_of
from shared.policy.documents import Policies
from shared.problems import Problem
from shared.ticket.words import Dissatisfaction, Grade

router = APIRouter(include_in_schema=False)

GRADES = get_args(Grade)
REASONS = get_args(Dissatisfaction)
SOLVED = ("yes", "partly", "no")


class Saying(Struct, frozen=True):
    """What the citizen may say now, and what that would start.

    disputable  the first instant that is too late to dispute the end; None where that is not possible
    """

    may_rate: bool
    low: tuple[Grade, ...]
    after_rating: rounds.Ahead | None
    may_dispute: bool
    disputable: datetime | None
    after_dispute: rounds.Ahead | None


def saying_of(row: CitizenRow, policies: Policies, now: datetime) -> Saying:
    """By how the ticket stands and the policies in force; the ledger has the last word."""
    until = rounds.disputable_until(row, policies, now)
    return Saying(
        may_rate=row.stage == "surveying",
        low=rounds.low_grades(row, policies, now),
        after_rating=rounds.after_a_bad_rating(row, policies, now),
        may_dispute=until is not None and now < until,
        disputable=until,
        after_dispute=rounds.after_a_dispute(row, policies, now),
    )


@router.get(PROGRESS)
async def progress(request: Request, token: str | None = None) -> Response:
    """The page; with ``token`` as it stands after what the citizen just said."""
    visit = await back(request)
    if visit is None:
        return asking(request, "citizen.over", 401)
    said = None
    if token is not None:
        met = await desk_of(request).freshness.reached(Token.parse(token))
        said = "citizen.received" if met else "citizen.waiting"
    return with_card(request, await progress_of(request, visit, said=said), visit)


async def progress_of(
    request: Request,
    visit: Visit,
    *,
    said: str | None = None,
    problem: Problem | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page; with what was refused and what was ``typed``, or with what was ``said`` by the catalogue."""
    desk, now = desk_of(request), datetime.now(UTC)
    row = await row_of(desk, visit)
    lines = await desk.citizens.story(visit)
    saying = saying_of(row, await desk.policies.known(), now)
    wrong = problem and (problem.zh if language_of(request) == "zh" else problem.en)
    return shown(
        request,
        "progress",
        at=PROGRESS,
        names=await desk.names.at(row.jurisdiction),
        status=problem.status if problem else 200,
        row=row,
        situation=telling.situation(row),
        steps=telling.steps(row),
        story=telling.story(lines),
        promised=telling.promised(row, await desk.citizens.promises(visit), now),
        replies=await replies(desk, visit, lines),
        said_before=_said_before(lines),
        saying=saying,
        grades=GRADES,
        reasons=REASONS,
        solved=SOLVED,
        form=visit.form,
        said=said,
        wrong=in_their_words(request, problem.code, wrong) if problem and wrong else None,
        typed=typed or {},
        unsent=_unsent(saying, typed or {}),
    )


async def row_of(desk: Desk, visit: Visit) -> CitizenRow:
    """The ticket. Raises Problem 503 while the views have not met it."""
    row = await desk.citizens.ticket(visit)
    if row is None:
        zh, en = "暂时查不到,请稍后再试。", "It cannot be looked up just now: try again later."
        raise Problem(503, "not_met", zh, en, headers={"Retry-After": "5"})
    return row


def _unsent(saying: Saying, typed: Mapping[str, str]) -> str | None:
    """What was written into a form that the page no longer has."""
    if saying.may_rate:
        return None
    return typed.get("words") or (None if saying.may_dispute else typed.get("reason"))


def _said_before(lines: list[Line]) -> list[Line]:
    """The ratings and the dispute, each with its receipt."""
    return [line for line in lines if line.kind in ("SurveyAnswered", "Reopened")]
