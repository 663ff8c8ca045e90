"""What people do over HTTP: each action taken and refused, with the ledger's own word as the answer."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from shared.keys import Keyring
from shared.postgres import open_pool
from shared.ticket.events import Registered
from tests.services.console.people import (
    ANSWERED,
    CLOSED,
    DEMAND,
    SIGNED,
    STEPS,
    SURVEYING,
    WAIT,
    Crew,
    House,
    entries_of,
)

HAPPY = [
    ((), "register", "Registered", "registered"),
    (("register",), "amend", "Supplemented", "registered"),
    (("register",), "accept", "Accepted", "accepted"),
    (("register",), "decline", "Declined", "closed"),
    (("register", "accept"), "answer-directly", "AnsweredDirectly", "closed"),
    (("register",), "assign", "Assigned", "assigned"),
    (("register", "assign"), "sign", "Signed", "signed"),
    (SIGNED, "contact", "Contacted", "signed"),
    (SIGNED, "request-return", "ReturnRequested", "return_requested"),
    ((*SIGNED, "request-return"), "rule-on-return", "ReturnRuled", "accepted"),
    ((*SIGNED, "contact"), "answer", "Answered", "answered"),
    (ANSWERED, "approve", "AnswerApproved", "surveying"),
    (ANSWERED, "send-back", "AnswerSentBack", "signed"),
    (SURVEYING, "survey", "SurveyAnswered", "closed"),
    (SURVEYING, "survey-attempt", "SurveyAttempted", "surveying"),
    (SURVEYING, "redo", "RedoOrdered", "redo"),
    (SURVEYING, "close", "Closed", "closed"),
    (CLOSED, "dispute", "Reopened", "redo"),
    (SIGNED, "urge", "UrgeOrdered", "signed"),
]


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["detail"]
    assert problem["detail_en"]
    return answer.status_code, problem["code"]


def test_every_action_is_tried_here() -> None:
    assert [action for _, action, _, _ in HAPPY] == list(STEPS)


@pytest.mark.parametrize(("given", "action", "event", "stage"), HAPPY, ids=[row[1] for row in HAPPY])
def test_an_action_in_its_stage_is_done(
    crew: Crew, given: tuple[str, ...], action: str, event: str, stage: str
) -> None:
    crew.steps(*given)
    answer = crew.step(action)
    assert answer.status_code == (201 if action == "register" else 200), answer.text
    said = answer.json()
    assert event in said["events"]
    assert said["after"]["stage"] == stage
    assert answer.headers["location"] == f"/api/tickets/{crew.ticket}"
    assert answer.headers["view-token"] == said["token"]
    assert answer.headers["etag"] == f'"{said["version"]}"'


def test_without_prefer_the_command_is_accepted_at_once(crew: Crew) -> None:
    answer = crew.operator.http.post("/api/tickets", json=DEMAND, headers={"Idempotency-Key": "at-once"})
    assert answer.status_code == 202
    assert set(answer.json()) == {"ticket", "command", "token"}
    assert answer.headers["location"] == f"/api/tickets/{answer.json()['ticket']}"


def test_an_action_that_the_stage_does_not_allow_is_refused_in_the_ledgers_words(crew: Crew) -> None:
    crew.steps("register")
    answer = crew.step("approve")
    assert refused(answer) == (409, "not_in_this_stage")
    assert answer.json()["detail"] == "工单处于“已登记”,不能审核通过。"


def test_an_assisting_unit_knows_of_the_ticket_but_may_not_answer(crew: Crew) -> None:
    crew.steps(*SIGNED, "contact")
    form = STEPS["answer"][1]
    assert refused(crew.road.does(crew.ticket, "answer", **form)) == (403, "not_your_unit")


def test_a_unit_that_never_had_the_ticket_may_not_know_of_it(crew: Crew) -> None:
    crew.steps("register")
    crew.step("assign", assisting=[])
    assert refused(crew.road.does(crew.ticket, "sign")) == (404, "unknown_ticket")
    assert crew.road.asks(f"/api/tickets/{crew.ticket}").status_code == 404


def test_a_unit_that_lost_the_ticket_still_knows_of_it_but_may_not_act(crew: Crew) -> None:
    crew.steps(*SIGNED, "request-return", "rule-on-return")
    crew.step("assign", lead="road", assisting=[], handler=None)
    assert refused(crew.water.does(crew.ticket, "sign")) == (403, "not_your_unit")


async def test_only_the_hotline_approves(house: House, crew: Crew) -> None:
    crew.steps(*ANSWERED)
    for person in (crew.water, await house.person("supervisor"), await house.person("auditor")):
        assert refused(person.met(crew.operator).does(crew.ticket, "approve")) == (403, "not_your_role")


async def test_another_jurisdictions_operator_may_not_know_of_the_ticket(house: House, crew: Crew) -> None:
    crew.steps("register")
    stranger = await house.person("operator", at="elsewhere")
    assert refused(stranger.met(crew.operator).does(crew.ticket, "accept")) == (404, "unknown_ticket")


def test_a_version_seen_too_long_ago_is_refused(crew: Crew) -> None:
    crew.steps("register", "amend")
    stale = crew.step("accept", headers={"If-Match": '"1"'})
    assert refused(stale) == (409, "stale_version")
    fresh = crew.step("accept", headers={"If-Match": '"2"'})
    assert fresh.status_code == 200


def test_a_refusal_is_on_the_tickets_timeline(crew: Crew) -> None:
    crew.steps("register")
    crew.step("approve")
    lines = crew.operator.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]
    assert [(line["kind"], line["asked"], line["detail"].get("code")) for line in lines][1:] == [
        ("refused", "Approve", "not_in_this_stage")
    ]
    assert lines[1]["person"] == crew.operator.account.id


def test_the_same_key_and_form_is_the_same_ticket_and_number(crew: Crew) -> None:
    first, second = crew.operator.registers("k-1"), crew.operator.registers("k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["repeated"]
    assert first.json()["ticket"] == second.json()["ticket"]
    assert first.json()["after"]["number"] == second.json()["after"]["number"]


def test_the_same_key_with_another_form_is_refused_and_changes_nothing(crew: Crew) -> None:
    ticket = crew.operator.registers("k-1").json()["ticket"]
    answer = crew.operator.registers("k-1", text="样例:别的事")
    assert refused(answer) == (422, "idempotency_key_reused")
    assert crew.operator.reads(f"/api/tickets/{ticket}")["supplements"] == 0


async def test_a_key_is_its_callers_own(house: House, crew: Crew) -> None:
    colleague = await house.person("operator")
    mine, theirs = crew.operator.registers("k-1"), colleague.registers("k-1")
    assert mine.json()["ticket"] != theirs.json()["ticket"]


def test_the_same_registration_fifty_times_at_once_is_one_ticket(crew: Crew) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: crew.operator.registers("k-50"), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(a.json()["ticket"], a.json()["after"]["number"]) for a in answers}) == 1
    assert sum(not a.json()["repeated"] for a in answers) == 1


def test_registering_without_a_key_is_refused(crew: Crew) -> None:
    answer = crew.operator.http.post("/api/tickets", json=DEMAND, headers=WAIT)
    assert refused(answer) == (400, "missing_idempotency_key")


def test_a_double_click_with_one_key_is_one_command(crew: Crew) -> None:
    crew.steps(*SIGNED)
    first = crew.step("contact", headers={"Idempotency-Key": "click"})
    second = crew.step("contact", headers={"Idempotency-Key": "click"})
    assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
    assert first.json()["version"] == second.json()["version"]


def test_the_same_key_with_another_text_is_refused_and_changes_nothing(crew: Crew) -> None:
    crew.steps("register")
    crew.operator.does(crew.ticket, "amend", {"Idempotency-Key": "text"}, text="样例:补充", place="east")
    for other in ({"text": "样例:另一份"}, {"text": "样例:补充", "place": "west"}, {"place": "east"}):
        answer = crew.operator.does(crew.ticket, "amend", {"Idempotency-Key": "text"}, **other)
        assert refused(answer) == (422, "idempotency_key_reused")
    events = [line["kind"] for line in crew.operator.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]]
    assert events.count("Supplemented") == 1


def test_the_same_key_with_the_same_text_sealed_anew_is_a_repeat(crew: Crew) -> None:
    crew.steps("register")
    for repeated in (False, True):
        answer = crew.operator.does(crew.ticket, "amend", {"Idempotency-Key": "same"}, text="样例:补充")
        assert answer.json()["repeated"] is repeated


def test_an_action_that_there_is_not_is_refused(crew: Crew) -> None:
    crew.steps("register")
    assert refused(crew.operator.does(crew.ticket, "vanish")) == (404, "unknown_action")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (json.dumps({**DEMAND, "colour": "red"}), "unknown_field", "colour"),
        (json.dumps({**DEMAND, "citizen": {"nick": "样例"}}), "unknown_field", "citizen.nick"),
        (json.dumps({"title": "样例"}), "missing_field", "text"),
        (json.dumps({**DEMAND, "demand": "wish"}), "invalid_field", "demand"),
        (json.dumps({**DEMAND, "text": "a\x00b"}), "invalid_field", "text"),
        (json.dumps({**DEMAND, "occurred_at": "2026-03-02T10:00:00"}), "invalid_field", "occurred_at"),
        (json.dumps({**DEMAND, "title": "长" * 201}), "invalid_field", "title"),
        ('{"title": "样例"', "malformed_body", None),
        (b'{"title": "\xc3\x28", "text": "x"}', "malformed_body", None),
        (b'{"title": "\\ud800", "text": "x"}', "malformed_body", None),
        ("[]", "invalid_field", None),
    ],
)
def test_a_malformed_form_is_refused_and_the_field_named(
    crew: Crew, body: str | bytes, code: str, field: str | None
) -> None:
    answer = crew.operator.http.post("/api/tickets", content=body, headers={"Idempotency-Key": "bad"})
    assert refused(answer) == (400, code)
    assert answer.json().get("field") == field


def test_a_body_of_300_kib_is_refused_while_it_is_read(crew: Crew) -> None:
    body = json.dumps({**DEMAND, "text": "a" * 300 * 1024})
    answer = crew.operator.http.post("/api/tickets", content=body, headers={"Idempotency-Key": "big"})
    assert refused(answer) == (413, "body_too_large")


def test_the_longest_answer_fits_into_a_command(crew: Crew) -> None:
    crew.steps(*SIGNED, "contact")
    answer = crew.step("answer", reply="😀" * 20_000, feedback="😀" * 20_000)
    assert answer.status_code == 200, answer.text


def test_a_person_without_a_token_that_works_is_told_so(house: House) -> None:
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic d3Jvbmc="}):
        answer = httpx.get(f"{house.address}/api/me", headers=header, trust_env=False)
        assert refused(answer) == (401, "unknown_token")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_free_texts_are_sealed_in_the_record_and_open_with_the_tickets_key(
    house: House, crew: Crew
) -> None:
    citizen = {"name": "样例", "phone": "13800000000"}
    ticket = crew.operator.registers(citizen=citizen).json()["ticket"]
    entry, *_ = await entries_of(house.settings, ticket)
    said = bytes(entry.command).decode()
    assert "13800000000" not in said
    assert DEMAND["text"] not in said
    pool = await open_pool(house.settings, 1)
    key = await Keyring(pool, house.settings).key(ticket)
    await pool.close()
    event = entry.events[0]
    assert isinstance(event, Registered)
    assert key.open("text", event.text) == DEMAND["text"]
    assert event.citizen is not None
    assert json.loads(key.open("citizen", event.citizen))["phone"] == "13800000000"


def test_a_closed_ticket_tells_how_it_ended(crew: Crew) -> None:
    crew.steps(*CLOSED)
    row = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    assert (row["stage"], row["outcome"], row["grade"]) == ("closed", "completed", "satisfied")
