"""A citizen at the page ``/t``, with number and code and nothing else."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx
from msgspec import convert

from shared.keys import Keyring
from shared.postgres import open_pool
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor, Outcome, Past
from tests.sample import SAMPLE
from tests.services.console.people import Crew, House, tell

CALLER = {"name": "样例人名", "phone": "13800000000", "address": "样例路9号"}
INTERNAL = ("样例内部反馈", "样例通话记录", "样例退单理由", "样例裁定理由", "样例催办的话", "样例退回理由")
"""What none of the citizen's pages may say."""
REPLY = "样例:阀门已更换,水质合格。"


async def code_of(house: House, ticket: str) -> str:
    """What the operator or the channel would have told the citizen."""
    pool = await open_pool(house.settings, 1)
    key = await Keyring(pool, house.settings).current(ticket)
    await pool.close()
    assert key
    return key.query_code()


def number_of(crew: Crew) -> str:
    number: str = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    return number


def through_everything(crew: Crew) -> Crew:
    """A ticket that was returned once, urged, sent back and answered, and awaits its citizen's rating."""
    crew.step("register", citizen=CALLER)
    crew.steps("assign", "sign")
    crew.step("request-return", reason=INTERNAL[2])
    crew.step("rule-on-return", upheld=False, reason=INTERNAL[3], to=None)
    crew.step("contact", record=INTERNAL[1])
    crew.step("urge", words=INTERNAL[4])
    crew.step("answer", reply="样例:未获通过的答复", feedback=INTERNAL[0])
    crew.step("send-back", reason=INTERNAL[5])
    crew.step("answer", reply=REPLY, feedback=INTERNAL[0])
    return crew.steps("approve")


@dataclass
class AtThePage:
    """A browser without scripts."""

    http: httpx.Client

    def enters(self, number: str, code: str, **more: str) -> httpx.Response:
        return self.http.post("/t", data={"number": number, "code": code, **more})

    def sees(self) -> str:
        answer = self.http.get("/t/progress")
        assert answer.status_code == 200, answer.text
        return answer.text

    def sends(self, form: str, **typed: str) -> httpx.Response:
        """Fill in the form of the page and send it; follows to where it leads."""
        return self.sends_as_seen(form, self.hidden(), **typed)

    def sends_as_seen(self, form: str, hidden: dict[str, str], **typed: str) -> httpx.Response:
        return self.http.post(f"/t/{form}", data={**hidden, **typed}, follow_redirects=True)

    def hidden(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.sees())
        assert {name for name, _ in found} == {"_csrf", "round"}
        return dict(found)


@contextmanager
def at_the_page(house: House, seen_from: str | None = None) -> Iterator[AtThePage]:
    """Behind a proxy that sees the citizen at an address of their own, or at this one."""
    headers = {"X-Forwarded-For": seen_from or f"at-{secrets.token_hex(4)}"}
    with httpx.Client(base_url=house.address, trust_env=False, timeout=30, headers=headers) as http:
        yield AtThePage(http)


async def imported(house: House, crew: Crew, outcome: Outcome) -> Crew:
    """A ticket that another system ended so."""
    crew.ticket = f"sample-{outcome}"
    pool = await open_pool(house.settings, 1)
    keyring = Keyring(pool, house.settings)
    key = await keyring.key(crew.ticket)
    await pool.close()
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    past = Past(at, closed_at=at + timedelta(days=3), outcome=outcome, unit="water")
    title, text = key.seal("title", "样例"), key.seal("text", "样例")
    body = c.ImportHistory("hotline", "city", f"H-{outcome}", title, text, past, "help")
    actor = Actor("import", "service")
    await tell(house.settings, Command(f"import-{outcome}", crew.ticket, SAMPLE, actor, "import", at, body))
    return crew


async def promised(house: House, crew: Crew, *dues: date) -> None:
    """The sla service sets the citizen's clock to end with one of these days after the other."""
    for day in dues:
        start = datetime(2026, 9, 28, 8, 30, tzinfo=UTC)
        clock = {
            "clock": "citizen",
            "round": 1,
            "start": start,
            "due": datetime(day.year, day.month, day.day, 16, tzinfo=UTC),
            "term": "5wd",
            "warn_at": None,
            "provisional": False,
            "trace": [["2026-10-01", False, "国庆节"], [day, True, "工作日"]],
            "policies": {"sample/terms": 1, "cn/calendar": day.day},
        }
        body = convert({"deadlines": [clock]}, c.SetDeadlines)
        id = f"sla-{crew.ticket}-{day}"
        await tell(
            house.settings, Command(id, crew.ticket, SAMPLE, Actor("sla", "service"), "sla", start, body)
        )
