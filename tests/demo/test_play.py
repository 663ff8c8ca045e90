"""The demo's day over real services: every scene that it promises, and the proof that follows it."""

import asyncio
import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from demo import figures, table
from demo.accounts import sample_accounts, write_accounts
from demo.figures import Board
from demo.people import Login
from demo.play import Day, for_a_citizen, import_quarter, make_logins, playing, publish_policies
from demo.stories import Twist
from deploy.local.ports import LOOPBACK, free_port
from services.feedback.react import delivery_id
from shared.settings import Settings
from shared.ticket import events as e
from tests.live import events, live
from tests.running.services import ROOT, Running, environment_of

SERVICES = ("ledger", "projector", "dispatch", "sla", "feedback", "intake", "console")
PATIENCE = 240.0
"""Seconds for all scenes; the shortest clock of a policy is a minute."""
RED = "\x1b[1;37;41m"
"""How a terminal is told bold white on red."""

Row = Mapping[str, Any]


@pytest.fixture
def port() -> int:
    """Of the sample platforms."""
    return free_port()


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, port: int) -> Settings:
    """The test's settings with the demo's channel accounts."""
    file = tmp_path / "channels.yaml"
    write_accounts(file, sample_accounts(f"http://{LOOPBACK}:{port}"))
    return settings.model_copy(update={"channels": file})


async def of(day: Day, twist: Twist) -> list[Row]:
    """The tickets of the pushed stories with that twist, as people see them; not yet visible ones are left out."""
    stories = [story for story in day.citizens.told.values() if story.twist == twist]
    pages = [
        await day.readers[story.jurisdiction].reads("/api/tickets", q=story.external_id) for story in stories
    ]
    return [page["tickets"][0] for page in pages if page["tickets"]]


async def missing(day: Day, board: Board, screen: str) -> list[str]:
    """The promised scenes that have not come about."""
    closed = {row.channel for row in board.today if row.counts["closed"]}
    unsigned, upheld, refused = [await of(day, t) for t in ("unsigned", "return_upheld", "return_refused")]
    scenes = {
        "a quarter of 3,045, all in time": board.imported == 3045 and board.imported_on_time,
        "closed tickets of all four channels": len(closed) == 4,
        "a dissatisfied citizen's ticket closed after its second round": any(
            row["stage"] == "closed" and row["round"] == 2 and row["grade"] == "satisfied"
            for row in await of(day, "dissatisfied")
        ),
        "a missed deadline, red in the table": all(row["citizen_missed"] for row in unsigned)
        and any(row.counts["overdue"] for row in board.today)
        and RED in screen,
        "an upheld return, closed by another unit": [(r["stage"], r["lead"], r["returns"]) for r in upheld]
        == [("closed", "environment", 1)],
        "a refused return, closed by the same unit": [(r["stage"], r["lead"], r["returns"]) for r in refused]
        == [("closed", "market", 0)],
        "demands without a topic, routed after an operator's look": [
            row["topic"] and row["lead"] and not row["triaged"] for row in await of(day, "no_topic")
        ]
        == [True, True],
        "an order pushed twice that is one ticket": [r["supplements"] for r in await of(day, "repeated")]
        == [0],
        "an order with more words that is one ticket": [r["supplements"] for r in await of(day, "amended")]
        == [1],
        "a report taken at its second try": any(
            tries > 1 and key in day.platforms.effects for key, tries in day.platforms.tries.items()
        ),
    }
    return [name for name, seen in scenes.items() if not seen]


async def take_on(day: Day, console: str, people: list[Login]) -> dict[str, str]:
    """What readers do in the browser: register a demand, answer a ticket that is left to a unit. Stage → ticket."""
    tokens = {login.account.id: login.token for login in people}
    while not (left := [row for row in await of(day, "left_unit") if row["stage"] == "assigned"]):
        await asyncio.sleep(1)
    steps: dict[str, dict[str, object]] = {
        "sign": {},
        "contact": {
            "method": "phone",
            "at": "2026-01-05T01:00:00Z",
            "reached": True,
            "record": "样例:已通话",
        },
        "answer": {"reply": "样例答复", "feedback": "样例反馈", "solved": True},
    }
    demand = {"demand": "help", "topic": "water_supply", "place": "town", "title": "样例", "text": "样例诉求"}
    async with httpx.AsyncClient(base_url=console, trust_env=False, timeout=60) as client:

        async def asks(account: str, address: str, form: object) -> Any:
            head = {
                "Authorization": f"Bearer {tokens[account]}",
                "Prefer": "wait=20",
                "Idempotency-Key": address,
            }
            answer = await client.post(address, json=form, headers=head)
            assert answer.is_success, answer.text
            return answer.json()

        for action, form in steps.items():
            await asks(f"yichun.{left[0]['lead']}", f"/api/tickets/{left[0]['id']}/{action}", form)
        registered = await asks("yichun.operator", "/api/tickets", demand)
    return {"answered": left[0]["id"], "assigned": registered["ticket"]}


async def check_that_it_was_left_to_them(day: Day, theirs: Mapping[str, str]) -> None:
    """Colleagues neither reviewed what a reader answered nor signed for what a reader registered."""
    stages = {stage: await day.readers["yichun"].reads(f"/api/tickets/{id}") for stage, id in theirs.items()}
    assert {stage: row["stage"] for stage, row in stages.items()} == {stage: stage for stage in theirs}


async def check_the_evidence(day: Day) -> None:
    """Every answer that is left to be reviewed has a picture."""
    for row in await of(day, "left_review"):
        told = await day.readers["yichun"].reads(f"/api/tickets/{row['id']}/timeline")
        (answered,) = [line for line in told["lines"] if line["kind"] == "Answered"]
        assert [file["type"] for file in answered["detail"]["attachments"]] == ["image/png"]


async def check_the_citizens_page(day: Day, console: str) -> None:
    """The number and code that are told open the citizen's page, which asks for a rating."""
    number, code = re.findall(r"\d{6,}", await for_a_citizen(day, ""))
    async with httpx.AsyncClient(base_url=console, trust_env=False, follow_redirects=True) as client:
        page = await client.post("/t", data={"number": number, "code": code})
    assert number in page.text
    assert 'action="/t/rating"' in page.text


async def until_everything_was_seen(day: Day) -> None:
    """Watch the live table until no scene is missing. AssertionError names those that are."""
    seen = io.StringIO()
    screen = Console(file=seen, force_terminal=True, width=120, height=40, color_system="standard")
    showing = asyncio.create_task(table.show(screen, day.readers, day.happenings, {"console": "sample"}))
    until = asyncio.get_running_loop().time() + PATIENCE
    while left := await missing(day, await figures.read(day.readers), seen.getvalue()):
        assert asyncio.get_running_loop().time() < until, f"not seen within {PATIENCE} s: {left}"
        assert not showing.done(), showing.result()
        await asyncio.sleep(1)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)


async def check_the_way_back(settings: Settings, day: Day) -> None:
    """Whatever the record calls delivered took effect at its platform, once; nothing was given up."""
    async with live(settings) as record:
        entries = await record.all()
    delivered = [
        delivery_id(ticket, event.purpose, event.round)
        for ticket, event in events(entries, e.Delivered)
        if isinstance(event, e.Delivered)
    ]
    effects = [
        (account, told.order_no, told.purpose, told.round)
        for account, told in day.platforms.effects.values()
        if not account.endswith("mini")
    ]
    assert len(delivered) == len(set(delivered)) > 50
    assert set(delivered) <= set(day.platforms.effects)
    assert len(effects) == len(set(effects))
    assert events(entries, e.DeliveryFailed) == []


async def check_the_metrics(address: dict[str, str], partitions: int) -> None:
    """Lag is told for every partition; what was decided, seen and missed has been timed."""
    timed = {
        "ledger": "huiyin_ledger_decision_seconds_count",
        "projector": "huiyin_projector_visible_seconds_count",
        "sla": "huiyin_sla_deadline_lateness_seconds_count",
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        told = {name: (await client.get(f"{address[name]}/metrics")).text for name in timed}
    for name, metric in timed.items():
        (count,) = [line.split()[1] for line in told[name].splitlines() if line.startswith(metric)]
        assert float(count) > 0, metric
    for name in ("ledger", "projector"):
        assert told[name].count(f"huiyin_{name}_lag{{partition=") == partitions


@pytest.mark.timeout(600)
async def test_within_minutes_every_promised_scene_is_seen_and_the_record_proves_it(
    running: Running, settings: Settings, port: int
) -> None:
    address = {service.name: service.address for service in running.start_all(*SERVICES)}
    policies = await publish_policies(settings)
    people = await make_logins(settings, policies)
    assert await import_quarter(settings, policies) == {"imported": 3045}
    async with playing(settings, address["intake"], address["console"], port, people) as day:
        theirs = await take_on(day, address["console"], people)
        await until_everything_was_seen(day)
        await check_that_it_was_left_to_them(day, theirs)
        await check_the_evidence(day)
        await check_the_citizens_page(day, address["console"])
    await check_the_way_back(settings, day)
    await check_the_metrics(address, settings.partitions)
    command = [sys.executable, "-m", "cli", "verify", "--json"]
    verified = subprocess.run(command, env=environment_of(settings), cwd=ROOT, stdout=-1, check=True)
    proof = json.loads(verified.stdout)
    assert proof["differ"] == 0
    assert proof["redecided"] > 3045
