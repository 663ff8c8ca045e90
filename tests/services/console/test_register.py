"""来电登记: one form is one ticket; repeats are shown with the reason, to whom may see them; numbers stay hidden."""

import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from services.console.pages.register.form import registration
from services.console.pages.register.registered import TELLING, is_telling
from services.console.people.accounts import Account
from shared.keys import Keyring
from shared.phones import plain
from shared.postgres import open_pool
from shared.problems import Problem
from tests.services.console.people import Crew, House, entries_of
from tests.services.console.windowless import Pages, between, pages_of, words

CALL = {"title": "样例:水压低", "text": "样例:三楼没有水", "demand": "help", "urgency": "ordinary"}
NASTY = "<script>alert(1)</script> 样例 👷 \u202egnp " + "长" * 10_000


def number() -> str:
    """A sample number that nobody called from before."""
    return f"139{secrets.randbelow(10**8):08}"


@pytest.fixture
async def desk(house: House, crew: Crew) -> AsyncIterator[Pages]:
    async with pages_of(house, crew.operator) as pages:
        pages.http.follow_redirects = True
        yield pages


def ticket_in(answer: httpx.Response) -> str:
    """The ticket of the page that a registration led to."""
    assert answer.url.path.startswith("/registered/"), answer.text[:2000]
    return answer.url.path.removeprefix("/registered/")


def beside(desk: Pages, **typed: str) -> str:
    """What stands beside the form once that is typed."""
    answer = desk.http.post(
        "/register/beside", data={"_csrf": desk.csrf, **typed}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    return answer.text


def kinds(crew: Crew, ticket: str) -> list[str]:
    return [line["kind"] for line in crew.operator.reads(f"/api/tickets/{ticket}/timeline")["lines"]]


def reading(crew: Crew, answer: httpx.Response) -> None:
    """The operator reads as fresh as that page."""
    crew.operator.seen = {"View-Token": answer.url.params["token"]}


async def test_a_call_becomes_a_ticket_and_the_page_says_its_number_unit_and_date(
    desk: Pages, crew: Crew
) -> None:
    answer = desk.posts("/register", key="k1", topic="water_supply", place="east", **CALL)
    reading(crew, answer)
    row = crew.operator.reads(f"/api/tickets/{ticket_in(answer)}")
    shown = re.sub(r"\s", "", answer.text)
    assert row["number"] in shown
    assert "样例供水" in answer.text
    assert "承诺答复时间" in answer.text
    assert (row["channel"], row["topic"], row["place"]) == ("console", "water_supply", "east")


async def test_the_query_code_is_told_to_whoever_registered_the_ticket_and_to_nobody_else(
    house: House, desk: Pages
) -> None:
    answer = desk.posts("/register", key="coded", **CALL)
    ticket = ticket_in(answer)
    pool = await open_pool(house.settings, 1)
    code = (await Keyring(pool, house.settings).key(ticket)).query_code()
    await pool.close()
    shown = f"{code[:4]} {code[4:]}"
    assert shown in answer.text
    async with pages_of(house, await house.person("operator")) as colleague:
        theirs = colleague.gets(f"/registered/{ticket}").text
    assert "请告诉来电人工单编号" in theirs
    assert shown not in theirs


def test_the_query_code_is_shown_unasked_while_its_caller_may_be_on_the_phone() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    desk, other = Account("o1", "operator", "sample"), Account("o2", "operator", "sample")
    first = {"kind": "Registered", "person": "o1", "at": now}
    assert is_telling(first, desk, now + TELLING / 2)
    assert not is_telling(first, desk, now + TELLING)
    assert not is_telling(first, other, now)
    assert not is_telling({**first, "kind": "HistoryImported"}, desk, now)


async def test_the_same_form_twice_is_one_ticket_and_another_text_under_its_key_is_refused_with_the_number(
    desk: Pages,
) -> None:
    first, again = (desk.posts("/register", key="twice", **CALL) for _ in range(2))
    assert ticket_in(first) == ticket_in(again)
    other = desk.posts("/register", key="twice", **{**CALL, "text": "样例:另一件事"})
    assert other.status_code == 409
    assert "already_registered" in other.text
    assert "样例:另一件事" in other.text


async def test_a_second_tab_gets_the_key_of_the_draft_and_a_registered_call_leaves_none(desk: Pages) -> None:
    desk.posts("/drafts/new/register", key="of-the-draft", title="样例:写到一半")
    second = desk.gets("/register").text
    assert 'name="key" value="of-the-draft"' in second
    assert "样例:写到一半" in second
    ticket_in(desk.posts("/register", key="of-the-draft", **CALL))
    fresh = desk.gets("/register").text
    assert "of-the-draft" not in fresh
    assert "样例:写到一半" not in fresh


async def test_a_direct_answer_follows_at_once_and_a_refused_one_says_that_the_ticket_stands(
    desk: Pages, crew: Crew
) -> None:
    then = {"_then": "answer-directly", "reply": "样例:今晚恢复"}
    answer = desk.posts("/register", key="direct", **CALL, **then)
    reading(crew, answer)
    assert kinds(crew, ticket_in(answer)) == ["Registered", "AnsweredDirectly"]
    missing = desk.posts("/register", key="nothing-said", **CALL, _then="answer-directly")
    assert missing.status_code == 400
    late = desk.posts("/register", key="direct", **CALL, **{**then, "reply": "样例:改口"})
    assert late.status_code == 409
    assert "工单已经登记,编号有效" in late.text
    assert "样例:改口" in late.text


async def test_the_next_matter_of_a_caller_starts_with_the_caller_and_the_next_caller_with_nothing(
    desk: Pages, crew: Crew
) -> None:
    caller = {"phone": number(), "name": "样例甲", "reply_by": "phone"}
    first = desk.posts("/register", key="matter-1", **CALL, **caller, _then="another")
    assert "登记同一来电的下一件" in first.text
    assert caller["phone"] not in desk.gets("/register").text
    for address in ({"matter": "another"}, {}, {"matter": "another"}):
        form = desk.gets("/register", **address).text.partition('id="beside"')[0]
        for told in (caller["phone"], caller["name"]):
            assert f'value="{told}"' in form
    for matter in (CALL["title"], CALL["text"], "matter-1"):
        assert matter not in form
    second = desk.posts("/register", key="matter-2", **{**CALL, "demand": "complaint"}, **caller)
    reading(crew, second)
    assert ticket_in(second) != ticket_in(first)
    assert crew.operator.reads(f"/api/tickets/{ticket_in(second)}")["demand"] == "complaint"
    assert caller["phone"] not in desk.gets("/register", matter="another").text


async def test_an_answer_that_dispatch_was_faster_than_is_kept_and_the_operator_is_told_what_to_do(
    desk: Pages, crew: Crew
) -> None:
    call = {**CALL, "key": number(), "topic": "water_supply", "place": "east"}
    crew.ticket = ticket_in(desk.posts("/register", **call))
    crew.steps("assign")
    late = desk.posts("/register", **call, _then="answer-directly", reply="样例:今晚恢复")
    assert late.status_code == 409
    told = words(between(late.text, "<main", "</main>"))
    assert "“直接答复”没有记录" in told
    assert "工单已派给样例供水。请告诉来电人由该单位答复" in told
    assert "样例:今晚恢复" in told
    assert kinds(crew, crew.ticket).count("AnsweredDirectly") == 0


async def test_110_fills_in_the_ground_and_its_sentence_and_declines(desk: Pages, crew: Crew) -> None:
    filled = desk.posts("/register/emergency", **CALL).text
    assert re.search(r'value="emergency" checked', filled)
    assert "请立即拨打110" in filled
    assert CALL["title"] in filled
    assert CALL["text"] in filled
    assert desk.posts("/register/emergency", title=" ", text="").text.count("紧急来电,已转110") == 2
    assert CALL["text"] in filled
    then = {"_then": "decline", "ground": "emergency", "reason": "样例:请拨打110", "right_channel": "110"}
    answer = desk.posts("/register", key="emergency", **CALL, **then)
    reading(crew, answer)
    assert kinds(crew, ticket_in(answer)) == ["Registered", "Declined"]


async def test_repeats_are_shown_with_the_reason_for_each_and_the_number_however_it_is_written(
    desk: Pages, crew: Crew
) -> None:
    phone = number()
    ticket = ticket_in(desk.posts("/register", key=phone, phone=phone, topic="road", place="west", **CALL))
    spelled = f"+86 {phone[:3]}-{phone[3:7]} {phone[7:]}"
    same_caller = beside(desk, phone=spelled)
    assert f"/tickets/{ticket}" in same_caller
    assert "同一来电号码" in same_caller
    assert "同地点同主题" not in same_caller
    same_matter = beside(desk, topic="road", place="west")
    assert f"/tickets/{ticket}" in same_matter
    assert "同一来电号码" not in same_matter
    both = beside(desk, phone=phone, topic="road", place="west")
    assert both.index("同一来电号码") < both.index("同地点同主题")
    assert "工单编号" in both
    assert phone not in both


async def test_how_the_caller_would_like_to_be_answered_is_seen_by_the_unit_and_by_who_calls_back(
    desk: Pages, house: House, crew: Crew
) -> None:
    crew.ticket = ticket_in(desk.posts("/register", key=number(), reply_by="message", **CALL))
    wish = "希望回复方式:"
    assert "短信" in words(between(desk.page(f"/tickets/{crew.ticket}"), wish, "</p>"))
    crew.steps("assign")
    async with pages_of(house, crew.water) as unit:
        assert "短信" in words(between(unit.page(f"/tickets/{crew.ticket}"), wish, "</p>"))
    crew.steps("sign", "contact", "answer", "approve")
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    lone = await house.person("operator", at=crew.operator.account.jurisdiction)
    async with pages_of(house, lone) as caller_back:
        for _ in range(50):
            page = caller_back.page("/desk/survey")
            if crew.ticket in page:
                break
            other = re.search(r'data-ticket="([^"]*)"', page)
            assert other
            caller_back.posts("/desk/survey/skip", ticket=other.group(1), reason="样例:先打别的")
        assert "短信" in words(between(page, wish, "</dd>"))
    closed = ticket_in(desk.posts("/register", key=number(), **CALL))
    assert wish not in desk.page(f"/tickets/{closed}")
    assert desk.posts("/register", key=number(), reply_by="pigeon", **CALL).status_code == 400


async def test_repeats_are_shown_to_none_who_may_not_see_them(house: House, desk: Pages, crew: Crew) -> None:
    phone = number()
    ticket = ticket_in(desk.posts("/register", key=phone, phone=phone, **CALL))
    elsewhere = await house.person("operator", at="elsewhere")
    async with pages_of(house, elsewhere) as stranger:
        assert "/tickets/" not in beside(stranger, phone=phone)
    pool = await open_pool(house.settings, 1)
    async with pages_of(house, await house.person("operator")) as colleague:
        assert ticket in beside(colleague, phone=phone)
        await pool.execute("UPDATE views.tickets SET scope = 'minsheng' WHERE id = $1", ticket)
        assert ticket not in beside(colleague, phone=phone)
        await pool.execute("UPDATE views.tickets SET scope = NULL WHERE id = $1", ticket)
    await pool.close()


async def test_a_number_goes_with_the_tickets_key(house: House, desk: Pages) -> None:
    phone = number()
    ticket = ticket_in(desk.posts("/register", key=phone, phone=phone, **CALL))
    pool = await open_pool(house.settings, 1)
    await pool.execute("DELETE FROM keys.tickets WHERE ticket = $1", ticket)
    assert await pool.fetchval("SELECT count(*) FROM keys.phones WHERE ticket = $1", ticket) == 0
    await pool.close()
    assert ticket not in beside(desk, phone=phone)


async def test_a_number_is_nowhere_but_sealed(house: House, desk: Pages, crew: Crew) -> None:
    phone = number()
    answer = desk.posts("/register", key="hidden", phone=phone, **CALL)
    ticket = ticket_in(answer)
    assert phone not in answer.text
    assert phone not in str(answer.url)
    assert phone not in desk.gets(f"/tickets/{ticket}").text
    assert phone not in desk.gets("/register").text
    for entry in await entries_of(house.settings, ticket):
        assert phone.encode() not in bytes(entry.command)
    pool = await open_pool(house.settings, 1)
    filed = await pool.fetchval("SELECT p::text FROM keys.phones p WHERE ticket = $1", ticket)
    await pool.close()
    assert phone not in filed
    logs = [file for file in house.settings.data.parent.rglob("*.log*") if file.is_file()]
    assert logs
    for log in logs:
        assert phone not in log.read_text(encoding="utf-8", errors="replace")


async def test_a_refusal_says_its_sentence_first_and_its_code_apart(desk: Pages) -> None:
    refused = desk.posts("/register", key=number(), title="样例")
    assert refused.status_code == 400
    assert '有必填项未填写,没有提交。 <small translate="no">代码 missing_field</small>' in refused.text


async def test_what_the_caller_adds_goes_into_the_ticket_that_is_there(desk: Pages, crew: Crew) -> None:
    crew.steps("register")
    token = crew.operator.seen["View-Token"]
    desk.gets("/", token=token)
    empty = desk.posts(f"/register/into/{crew.ticket}", key="add", text=" ")
    assert empty.status_code == 400
    answer = desk.posts(f"/register/into/{crew.ticket}", key="add", text="样例:还是没有水", topic="road")
    assert answer.url.path == f"/tickets/{crew.ticket}"
    reading(crew, answer)
    assert kinds(crew, crew.ticket)[-1] == "Supplemented"


async def test_beside_the_form_stand_the_unit_with_its_line_the_due_dates_and_a_warning_of_the_title(
    desk: Pages,
) -> None:
    shown = beside(desk, topic="road", place="east", demand="help", title="样例 13800138000 来电")
    assert "样例道路" in shown
    assert "派单目录第 1 版:道路 × 东片" in shown
    assert "road_east" not in shown
    assert "市民钟" in shown
    assert "期限 5个工作日" in shown
    assert "样例 *********** 来电" in shown
    assert "人工研判派单" in beside(desk, topic="road", place="west")
    assert "期限 5个工作日" in beside(desk, demand="no such", urgency="no such", topic="<b>")


async def test_whatever_is_typed_is_shown_as_text_and_a_nul_is_refused_with_the_rest_kept(
    desk: Pages,
) -> None:
    answer = desk.posts("/register", key="nasty", **{**CALL, "text": NASTY, "title": NASTY[:100]})
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text
    assert "&lt;script&gt;" in answer.text
    refused = desk.posts("/register", key="nul", **{**CALL, "text": "样例\0", "phone": "139"})
    assert refused.status_code == 400
    assert "invalid_field" in refused.text
    assert CALL["title"] in refused.text
    long = desk.posts("/register", key="long", **{**CALL, "title": "长" * 201})
    assert long.status_code == 400


async def test_only_an_operator_has_the_form(house: House, crew: Crew) -> None:
    async with pages_of(house, crew.water) as unit:
        assert unit.gets("/register").status_code == 403
        assert unit.posts("/register", **CALL).status_code == 403
        assert unit.posts("/register/beside", phone="13900000000").status_code == 403


def test_whoever_stays_anonymous_leaves_no_name() -> None:
    named = registration({**CALL, "name": "样例", "phone": "13900000000"})
    assert named.citizen
    assert named.citizen.name == "样例"
    anonymous = registration({**CALL, "name": "样例", "phone": "13900000000", "anonymous": "true"})
    assert anonymous.citizen
    assert (anonymous.citizen.name, anonymous.citizen.phone) == (None, "13900000000")
    assert registration(CALL).citizen is None
    with pytest.raises(Problem, match="missing_field"):
        registration({"text": "样例"})


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("139 0000 0000", "13900000000"),
        ("+86-139-0000-0000", "13900000000"),
        ("008613900000000", "13900000000"),
        ("１３９００００００００", "13900000000"),
        ("0795-7654321", "07957654321"),
        ("86139000", "86139000"),
        ("12345", None),
        ("没有", None),
    ],
)
def test_a_number_is_known_by_its_digits(written: str, known: str | None) -> None:
    assert plain(written) == known
