"""Somebody's pages without a window: what the server answers, where no script matters."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from types import TracebackType
from typing import Self

import httpx

from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.people import House, Person

CSRF = re.compile(r'name="_csrf" value="([^"]*)"')
SINCE = re.compile(r'data-since="([^"]*)"')
NUMBER = re.compile(r'<a (?:class="\w+" )?href="([^"]*)" data-count="(\d+)"')
ROW = re.compile(r'<tr id="(?:ticket|own|task|skip)-([^"]*)"')
NEXT = re.compile(r'<a href="([^"]*)" rel="next"')


class Pages:
    """A login's pages, until the block ends; ``posts`` brings the page's own token along.

    ``address`` is another console over the same accounts than the house's.
    """

    def __init__(self, house: House, name: str, address: str | None = None) -> None:
        self.name = name
        self.http = httpx.Client(base_url=address or house.address, trust_env=False, timeout=60)
        self.csrf = self.since = ""

    def __enter__(self) -> Self:
        self.http.__enter__()
        answer = self.http.post("/login", data={"name": self.name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        home = self.http.get("/", follow_redirects=True).text
        self.csrf, self.since = ("".join(mark.findall(home)[:1]) for mark in (CSRF, SINCE))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.__exit__(kind, error, trace)

    def gets(self, address: str, /, **asked: str) -> httpx.Response:
        return self.http.get(address, params=asked or None)

    def posts(self, address: str, /, **typed: str | list[str]) -> httpx.Response:
        return self.http.post(address, data={"_csrf": self.csrf, **typed})

    def page(self, address: str, /, **asked: str) -> str:
        """The whole page at an address; redirects are followed."""
        answer = self.http.get(address, params=asked or None, follow_redirects=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.text

    def main(self, address: str, /, **asked: str) -> str:
        """What a page says, without the frame around it."""
        return between(self.page(address, **asked), "<main", "</main>")

    def numbers(self, address: str) -> dict[str, int]:
        """List → its number, of every number on a page; one number a list."""
        found = [(unescape(list), int(number)) for list, number in NUMBER.findall(self.page(address))]
        twice = sorted(set(found) - set(dict(found).items()))
        assert twice == [], f"{address}: another number for one list"
        return dict(found)

    def listed(self, address: str | None) -> list[str]:
        """The tickets of a list, page by page."""
        tickets: list[str] = []
        while address:
            page = self.page(address)
            tickets += ROW.findall(page)
            onward = NEXT.search(page)
            address = unescape(onward.group(1)) if onward else None
        return tickets


@asynccontextmanager
async def pages_of(house: House, person: Person, address: str | None = None) -> AsyncIterator[Pages]:
    """The pages as this person sees them."""
    with Pages(house, await with_password(house, person), address) as pages:
        yield pages


def between(text: str, start: str, end: str) -> str:
    """The first part of a page from one mark to another."""
    return text[text.index(start) : text.index(end, text.index(start))]


def words(page: str) -> str:
    """What a person reads of it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).strip()
