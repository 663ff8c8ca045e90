"""Units: unique ids, superiors that exist and end somewhere, nobody dropped whom the catalogue names."""

import pytest

from shared.policy.units import Handler, Unit, Units
from shared.policy.words import Known


def unit(name: str, superior: str | None = None, *handlers: Handler) -> Unit:
    return Unit(name, "样例单位", "Sample", "department", superior, handlers)


def test_a_unit_is_found_by_its_id() -> None:
    units = Units((unit("urban"), unit("water", "urban")))
    assert units.find("water") == unit("water", "urban")
    assert units.find("nobody") is None


@pytest.mark.parametrize(
    ("units", "known", "says"),
    [
        ((unit("urban"), unit("urban")), Known(), "urban stands twice"),
        ((unit("urban", "nobody"),), Known(), "no superior nobody"),
        ((unit("urban", "urban"),), Known(), "in a circle"),
        (
            (unit("a", None, Handler("one", "样例")), unit("b", None, Handler("one", "样例"))),
            Known(),
            "handler one stands twice",
        ),
        ((unit("urban"),), Known(routed=frozenset({"water"})), "still routes to water"),
    ],
)
def test_what_is_wrong_with_units_is_named(units: tuple[Unit, ...], known: Known, says: str) -> None:
    [problem] = Units(units).check(known)
    assert says in problem.en
