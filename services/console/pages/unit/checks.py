"""What an approver should look at before an answer leaves the unit (pure). Nothing here bars: a person decides."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from services.console.asking.forms import Answer
from services.console.pages.shown import Due
from shared.views.masking import NUMBER

Name = Literal["contacted", "reached", "numbers", "apart", "in_time", "solved"]


class Finding(Struct, frozen=True):
    """One thing that was looked at. ``count`` is of what was found."""

    name: Name
    good: bool
    count: int = 0


def findings(answer: Answer, contacts: Sequence[bool], due: Due | None) -> list[Finding]:
    """In the order in which they matter.

    contacts   of each contact recorded in this round, whether the citizen was reached

    contacted  no contact is recorded
    reached    the citizen was reached, and not only tried: ``count`` times in vain
    numbers    the public reply has no long number in it (phones, identity cards; design §8)
    apart      the reply to the citizen is not the feedback to the hotline word for word
    in_time    the unit's clock has not run out
    solved     the unit says that the matter is solved
    """
    numbers = len(NUMBER.findall(answer.reply))
    return [
        Finding("reached", any(contacts), len(contacts)) if contacts else Finding("contacted", False),
        Finding("numbers", numbers == 0, numbers),
        Finding("apart", answer.reply.strip() != answer.feedback.strip()),
        Finding("in_time", due is None or due.state != "over"),
        Finding("solved", answer.solved),
    ]
