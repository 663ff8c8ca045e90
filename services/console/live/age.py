"""How old what the pages show is: since when the record has had entries that the views have not. Pure."""

from collections.abc import Mapping
from datetime import datetime

Places = Mapping[int, int]
"""The last entry of each partition."""


class Age:
    """``at`` is the moment that the views are known to show; ``behind`` how many seconds an entry took to be seen.

    Where entries come without a pause the views never have all of them: they show the moment at which the record had
    those that they have. So a look remembers what the record has, until the views have that.
    """

    def __init__(self, now: datetime) -> None:
        self.at = now
        self.behind = 0.0
        self._awaited: tuple[datetime, Places] = now, {}

    def look(self, now: datetime, recorded: Places, seen: Places) -> None:
        """Compare the last entries of the record with those that the views have met, by partition."""
        since, awaited = self._awaited
        waited = (now - since).total_seconds()
        if not _met(awaited, seen):
            self.behind = max(self.behind, waited)
            return
        self.at = now if _met(recorded, seen) else since
        self.behind = min(self.behind, waited)
        self._awaited = now, dict(recorded)

    def took(self, now: datetime, recorded_at: datetime) -> None:
        """An entry of that moment was just seen."""
        self.behind = max(0.0, (now - recorded_at).total_seconds())


def _met(recorded: Places, seen: Places) -> bool:
    return all(seen.get(partition, -1) >= source for partition, source in recorded.items())
