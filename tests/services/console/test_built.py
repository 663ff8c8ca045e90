"""What browsers are sent before any row: small enough for a slow office line."""

import gzip

from services.console.pages.built import read_built
from tests.services.console.people import House
from tests.services.console.windowless import pages_of

LIGHT = 60 * 1024
"""Bytes of a first visit, gzipped, without rows."""


async def test_the_console_weighs_little(house: House) -> None:
    built = read_built()
    files = [built.addresses[name].rpartition("/")[2] for name in ("console.js", "console.css")]
    async with pages_of(house, await house.person("operator")) as reader:
        frame = gzip.compress(reader.http.get("/tickets?q=none-begins-so").content)
    assert len(frame) + sum(len(built.files[file][1]) for file in files) <= LIGHT
