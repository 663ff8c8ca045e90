"""The style page has every component; that it is readable in each state is seen in the browser (test_every_state)."""

import re
from pathlib import Path

from services.console.pages import styleguide

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
