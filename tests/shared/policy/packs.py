"""The policy packs of the repository, read once, for tests that count with them."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from shared.policy.calendar import ResolvedCalendar
from shared.policy.documents import Policies
from shared.policy.files import check_files, read_folders

FOLDER = Path(__file__).parents[3] / "policies"
PACKS = sorted(path for path in FOLDER.iterdir() if path.is_dir())


@cache
def policies() -> Policies:
    """All packs published."""
    files, errors = read_folders(PACKS)
    published, problems = check_files(files)
    assert [*errors, *problems] == []
    return published


def calendar(name: str) -> ResolvedCalendar:
    """A pack's calendar as in force in autumn 2026."""
    found = policies().calendar(name, datetime(2026, 10, 1, tzinfo=UTC))
    assert found is not None
    return found
