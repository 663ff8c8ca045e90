"""Who sees no red and green, or no colour at all, tells every state by its word and its shape, and can read both.

Measured on what Chromium draws while it shows colours as such people see them.
"""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, CDPSession, Locator, Page
from playwright.async_api import Error as PlaywrightError

from services.console.pages.shown import SHAPES
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor, Counted, Proposed
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import CLOSED, SIGNED, House, tell

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGHTS = ("none", "achromatopsia", "deuteranopia")
"""Vision as Chromium names its deficiencies: full, no colour at all, no green."""
READABLE, SEEN = 4.5, 3.0
"""Contrast of text (WCAG 1.4.3) and of shapes (1.4.11)."""
FINE = 3
"""Pixels of the drawing to one of the page, so that the strokes of letters are as dark as their colour."""
APART = 0.2
"""Two shapes differ in so much of their area at least."""
GRID = 16

PARTS = """(one) => {
  const shape = one.querySelector("[aria-hidden]") || one;
  const { left, top } = one.getBoundingClientRect();
  const range = document.createRange();
  const last = one.lastChild;
  range.setStart(shape === one ? one : shape.nextSibling, 0);
  range.setEnd(last, last.nodeType === 3 ? last.length : last.childNodes.length);
  const within = ({ x, y, width, height }) => [x - left, y - top, width, height];
  return { text: one.textContent.trim(), mark: shape === one ? "" : shape.textContent.trim(),
    shape: within(shape.getBoundingClientRect()), word: within(range.getBoundingClientRect()) };
}"""
"""What a chip says, and where in it its shape and its word are."""
DRAWN = Path(__file__).with_name("drawn.js").read_text(encoding="utf-8").split("\n", 2)[2]


class Mark(NamedTuple):
    """A shape or a word as it is drawn: its contrast to its ground, how light that is, its form in a grid."""

    contrast: float
    ground: float
    form: tuple[bool, ...]
    wide: float

    def differs(self, other: "Mark") -> bool:
        """Whether the two can be told apart by form alone."""
        apart = sum(a != b for a, b in zip(self.form, other.form, strict=True)) / GRID**2
        slim, wide = sorted((self.wide, other.wide))
        return apart >= APART or wide > 2 * slim


class Chip(NamedTuple):
    """What shows a state: the shape's character (none where all of it is a word), the words, and both as drawn."""

    mark: str
    text: str
    shape: Mark
    word: Mark


class Eyes:
    """A page as somebody sees it; ``blank`` reads the pictures."""

    def __init__(self, page: Page, blank: Page, session: CDPSession) -> None:
        self.page, self._blank, self._session = page, blank, session

    async def see_as(self, sight: str) -> None:
        await self._session.send("Emulation.setEmulatedVisionDeficiency", {"type": sight})

    async def chip(self, selector: str) -> Chip:
        """The first such element that is shown."""
        one = self.page.locator(f"{selector} >> visible=true").first
        parts = await one.evaluate(PARTS)
        shape, word = await self.marks(one, parts["shape"], parts["word"])
        return Chip(parts["mark"], parts["text"], shape, word)

    async def marks(self, one: Locator, *boxes: list[float]) -> list[Mark]:
        """What is drawn in these boxes of an element."""
        png = b64encode(await one.screenshot(animations="disabled")).decode()
        fine = [[FINE * number for number in box] for box in boxes]
        drawn = await self._blank.evaluate(DRAWN, [png, fine, GRID])
        return [Mark(**{**mark, "form": tuple(mark["form"])}) for mark in drawn]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(house: House) -> str:
    """With a ticket whose clock ran out and one whose clock will soon; another was closed."""
    at = await house.place()
    crew, now, sla = await house.crew(at), datetime.now(UTC), Actor("sla", "service")
    for hours in (-1, 1):
        ticket = crew.steps(*SIGNED).ticket
        trace = [Counted(now.date(), counted=True, because="样例")]
        due = Proposed(
            "citizen", 1, now, now + timedelta(hours=hours), "1h", None, False, trace, {"sample/terms": 1}
        )
        await tell(
            house.settings, Command(f"due-{ticket}", ticket, at, sla, "sla", now, c.SetDeadlines([due]))
        )
    crew.steps(*CLOSED).operator.reads("/api/tickets")
    return at


@asynccontextmanager
async def eyes(chromium: Browser, house: House, role: str, at: str, address: str) -> AsyncIterator[Eyes]:
    """Somebody's page, drawn finely; no time passes on it, so that nothing moves while it is looked at."""
    visit = await Visit.begin(chromium, house.address, device_scale_factor=FINE, reduced_motion="reduce")
    await visit.page.clock.install()
    await visit.page.goto(address)
    await visit.log_in(await with_password(house, await house.person(role, at=at)))
    await visit.page.locator("main").wait_for()
    session = await visit.page.context.new_cdp_session(visit.page)
    yield Eyes(visit.page, await visit.page.context.new_page(), session)
    await visit.end()


STATES = {state: f".state.{state}" for state in SHAPES}
VERDICTS = {name: f".verdict.{name}" for name in ("same", "differs", "unknown")}
CHECKS = {name: f".checklist .step-{name}" for name in ("done", "next", "later", "waiting", "barred")}


async def test_states_are_told_apart_and_read_in_every_sight(
    chromium: Browser, house: House, place: str
) -> None:
    async with eyes(chromium, house, "operator", place, "/styleguide") as seen:
        for sight in SIGHTS:
            await seen.see_as(sight)
            for group in (STATES, VERDICTS, CHECKS):
                chips = {name: await seen.chip(selector) for name, selector in group.items()}
                told_apart(sight, list(chips.values()))
                if group is STATES:
                    assert {name: chip.mark for name, chip in chips.items()} == SHAPES
            done, now, ahead = [
                await seen.chip(f".stage-bar li{which}")
                for which in (".done", "[aria-current]", ":not(.done):not([aria-current])")
            ]
            assert min(one.word.contrast for one in (done, now, ahead)) >= READABLE, sight
            assert (done.mark, now.mark, ahead.mark) == ("✓", "", "")
            assert contrast(now.word.ground, ahead.word.ground) >= SEEN, f"{sight}: filled or not"


def told_apart(sight: str, chips: list[Chip]) -> None:
    """Each can be read, and each two differ by word and by shape."""
    for chip in chips:
        assert chip.word.contrast >= READABLE, f"{sight}: {chip.text}"
        assert chip.shape.contrast >= SEEN, f"{sight}: {chip.text}"
    for one, other in combinations(chips, 2):
        assert one.text.removeprefix(one.mark) != other.text.removeprefix(other.mark)
        assert one.mark != other.mark
        assert one.shape.differs(other.shape), f"{sight}: {one.text} and {other.text}"


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


WORDS = ("#wall-since", ".tile h2", ".overdue h2", ".overdue .number", ".closed .number", ".closures .called")


async def test_the_wall_tells_its_states_apart_in_every_sight(
    chromium: Browser, house: House, place: str
) -> None:
    safe: dict[str, Chip] = {}
    async with eyes(chromium, house, "supervisor", await house.place(), "/wall") as seen:
        for sight in SIGHTS:
            await seen.see_as(sight)
            safe[sight] = await seen.chip(".units .ok")
        assert await number_of(seen, "overdue") == ("0", await colour_of(seen, "open"), 0)
    async with eyes(chromium, house, "supervisor", place, "/wall") as seen:
        count, colour, marks = await number_of(seen, "overdue")
        assert (count != "0", colour != await colour_of(seen, "open"), marks) == (True, True, 1)
        for sight in SIGHTS:
            await seen.see_as(sight)
            over, near = await seen.chip(".units .over"), await seen.chip(".units .near")
            told_apart(sight, [over, near, safe[sight]])
            for words in WORDS:
                assert (await seen.chip(words)).word.contrast >= READABLE, f"{sight}: {words}"
            for line in ("usual", "counted", "so-far"):
                assert (await line_of(seen, line)).contrast >= SEEN, f"{sight}: {line}"
        dashes = "one => getComputedStyle(one).strokeDasharray"
        assert await seen.page.locator("polyline.usual").evaluate(dashes) != "none"
        assert await seen.page.locator("polyline.counted").evaluate(dashes) == "none"
        assert await seen.page.locator("line.so-far").evaluate(dashes) != "none"
        assert "本小时至今" in await seen.page.locator(".curve h2").inner_text()
        await seen.page.locator("#wall").evaluate("one => one.classList.add('stale')")
        for words in (*WORDS, ".units .over", ".units .near"):
            assert (await seen.chip(words)).word.contrast >= READABLE, f"stale: {words}"


async def colour_of(seen: Eyes, tile: str) -> str:
    """Of a tile's number."""
    number = seen.page.locator(f".tile.{tile} .number")
    return str(await number.evaluate("one => getComputedStyle(one).color"))


async def number_of(seen: Eyes, tile: str) -> tuple[str, str, int]:
    """A tile's number, its colour, and how often its title has the mark of what is late."""
    shown = seen.page.locator(f".tile.{tile}")
    marks = (await shown.locator("h2").inner_text()).count("■")
    return await shown.locator(".number").inner_text(), await colour_of(seen, tile), marks


async def line_of(seen: Eyes, line: str) -> Mark:
    """A line of the curve, without all else that is drawn there; the board may be drawn anew meanwhile."""
    while True:
        try:
            return await _line_of(seen, line)
        except PlaywrightError as gone:
            if "not attached" not in str(gone):
                raise


async def _line_of(seen: Eyes, line: str) -> Mark:
    picture = seen.page.locator(".curve svg")
    hide = """(svg, [line, how]) => [...svg.children].forEach(
      (one) => one.classList.contains(line) || (one.style.visibility = how))"""
    await picture.evaluate(hide, [line, "hidden"])
    box = await picture.bounding_box()
    assert box
    [mark] = await seen.marks(picture, [0, 0, box["width"], box["height"]])
    await picture.evaluate(hide, [line, ""])
    return mark
