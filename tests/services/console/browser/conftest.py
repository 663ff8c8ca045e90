"""One browser and one crew for a module's tests, over the console's running house."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.services.console.browser.visiting import Visit
from tests.services.console.people import House

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Chromium as root, and without its talk to the world."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


Visitor = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(chromium: Browser, house: House) -> AsyncIterator[Visitor]:
    """Begins visits; each must end without anything having gone wrong."""
    visits: list[Visit] = []

    async def begin(address: str = house.address, **options: object) -> Visit:
        visits.append(await Visit.begin(chromium, address, **options))
        return visits[-1]

    yield begin
    for visit in visits:
        await visit.end()
