"""Somebody's pages without a window: what a browser sends and gets, for tests of what lies under the screens."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.services.console.browser.visiting import PASSWORD
from tests.services.console.people import House


@dataclass
class Message:
    """A message of a stream."""

    id: str = ""
    event: str = ""
    data: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.data)


class Browser:
    """Logged in; posts with the page's own token."""

    def __init__(self, house: House, name: str) -> None:
        self.http = httpx.Client(base_url=house.address, trust_env=False, timeout=30)
        self.http.post("/login", data={"name": name, "password": PASSWORD})
        home = self.http.get("/").text
        self.csrf = _value(home, 'name="_csrf" value="')
        self.since = _value(home, 'data-since="')

    def posts(self, address: str, **fields: str) -> httpx.Response:
        return self.http.post(address, data={"_csrf": self.csrf, **fields})

    @contextmanager
    def stream(self, place: str = "", **fields: str) -> Iterator[Generator[Message]]:
        """The messages of a page's stream; from ``place`` on where one broke off."""
        asked = {"_csrf": self.csrf, "since": self.since, **fields}
        headers = {"Last-Event-ID": place} if place else {}
        with self.http.stream("POST", "/live", data=asked, headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _messages(answer.iter_lines())

    def close(self) -> None:
        self.http.close()


def _value(page: str, before: str) -> str:
    return page.partition(before)[2].partition('"')[0]


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
