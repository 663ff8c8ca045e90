"""The sample picture that units add to their answers: a plain ground with the word SAMPLE on it, as a PNG."""

import struct
import zlib

LETTERS = {
    "S": ("01111", "10000", "01110", "00001", "11110"),
    "A": ("01110", "10001", "11111", "10001", "10001"),
    "M": ("10001", "11011", "10101", "10001", "10001"),
    "P": ("11110", "10001", "11110", "10000", "10000"),
    "L": ("10000", "10000", "10000", "10000", "11111"),
    "E": ("11111", "10000", "11110", "10000", "11111"),
}
DOT = 12
"""Pixels of a dot of a letter, each way."""


def picture(number: int) -> bytes:
    """A picture of 456 × 132 pixels; another number has another colour."""
    rows = ["0" * 38] * 3 + [
        "0" + "".join(f"{LETTERS[one][at]}0" for one in "SAMPLE") + "0" for at in range(5)
    ]
    rows += ["0" * 38] * 3
    palette = bytes((90 + number * 37 % 90, 90 + number * 53 % 90, 90 + number * 71 % 90, 255, 255, 255))
    lines = [b"\0" + bytes(int(dot) for dot in row.ljust(38, "0") for _ in range(DOT)) for row in rows]
    pixels = b"".join(line for line in lines for _ in range(DOT))
    head = struct.pack(">IIBBBBB", 38 * DOT, len(rows) * DOT, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, content) for kind, content in parts)


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
