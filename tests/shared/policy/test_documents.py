"""Which version governs when, what may be published next, and that policies survive a store."""

from datetime import date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.calendar import SHANGHAI, Calendar
from shared.policy.catalogue import Catalogue, Rule, Topic
from shared.policy.documents import Body, Document, Policies, check_publish
from shared.policy.terms import Terms, TermsRule
from shared.policy.units import Unit, Units
from tests.shared.policy.packs import policies

HOURS = (("09:00", "12:00"),)


def document(
    body: Body, version: int = 1, effective: str = "2026-01-01", jurisdiction: str = "sample"
) -> Document:
    return Document(jurisdiction, version, date.fromisoformat(effective), "样例", body)


def calendar(
    version: int = 1, effective: str = "2026-01-01", jurisdiction: str = "sample", extends: str | None = None
) -> Document:
    return document(Calendar(extends=extends, working_hours=HOURS), version, effective, jurisdiction)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def version_at(published: Policies, moment: str) -> int | None:
    found = published.at("sample", "calendar", china(moment))
    return found.version if found else None


def test_a_version_governs_from_midnight_in_china_of_its_day() -> None:
    published = Policies([calendar(1, "2026-01-01"), calendar(2, "2026-07-01")])
    assert version_at(published, "2025-12-31T23:59:59") is None
    assert version_at(published, "2026-01-01T00:00:00") == 1
    assert version_at(published, "2026-06-30T23:59:59") == 1
    assert version_at(published, "2026-07-01T00:00:00") == 2


def test_of_two_versions_of_one_day_the_higher_governs() -> None:
    assert version_at(Policies([calendar(2), calendar(1)]), "2026-02-01T00:00:00") == 2


def test_a_correction_published_later_does_not_undo_what_was_announced_for_later() -> None:
    published = Policies([calendar(1, "2026-01-01"), calendar(2, "2027-01-01"), calendar(3, "2026-05-01")])
    assert version_at(published, "2026-06-01T00:00:00") == 3
    assert version_at(published, "2027-01-01T00:00:00") == 2


def test_a_folder_may_hold_a_later_version_alone() -> None:
    assert version_at(Policies([calendar(7)]), "2026-02-01T00:00:00") == 7


def test_other_jurisdictions_and_kinds_are_not_asked() -> None:
    published = Policies([calendar(jurisdiction="elsewhere")])
    assert version_at(published, "2026-06-01T00:00:00") is None
    assert published.find("elsewhere", Units, china("2026-06-01T00:00:00")) is None


def test_a_body_is_found_with_its_version() -> None:
    found = Policies([calendar(1), calendar(2)]).find("sample", Calendar, china("2026-06-01T00:00:00"))
    assert found == (Calendar(working_hours=HOURS), 2)


def test_publishing_makes_new_policies_and_leaves_the_old_ones_as_they_were() -> None:
    before = Policies([calendar(1)])
    after = before.published(calendar(2))
    assert (before.latest_version("sample", "calendar"), after.latest_version("sample", "calendar")) == (1, 2)
    assert Policies().latest_version("sample", "calendar") == 0


@given(st.permutations(policies().documents))
def test_the_order_of_arrival_does_not_matter(documents: list[Document]) -> None:
    assert Policies(documents).documents == policies().documents


def test_policies_come_back_from_a_store_as_they_went_in() -> None:
    assert Policies.load(policies().dump()).documents == policies().documents


def test_a_document_goes_over_the_wire_as_it_is() -> None:
    for one in policies().documents:
        assert msgspec.json.decode(msgspec.json.encode(one), type=Document) == one
        assert one.name == f"{one.jurisdiction}/{one.kind}"


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_that_is_not_the_next_one_is_refused(version: int) -> None:
    refusal = check_publish(Policies([calendar(1)]), calendar(version))
    assert refusal is not None
    assert refusal.code == "policy_version"
    assert "2" in refusal.zh


def test_the_next_version_is_published() -> None:
    assert check_publish(Policies([calendar(1)]), calendar(2)) is None


def test_terms_need_their_calendar_first() -> None:
    terms = document(Terms("sample", (TermsRule({"citizen": "5wd"}),)))
    refusal = check_publish(Policies(), terms)
    assert refusal is not None
    assert (refusal.code, refusal.en) == ("policy_content", "sample/terms: there is no calendar sample")
    assert check_publish(Policies([calendar()]), terms) is None


def test_a_catalogue_needs_its_units_first_and_keeps_them() -> None:
    urban, water = (Unit(name, "样例", "Sample", "department") for name in ("urban", "water"))
    catalogue = document(Catalogue((Topic("road", "道路", "Roads"),), (), (Rule("road", "road", "urban"),)))
    assert check_publish(Policies(), catalogue) is not None
    published = Policies([document(Units((urban, water)))])
    assert check_publish(published, catalogue) is None
    published = published.published(catalogue)
    assert check_publish(published, document(Units((urban,)), version=2)) is None
    refusal = check_publish(published, document(Units((water,)), version=2))
    assert refusal is not None
    assert "still routes to urban" in refusal.en


def test_calendars_cannot_extend_each_other_in_a_circle() -> None:
    published = Policies([calendar(jurisdiction="a"), calendar(jurisdiction="b", extends="a")])
    refusal = check_publish(published, calendar(2, jurisdiction="a", extends="b"))
    assert refusal is not None
    assert "in a circle" in refusal.en
    assert check_publish(published, calendar(2, jurisdiction="a", extends="a")) is not None


def test_a_calendar_is_resolved_as_in_force_at_the_moment() -> None:
    published = Policies(
        [calendar(jurisdiction="a"), calendar(2, "2026-07-01", "a"), calendar(jurisdiction="b", extends="a")]
    )
    early, late = (
        published.calendar("b", china(moment)) for moment in ("2026-06-30T12:00:00", "2026-07-01T00:00:00")
    )
    assert early is not None
    assert late is not None
    assert early.versions == {"b/calendar": 1, "a/calendar": 1}
    assert late.versions == {"b/calendar": 1, "a/calendar": 2}


def test_a_calendar_whose_base_is_missing_is_not_resolved() -> None:
    assert Policies([calendar(extends="gone")]).calendar("sample", china("2026-06-01T00:00:00")) is None
    assert Policies([calendar(extends="sample")]).calendar("sample", china("2026-06-01T00:00:00")) is None
