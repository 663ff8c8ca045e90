"""How often and how fast a delivery is tried, and what an answer of the channel means."""

from datetime import timedelta
from typing import Literal

TRIES = 12
"""Some 20 minutes in all; then people see it in a queue."""
FIRST_WAIT = timedelta(seconds=0.5)
LONGEST_WAIT = timedelta(minutes=5)
ASKED_TO_WAIT = frozenset({408, 409, 425, 429})

Verdict = Literal["delivered", "again", "never"]


def verdict(status: int) -> Verdict:
    """2xx: delivered. 5xx and the four that ask to wait: again. All else, redirects too: never."""
    if 200 <= status < 300:
        return "delivered"
    return "again" if status >= 500 or status in ASKED_TO_WAIT else "never"


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries: twice as long each time; None once it is given up."""
    return None if tries >= TRIES else min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
