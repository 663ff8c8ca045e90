"""Every policy pack of the repository loads, checks, and has what a district needs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.china_calendar import calendar_yaml
from shared.policy.catalogue import Catalogue, choose_handler, route
from shared.policy.documents import B, Policies
from shared.policy.files import ORDER
from shared.policy.surveys import Surveys
from shared.policy.terms import Terms
from shared.policy.units import Units
from tests.shared.policy.packs import FOLDER, PACKS, policies

NOW = datetime(2026, 10, 8, tzinfo=UTC)
DISTRICTS = [pack.name for pack in PACKS if pack.name != "cn"]


def body(district: str, kind: type[B]) -> B:
    found = policies().find(district, kind, NOW)
    assert found is not None
    return found.body


def test_all_packs_load_and_check() -> None:
    assert isinstance(policies(), Policies)
    assert {"yichun", "qingyuan"} <= set(DISTRICTS)


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_district_has_every_kind_in_force(district: str) -> None:
    assert [kind for kind in ORDER if policies().at(district, kind, NOW) is None] == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_district_has_units_with_superiors_and_handlers_on_duty(district: str) -> None:
    units = body(district, Units).units
    assert len([unit for unit in units if unit.superior]) >= 6
    assert all(choose_handler(unit, {}) for unit in units)


@pytest.mark.parametrize("district", DISTRICTS)
def test_handlers_are_nobody(district: str) -> None:
    names = [handler.name for unit in body(district, Units).units for handler in unit.handlers]
    assert [name for name in names if not name.startswith("样例")] == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_district_routes_its_topics_and_leaves_some_to_an_operator(district: str) -> None:
    catalogue = body(district, Catalogue)
    routed = [topic.code for topic in catalogue.topics if route(catalogue, topic.code, None)]
    assert len(routed) >= 8
    assert len(routed) < len(catalogue.topics)
    assert len(catalogue.places) >= 3


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_ticket_of_a_district_has_its_clocks(district: str) -> None:
    rule = body(district, Terms).rule("other", "ordinary", "console")
    assert rule is not None
    assert set(rule.terms) == {"citizen", "sign", "contact", "answer", "return", "redo", "survey"}


@pytest.mark.parametrize("district", DISTRICTS)
def test_fairly_satisfied_is_neither_satisfied_nor_dissatisfied(district: str) -> None:
    scale = body(district, Surveys).scale
    assert "fairly" not in (*scale.satisfied, *scale.dissatisfied)


@pytest.mark.parametrize("district", DISTRICTS)
def test_what_no_source_fixes_is_marked_as_a_sample_and_says_so_in_a_comment(district: str) -> None:
    for kind in ORDER:
        document = policies().at(district, kind, NOW)
        assert document is not None
        first = (FOLDER / district / f"{kind}.yaml").read_text().splitlines()[0]
        assert document.sample == ("样例" in document.source)
        assert first.startswith("#")
        assert not document.sample or "样例" in first


def test_the_national_calendar_is_what_the_package_makes(tmp_path: Path) -> None:
    assert (FOLDER / "cn" / "calendar.yaml").read_text() == calendar_yaml()
