"""What a list may show of a title: numbers that look like phones or identity cards are masked (design §8)."""

import re

NUMBER = re.compile(r"\d(?:[ -]?\d){6,}[Xx]?")
"""Seven digits or more, also with spaces or hyphens between; local numbers have 7, identity cards 18."""
LIMIT = 200
"""Characters of a title that a list shows."""


def masked(title: str) -> str:
    """The title with such numbers as asterisks, cut to what a list shows."""
    return NUMBER.sub(lambda number: "*" * len(number[0]), title.replace("\0", "�"))[:LIMIT]
