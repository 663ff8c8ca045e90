"""Terms (办理时限): which clock gets how long, by demand, urgency and channel; the first rule that fits."""

from datetime import datetime
from typing import Literal, cast

from msgspec import Struct

from shared.deadline import Term
from shared.policy.words import Known, Problem, Slug, Written
from shared.ticket.words import Clock, Demand, Urgency

Channel = Literal["hotline", "wenzheng", "minsheng", "mini_program", "console"]
"""12345 热线, 问政江西, 民声通道, 小程序, 人工登记."""


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tickets a rule is for; an empty list means any."""

    demand: tuple[Demand, ...] = ()
    urgency: tuple[Urgency, ...] = ()
    channel: tuple[Channel, ...] = ()

    def fits(self, demand: Demand, urgency: Urgency, channel: str) -> bool:
        """Whether the rule is for such a ticket."""
        return (
            (not self.demand or demand in self.demand)
            and (not self.urgency or urgency in self.urgency)
            and (not self.channel or channel in self.channel)
        )


class TermsRule(Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of the tickets that ``when`` names.

    ``terms`` by clock: ``citizen`` from registration to the answer; ``sign``, ``contact`` and ``answer`` from
    where the unit's clock starts; ``redo`` in place of ``answer`` from round 2 on; ``survey`` from its
    opening until it lapses. A clock that is not named does not run. ``return`` is no clock: how soon after
    assignment a return must be requested. ``warn_before``: how long before it is due a clock is near due.
    """

    terms: dict[Clock | Literal["return"], Written]
    when: When = When()
    warn_before: dict[Clock, Written] = {}


class Terms(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="terms"):
    """A jurisdiction's limits. ``calendar`` names whose calendar counts them.

    ``unit_clock_from``: whether the unit's clock starts when the ticket is assigned or when it is signed for.
    ``trust_occurred``: for each channel whose own time starts the citizen's clock, how far back that may lie.
    """

    calendar: Slug
    rules: tuple[TermsRule, ...]
    unit_clock_from: Literal["assignment", "signing"] = "assignment"
    trust_occurred: dict[Channel, Written] = {}

    def rule(self, demand: Demand, urgency: Urgency, channel: str) -> TermsRule | None:
        """The first rule that fits; None cannot be while the last one fits all, which ``check`` asks for."""
        return next((rule for rule in self.rules if rule.when.fits(demand, urgency, channel)), None)

    def clock_from(self, channel: str, occurred_at: datetime, recorded_at: datetime) -> datetime:
        """Where the citizen's clock starts: the source's time where trusted (design §3 point 9)."""
        allowed = self.trust_occurred.get(cast("Channel", channel))
        if allowed is None:
            return recorded_at
        earliest = recorded_at - Term.parse(allowed).elapsed
        return occurred_at if earliest <= occurred_at <= recorded_at else recorded_at

    def check(self, known: Known) -> list[Problem]:
        """Problems: a calendar that does not exist, tickets without a rule, warnings of what never runs."""
        problems = []
        if self.calendar not in known.calendars:
            zh, en = f"日历 {self.calendar} 不存在", f"there is no calendar {self.calendar}"
            problems.append(Problem(zh, en, ("calendar",)))
        if not self.rules or self.rules[-1].when != When():
            zh, en = "最后一条规则须适用于所有工单", "the last rule must fit every ticket (no when)"
            problems.append(Problem(zh, en, ("rules",)))
        for channel, term in self.trust_occurred.items():
            if Term.parse(term).unit in ("wh", "wd"):
                zh, en = f"{term}: 可信时差只能用 min、h、d", f"{term}: use min, h or d here"
                problems.append(Problem(zh, en, ("trust_occurred", channel)))
        return [*problems, *(p for i, rule in enumerate(self.rules) for p in _rule_problems(i, rule))]


def _rule_problems(i: int, rule: TermsRule) -> list[Problem]:
    problems = []
    if "citizen" not in rule.terms:
        zh, en = "须写明诉求人时限 citizen", "the citizen's term is missing"
        problems.append(Problem(zh, en, ("rules", i, "terms")))
    for clock in rule.warn_before:
        if clock not in rule.terms:
            zh, en = f"{clock} 没有时限,无从预警", f"{clock} has no term to warn of"
            problems.append(Problem(zh, en, ("rules", i, "warn_before", clock)))
    return problems
