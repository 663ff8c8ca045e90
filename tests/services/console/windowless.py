"""Somebody's pages without a window: what the server answers, where no script matters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.people import House, Person


class Pages:
    """A login's pages; ``posts`` brings the page's own token along."""

    def __init__(self, house: House, name: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=house.address, trust_env=False, timeout=60)
        self.http.post("/login", data={"name": name, "password": PASSWORD})
        self.csrf = self.http.get("/").text.partition('name="_csrf" value="')[2].partition('"')[0]

    def gets(self, address: str, /, **asked: str) -> httpx.Response:
        return self.http.get(address, params=asked or None)

    def posts(self, address: str, /, **typed: str) -> httpx.Response:
        return self.http.post(address, data={"_csrf": self.csrf, **typed})


@asynccontextmanager
async def pages_of(house: House, person: Person) -> AsyncIterator[Pages]:
    """The pages as this person sees them."""
    pages = Pages(house, await with_password(house, person))
    yield pages
    pages.http.close()
