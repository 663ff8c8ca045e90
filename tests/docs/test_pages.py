"""Every link leads somewhere, and what stands in two languages says the same."""

import tomllib
from pathlib import Path

import pytest

from demo.pictures import LANGUAGES, PICTURES
from tests.docs.pages import PAGES, ROOT, anchors, blocks, headings, links, named

TRANSLATED = [page for page in PAGES if page.name.endswith(".zh-CN.md")]
USER_GUIDES = [page for page in PAGES if page.parent.name in ("tutorial", "howto")]
ELSEWHERE = ("http://", "https://", "mailto:")


def original(page: Path) -> Path:
    return page.with_name(page.name.replace(".zh-CN.md", ".md"))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_to_a_file_or_a_heading(page: Path) -> None:
    for link in links(page):
        if link.startswith(ELSEWHERE):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{named(page)}: {link}"
        assert target.is_relative_to(ROOT), f"{named(page)}: {link} leaves the project"
        if anchor:
            assert anchor in anchors(target), f"{named(page)}: {link}"


@pytest.mark.parametrize("page", TRANSLATED, ids=named)
def test_a_translation_has_the_headings_of_its_original_in_their_order(page: Path) -> None:
    levels = [[level for level, _ in headings(one)] for one in (original(page), page)]
    assert levels[0] == levels[1]


@pytest.mark.parametrize("page", TRANSLATED, ids=named)
def test_a_translation_leads_where_its_original_does(page: Path) -> None:
    assert {place(page, link) for link in links(page)} == {
        place(original(page), link) for link in links(original(page))
    }


def place(page: Path, link: str) -> tuple[str, int]:
    """The file that a link of a page leads to, in whichever language, and which of its headings."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    heading = anchors(target).index(anchor) if anchor and target.suffix == ".md" else 0
    in_whichever = str(target).replace(".zh-CN.md", ".md").replace("/docs/pictures/zh/", "/docs/pictures/en/")
    return in_whichever, heading


@pytest.mark.parametrize("page", TRANSLATED, ids=named)
def test_a_translation_leads_to_translations_where_there_are_some(page: Path) -> None:
    linked = {(page.parent / link.partition("#")[0]).resolve() for link in links(page)}
    assert {original(one) for one in TRANSLATED} & linked <= {original(page)}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_shows_the_screens_in_its_own_language(page: Path) -> None:
    shown = {(page.parent / link).resolve().parent.name for link in links(page) if "pictures/" in link}
    assert shown <= {"zh" if page in TRANSLATED else "en"}


def test_every_picture_of_a_screen_is_there_in_both_languages_small_and_shown() -> None:
    taken = {
        language: {file.name for file in (ROOT / "docs/pictures" / language).iterdir()}
        for language in LANGUAGES
    }
    shown = {Path(link).name for page in PAGES for link in links(page) if "pictures/" in link}
    assert taken["zh"] == taken["en"] == {f"{picture.name}.png" for picture in PICTURES} == shown
    assert max(file.stat().st_size for file in (ROOT / "docs/pictures").rglob("*.png")) < 200_000


@pytest.mark.parametrize("page", USER_GUIDES, ids=named)
def test_every_guide_for_users_can_be_read_in_chinese(page: Path) -> None:
    assert page in TRANSLATED or page.with_suffix(".zh-CN.md") in TRANSLATED


@pytest.mark.parametrize("page", TRANSLATED, ids=named)
def test_a_translation_shows_the_commands_of_its_original(page: Path) -> None:
    shown = [
        [(block.info, block.body) for block in blocks(one) if block.info.startswith("sh")]
        for one in (original(page), page)
    ]
    assert shown[0] == shown[1]


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    newest = next(heading for level, heading in headings(ROOT / "CHANGELOG.md") if level == 2)
    assert newest.startswith(f"{version} (")


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, todo = set[Path](), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        todo += [
            (page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link
        ]
    assert {named(page) for page in PAGES} - {named(page) for page in reached if page.exists()} == set()
