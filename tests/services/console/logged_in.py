"""Somebody logged in as a browser would be, without one: pages as they are sent."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.people import House, Person


class Reader(httpx.Client):
    """A browser's cookies and what its pages say."""

    def main(self, address: str, **query: str) -> str:
        """What a page says, without the frame around it; redirects are followed."""
        answer = self.get(address, params=query or None, follow_redirects=True)
        return between(answer.text, "<main", "</main>")


@asynccontextmanager
async def logged_in(house: House, person: Person, address: str | None = None) -> AsyncIterator[Reader]:
    """The person, logged in for the block at the house, or at another console over the same accounts."""
    name = await with_password(house, person)
    with Reader(base_url=address or house.address, trust_env=False, timeout=30) as reader:
        answer = reader.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield reader


def between(text: str, start: str, end: str) -> str:
    """The first part of a page from one mark to another."""
    return text[text.index(start) : text.index(end, text.index(start))]


def words(page: str) -> str:
    """What a person reads of it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).strip()
