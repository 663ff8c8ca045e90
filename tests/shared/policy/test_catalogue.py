"""Routing: the most specific rule, never a default; the handler on duty with the fewest open tickets."""

import pytest

from shared.policy.catalogue import Catalogue, Choice, Place, Rule, Topic, choose_handler, route
from shared.policy.units import Handler, Unit
from shared.policy.words import Known

TOPICS = (Topic("road", "道路", "Roads"), Topic("land", "用地", "Land"))
PLACES = (Place("town", "城区"), Place("park", "园区"))
ANYWHERE = Rule("road", "road", "construction")
TOWN = Rule("road_town", "road", "urban", place="town", assisting=("construction",))
CATALOGUE = Catalogue(TOPICS, PLACES, (ANYWHERE, TOWN))
KNOWN = Known(units=frozenset({"construction", "urban"}))


@pytest.mark.parametrize(
    ("topic", "place", "rule"),
    [
        ("road", "town", TOWN),
        ("road", "park", ANYWHERE),
        ("road", None, ANYWHERE),
        ("land", "town", None),
        (None, "town", None),
        ("unheard_of", None, None),
    ],
)
def test_the_most_specific_rule_routes_and_without_one_an_operator_decides(
    topic: str | None, place: str | None, rule: Rule | None
) -> None:
    assert route(CATALOGUE, topic, place) == rule


def unit(*handlers: Handler) -> Unit:
    return Unit("urban", "城管局", "Urban management", "department", handlers=handlers)


def test_the_handler_with_the_fewest_open_tickets_is_chosen() -> None:
    both = unit(Handler("urban_1", "样例经办人1"), Handler("urban_2", "样例经办人2"))
    assert choose_handler(both, {"urban_1": 5, "urban_2": 3}) == Choice("urban_2", 3, 2)


def test_equal_loads_go_by_id_and_nobody_known_has_none() -> None:
    both = unit(Handler("urban_2", "样例经办人2"), Handler("urban_1", "样例经办人1"))
    assert choose_handler(both, {}) == Choice("urban_1", 0, 2)


def test_who_is_off_duty_gets_nothing() -> None:
    one = unit(Handler("urban_1", "样例经办人1", on_duty=False), Handler("urban_2", "样例经办人2"))
    assert choose_handler(one, {"urban_2": 99}) == Choice("urban_2", 99, 1)
    assert choose_handler(unit(Handler("urban_1", "样例经办人1", on_duty=False)), {}) is None


@pytest.mark.parametrize(
    ("wrong", "where", "says"),
    [
        (
            Catalogue(TOPICS, PLACES, (Rule("a", "nothing", "urban"),)),
            ("rules", 0, "topic"),
            "no topic nothing",
        ),
        (
            Catalogue(TOPICS, PLACES, (Rule("a", "road", "urban", place="moon"),)),
            ("rules", 0, "place"),
            "no place moon",
        ),
        (Catalogue(TOPICS, PLACES, (Rule("a", "road", "nobody"),)), ("rules", 0, "lead"), "no unit nobody"),
        (
            Catalogue(TOPICS, PLACES, (Rule("a", "road", "urban", assisting=("nobody",)),)),
            ("rules", 0, "assisting"),
            "no unit nobody",
        ),
        (
            Catalogue(TOPICS, PLACES, (Rule("a", "road", "urban", assisting=("urban",)),)),
            ("rules", 0, "assisting"),
            "both leads and assists",
        ),
        (
            Catalogue(TOPICS, PLACES, (ANYWHERE, Rule("other", "road", "urban"))),
            ("rules",),
            "road × * stands twice",
        ),
        (Catalogue((*TOPICS, TOPICS[0]), PLACES, ()), ("topics",), "road stands twice"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_named_where_it_stands(
    wrong: Catalogue, where: tuple[str | int, ...], says: str
) -> None:
    [problem] = wrong.check(KNOWN)
    assert problem.where == where
    assert says in problem.en
