"""Publishing when the ledger is away: said, and done once when done again."""

import pytest

from shared.policy import record
from shared.policy.record import LedgerSilentError, PolicyRecord, publish
from shared.settings import Settings
from shared.ticket.words import Actor
from tests.running.services import Running
from tests.shared.policy.packs import policies

NATIONAL = policies().history("cn", "calendar")[0]
ACTOR = Actor("policy", "service")


async def test_a_publishing_that_the_ledger_did_not_answer_takes_effect_once_when_repeated(
    settings: Settings, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hasty:
        hasty.setattr(record, "PATIENCE", 0.5)
        with pytest.raises(LedgerSilentError, match=r"partitions \[0, 1, 2, 3\]"):
            await publish(settings, [NATIONAL], ACTOR)

    running.start("ledger")
    [reached] = await publish(settings, [NATIONAL], ACTOR)
    assert reached.refused == {}
    assert sorted((*reached.published, *reached.had)) == [0, 1, 2, 3]

    async with PolicyRecord(settings) as read:
        assert {p: held.documents for p, held in read.policies.items()} == {p: [NATIONAL] for p in range(4)}
