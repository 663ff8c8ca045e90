"""How old what the pages show is: since when the record has had entries that the views have not. Pure."""

from collections.abc import Mapping
from datetime import datetime


class Age:
    """``at`` is the moment that the views are known to show; ``behind`` how many seconds an entry took to be seen."""

    def __init__(self, now: datetime) -> None:
        self.at = now
        self.behind = 0.0

    def look(self, now: datetime, recorded: Mapping[int, int], seen: Mapping[int, int]) -> None:
        """Compare the last entries of the record with those that the views have met, by partition."""
        if all(seen.get(partition, -1) >= source for partition, source in recorded.items()):
            self.at = now
        else:
            self.behind = max(self.behind, (now - self.at).total_seconds())

    def took(self, now: datetime, recorded_at: datetime) -> None:
        """An entry of that moment was just seen."""
        self.behind = max(0.0, (now - recorded_at).total_seconds())
