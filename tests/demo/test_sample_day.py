"""What the demo is made of: its stories, its channel accounts, its quarter of history, its policies."""

from collections import Counter
from itertools import islice
from pathlib import Path

from demo import history
from demo.accounts import sample_accounts, write_accounts
from demo.offices import LEFT_AT
from demo.play import MINUTES, PACKS
from demo.stories import LEFT, OPENING, Story, stories
from shared.accounts import read_accounts
from shared.channels import CHANNELS
from shared.channels.wording import DEMANDS
from shared.policy.catalogue import Catalogue, route
from shared.policy.clocks import Subject, proposed
from shared.policy.documents import Policies
from shared.policy.files import check_files, read_folders
from shared.policy.surveys import Surveys
from tests.sample import START


def first(number: int, run: str = "1") -> list[Story]:
    return list(islice(stories(run), number))


def published() -> Policies:
    (packs, wrong), (minutes, also_wrong) = read_folders(PACKS), read_folders(MINUTES)
    policies, errors = check_files([*packs, *minutes])
    assert [*wrong, *also_wrong, *errors] == []
    return policies


def catalogue(policies: Policies, jurisdiction: str) -> Catalogue:
    found = policies.find(jurisdiction, Catalogue, START)
    assert found is not None
    return found.body


def test_a_second_run_on_the_same_record_adds_tickets_of_its_own() -> None:
    both = [*first(100, "1"), *first(100, "2")]
    assert len({story.ticket for story in both}) == 200


def test_every_scene_that_the_demo_promises_is_among_the_first_demands() -> None:
    promised = {"unsigned", "dissatisfied", "return_upheld", "return_refused", "repeated", "amended"}
    twists = Counter(story.twist for story in first(len(OPENING)))
    assert promised <= set(twists)
    assert twists["no_topic"] == 2


def test_every_desk_has_work_left_for_whoever_looks_on() -> None:
    left = Counter(story.twist for story in first(len(OPENING) + len(LEFT)))
    assert {left[twist] >= 4 for twist in [*LEFT_AT.values(), "left_unit"]} == {True}
    kinds = {story.subject.kind for story in first(500) if story.twist in {*LEFT_AT.values(), "left_unit"}}
    assert kinds == {"建议"}


def test_the_ticket_that_a_citizen_is_to_rate_waits_for_days_and_comes_to_no_desk_of_a_tour() -> None:
    (story,) = [story for story in first(500) if story.twist == "left_citizen"]
    rated = {story.jurisdiction for story in first(500) if story.twist in LEFT_AT.values()}
    assert story.jurisdiction not in rated
    assert (story.grade(1), story.grade(2)) == (None, None)
    subject = Subject(story.jurisdiction, DEMANDS[story.subject.kind], "ordinary", "mini_program")
    ahead = proposed(subject, "survey", 1, START, published(), START)
    assert ahead is not None
    assert ahead.term == "3wd"
    others = [other for other in first(500) if other.jurisdiction == story.jurisdiction and other != story]
    assert story.subject.kind not in {other.subject.kind for other in others}
    surveys = published().find(story.jurisdiction, Surveys, START)
    assert surveys is not None
    assert DEMANDS[story.subject.kind] not in surveys.body.no_survey_for


def test_most_citizens_are_satisfied_and_one_in_eight_only_with_the_second_round() -> None:
    told = len(OPENING) + len(LEFT)
    many = first(told + 2_000)[told:]
    grades = Counter(story.grade(1) for story in many)
    assert grades["满意"] > len(many) / 2
    assert grades["不满意"] == len(many) / 8
    assert 0 < grades[None] < len(many) / 10
    assert {story.grade(2) for story in many if story.grade(1) == "不满意"} == {"满意"}


def test_every_demand_comes_through_an_account_and_the_catalogue_routes_its_topic_but_one() -> None:
    policies, accounts = published(), {account.id for account in sample_accounts("http://sample")}
    for story in first(500):
        subject = story.subject
        rule = route(catalogue(policies, story.jurisdiction), subject.topic, subject.place)
        assert story.account in accounts
        assert (rule is not None) == (subject.topic != "land"), subject


def test_every_word_that_a_person_reads_is_marked_as_a_sample() -> None:
    for story in first(500):
        subject = story.subject
        assert all("样例" in words for words in (subject.title, subject.text, subject.reply))


def test_the_services_take_the_accounts_and_nobody_else_can_read_their_keys(tmp_path: Path) -> None:
    file, accounts = tmp_path / "channels.yaml", sample_accounts("http://127.0.0.1:8010")
    write_accounts(file, accounts)
    assert list(read_accounts(file).values()) == accounts
    assert {account.channel for account in accounts} == set(CHANNELS)
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_imported_quarter_has_the_published_totals_and_every_ticket_is_in_time() -> None:
    lines = history.lines(catalogue(published(), "yichun"))
    assert Counter(line.channel for line in lines) == {
        "hotline": 2975,
        "mini_program": 32,
        "wenzheng": 32,
        "minsheng": 6,
    }
    for line in lines:
        assert line.due is not None
        assert line.answered_at is not None
        assert line.closed_at is not None
        assert line.registered_at < line.answered_at < line.due
        assert history.FROM <= line.registered_at.date() <= line.closed_at.date() <= history.TO


def test_the_imported_quarter_names_nobody_and_invents_no_grade() -> None:
    lines = history.lines(catalogue(published(), "yichun"))
    assert {(line.citizen, line.grade) for line in lines} == {(None, None)}
    assert len({(line.account, line.external_id) for line in lines}) == len(lines) == 3045


def test_the_clocks_of_minutes_are_second_versions_that_say_they_are_samples() -> None:
    for jurisdiction in ("yichun", "qingyuan"):
        pack, minutes = published().history(jurisdiction, "terms")
        assert (pack.version, minutes.version, minutes.sample) == (1, 2, True)
        assert minutes.effective_from == pack.effective_from
