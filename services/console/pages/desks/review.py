"""答复审核: what was demanded beside what is answered, and what speaks for and against sending it to the citizen."""

from typing import Any

from services.console.advice.answer_checks import checks
from services.console.attachments.attached import attached
from services.console.pages.desks.sheet import Hand, Laid, Part, Sitting, latest, of_fields
from services.console.pages.timeline import Line
from services.console.proof.looks import Opened
from services.console.rows import TicketRow
from shared.ticket.words import Written


def fields(row: TicketRow) -> list[Written]:
    """What is opened to review it; from the second round on also what the citizen said of the first."""
    words: list[Written] = ["words"] if row.round > 1 else []
    return ["title", "text", "reply", "feedback", "record", *words]


async def sheet(hand: Hand, at: Sitting) -> dict[str, Any]:
    """What the desk shows beside the ticket."""
    answered = _last(hand.lines, "Answered")
    lead = hand.row.lead or ""
    return {
        "contacts": [line for line in hand.lines if line.kind == "Contacted"],
        "solved": bool(answered and answered.detail.get("solved")),
        "evidence": attached([answered]) if answered else [],
        "record": await at.desk.track_record.answers(at.caller, lead),
    }


def lay(opened: Opened) -> Laid:
    """Every text of the demand beside the answer under review and every contact."""
    answer = [*latest(opened, "reply"), *latest(opened, "feedback")]
    texts = {value.field: value.value for value in answer if isinstance(value.value, str)}
    return Laid(
        opened,
        [
            Part("demand", of_fields(opened, "title", "text", "words")),
            Part("answer", [*answer, *of_fields(opened, "record")]),
        ],
        checks(texts.get("reply", ""), texts.get("feedback", "")),
    )


def _last(lines: list[Line], kind: str) -> Line | None:
    return next((line for line in reversed(lines) if line.kind == kind), None)
