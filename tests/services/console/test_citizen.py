"""The citizen at ``/t``: in by number and code, told all that is theirs and nothing else, heard once."""

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import get_args

import httpx
import pytest

from services.console.citizen.citizens import TRIES, TRIES_FROM, CitizenRow
from services.console.pages import shown
from services.console.pages.citizen import telling
from services.console.words import LANGUAGES, Words
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.ticket.events import RedoOrdered, Reopened, SurveyAnswered
from shared.ticket.state import Stage
from shared.ticket.words import Outcome
from tests.services.console.citizens import (
    CALLER,
    INTERNAL,
    REPLY,
    AtThePage,
    at_the_page,
    code_of,
    imported,
    number_of,
    promised,
    through_everything,
)
from tests.services.console.people import CLOSED, DEMAND, SURVEYING, Crew, House, entries_of

BAD = {"solved": "partly", "grade": "dissatisfied", "reason.claimed_solved": "on", "reason.delayed": "on"}
LIGHT = 30 * 1024


def main_of(answer: httpx.Response, typed: str = "") -> str:
    """What a page says, but for what was typed."""
    text = re.sub(r"\s+", " ", answer.text.partition("<main")[2].partition("</main>")[0])
    return text.replace(f'value="{typed}"', "")


async def entered(house: House, crew: Crew, page: AtThePage) -> AtThePage:
    answer = page.enters(number_of(crew), await code_of(house, crew.ticket))
    assert (answer.status_code, answer.headers.get("location")) == (303, "/t/progress")
    return page


async def test_number_and_code_let_in_however_they_are_typed_and_stand_in_no_address(
    house: House, crew: Crew
) -> None:
    crew.steps("register")
    number, code = number_of(crew), await code_of(house, crew.ticket)
    wide = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    with at_the_page(house) as page:
        answer = page.enters(f" {number[:8]} {number[8:]}\u3000", f"{wide[:4]} {wide[4:]}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/t/progress")
        cookie = answer.headers["set-cookie"].lower()
        assert "huiyin_ticket=" in cookie
        assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/t;", "max-age=1800"))
        assert code not in cookie
        shown = page.sees()
        assert number in shown
        assert code not in shown


async def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(house: House, crew: Crew) -> None:
    crew.steps("register")
    number, code = number_of(crew), await code_of(house, crew.ticket)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    with at_the_page(house) as page:
        tried = [(number, wrong), ("2099010100000001", code), ("no number", code), (number, "\0"), ("\0", "")]
        answers = [page.enters(*typed) for typed in tried]
        said = {main_of(answer, typed[0]) for answer, typed in zip(answers, tried, strict=True)}
    assert [answer.status_code for answer in answers] == [403] * len(tried)
    assert len(said) == 1
    assert "没有查到" in said.pop()


async def test_after_five_tries_with_a_number_not_even_the_right_code_is_looked_at(
    house: House, crew: Crew
) -> None:
    crew.steps("register")
    code = await code_of(house, crew.ticket)
    for number in (number_of(crew), "2099010100000002"):
        with at_the_page(house) as page:
            assert [page.enters(number, "0").status_code for _ in range(TRIES)] == [403] * TRIES
            paused = page.enters(number, code)
            assert (paused.status_code, "尝试次数过多" in paused.text) == (429, True)
            assert paused.headers["retry-after"] == "300"


async def test_whoever_guesses_at_many_numbers_is_paused_and_nobody_else_is(house: House, crew: Crew) -> None:
    crew.steps("register")
    number, code = number_of(crew), await code_of(house, crew.ticket)
    with at_the_page(house, "10.0.0.1, 198.51.100.7") as guesser:
        guesses = [guesser.enters(f"20990102{guess:08}", "0").status_code for guess in range(TRIES_FROM + 1)]
        assert guesses == [403] * TRIES_FROM + [429]
        assert guesser.enters(number, code).status_code == 429
    with at_the_page(house, "198.51.100.7, 198.51.100.8") as neighbour:
        assert {neighbour.enters(number, code).status_code for _ in range(TRIES_FROM)} == {303}
        assert neighbour.enters(number, code).status_code == 303


async def test_a_destroyed_key_ends_code_and_visit(house: House, crew: Crew) -> None:
    crew.steps("register")
    with at_the_page(house) as page:
        code = await code_of(house, crew.ticket)
        await entered(house, crew, page)
        pool = await open_pool(house.settings, 1)
        await pool.execute("DELETE FROM keys.tickets WHERE ticket = $1", crew.ticket)
        assert await Keyring(pool, house.settings).current(crew.ticket) is None
        await pool.close()
        assert page.http.get("/t/progress").status_code == 401
        assert page.enters(number_of(crew), code).status_code == 403


async def test_a_card_that_was_not_made_here_or_is_another_tickets_opens_nothing(
    house: House, crew: Crew
) -> None:
    crew.steps("register")
    with at_the_page(house) as page:
        await entered(house, crew, page)
        ticket, until, voucher = page.http.cookies["huiyin_ticket"].split(".")
        crew.steps("register")
        later = str(int(until) + 1)
        for forged in (
            f"{crew.ticket}.{until}.{voucher}",
            f"{ticket}.{later}.{voucher}",
            f"{ticket}.1.{voucher}",
            f"{ticket}.{until}.",
            "样例".encode().decode("latin-1"),
            "..",
        ):
            cookie = {b"Cookie": f"huiyin_ticket={forged}".encode("latin-1")}
            bare = httpx.get(f"{house.address}/t/progress", headers=cookie, trust_env=False)
            assert bare.status_code == 401, forged
        page.http.post("/t/leave")
        assert page.http.get("/t/progress").status_code == 401


async def test_a_citizen_reads_the_way_of_their_ticket_and_nothing_that_is_internal(
    house: House, crew: Crew
) -> None:
    through_everything(crew)
    await promised(house, crew, date(2026, 12, 1), date(2026, 12, 3))
    with at_the_page(house) as page:
        await entered(house, crew, page)
        text = next(text for _ in range(500) if "原定" in (text := page.sees()) and "承诺日期由" in text)
    people = [person.account.id for person in (crew.operator, crew.water, crew.road)]
    hidden = [*INTERNAL, *CALLER.values(), DEMAND["text"], "样例:未获通过的答复", *people, crew.ticket]
    assert [word for word in hidden if word in text] == []
    assert REPLY in text
    for told in (
        "样例供水已答复,请您评价",
        "样例供水认为不属于本单位职责,申请退回",
        "经核实不同意退回,仍由样例供水办理",
        "退回样例供水重新办理",
        "原定2026年12月1日前(含当天),后改为2026年12月3日前(含当天)",
        "5个工作日",
        "国庆节",
        "全国日历 第 3 版",
        "承诺日期由2026年12月1日前(含当天)改为2026年12月3日前(含当天)",
    ):
        assert told in text, told
    states = re.findall(r'<li class="(done|now|ahead)"', text)
    assert states == ["done"] * 4 + ["now", "ahead"]
    today = shown.day(Words("zh"), datetime.now(UTC))
    assert text.count(f"已完成 · {today}") == 4


async def test_each_end_has_a_sentence_of_its_own(house: House, crew: Crew) -> None:
    said = set()
    for outcome in get_args(Outcome):
        await imported(house, crew, outcome)
        address = f"/api/tickets/{crew.ticket}"
        assert any(crew.operator.asks(address).status_code == 200 for _ in range(500))
        with at_the_page(house) as page:
            await entered(house, crew, page)
            text = page.sees()
        sentence = text.partition('class="situation">')[2].partition("</p>")[0]
        assert "2026年3月5日" in sentence
        assert Words("zh").of("outcome", outcome) in sentence
        said.add(sentence)
    assert len(said) == 6


async def test_a_declined_citizen_reads_why_and_whom_to_turn_to(house: House, crew: Crew) -> None:
    crew.steps("register")
    crew.step("decline", reason="样例:正在诉讼中", right_channel="样例法院")
    with at_the_page(house) as page:
        await entered(house, crew, page)
        text = page.sees()
    assert all(word in text for word in ("不予受理:", "样例:正在诉讼中", "您可以找", "样例法院"))
    way = text.partition('<ol class="way-bar">')[2].partition("</ol>")[0]
    assert re.findall(r"<span>(.*?)<small>", way) == ["登记", "不予受理"]
    assert way.count("已完成") == 1
    assert "<textarea" not in text


async def test_a_bad_rating_says_first_what_it_starts_and_starts_it_once(house: House, crew: Crew) -> None:
    crew.steps(*SURVEYING)
    centre = await house.person("unit", "centre")
    with at_the_page(house) as page, at_the_page(house) as other_tab:
        await entered(house, crew, page)
        await entered(house, crew, other_tab)
        assert "提交后将开始第 2 轮办理,由样例中心重新办理" in page.sees()
        seen = other_tab.hidden()
        words = "样例:水还是黄的 <b>\u202e"
        sent = [
            page.sends("rating", **BAD, words=words),
            page.sends_as_seen("rating", seen, **BAD, words=words),
            other_tab.sends_as_seen("rating", seen, solved="no", grade="satisfied"),
        ]
        later = page.sees()
    assert {answer.status_code for answer in sent} == {200}
    answered = [e for e in await events_of(house, crew) if isinstance(e, SurveyAnswered)]
    assert [(e.grade, e.solved, e.partly, e.reasons) for e in answered] == [
        ("dissatisfied", False, True, ["delayed", "claimed_solved"])
    ]
    assert "样例:水还是黄的" not in str(answered[0].words)
    assert re.search(r"回执 \d+:\d+", later)
    assert "部分解决 · 拖延 · 说已解决,其实没有" in later
    assert "现为第 2 轮办理" in later
    assert "样例:水还是黄的" not in later
    inbox = centre.met(crew.operator).reads("/api/units/centre/inbox")["tickets"]
    assert [(t["id"], t["stage"], t["round"]) for t in inbox if t["id"] == crew.ticket] == [
        (crew.ticket, "redo", 2)
    ]


async def test_a_rating_that_is_not_clear_is_asked_for_again_with_what_was_written(
    house: House, crew: Crew
) -> None:
    crew.steps(*SURVEYING)
    words = "样例:第一行\n第二行"
    with at_the_page(house) as page:
        await entered(house, crew, page)
        for typed, asked in (
            ({"grade": "satisfied"}, "请选择是否解决和是否满意"),
            ({"solved": "no", "grade": "dissatisfied"}, "至少选一项"),
            ({"solved": "no", "grade": "splendid"}, "内容无法接收"),
            ({"solved": "yes", "grade": "satisfied", "round": "9"}, "您评价的是上一轮"),
            ({"solved": "yes", "grade": "satisfied", "round": "x"}, "内容无法接收"),
        ):
            answer = page.sends("rating", words=words, **typed)
            assert (answer.status_code >= 400, asked in answer.text) == (True, True), typed
            assert words in answer.text
        assert f'value="{typed["grade"]}" required checked' in answer.text
        page.sends("rating", solved="yes", grade="satisfied", words=words)
        assert "已办结" in page.sees()
    (answered,) = [e for e in await events_of(house, crew) if isinstance(e, SurveyAnswered)]
    assert (answered.grade, answered.solved, answered.partly, answered.reasons) == (
        "satisfied",
        True,
        None,
        None,
    )


async def test_a_closing_is_disputed_once_however_often_it_is_sent(house: House, crew: Crew) -> None:
    crew.steps(*CLOSED)
    with at_the_page(house) as page:
        await entered(house, crew, page)
        assert "申诉请在" in page.sees()
        seen = page.hidden()
        assert "请写明为什么不认可" in page.sends("dispute", reason="  ").text
        with ThreadPoolExecutor(4) as clicks:
            answers = list(
                clicks.map(lambda _: page.sends_as_seen("dispute", seen, reason="样例:又坏了"), range(4))
            )
        text = page.sees()
    assert {answer.status_code for answer in answers} == {200}
    assert "您的申诉已收到" in text
    assert re.search("您在2\\d+年\\d+月\\d+日提出申诉,现重新办理,为第 2 轮", text)
    assert "<textarea" not in text
    happened = await events_of(house, crew)
    assert [type(e) for e in happened if isinstance(e, Reopened | RedoOrdered)] == [Reopened, RedoOrdered]


async def events_of(house: House, crew: Crew) -> list[object]:
    return [event for entry in await entries_of(house.settings, crew.ticket) for event in entry.events]


async def test_what_was_written_when_the_half_hour_was_over_comes_through(house: House, crew: Crew) -> None:
    crew.steps(*SURVEYING)
    number, code = number_of(crew), await code_of(house, crew.ticket)
    with at_the_page(house) as page:
        await entered(house, crew, page)
        seen = page.hidden()
        page.http.cookies.clear()
        over = page.sends_as_seen("rating", seen, **BAD, words="样例:写了很久")
        assert (over.status_code, "没有丢失" in over.text, "_csrf" in over.text) == (401, True, False)
        kept = dict(re.findall(r'<input type="hidden" name="(kept\.[\w.]+)" value="([^"]*)">', over.text))
        assert kept["kept.words"] == "样例:写了很久"
        assert page.enters(number, "0", **kept).text.count("样例:写了很久") == 1
        inside = page.enters(number, code, **kept)
        assert (inside.status_code, "样例:写了很久</textarea>" in inside.text) == (200, True)
        assert inside.text.count(" checked") == 4


async def test_another_sites_form_is_refused_and_nothing_is_recorded(house: House, crew: Crew) -> None:
    crew.steps(*SURVEYING)
    with at_the_page(house) as page:
        await entered(house, crew, page)
        seen = page.hidden()
        fields = {**seen, **BAD}
        foreign = page.http.post("/t/rating", data=fields, headers={"Origin": "http://elsewhere.example"})
        guessed = page.http.post("/t/rating", data={**fields, "_csrf": "guess"}, headers={"Origin": "null"})
        assert (foreign.status_code, guessed.status_code) == (403, 403)
        assert page.http.post("/t", headers={"Origin": "http://elsewhere.example"}).status_code == 403
        assert page.http.post("/t/rating", data=fields, headers={"Origin": "null"}).status_code == 303
    assert crew.operator.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]
    assert len([e for e in await events_of(house, crew) if isinstance(e, SurveyAnswered)]) == 1


async def test_a_page_is_light_and_lets_nothing_in_or_out(house: House, crew: Crew) -> None:
    through_everything(crew)
    with at_the_page(house) as page:
        pages = [page.http.get("/t")]
        await entered(house, crew, page)
        pages.append(page.http.get("/t/progress"))
        style = re.findall(r'<link rel="stylesheet" href="([^"]+)">', pages[1].text)
        css = page.http.get(style[0]).content
    for answer in pages:
        assert len(gzip.compress(answer.content)) + len(gzip.compress(css)) <= LIGHT
        assert "<script" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text
        assert set(re.findall(r'(?:href|action|src)="([^/#][^"]*)"', answer.text)) == set()


async def test_where_what_was_said_leads_is_checked_and_size_and_language_are_kept(house: House) -> None:
    with at_the_page(house) as page:
        assert page.http.get("/t/progress?token=1:1").status_code == 401
        for at, leads in (("/t/progress", "/t/progress"), ("//elsewhere.example", "/t"), ("/login", "/t")):
            assert page.http.get("/t/size/large", params={"at": at}).headers["location"] == leads
        assert 'class="large"' in page.http.get("/t").text
        assert page.http.get("/t/size/huge").status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_promise_names_the_last_day_that_is_in_time(language: str) -> None:
    words = Words(language)  # type: ignore[arg-type]
    midnight = datetime(2026, 12, 1, 16, tzinfo=UTC)
    said = {"zh": "2026年12月1日前(含当天)", "en": "by the end of 1 December 2026"}
    assert shown.by(words, midnight) == said[language]
    evening = {"zh": "2026年12月1日 17:30 前", "en": "by 17:30 on 1 December 2026"}
    assert shown.by(words, midnight.replace(hour=9, minute=30)) == evening[language]
    assert shown.term(words, "5wd") == {"zh": "5个工作日", "en": "5 working days"}[language]
    assert shown.term(words, "imported") == "imported"


@pytest.mark.parametrize("stage", get_args(Stage))
def test_at_every_stage_it_is_said_what_is_done_what_is_being_done_and_what_comes(stage: str) -> None:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    outcome = "completed" if stage == "closed" else None
    row = CitizenRow(
        "t", "1", "sample", "hotline", "help", "ordinary", None, None, stage, outcome, 1, "water",
        at, at, at, at, at, at, None, False,
    )  # fmt: skip
    steps = telling.steps(row)
    states = [step.state for step in steps]
    assert states == sorted(states, key=["done", "now", "ahead"].index)
    assert states.count("now") == (0 if stage == "closed" else 1)
    assert [step.at for step in steps if step.state == "ahead"] == [None] * states.count("ahead")
    assert all(step.at for step in steps if step.state == "done")
    assert Words("zh")(telling.situation(row), unit="样例供水", round=1, day="")
