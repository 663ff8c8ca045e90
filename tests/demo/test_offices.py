"""The sample offices leave to whoever looks on what is theirs."""

import asyncio
from typing import Any

import pytest

from demo import offices
from demo.happenings import Happenings
from demo.offices import Operator
from demo.people import Person
from demo.readers import Readers
from services.console.people.accounts import Account


class Colleague(Person):
    """An operator whose review desk always has the same three tickets."""

    def __init__(self) -> None:
        self.account = Account("yichun.operator", "operator", "yichun")
        self.approved: list[str] = []

    async def reads(self, address: str, **_query: str | int | None) -> Any:
        waiting = ("taken", "held", "free") if address.endswith("review") else ()
        return {
            "tickets": [
                {"id": one, "round": 1, "version": 7, "scope": None, "channel": "hotline"} for one in waiting
            ]
        }

    async def does(self, ticket: str, action: str, key: str, **_form: object) -> bool:
        assert (action, key) == ("approve", "7")
        self.approved.append(ticket)
        return True


class AtADesk(Readers):
    """Readers who have this in hand, and took that on."""

    def __init__(self, in_hand: set[str], taken: set[str]) -> None:
        self.in_hand, self.taken = in_hand, taken

    async def hold(self, ticket: str) -> bool:
        return ticket in self.in_hand

    async def took(self, ticket: str) -> bool:
        return ticket in self.taken


async def test_colleagues_leave_alone_what_somebody_holds_until_it_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def at_once(*_what: str) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(offices, "LOOK", 0.001)
    monkeypatch.setattr(offices, "_a_while", at_once)
    colleague, in_hand = Colleague(), {"held"}

    working = asyncio.create_task(Operator(colleague, {}, Happenings(), AtADesk(in_hand, {"taken"})).work())
    while "free" not in colleague.approved:
        await asyncio.sleep(0.001)
    assert colleague.approved == ["free"]
    in_hand.clear()
    while "held" not in colleague.approved:
        await asyncio.sleep(0.001)
    working.cancel()
    assert sorted(colleague.approved) == ["free", "held"]
