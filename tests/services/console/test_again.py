"""A form whose login was over comes back whole: everything under its label, codes by their names, and ready to send."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from services.console.pages.again import OTHERS, again, written
from services.console.pages.fields import FIELDS, REGISTER, Input
from services.console.pages.register.form import KEY
from services.console.words import LANGUAGES, Words
from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.people import Crew, House
from tests.services.console.windowless import between, pages_of, words

FORMS = {"/register": ("register", REGISTER)} | {
    f"/tickets/sample/{action}": (action, inputs) for action, inputs in FIELDS.items()
}
CALLED = {"unit": "样例供水", "units": "样例供水", "topic": "供水", "place": "东片", "handler": "经办人1"}
CODES = {"unit": "water", "units": "water", "topic": "water_supply", "place": "east", "handler": "w1"}
HIDDEN = re.compile(r'<input type="hidden"[^>]*>')


@pytest.fixture
async def outside(house: House, crew: Crew) -> AsyncIterator[tuple[httpx.Client, str]]:
    """A browser without a login, and the name of an operator who has one no more."""
    name = await with_password(house, crew.operator)
    with httpx.Client(base_url=house.address, trust_env=False, timeout=60) as browser:
        yield browser, name


def typed_into(one: Input) -> str:
    """Something that can be typed or chosen there."""
    if one.codes:
        return "\n".join(one.codes) if one.kind == "many" else one.codes[-1]
    if one.kind in CODES:
        return CODES[one.kind]
    return {"yesno": "false", "solved": "partly", "check": "true", "moment": "2026-11-26T08:30"}.get(
        one.kind, f"样例:{one.name}"
    )


def shown_as(one: Input, t: Words) -> list[str]:
    """How a page says what is typed into it above."""
    text = typed_into(one)
    if one.codes:
        return [t.of(one.section, code) for code in text.split("\n")]
    if one.kind in CALLED:
        return [CALLED[one.kind]]
    if one.kind in ("yesno", "solved"):
        return [t.answer(one.name, text)]
    return [t("field.yes")] if one.kind == "check" else [text]


def resumed(browser: httpx.Client, name: str, address: str, typed: dict[str, str]) -> str:
    """What the page after the login says of a form that was sent without one."""
    kept = {f"kept.{one}": text for one, text in typed.items()}
    return browser.post("/login", data={"name": name, "password": PASSWORD, "next": address, **kept}).text


async def test_every_input_of_every_form_has_its_label_in_both_languages() -> None:
    others = [(action, inputs) for _, action, inputs in OTHERS]
    for language in LANGUAGES:
        t = Words(language)
        for action, inputs in [*FORMS.values(), *others]:
            for one in inputs:
                assert t.label(action, one.name)
                assert all(t.has(one.section, code) for code in one.codes), (action, one.name)


async def test_nothing_is_hidden_but_what_the_page_put_in_and_what_was_left_empty() -> None:
    kept = {"_csrf": "c", "key": "k", "phone": "", "title": "", "text": "样例", "topic": "water_supply"}
    shown = [one.name for one in again("/register", kept).fields if one.input]
    assert shown == ["title", "text", "topic"]
    assert again("/desk/triage/skip", {"ticket": "one", "reason": "样例"}).fields[1].input


async def test_what_is_not_offered_again_shows_the_words_and_no_code() -> None:
    ruling = {"upheld": "false", "to": "", "reason": "由原单位办。", "_version": "3"}
    assert written("/tickets/one/rule-on-return", ruling) == "由原单位办。"
    assert written("/elsewhere", {"said": "样例"}) == "样例"


async def test_each_form_shows_all_that_was_typed_by_its_labels_and_names(
    outside: tuple[httpx.Client, str],
) -> None:
    t = Words("zh")
    for address, (action, inputs) in FORMS.items():
        told = {one.name: typed_into(one) for one in inputs if one.kind != "files"}
        page = between(resumed(*outside, address, {**told, "_key": "k"}), "<main", "</main>")
        seen = HIDDEN.sub("", unescape(page))
        for one in [one for one in inputs if one.kind != "files"]:
            assert t.label(action, one.name) in seen, (address, one.name)
            for said in shown_as(one, t):
                assert said in seen, (address, one.name, said)
        assert not re.search(r">\s*[a-z_]+\s*<", re.sub(r"<(label|textarea)[^>]*>", "", seen)), address


async def test_the_form_of_a_call_has_no_input_that_would_not_come_back(crew: Crew, house: House) -> None:
    async with pages_of(house, crew.operator) as pages:
        form = between(pages.page("/register"), '<form id="register"', "</form>")
    names = {name for name in re.findall(r'name="([a-z_]+)"', form) if not name.startswith("_")}
    assert names - {KEY} == {one.name for one in REGISTER} - {"attachments"}


async def test_a_call_that_was_typed_without_a_login_is_registered_after_it(
    outside: tuple[httpx.Client, str], crew: Crew
) -> None:
    browser, name = outside
    call = {"key": f"{name}again", "phone": "13900000000", "name": "样例", "address": "样例路1号"}
    call |= {"title": "样例:继续提交", "text": "样例:第一行\n第二行", "demand": "help", "urgency": "urgent"}
    call |= {"topic": "water_supply", "place": "east", "_then": "", "reply": "", "_seconds": "9"}
    asked = browser.post("/register", data=call)
    assert asked.status_code == 401
    kept = {
        name: unescape(text)
        for name, text in re.findall(r'name="(kept\.[^"]*|next)" value="([^"]*)"', asked.text)
    }
    page = browser.post("/login", data={"name": name, "password": PASSWORD, **kept}).text
    assert "来电登记" in words(between(page, "<main", "</main>"))
    fields = re.findall(
        r'<input[^>]*name="([^"]*)" value="([^"]*)"|<textarea name="([^"]*)"[^>]*>\n([^<]*)<', page
    )
    form = {one or long: unescape(value or text) for one, value, long, text in fields}
    done = browser.post("/register", data=form, follow_redirects=True)
    ticket = done.url.path.removeprefix("/registered/")
    row = crew.operator.reads(f"/api/tickets/{ticket}")
    assert (row["title"], row["topic"], row["urgency"]) == ("样例:继续提交", "water_supply", "urgent")
