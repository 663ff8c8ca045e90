"""Somebody who reads pages without a browser: every number that is a link, and the list that it opens."""

import re
from html import unescape

import httpx

from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.people import House, Person

NUMBER = re.compile(r'<a (?:class="number" )?href="([^"]*)" data-count="(\d+)"')
ROW = re.compile(r'<tr id="ticket-([^"]*)"')
NEXT = re.compile(r'<a href="([^"]*)" rel="next"')
CSRF = re.compile(r'name="_csrf" value="([^"]*)"')


class Walker:
    """A person who is logged in, and their pages as text."""

    def __init__(self, house: House) -> None:
        self.http = httpx.Client(base_url=house.address, trust_env=False, timeout=30)

    @classmethod
    async def of(cls, house: House, person: Person) -> "Walker":
        """That person, logged in."""
        walker, name = cls(house), await with_password(house, person)
        walker.http.post("/login", data={"name": name, "password": PASSWORD})
        return walker

    def page(self, address: str) -> str:
        """The page at an address."""
        answer = self.http.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.text

    def numbers(self, address: str) -> dict[str, int]:
        """List → its number, of every number on a page; one number a list."""
        found = [(unescape(list), int(number)) for list, number in NUMBER.findall(self.page(address))]
        assert len(dict(found)) == len(set(found)), "two numbers for one list"
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

    def posts(self, address: str, page: str, **fields: str) -> httpx.Response:
        """What comes of a form of that page."""
        csrf = CSRF.search(page)
        assert csrf
        return self.http.post(address, data={"_csrf": csrf.group(1), **fields})
