"""One ticket: its facts, where it stands, every deadline with its explanation, and what happened."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from msgspec import Struct, ValidationError, convert, json
from starlette.responses import RedirectResponse

from services.console.accounts import Account
from services.console.desk import desk_of
from services.console.forms import Amend
from services.console.freshness import Token
from services.console.pages.asking import ask
from services.console.pages.inside import Anyone, AtTheDesk
from services.console.pages.rendering import page
from services.console.pages.shown import Due, due_at
from shared.problems import Problem
from shared.ticket.refusals import refuse
from shared.ticket.words import Counted

router = APIRouter(include_in_schema=False)

WAY = ("registered", "accepted", "assigned", "signed", "answered", "surveying", "closed")
"""The stages of a ticket that meets with no objection; 退单待裁定 and 待重办 stand in the way of one."""
STANDS_AT = {"return_requested": "signed", "redo": "signed"}


class Line(Struct, frozen=True):
    """A line of the timeline."""

    at: datetime
    kind: str
    person: str | None
    role: str | None
    unit: str | None
    detail: dict[str, Any]


class Clock(Struct, frozen=True):
    """A clock of a round with its explanation."""

    clock: str
    round: int
    start: datetime
    due: datetime
    before: datetime | None
    term: str
    warn_at: datetime | None
    provisional: bool
    trace: list[Counted]
    policies: dict[str, int]
    status: str
    stopped_at: datetime | None

    def shown(self, now: datetime) -> Due:
        """Its deadline at ``now``."""
        if self.status == "void":
            return Due("void", self.due)
        shown = due_at(self.due, self.stopped_at, now, self.warn_at)
        assert shown  # noqa: S101
        return shown


class Step(Struct, frozen=True):
    """A stage of the stage bar."""

    stage: str
    done: bool
    current: bool


def steps(stage: str) -> list[Step]:
    """The way of a ticket as seen from its stage."""
    way = [*WAY]
    if stage in STANDS_AT:
        way.insert(way.index(STANDS_AT[stage]) + 1, stage)
    at = way.index(stage)
    return [Step(one, place < at, place == at) for place, one in enumerate(way)]


@router.get("/tickets/{ticket}")
async def ticket(
    request: Request,
    caller: Anyone,
    ticket: str,
    token: str | None = None,
    said: Literal["amended", "sent"] | None = None,
) -> Response:
    """The ticket; with ``token`` as it stands after that entry, with ``said`` what became of a form."""
    if token is not None:
        await desk_of(request).freshness.reached(Token.parse(token))
    return await _shown(request, caller, ticket, said=f"ticket.{said}" if said else None)


@router.post("/tickets/{ticket}/amend")
async def amend(request: Request, caller: AtTheDesk, ticket: str) -> Response:
    """补充: back to the ticket as it stands then; refused, the ticket with the reason and what was typed."""
    fields = request.state.fields
    typed = fields.get("text", "")
    try:
        asked = await ask(desk_of(request), caller, ticket, _supplement(typed), fields.get("_key", ""))
    except Problem as refused:
        return await _shown(request, caller, ticket, refused=refused, typed=typed)
    if asked.recorded:
        await desk_of(request).drafts.drop(caller, ticket, "amend")
    said = "amended" if asked.recorded else "sent"
    return RedirectResponse(f"/tickets/{ticket}?token={asked.token}&said={said}", 303)


def _supplement(text: str) -> Amend:
    try:
        return convert({"text": text}, Amend)
    except ValidationError:
        zh, en = "内容须为 1–20000 个字,不含无效字符。", "It has 1 to 20,000 characters, none of them NUL."
        raise Problem(400, "invalid_field", zh, en, field="text") from None


async def _shown(
    request: Request,
    caller: Account,
    ticket: str,
    *,
    said: str | None = None,
    refused: Problem | None = None,
    typed: str = "",
) -> Response:
    desk = desk_of(request)
    queries = desk.queries
    row = await queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    clocks = json.decode(json.encode(await queries.deadlines(caller, ticket)), type=list[Clock])
    lines = json.decode(json.encode(await queries.timeline(caller, ticket)), type=list[Line])
    draft = (await desk.drafts.of(caller, ticket)).get("amend")
    now = datetime.now(UTC)
    return await page(
        request,
        caller,
        "ticket",
        status=refused.status if refused else 200,
        row=row,
        steps=steps(row.stage),
        clocks=[(clock, clock.shown(now)) for clock in clocks],
        lines=lines,
        may_amend=caller.role == "operator" and row.stage != "closed",
        key=token_urlsafe(12),
        said=said,
        refused=refused,
        typed=typed or (draft.fields.get("text", "") if draft else ""),
        draft=None if typed else draft,
    )
