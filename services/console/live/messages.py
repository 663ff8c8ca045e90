"""Messages of a stream as Server-Sent Events write them (WHATWG HTML, 9.2). Pure."""

import re

LINES = re.compile("\r\n|\r|\n")


def message(text: str, place: str, event: str = "") -> str:
    """One message; ``place`` comes back as Last-Event-ID. Without a name htmx swaps its parts into the page."""
    named = f"event: {event}\n" if event else ""
    data = "".join(f"data: {line}\n" for line in LINES.split(text))
    return f"id: {place}\n{named}{data}\n"
