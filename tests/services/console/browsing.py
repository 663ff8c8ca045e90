"""The streams of somebody's pages without a window."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.services.console.windowless import Pages


@dataclass
class Message:
    """A message of a stream."""

    id: str = ""
    event: str = ""
    data: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.data)


class Browser(Pages):
    """Pages, and the streams of pages."""

    @contextmanager
    def stream(self, place: str = "", **fields: str) -> Iterator[Generator[Message]]:
        """The messages of a page's stream; from ``place`` on where one broke off."""
        asked = {"_csrf": self.csrf, "since": self.since, **fields}
        headers = {"Last-Event-ID": place} if place else {}
        with self.http.stream("POST", "/live", data=asked, headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _messages(answer.iter_lines())


def _messages(lines: Iterator[str]) -> Generator[Message]:
    message = Message()
    for line in lines:
        name, _, value = line.partition(": ")
        if not line:
            yield message
            message = Message()
        elif name == "data":
            message.data.append(value)
        else:
            setattr(message, name, value)
