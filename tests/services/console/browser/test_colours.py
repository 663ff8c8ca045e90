"""Who sees no red and green, or no colour at all, tells every state by its word and its shape, and can read both."""

import re
from collections.abc import Sequence

import pytest

from services.console.pages.shown import SHAPES
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import with_password
from tests.services.console.people import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

Colour = tuple[float, ...]
"""Linear red, green and blue, from 0 to 1."""
LUMINANCE = (0.2126, 0.7152, 0.0722)
SIGHTS: dict[str, Sequence[Sequence[float]]] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "grey": (LUMINANCE,) * 3,
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
"""What is seen of a colour; deuteranopia by Machado, Oliveira and Fernandes (2009)."""
READABLE = 4.5
"""Contrast of text by WCAG 1.4.3."""


def linear(css: str) -> Colour:
    """``rgb(15, 81, 50)``."""
    parts = [int(number) / 255 for number in re.findall(r"\d+", css)[:3]]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def seen(colour: Colour, sight: Sequence[Sequence[float]]) -> Colour:
    mixed = (sum(share * part for share, part in zip(row, colour, strict=True)) for row in sight)
    return tuple(min(max(part, 0), 1) for part in mixed)


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted(
        sum(share * part for share, part in zip(LUMINANCE, colour, strict=True)) for colour in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


async def test_states_are_told_apart_and_read_without_colour(house: House, visitor: Visitor) -> None:
    visit = await visitor()
    await visit.page.goto("/styleguide")
    await visit.log_in(await with_password(house, await house.person("operator")))
    await visit.page.locator(".state").first.wait_for()
    chips = await visit.page.eval_on_selector_all(
        ".state",
        """all => all.map(one => {
          const style = getComputedStyle(one);
          return [one.className, one.textContent.trim().split(/\\s+/), style.color, style.backgroundColor];
        })""",
    )
    told: dict[str, tuple[str, str]] = {}
    for kind, (shape, word), text, ground in chips:
        state = kind.removeprefix("state ")
        assert told.setdefault(state, (shape, word)) == (shape, word)
        for sight in SIGHTS.values():
            assert contrast(seen(linear(text), sight), seen(linear(ground), sight)) >= READABLE
    assert {state: shape for state, (shape, _) in told.items()} == SHAPES
    assert len({shape for shape, _ in told.values()}) == len({word for _, word in told.values()}) == len(told)
