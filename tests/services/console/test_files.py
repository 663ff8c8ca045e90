"""附件与证据 over HTTP: sealed when they come, taken for their own ticket alone, opened once the look is on record."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection

import httpx
import pytest
import pytest_asyncio
from msgspec import convert

from services.console.asking.forms import MOST_FILES
from services.console.attachments.attached import carried, carried_in
from services.console.pages.multipart import MOST
from shared.attachments import LARGEST
from shared.book import COMMAND_LIMIT
from shared.entry import Entry
from shared.postgres import open_pool
from shared.ticket import events as e
from shared.ticket.words import Attachment
from tests.services.console.people import ANSWERED, SIGNED, Crew, House, Person, entries_of
from tests.services.console.windowless import Pages, pages_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

READY = (*SIGNED, "contact")
PICTURE = b"\x89PNG\r\n\x1a\n sample picture"
HX = {"HX-Request": "true"}
ANSWER = {"reply": "样例:阀门已更换,今晚恢复供水。", "feedback": "样例:更换阀门一只。", "solved": "true"}
MARKED = re.compile(r"<(ins|del)>\d\. [^<]*<code>(\w{8})</code></\1>")
CARRIED = re.compile(r'name="attachments" value="([^"]*)" checked')


@dataclass
class Shift:
    """The people of a ticket's story, two of them at their pages."""

    crew: Crew
    at_unit: Pages
    at_desk: Pages

    def ticket(self, *steps: str) -> str:
        """A ticket after these steps, once the views have it."""
        ticket = self.crew.steps(*(steps or READY)).ticket
        self.crew.operator.reads(f"/api/tickets/{ticket}")
        return ticket


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shift(house: House) -> AsyncIterator[Shift]:
    operator, water = await house.person("operator"), await house.person("unit", "water")
    crew = Crew(operator, water, await house.person("unit", "road"))
    async with pages_of(house, water) as at_unit, pages_of(house, operator) as at_desk:
        yield Shift(crew, at_unit, at_desk)


def brings(person: Person, ticket: str, content: bytes = PICTURE) -> httpx.Response:
    """Upload a file by the API."""
    return person.http.post(f"/api/tickets/{ticket}/files", content=content, headers=person.seen)


def brought(person: Person, ticket: str, content: bytes = PICTURE) -> Attachment:
    answer = brings(person, ticket, content)
    assert answer.status_code == 201, answer.text
    return convert(answer.json(), Attachment)


def named(file: Attachment) -> dict[str, object]:
    return {name: getattr(file, name) for name in file.__struct_fields__}


def opens(person: Person, ticket: str, digest: str, purpose: str | None = "handling") -> httpx.Response:
    asked = {"purpose": purpose} if purpose else {}
    return person.http.post(f"/api/tickets/{ticket}/files/{digest}", json=asked, headers=person.seen)


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.headers
    return answer.status_code, answer.json()["code"]


def uploads(pages: Pages, address: str, *contents: bytes, **typed: str) -> httpx.Response:
    """What a browser sends once files are chosen: the whole form with them."""
    return _sends(pages, address, contents, typed, HX)


def uploads_unscripted(pages: Pages, address: str, *contents: bytes, **typed: str) -> httpx.Response:
    """The same of the button that stands there without scripts."""
    return _sends(pages, address, contents, typed, {})


def _sends(
    pages: Pages, address: str, contents: Sequence[bytes], typed: dict[str, str], headers: dict[str, str]
) -> httpx.Response:
    files = [("_file", (f"样例姓名{n}.png", content, "image/png")) for n, content in enumerate(contents)]
    return pages.http.post(address, data={"_csrf": pages.csrf, **typed}, files=files, headers=headers)


def carried_on(page: str) -> str:
    """What the form on a page carries of files, as the browser would send it."""
    return "\n".join(unescape(one) for one in CARRIED.findall(page))


def attachments_of(entries: list[Entry]) -> list[Attachment]:
    """The files that the record names, oldest first."""
    brought = [event for entry in entries for event in entry.events]
    return [file for event in brought for file in getattr(event, "attachments", ())]


async def test_evidence_lies_sealed_is_named_by_the_answer_and_opens_once_the_look_is_on_record(
    house: House, shift: Shift
) -> None:
    ticket = shift.ticket()
    file = brought(shift.crew.water, ticket)
    assert (file.type, file.size > len(PICTURE)) == ("image/png", True)
    stored = (house.settings.data / "attachments" / file.reference).read_bytes()
    assert PICTURE not in stored
    assert len(stored) == file.size
    shift.crew.step("answer", attachments=[named(file)])
    assert attachments_of(await entries_of(house.settings, ticket)) == [file]
    shown = opens(shift.crew.operator, ticket, file.digest, "review")
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, PICTURE, "image/png")
    last = (await entries_of(house.settings, ticket))[-1]
    assert last.events == [e.Looked(["attachment"], "review", [file.digest])]
    assert shown.headers["view-token"].endswith(f":{last.source.offset}")


async def test_no_purpose_a_wrong_one_or_a_file_that_is_not_there_opens_nothing(
    house: House, shift: Shift
) -> None:
    ticket = shift.ticket()
    file = brought(shift.crew.water, ticket)
    before = len(await entries_of(house.settings, ticket))
    assert refused(opens(shift.crew.water, ticket, file.digest, None)) == (400, "missing_field")
    assert refused(opens(shift.crew.water, ticket, file.digest, "curiosity")) == (400, "invalid_field")
    assert refused(opens(shift.crew.water, ticket, "0" * 64)) == (404, "unknown_file")
    page = shift.at_unit.posts(f"/tickets/{ticket}/files/{file.digest}")
    assert (page.status_code, "有必填项未填写" in page.text) == (400, True)
    assert len(await entries_of(house.settings, ticket)) == before
    assert refused(opens(shift.crew.water, ticket, file.digest, "audit")) == (403, "look_not_allowed")
    page = shift.at_unit.posts(f"/tickets/{ticket}/files/{file.digest}", purpose="contact")
    assert (page.status_code, "查看:附件" in page.text) == (403, True)
    assert [entry.events for entry in (await entries_of(house.settings, ticket))[before:]] == [[], []]


async def test_only_what_was_uploaded_for_this_very_ticket_is_taken(house: House, shift: Shift) -> None:
    other = brought(shift.crew.water, shift.ticket())
    ticket = shift.ticket()
    own = brought(shift.crew.water, ticket)
    invented = Attachment("ff/" + "f" * 64, "f" * 64, 1, "image/png")
    elsewhere = Attachment("../../etc/passwd", own.digest, own.size, own.type)
    for file in (other, invented, elsewhere):
        answer = shift.crew.step("answer", attachments=[named(own), named(file)])
        assert refused(answer) == (400, "foreign_file")
    asked = shift.crew.operator.does(ticket, "amend", attachments=[named(other)])
    assert refused(asked) == (400, "foreign_file")
    assert attachments_of(await entries_of(house.settings, ticket)) == []
    assert shift.crew.step("answer", attachments=[named(own)]).status_code == 200


async def test_another_unit_learns_of_no_file_and_its_asking_is_kept(house: House, shift: Shift) -> None:
    ticket = shift.ticket()
    file = brought(shift.crew.water, ticket)
    stranger = (await house.person("unit", "gas")).met(shift.crew.water)
    assert refused(brings(stranger, ticket)) == (404, "unknown_ticket")
    assert refused(opens(stranger, ticket, file.digest)) == (404, "unknown_ticket")
    async with pages_of(house, stranger) as pages:
        assert pages.posts(f"/tickets/{ticket}/files/{file.digest}", purpose="handling").status_code == 404
        assert uploads(pages, f"/tickets/{ticket}/answer/files", PICTURE).status_code == 404
    pool = await open_pool(house.settings, 1)
    kept = await pool.fetch("SELECT address FROM desk.trespasses WHERE ticket = $1 ORDER BY id", ticket)
    await pool.close()
    assert [one["address"] for one in kept] == [
        "POST /api/tickets/{ticket}/files",
        "POST /api/tickets/{ticket}/files/{digest}",
        "POST /tickets/{ticket}/files/{digest}",
        "POST /tickets/{ticket}/{action}/files",
    ]
    for nobody in ("supervisor", "auditor"):
        assert refused(brings((await house.person(nobody)).met(shift.crew.water), ticket))[0] == 403


async def test_what_is_too_large_or_of_another_kind_is_refused_with_a_sentence_and_the_text_stays(
    shift: Shift,
) -> None:
    ticket = shift.ticket()
    address = f"/tickets/{ticket}/answer/files"
    large = b"\x89PNG\r\n\x1a\n" + bytes(LARGEST - 7)
    assert refused(brings(shift.crew.water, ticket, large)) == (413, "file_too_large")
    told = uploads(shift.at_unit, address, large, **ANSWER)
    assert (told.status_code, "每个文件不超过 10 MB" in told.text) == (413, True)
    whole = uploads_unscripted(shift.at_unit, address, large, **ANSWER)
    assert (whole.status_code, ANSWER["reply"] in whole.text) == (413, True)
    assert ANSWER["reply"] in shift.at_unit.gets(f"/tickets/{ticket}").text
    far_too_large = uploads_unscripted(shift.at_unit, address, *[large[:-1]] * 4, **ANSWER)
    assert (far_too_large.status_code, ANSWER["reply"] in far_too_large.text) == (413, True)
    for content in (b"<svg onload='alert(1)'/>", b"<script>alert(1)</script>", b"PK\x03\x04 sample"):
        told = uploads(shift.at_unit, address, PICTURE, content)
        assert (told.status_code, "只收 JPG、PNG、GIF、WebP 图片和 PDF" in told.text) == (415, True)
        assert refused(brings(shift.crew.water, ticket, content)) == (415, "wrong_file_type")
    assert carried_on(shift.at_unit.gets(f"/tickets/{ticket}").text) == ""


async def test_a_form_takes_so_many_files_and_no_more(shift: Shift) -> None:
    ticket = shift.ticket()
    address = f"/tickets/{ticket}/answer/files"
    there = carried_on(uploads(shift.at_unit, address, *[PICTURE] * MOST_FILES).text)
    assert len(carried_in(there)) == MOST_FILES
    more = uploads(shift.at_unit, address, PICTURE, attachments=there)
    assert (more.status_code, f"最多附 {MOST_FILES} 个文件" in more.text) == (400, True)
    assert carried_on(more.text) == there
    answer = shift.crew.step(
        "answer", attachments=[named(brought(shift.crew.water, ticket)) for _ in range(MOST_FILES + 1)]
    )
    assert refused(answer) == (400, "invalid_field")


async def test_without_scripts_the_form_comes_back_with_its_files_and_one_answer_comes_of_two_clicks(
    house: House, shift: Shift
) -> None:
    ticket = shift.ticket()
    back = uploads_unscripted(shift.at_unit, f"/tickets/{ticket}/answer/files", PICTURE, **ANSWER)
    assert (back.status_code, back.headers["location"]) == (303, f"/tickets/{ticket}#do-answer")
    page = shift.at_unit.gets(f"/tickets/{ticket}").text
    assert ANSWER["reply"] in page
    assert "样例姓名" not in page
    form = {**ANSWER, "attachments": carried_on(page), "_key": "once"}
    kept = shift.at_unit.posts(f"/tickets/{ticket}/answer", **form)
    assert (kept.status_code, "再勾选“已看过”" in kept.text, ANSWER["reply"] in kept.text) == (
        400,
        True,
        True,
    )
    assert carried_on(kept.text) == form["attachments"]
    form["_looked_over"] = "true"
    more = uploads(shift.at_unit, f"/tickets/{ticket}/answer/files", PICTURE, **form).text
    assert not re.search(r'name="_looked_over"[^>]* checked', more)
    chosen = shift.at_unit.posts(f"/tickets/{ticket}/answer", **form, _file="样例.png")
    assert (chosen.status_code, "还没有上传完" in chosen.text) == (400, True)
    for _ in range(2):
        assert shift.at_unit.posts(f"/tickets/{ticket}/answer", **form).status_code == 303
    entries = await entries_of(house.settings, ticket)
    assert attachments_of(entries) == carried_in(form["attachments"])
    assert shift.at_desk.gets(f"/tickets/{ticket}").text.count("图片 ·") >= 2


async def test_a_call_is_registered_with_its_files_and_they_fit_no_other(house: House, shift: Shift) -> None:
    desk, call = shift.at_desk, {"title": "样例:井盖破损", "text": "样例:井盖破损", "key": "first-call"}
    there = carried_on(uploads(desk, "/register/files", PICTURE, **call).text)
    assert call["title"] not in desk.gets("/register").text
    assert uploads_unscripted(desk, "/register/files", PICTURE, **call).status_code == 303
    draft = desk.gets("/register").text
    there = carried_on(draft)
    assert (call["title"] in draft, len(carried_in(there))) == (True, 1)
    into = desk.posts(f"/register/into/{shift.ticket()}", **call, attachments=there)
    assert (into.status_code, "附件不是为这件工单上传的" in into.text, carried_on(into.text)) == (
        400,
        True,
        there,
    )
    assert desk.posts("/register", **{**call, "key": "other-call"}, attachments=there).status_code == 400
    done = desk.posts("/register", **call, attachments=there)
    assert done.status_code == 303, done.text
    ticket = done.headers["location"].split("/")[2].partition("?")[0]
    assert attachments_of(await entries_of(house.settings, ticket)) == carried_in(there)
    assert carried_on(desk.gets("/register").text) == ""
    without_key = uploads(desk, "/register/files", PICTURE, title="样例")
    assert (without_key.status_code, "页面已过期" in without_key.text) == (400, True)


async def test_a_supplement_can_be_a_file_alone(house: House, shift: Shift) -> None:
    ticket = shift.ticket("register")
    there = carried_on(uploads(shift.at_desk, f"/tickets/{ticket}/amend/files", PICTURE).text)
    assert shift.at_desk.posts(f"/tickets/{ticket}/amend", attachments=there, _key="1").status_code == 303
    assert attachments_of(await entries_of(house.settings, ticket)) == carried_in(there)


async def test_an_approver_opens_the_evidence_before_it_is_signed_off(house: House, shift: Shift) -> None:
    ticket = shift.ticket()
    handler = await house.person("unit", "water", duties=("handler",))
    approver = await house.person("unit", "water", duties=("approver",))
    async with pages_of(house, handler) as writes, pages_of(house, approver) as signs:
        there = carried_on(uploads(writes, f"/tickets/{ticket}/answer/files", PICTURE).text)
        form = {**ANSWER, "attachments": there, "_looked_over": "true"}
        assert writes.posts(f"/signoffs/{ticket}", **form).status_code == 303
        assert carried_on(writes.gets(f"/tickets/{ticket}").text) == there
        page = signs.gets(f"/signoffs/{ticket}").text
        (file,) = carried_in(there)
        assert f"/tickets/{ticket}/files/{file.digest}" in page
        shown = signs.posts(f"/tickets/{ticket}/files/{file.digest}", purpose="handling")
        assert (shown.status_code, shown.content) == (200, PICTURE)
        seen = page.partition('name="submitted" value="')[2].partition('"')[0]
        assert signs.posts(f"/signoffs/{ticket}/issue", submitted=seen).status_code == 303
    assert attachments_of(await entries_of(house.settings, ticket)) == [file]


async def test_an_approver_sees_which_evidence_is_new_and_which_is_gone_since_the_version_before(
    house: House, shift: Shift
) -> None:
    ticket = shift.ticket()
    gone, stays, new = (brought(shift.crew.water, ticket) for _ in range(3))
    handler = await house.person("unit", "water", duties=("handler",))
    approver = await house.person("unit", "water", duties=("approver",))
    told = []
    async with pages_of(house, handler) as writes, pages_of(house, approver) as signs:
        for files in ((gone, stays), (stays, new), ()):
            there = "\n".join(carried(file) for file in files)
            form = {**ANSWER, "attachments": there, "_looked_over": "true"}
            assert writes.posts(f"/signoffs/{ticket}", **form).status_code == 303
            page = signs.gets(f"/signoffs/{ticket}").text
            told.append((MARKED.findall(page), page.count("本稿新加"), page.count("本稿已去掉")))
    assert told == [
        ([], 0, 0),
        ([("ins", new.digest[:8]), ("del", gone.digest[:8])], 1, 1),
        ([("del", stays.digest[:8]), ("del", new.digest[:8])], 0, 2),
    ]


async def test_review_the_past_the_order_and_the_auditor_s_list_tell_of_the_files(
    house: House, shift: Shift
) -> None:
    ticket = shift.ticket()
    file = brought(shift.crew.water, ticket)
    shift.crew.step("answer", attachments=[named(file)])
    auditor = (await house.person("auditor")).met(shift.crew.water)
    assert opens(auditor, ticket, file.digest, "audit").status_code == 200
    row = shift.crew.operator.reads(f"/api/tickets/{ticket}")
    assert f"{file.digest[:8]}" in shift.at_desk.gets(f"/tickets/{ticket}").text
    assert "附件1份" in shift.at_desk.gets(f"/tickets/{ticket}/print/assignment").text
    async with pages_of(house, auditor) as pages:
        looks = pages.gets("/looks", ticket=row["number"]).text
        assert re.search(rf"<td>附件 <code>{file.digest[:8]}</code></td>\s*<td>审计</td>", looks)
        now = pages.gets(f"/tickets/{ticket}/as-of").text
        before = now.rpartition('rel="prev"')[2].partition('href="')[2].partition('"')[0]
        earlier = pages.gets(unescape(before)).text
    known = re.compile(r'id="then".*?</article>', re.DOTALL)
    told = [
        file.digest[:8] in (found.group() if (found := known.search(page)) else "") for page in (now, earlier)
    ]
    assert told == [True, False]


async def test_a_destroyed_key_and_a_lost_file_are_said_for_what_they_are(house: House, shift: Shift) -> None:
    ticket = shift.ticket()
    file = brought(shift.crew.water, ticket)
    path = house.settings.data / "attachments" / file.reference
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert refused(opens(shift.crew.water, ticket, file.digest)) == (503, "file_lost")
    path.write_bytes(content)
    pool = await open_pool(house.settings, 1)
    await pool.execute("DELETE FROM keys.tickets WHERE ticket = $1", ticket)
    await pool.close()
    assert refused(opens(shift.crew.water, ticket, file.digest)) == (410, "unreadable")
    page = shift.at_unit.posts(f"/tickets/{ticket}/files/{file.digest}", purpose="handling")
    assert (page.status_code, "密钥已销毁" in page.text) == (410, True)
    assert refused(brings(shift.crew.water, ticket)) == (410, "unreadable")


async def test_an_upload_after_the_login_is_over_loses_no_text_and_another_site_uploads_nothing(
    house: House, shift: Shift
) -> None:
    ticket = shift.ticket()
    address = f"/tickets/{ticket}/answer/files"
    forged = shift.at_unit.http.post(address, data={"_csrf": "0" * 64}, files={"_file": ("a.png", PICTURE)})
    assert (forged.status_code, "页面已过期" in forged.text) == (403, True)
    forged_in_place = shift.at_unit.http.post(address, data={"_csrf": "0" * 64}, headers=HX)
    assert (forged_in_place.headers["hx-reswap"], "<html" in forged_in_place.text) == ("afterbegin", False)
    async with pages_of(house, await house.person("unit", "water")) as pages:
        pages.http.cookies.clear()
        in_place = uploads(pages, address, PICTURE, **ANSWER)
        assert (in_place.status_code, in_place.headers["hx-reswap"]) == (401, "afterbegin")
        assert "填写的内容还在本页" in in_place.text
        whole = uploads_unscripted(pages, address, PICTURE, **ANSWER)
        assert (whole.status_code, ANSWER["reply"] in whole.text) == (401, True)


def begins(pages: Pages, address: str, size: int, *, cookie: bool = True, csrf: str = "") -> tuple[int, str]:
    """What is answered to a form of a gigabyte of which only the first ``size`` bytes ever come."""
    fields = {"_csrf": csrf or pages.csrf, **ANSWER}
    form = httpx.Request("POST", address, data=fields, files={"_file": ("a.png", bytes(size))})
    headers = {"Content-Type": form.headers["content-type"], "Content-Length": str(1024**3)}
    if cookie:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in pages.http.cookies.items())
    house = pages.http.base_url
    line = HTTPConnection(house.host, house.port, timeout=20)
    line.request("POST", address, form.read()[:size], headers)
    answer = line.getresponse()
    said = answer.status, answer.read().decode()
    line.close()
    return said


async def test_files_are_read_of_those_alone_who_may_come_in_and_not_beyond_the_most(shift: Shift) -> None:
    address = f"/tickets/{shift.ticket()}/answer/files"
    status, page = begins(shift.at_unit, address, COMMAND_LIMIT + 1, cookie=False)
    assert (status, ANSWER["reply"] in page) == (401, True)
    assert begins(shift.at_unit, address, COMMAND_LIMIT + 1, csrf="0" * 64)[0] == 403
    assert begins(shift.at_unit, "/register/files", COMMAND_LIMIT + 1)[0] == 403
    status, page = begins(shift.at_unit, address, MOST + 1)
    assert (status, ANSWER["reply"] in page) == (413, True)


async def test_a_look_at_texts_opens_no_file(shift: Shift) -> None:
    shift.ticket(*ANSWERED)
    answer = shift.crew.operator.does(shift.crew.ticket, "look", fields=["attachment"], purpose="review")
    assert refused(answer) == (400, "invalid_field")
