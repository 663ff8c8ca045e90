"""``python -m demo.play``: the demo's day over a system that runs already. SIGINT or SIGTERM ends it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console

from cli.history import bring_in
from demo import history, table
from demo.accounts import DISTRICTS
from demo.citizens import Citizens
from demo.happenings import Happenings
from demo.offices import Operator, Unit
from demo.people import BY_ITSELF, Login, Person, accounts_of, by_themselves, logins
from demo.platforms import Platforms, listening, port_of_platforms
from demo.readers import Readers
from demo.stories import stories
from deploy.local.environment import write_privately
from deploy.local.services import services
from shared.accounts import read_accounts
from shared.health import stop_on_signals
from shared.policy.catalogue import Catalogue
from shared.policy.documents import Policies
from shared.policy.files import check_files, read_folders
from shared.policy.record import publish
from shared.policy.units import Units
from shared.postgres import open_pool
from shared.settings import Settings, read_settings
from shared.ticket.words import Actor

ROOT = Path(__file__).resolve().parents[1]
PACKS = [ROOT / "policies" / name for name in ("cn", *DISTRICTS)]
MINUTES = [ROOT / "demo" / "policies" / name for name in DISTRICTS]
"""The second versions, with clocks of minutes."""
CITIZEN = "市民查询 citizen"
AT_ONCE = httpx.Limits(max_connections=64)


class NotPublished(SystemExit):
    """The sample policies cannot be used or were refused; the message says why."""


@dataclass(frozen=True)
class Day:
    """What the demo leaves to look at: the sides of the platforms and of the citizens, and who may read."""

    platforms: Platforms
    citizens: Citizens
    happenings: Happenings
    readers: dict[str, Person]


async def publish_policies(settings: Settings) -> Policies:
    """The packs, then the terms of minutes; gives what governs. Raises NotPublished."""
    (packs, wrong), (minutes, also_wrong) = read_folders(PACKS), read_folders(MINUTES)
    policies, errors = check_files([*packs, *minutes])
    if problems := [*wrong, *also_wrong, *errors]:
        raise NotPublished("\n".join(str(problem) for problem in problems))
    documents = [file.document for file in (*packs, *minutes)]
    for reached in await publish(settings, documents, Actor("demo", "service")):
        for refusal in reached.refused.values():
            raise NotPublished(f"{reached.document.name}: {refusal.zh} {refusal.en}")
    return policies


async def make_logins(settings: Settings, policies: Policies) -> list[Login]:
    """Everyone who works in the districts, and the offices that work by themselves."""
    accounts = []
    for jurisdiction in DISTRICTS:
        units = policies.find(jurisdiction, Units, datetime.now(UTC))
        accounts += accounts_of(jurisdiction, units.body) if units else []
    return await logins(settings, [*accounts, *by_themselves(accounts)])


async def import_quarter(settings: Settings, policies: Policies) -> dict[str, int]:
    """Yichun's quarter, as ``huiyin import`` would bring it in; what it came to."""
    catalogue = policies.find("yichun", Catalogue, datetime.now(UTC))
    return await bring_in(settings, "yichun", history.lines(catalogue.body)) if catalogue else {}


@asynccontextmanager
async def playing(
    settings: Settings, intake: str, console: str, port: int, people: list[Login]
) -> AsyncIterator[Day]:
    """Citizens, offices and platforms live for the length of the block.

    intake, console   addresses of the two services
    port              where the platforms answer, as the channel accounts say
    """
    happenings = Happenings()
    platforms = Platforms(read_accounts(settings.channels), happenings)
    channels = httpx.AsyncClient(base_url=intake, timeout=15, trust_env=False, limits=AT_ONCE)
    desks = httpx.AsyncClient(base_url=console, timeout=15, trust_env=False, limits=AT_ONCE)
    run = datetime.now(UTC).strftime("%y%m%d%H%M%S")
    pool = await open_pool(settings, 1)
    looking_on = Readers(pool, [one.account.id for one in people if one.password])

    async with listening(platforms, port), channels, desks, pool, asyncio.TaskGroup() as group:
        citizens = Citizens(channels, platforms, stories(run), happenings, looking_on)
        persons = {login.account.id: Person(desks, login) for login in people}
        tasks = [
            group.create_task(_office(person, citizens, happenings, looking_on).work())
            for id, person in persons.items()
            if id.endswith(BY_ITSELF)
        ]
        tasks.append(group.create_task(citizens.live()))
        readers = {"yichun": persons["yichun.minsheng"], "qingyuan": persons["qingyuan.supervisor"]}
        yield Day(platforms, citizens, happenings, readers)
        for task in tasks:
            task.cancel()


def _office(person: Person, citizens: Citizens, happenings: Happenings, readers: Readers) -> Unit | Operator:
    kind = Unit if person.account.role == "unit" else Operator
    return kind(person, citizens.told, happenings, readers)


async def main(settings: Settings) -> None:
    """Prepare, play and show until told to stop."""
    stop = stop_on_signals()
    playing_on = asyncio.create_task(_play(settings))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({playing_on, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    playing_on.cancel()
    try:
        await playing_on
    except asyncio.CancelledError:
        print("\n正在停止全部服务…… stopping everything…", file=sys.stderr)


async def _play(settings: Settings) -> None:
    screen = Console()
    policies = await publish_policies(settings)
    screen.print("✓ 规则已发布:全国日历、宜春经开区、青原区(分钟级时限) policies published")
    people = await make_logins(settings, policies)
    file = settings.data / "logins.txt"
    addresses = {service.name: service.address for service in services()}
    known = _as_text(people, addresses["console"])
    write_privately(file, known)
    came_to = await import_quarter(settings, policies)
    screen.print(f"✓ 历史工单已导入 history imported: {came_to}", highlight=False)
    table.box_of_logins(screen, [one for one in people if one.password and one.account.role != "unit"], file)
    intake, console = addresses["intake"], addresses["console"]
    where = {
        "人员接口 console": f"{console}(浏览器打开 open in a browser)  渠道接入 intake {intake}",
        "账号 logins": str(file),
        "核验 verify": "./huiyin verify(另开终端 in another terminal) · 停止 stop: Ctrl-C",
    }
    async with (
        playing(settings, intake, console, port_of_platforms(), people) as day,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(table.show(screen, day.readers, day.happenings, where))
        where[CITIZEN] = await for_a_citizen(day, console)
        write_privately(file, f"# {CITIZEN}: {where[CITIZEN]}\n{known}")


async def for_a_citizen(day: Day, console: str) -> str:
    """Where a citizen looks a ticket up, with number and code of one that waits to be rated, once there is one."""
    number = await day.citizens.left
    return f"{console}/t  工单编号 number {number}  查询码 code {day.platforms.codes[number]}"


def _as_text(people: list[Login], console: str) -> str:
    lines = [
        f"{one.account.id:<32} {one.password}  {one.token}  {one.account.label}\n"
        for one in people
        if one.password
    ]
    head = (
        "# 样例:账号、密码、令牌(7 天有效)。 Sample accounts, passwords, and tokens that work for 7 days.\n"
        f"# {console}\n"
        f"# curl -H 'Authorization: Bearer <token>' {console}/api/tickets\n"
    )
    return head + "".join(lines)


if __name__ == "__main__":
    asyncio.run(main(read_settings()))
