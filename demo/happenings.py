"""What is worth telling whoever looks on: the last few things that happened."""

from collections import deque
from datetime import datetime
from typing import NamedTuple

from shared.channels.wording import SHANGHAI

KEPT = 200


class Happening(NamedTuple):
    """When, to which ticket (its number, or what is known of it), through which channel account, what."""

    at: datetime
    ticket: str
    account: str
    what: str
    bad: bool


class Happenings:
    """The last of them, the newest at the end."""

    def __init__(self) -> None:
        self.last: deque[Happening] = deque(maxlen=KEPT)

    def note(self, ticket: str, account: str, what: str, bad: bool = False) -> None:
        """Something happened; ``bad`` is shown in red."""
        self.last.append(Happening(datetime.now(SHANGHAI), ticket, account, what, bad))
