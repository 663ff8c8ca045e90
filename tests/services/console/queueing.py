"""A jurisdiction with a desk of its own, so that its queues hold what the test puts there."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from shared.policy.documents import Body
from shared.policy.units import Unit
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor
from tests.sample import documents, units
from tests.services.console.people import Crew, House, Person, tell

TOWN = Unit("east_town", "样例东镇", "Sample East town", "town", "centre")


class Desk:
    """Two operators at one triage queue, and their supervisor."""

    def __init__(self, house: House, at: str, anna: Person, bao: Person, chief: Person) -> None:
        self.house, self.at = house, at
        self.anna, self.bao, self.chief = anna, bao, chief

    async def queued(self, how_many: int, **form: Any) -> list[str]:
        """So many more tickets that wait for an operator to choose their unit, the oldest first."""
        waiting = self.anna.reads("/api/queues/triage")["total"]
        made = [self.anna.registers(**form).json()["ticket"] for _ in range(how_many)]
        await tell(self.house.settings, *[no_rule(ticket, self.at) for ticket in made])
        async with asyncio.timeout(30):
            while self.anna.reads("/api/queues/triage")["total"] < waiting + how_many:
                await asyncio.sleep(0.05)
        return made


def no_rule(ticket: str, at: str) -> Command:
    """The word of dispatch that no rule of the catalogue fits."""
    actor, body = Actor("dispatch", "service"), c.Triage(1, "no rule")
    return Command(str(uuid4()), ticket, at, actor, "dispatch", datetime.now(UTC), body)


async def crew_at(house: House, desk: Desk) -> Crew:
    """Bao, who prepares tickets and is the colleague at the desk, and two units of the desk's jurisdiction."""
    water, road = [await house.person("unit", unit, at=desk.at) for unit in ("water", "road")]
    return Crew(desk.bao, water, road)


async def desk_at(house: House) -> Desk:
    """The desk of a jurisdiction that nobody else uses, with the sample policies and a town."""
    bodies: list[Body] = [one.body for one in documents()]
    with_town = replace(units(), units=(*units().units, TOWN))
    bodies = [with_town if isinstance(body, type(with_town)) else body for body in bodies]
    at = await house.place(bodies)
    people = [await house.person(role, at=at) for role in ("operator", "operator", "supervisor")]
    return Desk(house, at, *people)
