"""The quarter that is imported: Yichun's published totals, 3,045 tickets of four channels, all in time.

The source (宜春经开区 press conference, 2024-09-20) names the totals and the on-time rate. It gives them no period of
their own; the paragraph around them speaks of the year so far. That they fall into one quarter is a sample (样例), and
so are days, subjects, units and texts; nobody's grade is invented.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from demo.accounts import SCOPE
from demo.stories import FOR_COMMITTEE, YICHUN, Subject
from shared.channels.wording import DEMANDS, SHANGHAI
from shared.history import Line, PlainStep
from shared.policy.catalogue import Catalogue, route

FROM, TO = date(2024, 7, 1), date(2024, 9, 20)
"""Sample: the quarter that ran when the totals were published, up to that day."""
TERM = timedelta(days=7)
"""Sample: no term is published."""


class Total(NamedTuple):
    """How many tickets came through a channel account."""

    channel: str
    account: str
    tickets: int


TOTALS = (
    Total("hotline", "yichun-12345", 2975),
    Total("mini_program", "yichun-mini", 32),
    Total("wenzheng", "yichun-wenzheng", 32),
    Total("minsheng", "yichun-minsheng", 6),
)


def lines(catalogue: Catalogue) -> list[Line]:
    """Every ticket of the quarter, each at the unit that the catalogue names."""
    return [_line(total, number, catalogue) for total in TOTALS for number in range(total.tickets)]


def _line(total: Total, number: int, catalogue: Catalogue) -> Line:
    """Spread evenly over the days and office hours; answered after one to four days, closed a day later."""
    pool = FOR_COMMITTEE if total.channel == "minsheng" else YICHUN
    subject = pool[number % len(pool)]
    days = (TO - FROM).days - 6
    start = datetime(FROM.year, FROM.month, FROM.day, 9, tzinfo=SHANGHAI)
    registered = start + timedelta(days=number * days // total.tickets, minutes=number * 7 % 480)
    answered = registered + timedelta(hours=24 + number * 5 % 72)
    rule = route(catalogue, subject.topic, subject.place)
    return Line(
        channel=total.channel,
        account=total.account,
        external_id=f"history-{number:05d}",
        title=subject.title,
        text=subject.text,
        registered_at=registered,
        demand=DEMANDS[subject.kind],
        topic=subject.topic,
        place=subject.place,
        scope=SCOPE if total.channel == "minsheng" else None,
        unit=rule.lead if rule else None,
        due=registered + TERM,
        answered_at=answered,
        closed_at=answered + timedelta(days=1),
        outcome="completed",
        steps=_steps(subject, registered, answered),
    )


def _steps(subject: Subject, registered: datetime, answered: datetime) -> list[PlainStep]:
    return [PlainStep(registered, "登记"), PlainStep(answered, "答复", text=subject.reply)]
