"""The style page has every component; that it is readable in each state is seen in the browser (test_every_state)."""

import re
from pathlib import Path

from services.console.pages import styleguide
from services.console.pages.rendering import ENVIRONMENTS

TEMPLATES = Path(styleguide.__file__).parents[1] / "templates"
ELSEWHERE = {
    "key": "within the components that have keys",
    "keys": "the help of every page, the style page too",
    "listing": "made of list_tools, bulk_bar, ticket_row and pager",
    "sheet": "on paper only: test_paper",
}
"""Components that the style page does not show by themselves, and why."""


def test_every_component_has_its_place_on_the_style_page() -> None:
    page = (TEMPLATES / "screens" / "styleguide.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'"components/(\w+)\.html"', page))
    there = {file.stem for file in (TEMPLATES / "components").glob("*.html")}
    assert there - shown == set(ELSEWHERE)


def test_the_length_of_a_list_behind_a_number_is_told_however_long_it_is() -> None:
    told = ENVIRONMENTS["zh"].get_template("components/list_tools.html").module
    assert "共 3039 件" in told.length(100, 3039, exact=True)  # type: ignore[attr-defined]
    assert "共超过 2000 件" in told.length(100, 2001)  # type: ignore[attr-defined]
