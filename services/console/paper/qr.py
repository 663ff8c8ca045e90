"""A QR code as the path of an SVG (pure): paper leads back to the ticket on the screen."""

from itertools import groupby

import segno
from msgspec import Struct

QUIET = 4
"""Modules left white on each side, as ISO/IEC 18004 wants it."""


class Code(Struct, frozen=True):
    """``path`` within a square of ``size`` modules."""

    size: int
    path: str


def code(text: str) -> Code:
    """The code of an address."""
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = [run for y, row in enumerate(matrix) for run in _dark(row, y)]
    return Code(len(matrix) + 2 * QUIET, "".join(runs))


def _dark(row: bytearray, y: int) -> list[str]:
    """Each run of dark modules of a row as a rectangle."""
    drawn, x = [], QUIET
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            drawn.append(f"M{x} {y + QUIET}h{width}v1h-{width}z")
        x += width
    return drawn
