"""What the reviewer of an answer should see before it goes to the citizen (pure). Words only: the ledger decides.

济南条例 art.27 lets the hotline review; 北京条例 art.15 asks for contact, handling and an answer to each point.
"""

from typing import Literal

from msgspec import Struct

from shared.views.masking import NUMBER

SHORT = 30
"""Characters below which a reply can hardly say what was done; a hint, and no rule."""
MEASURES = (
    "已", "现场", "核实", "整改", "更换", "修复", "维修", "清理", "处罚", "责令", "协调", "安排", "计划", "预计",
)  # fmt: skip
"""Words by which a reply speaks of what was done or will be."""

Point = Literal["length", "measures", "personal", "feedback"]
"""What is checked of the texts once they are opened."""


class Check(Struct, frozen=True):
    """A point of the check: whether it is as it should be, and a number that goes with it."""

    point: Point
    passed: bool
    count: int = 0


def checks(reply: str, feedback: str) -> list[Check]:
    """The checks of an answer's two texts. ``personal`` counts numbers that a list would mask (design §8)."""
    numbers = len(NUMBER.findall(reply))
    return [
        Check("length", len(reply.strip()) >= SHORT, len(reply.strip())),
        Check("measures", any(word in reply for word in MEASURES)),
        Check("personal", numbers == 0, numbers),
        Check("feedback", bool(feedback.strip())),
    ]
