"""The audit with which each test of a failure ends: whatever died, the record is whole and lawful (design §3)."""

from services.audit.verify import verify
from shared.settings import Settings


async def lawful(settings: Settings) -> None:
    """`huiyin verify` finds nothing in the record, and decided every entry that counts once more."""
    found = await verify(settings)
    assert (found.differ, found.differences) == (0, [])
    assert found.counted == found.redecided > 0
