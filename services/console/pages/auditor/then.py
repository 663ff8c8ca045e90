"""指标复算: a figure as it was at a moment of the past beside what it is now, with every ticket that differs."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.console.days import FIRST_DAY, LAST_DAY, Period, minute, period, today
from services.console.desk import desk_of
from services.console.numbers.figures import Counting, Grouping
from services.console.numbers.recounting import MOST, Asked, Recounted, TooMany
from services.console.pages.inside import Overseer
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.proof.record import RecordAway
from shared.channels import CHANNELS
from shared.figures import BY_NAME, FIGURES
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

MINUTE = timedelta(minutes=1)
Day = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)]
Word = Annotated[str, Query(max_length=64)]
Moment = Annotated[datetime | None, Query()]
BY_HAND = "console"
"""The channel of what operators register."""


@router.get("/figures/then")
async def then(
    request: Request,
    caller: Overseer,
    of: Word = "",
    figure: Word = "on_time_rate",
    start: Annotated[Day, Query(alias="from")] = None,
    to: Day = None,
    at: Moment = None,
) -> Response:
    """A figure of the tickets registered on those days, as known at the end of the minute ``at``.

    of   ``units/<code>`` or ``channels/<code>``; without it there is the form only
    """
    if figure not in BY_NAME:
        raise Problem(404, "unknown_figure", f"没有指标 {figure}。", f"There is no figure {figure}.")
    days, moment = period(start, to, today()), minute(at or datetime.now(UTC))
    by, key = _of(of)
    asked = Asked(BY_NAME[figure], Counting(by, days.start, days.end), key, moment + MINUTE)
    problem = None
    found = None
    if key:
        try:
            found = await desk_of(request).recounting.recount(caller, asked)
        except TooMany:
            problem = "too_many"
        except RecordAway:
            problem = "away"
    return await _shown(request, caller, asked, days, moment, found, problem)


def _of(chosen: str) -> tuple[Grouping, str]:
    by, _, key = chosen.partition("/")
    return ("channels" if by == "channels" else "units"), key


async def _shown(
    request: Request,
    caller: Account,
    asked: Asked,
    days: Period,
    moment: datetime,
    found: Recounted | None,
    problem: str | None,
) -> Response:
    names = await desk_of(request).names.of(caller)
    return await page(
        request,
        caller,
        "auditor/then",
        asked=asked,
        days=days,
        at=moment,
        found=found,
        problem=problem,
        most=MOST,
        figures=FIGURES,
        units=sorted({code for kind, code in names if kind == "unit"}),
        channels=(BY_HAND, *CHANNELS),
    )
