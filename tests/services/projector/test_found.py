"""What the views hold for a search: titles by their pairs of characters, names for codes."""

from shared.policy.units import Unit, Units
from shared.search import query
from shared.settings import Settings
from tests.record import recorded
from tests.sample import document, register, units
from tests.services.projector.projected import open_keyring, project, rows


async def test_a_title_is_found_by_its_words_as_they_are_shown(settings: Settings, topics: str) -> None:
    async with open_keyring(settings) as keyring:
        await keyring.prepare()
        key = await keyring.key("t-1")
        title, other = (key.seal("title", text) for text in ("样例停水13800000000", "样例路灯"))
    async with recorded(settings) as record:
        await record.given("t-1", register(title=title))
        await project(settings)
        found = "SELECT id FROM titles WHERE words @@ $1::tsquery"
        assert await rows(settings, found, query("停水")) == [{"id": "t-1"}]
        assert await rows(settings, found, query("138")) == []
        await record.given("t-1", register(fingerprint="print-2", title=other))
    await project(settings)
    assert await rows(settings, found, query("停水")) == []
    assert await rows(settings, found, query("路灯")) == [{"id": "t-1"}]


async def test_a_title_that_cannot_be_opened_is_found_by_nothing(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register())
    await project(settings)
    assert await rows(settings, "SELECT words::text FROM titles") == [{"words": ""}]


async def test_a_code_is_called_as_the_last_policy_says_and_keeps_its_name_when_it_leaves(
    settings: Settings, topics: str
) -> None:
    renamed = Units((Unit("water", "样例水务", "Sample waters", "company"),))
    async with recorded(settings, [document(units()), document(renamed, 2)]):
        pass
    await project(settings)
    found = await rows(
        settings, "SELECT code, zh, plain, initials FROM names WHERE kind = 'unit' ORDER BY code"
    )
    assert found == [
        {"code": "centre", "zh": "样例中心", "plain": "样例中心", "initials": "ylzx"},
        {"code": "road", "zh": "样例道路", "plain": "样例道路", "initials": "yldl"},
        {"code": "water", "zh": "样例水务", "plain": "样例水务", "initials": "ylsw"},
    ]
