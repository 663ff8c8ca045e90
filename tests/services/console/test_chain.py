"""链与重建: what was never checked is amber, and what was is told with how far it went."""

import re
from datetime import UTC, datetime

from services.audit.verify import Reach, verify
from services.console.proof.chain import Partition, Position, compared, partitions
from shared.runs import Run, keep
from tests.services.console.people import Crew, House
from tests.services.console.windowless import Pages, pages_of, words

NOW = datetime(2026, 3, 2, tzinfo=UTC)
AT = Position(0, 9, 9, 1, b"")


def of(*reached: dict[str, object]) -> Partition:
    run = Run("verify", NOW, NOW, 0, list(reached)) if reached else None
    return partitions([AT], {0: 12}, run)[0]


def reach(offset: int = 12, differ: int = 0, partition: int = 0) -> dict[str, object]:
    return {"partition": partition, "offset": offset, "counted": offset, "head": "", "differ": differ}


def test_what_was_not_verified_is_never_said_to_agree() -> None:
    assert of().verdict == of(reach(partition=1)).verdict == of(reach(0)).verdict == "unknown"
    assert of(reach()).verdict == "same"
    assert of(reach(differ=1)).verdict == of(reach(0, differ=1)).verdict == "differs"
    assert [of(one).unverified for one in (reach(), reach(10))] == [0, 2]
    assert (of().unverified, of().behind) == (12, 2)
    assert compared(None) == compared(Run("rebuild", NOW, NOW, 0, [])) == []


def test_a_view_with_other_rows_differs() -> None:
    views = [{"view": "tickets", "rows": 3, "differ": 1}, {"view": "names", "rows": 3, "differ": 0}]
    assert [one.verdict for one in compared(Run("rebuild", NOW, NOW, 1, views))] == ["differs", "same"]


async def told(reader: Pages) -> str:
    return re.sub(r"[0-9a-f]{64}", "", words(reader.main("/chain")))


async def test_a_verification_turns_the_page_green_as_far_as_it_went(house: House, crew: Crew) -> None:
    async with pages_of(house, await house.person("auditor")) as reader:
        crew.steps("register")
        began = datetime.now(UTC)
        verified = await verify(house.settings)
        assert verified.differ == 0
        await keep(house.settings, "verify", began, verified.differ, verified.partitions)
        green = await told(reader)
        assert green.count("✓ 一致 核至第") == house.settings.partitions
        assert "其后" not in green
        crew.steps("assign")
        assert "▲ 未核 其后 1 条" in await told(reader)
        broken = [Reach(0, 3, 3, "", 1), *verified.partitions[1:]]
        await keep(house.settings, "verify", began, 1, broken)
        assert "■ 不一致 核至第 3 条,计入 3 条 · 1 处不同" in await told(reader)
        await keep(house.settings, "verify", began, 0, [])
        assert (await told(reader)).count("▲ 未核") >= house.settings.partitions
    async with pages_of(house, crew.operator) as reader:
        assert reader.http.get("/chain").status_code == 403
