"""The loop over HTTP, every service a real process: what a citizen, a unit and the hotline live through."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.kafka import COMMANDS, EVENTS, end_of
from shared.settings import Settings
from tests.acceptance.town import PATIENCE, SERVICES, Town, order, town
from tests.running.services import ROOT, environment_of

pytestmark = pytest.mark.timeout(400)

ANSWER = {"reply": "样例:已恢复供水。", "feedback": "样例:更换了阀门。", "solved": True}
CONTACT = {"method": "phone", "at": "2026-03-02T10:00:00+08:00", "reached": True, "record": "样例:已告知。"}


@pytest.fixture
def whole(settings: Settings, topics: str, tmp_path: Path) -> Iterator[Town]:
    with town(settings, tmp_path) as opened:
        yield opened


def until(true: Callable[[], Any], what: str) -> Any:
    """Wait for a condition; its value."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := true():
            return value
        time.sleep(0.1)
    raise AssertionError(f"never came: {what}")


def at_stage(whole: Town, ticket: str, stage: str) -> dict[str, Any]:
    """The ticket's row once the view shows that stage."""
    return dict(until(lambda: _row(whole, ticket, stage), f"{ticket} {stage}"))


def _row(whole: Town, ticket: str, stage: str) -> dict[str, Any] | None:
    address = f"{whole.services['console'].address}/api/tickets/{ticket}"
    answer = whole.http.get(address, headers={"Authorization": f"Bearer {whole.tokens['operator']}"})
    row: dict[str, Any] = answer.json()
    return row if answer.status_code == 200 and row["stage"] == stage else None


def verify(settings: Settings) -> dict[str, Any]:
    """What `huiyin verify --json` says; it must find nothing."""
    run = subprocess.run(
        [sys.executable, "-m", "cli", "verify", "--json"],
        cwd=ROOT,
        env={**environment_of(settings), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    said: dict[str, Any] = json.loads(run.stdout)
    return said


def everything_seen(whole: Town) -> None:
    """The views hold every command that was ever accepted."""

    async def asked_and_entered() -> tuple[int, int]:
        partitions = range(whole.settings.partitions)
        asked = sum([await end_of(whole.settings, COMMANDS, p) for p in partitions])
        return asked, sum([await end_of(whole.settings, EVENTS, p) for p in partitions])

    still = [(-1, -1)]

    def quiet() -> bool:
        now = asyncio.run(asked_and_entered())
        same, still[0] = now == still[0] and now[1] >= now[0], now
        time.sleep(1.5)
        return same

    until(quiet, "quiet")


def test_a_demand_goes_round_twice_and_its_platform_is_told_of_every_step(
    whole: Town, settings: Settings
) -> None:
    whole.platform.failing = 2
    pushed = whole.push(order("A1")).json()["results"][0]
    assert pushed["accepted"]
    ticket = pushed["ticket"]

    row = at_stage(whole, ticket, "assigned")
    assert (row["lead"], row["handler"]) == ("water", "w1")
    assert whole.act("road", ticket, "sign").status_code == 404
    whole.done("water", ticket, "sign")
    whole.done("water", ticket, "contact", **CONTACT)
    whole.done("water", ticket, "answer", **ANSWER)
    whole.done("operator", ticket, "approve")
    until(lambda: "survey:1" in whole.platform.of("A1"), "the first survey")
    rating = {"orderNo": "A1", "round": 1, "grade": "不满意", "ratedAt": "2026-03-02T10:00:00+08:00"}
    assert whole.push(ratings=[rating]).json()["results"][0]["accepted"]

    row = at_stage(whole, ticket, "assigned")
    assert (row["lead"], row["round"]) == ("centre", 2)
    whole.done("centre", ticket, "sign")
    whole.done("centre", ticket, "contact", **CONTACT)
    whole.done("centre", ticket, "answer", **ANSWER)
    whole.done("operator", ticket, "approve")
    until(lambda: "survey:2" in whole.platform.of("A1"), "the second survey")
    assert whole.push(ratings=[{**rating, "round": 2, "grade": "满意"}]).json()["results"][0]["accepted"]
    row = at_stage(whole, ticket, "closed")
    assert (row["outcome"], row["grade"], row["redos"], row["on_time"]) == ("completed", "satisfied", 1, True)

    told = until(lambda: "ended:2" in whole.platform.of("A1") and whole.platform.of("A1"), "the end")
    assert told == ["number:1", "reply:1", "survey:1", "reply:2", "survey:2", "ended:2"]
    assert whole.platform.calls == len(told) + 2

    deadlines = whole.get(f"/api/tickets/{ticket}/deadlines")["deadlines"]
    assert {(d["clock"], d["round"]) for d in deadlines} >= {
        ("citizen", 1),
        ("answer", 1),
        ("redo", 2),
        ("survey", 2),
    }
    assert all(d["trace"] for d in deadlines)

    everything_seen(whole)
    said = verify(settings)
    assert said["differ"] == 0
    assert said["entries"] == said["counted"] == said["redecided"]
    one_trace_from_the_push_to_the_view(settings, ticket)


def one_trace_from_the_push_to_the_view(settings: Settings, ticket: str) -> None:
    """The push's trace has spans of every service on its way; no span carries a word of the citizen."""
    on_the_way = {"intake", "ledger", "dispatch", "sla", "feedback", "projector"}
    until(lambda: any(on_the_way <= services for services in traces(settings).values()), "the whole trace")
    written = "".join(path.read_text() for path in (settings.data / "traces").iterdir())
    assert ticket in written
    assert "13800000000" not in written
    assert "停水" not in written


def traces(settings: Settings) -> dict[str, set[str]]:
    """The services that have a span in each trace."""
    found: dict[str, set[str]] = {}
    for name in SERVICES:
        for line in (settings.data / "traces" / f"{name}.jsonl").read_text().splitlines():
            found.setdefault(json.loads(line)["trace"], set()).add(name)
    return found


def test_what_no_rule_routes_waits_for_an_operator(whole: Town) -> None:
    ticket = whole.push(order("B1", topic=None)).json()["results"][0]["ticket"]
    until(lambda: [t for t in whole.get("/api/queues/triage")["tickets"] if t["id"] == ticket], "triage")
    whole.done("operator", ticket, "assign", lead="road")
    assert at_stage(whole, ticket, "assigned")["lead"] == "road"


def test_killed_in_mid_load_every_service_ends_with_every_order_recorded_once(
    whole: Town, settings: Settings
) -> None:
    """kill -9 of the ledger, of each reactor and of the projector while orders come in."""
    tickets = []
    for n, victim in enumerate(("ledger", "dispatch", "projector", "sla", "feedback", "ledger")):
        orders = [order(f"K{n}-{i}") for i in range(40)]
        results = whole.push(*orders[:20]).json()["results"]
        whole.services[victim].kill()
        results += whole.push(*orders[20:]).json()["results"]
        whole.services[victim].start()
        tickets += [result["ticket"] for result in results if result["accepted"]]
    assert len(set(tickets)) == 240
    for service in whole.services.values():
        service.wait_until_ready()
    for ticket in (tickets[0], tickets[45], tickets[-1]):
        at_stage(whole, ticket, "assigned")
    everything_seen(whole)
    rows = whole.get("/api/figures/channels")["rows"]
    figures = next(row["figures"] for row in rows if row["key"] == "hotline")
    assert (figures["received"]["count"], figures["assigned"]["count"]) == (240, 240)
    until(lambda: len(whole.platform.told) == 240, "every number told once")
    assert verify(settings)["differ"] == 0
