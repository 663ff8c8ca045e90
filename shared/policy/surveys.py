"""Surveys (回访): how often to try, what counts as satisfied, who does the redo."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.policy.words import Known, Problem, Written
from shared.ticket.words import Demand, Grade

Count = Annotated[int, Meta(ge=1, le=9)]


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    """Which grades count as satisfied, and which bring a redo; a grade in neither counts as rated only.

    Yichun counts 满意占比 (满意 ÷ rated) beside 满意率 (1 − 不满意 ÷ rated): they differ by the grades in
    neither list, such as 一般满意 (domain §4.2).
    """

    satisfied: tuple[Grade, ...]
    dissatisfied: tuple[Grade, ...]


class Surveys(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="surveys"):
    """A jurisdiction's rules for call-backs. How long a survey stays open is ``survey`` in its terms.

    ``max_attempts`` calls, ``retry_every`` apart, then it lapses unrated. ``max_rounds`` of handling, after
    which the ticket of a citizen still dissatisfied closes as that. ``contact_required``: no answer without a
    contact record. ``dispute_within``: how long after the end a citizen may dispute it (申诉重开), once; without it
    nobody can.
    """

    max_attempts: Count
    retry_every: Written
    max_rounds: Count
    redo_by: Literal["unit", "superior"]
    scale: Scale
    contact_required: bool
    no_survey_for: tuple[Demand, ...] = ()
    # Unset, not None: documents published before there was such a field must keep their bytes.
    dispute_within: Written | UnsetType = UNSET

    def check(self, _: Known) -> list[Problem]:
        """Problems: a grade that counts both ways, a scale in which nobody can be dissatisfied."""
        both = sorted(set(self.scale.satisfied) & set(self.scale.dissatisfied))
        problems = [
            Problem(f"{grade} 不能既算满意又算不满意", f"{grade} cannot count both ways", ("scale",))
            for grade in both
        ]
        if not self.scale.dissatisfied:
            zh, en = "没有任何评价会引起重办", "no grade brings a redo"
            problems.append(Problem(zh, en, ("scale", "dissatisfied")))
        return problems
