"""The figures of the trade, each as filters over one row a ticket (``views.tickets``).

A number on a screen and the list of tickets behind it cannot differ, since both come from the same filter
(design §7). The filters are SQL conditions without parameters; whoever asks adds who may see what, from when
to when, by channel or by unit (``lead``).
"""

from typing import NamedTuple


class Figure(NamedTuple):
    """A count, or with ``of`` a rate: tickets that fit ``of`` and ``counts``, of those that fit ``of``.

    ``counts`` and ``of`` are conditions on a row of ``views.tickets``.
    """

    name: str
    zh: str
    en: str
    counts: str
    of: str | None = None


RATED = "grade IS NOT NULL"
ON_TIME = "stage = 'closed' AND on_time"
"""按期办结: closed, and its citizen had the answer in time. One that still waits for its survey is not closed yet."""
OVERDUE = "citizen_missed AND on_time IS NOT TRUE"
"""超期: its citizen had no answer in time, whether it is closed or open; not where its term was moved and then kept."""

FIGURES: tuple[Figure, ...] = (
    Figure("received", "受理", "received", "true"),
    Figure("assigned", "派单", "assigned", "cardinality(units) > 0"),
    Figure("signed", "签收", "signed", "signed_at IS NOT NULL"),
    Figure("answered", "答复", "answered", "answered_at IS NOT NULL"),
    Figure("satisfied", "满意", "satisfied", "grade = 'satisfied'"),
    Figure("fairly", "一般满意", "fairly satisfied", "grade = 'fairly'"),
    Figure("dissatisfied", "不满意", "dissatisfied", "grade = 'dissatisfied'"),
    Figure("unrated", "办结未评价", "closed unrated", "stage = 'closed' AND grade IS NULL"),
    Figure("redo", "重办", "redone", "redos > 0"),
    Figure("reopened", "申诉重开", "reopened on dispute", "reopened_at IS NOT NULL"),
    Figure("overdue", "超期", "overdue", OVERDUE),
    Figure("unit_overdue", "单位超期", "overdue at a unit", "unit_missed"),
    Figure("closed", "办结", "closed", "stage = 'closed'"),
    Figure("on_time", "按期办结", "closed on time", ON_TIME),
    # 按期办结率: an open ticket whose term is over is a miss; one whose term still runs is not due yet (domain §4.2).
    Figure("on_time_rate", "按期办结率", "on-time rate", ON_TIME, f"{ON_TIME} OR {OVERDUE}"),
    # 满意率 leaves out the dissatisfied, 满意占比 counts the satisfied only; both of the rated (domain §4.2).
    Figure("satisfaction_rate", "满意率", "not dissatisfied", "grade <> 'dissatisfied'", RATED),
    Figure("satisfied_share", "满意占比", "satisfied share", "grade = 'satisfied'", RATED),
)
BY_NAME: dict[str, Figure] = {figure.name: figure for figure in FIGURES}


def tickets_behind(figure: Figure) -> str:
    """The condition of the tickets that the figure counts; of a rate, those of its numerator."""
    return f"({figure.of}) AND ({figure.counts})" if figure.of else f"({figure.counts})"


def _counts(figure: Figure) -> dict[str, str]:
    counts = {figure.name: tickets_behind(figure)}
    if figure.of is None:
        return counts
    return counts | {
        f"{figure.name}.of": f"({figure.of})",
        f"{figure.name}.excluded": f"({figure.of}) IS NOT TRUE",
    }


COUNTS: dict[str, str] = {name: sql for figure in FIGURES for name, sql in _counts(figure).items()}
"""Every count that the figures need, with its condition; ``.of`` is what a rate is of, ``.excluded`` all others."""
