"""The console's page: every screen with its address and who has it, every key, and who may do what at which stage."""

from collections.abc import Iterator
from inspect import getdoc

from fastapi.routing import APIRoute

from cli.reference.markdown import code, page, table
from cli.reference.ticket import staged
from services.console.api.openapi import roles_of
from services.console.pages import SCREENS
from services.console.pages.keys import KEYS
from services.console.pages.navigation import LINKS
from services.console.words import CATALOGUE
from shared.ticket.decide import ACTS_ZH, TRANSITIONS, Row
from shared.ticket.parties import ASSISTING_UNIT, AUDITOR, CHANNEL, HOTLINE, LEAD_UNIT, SUPERVISOR

PEOPLE = {
    HOTLINE: "话务员 operator",
    LEAD_UNIT: "主办单位 lead unit",
    ASSISTING_UNIT: "协办单位 assisting unit",
    SUPERVISOR: "督办 supervisor",
    AUDITOR: "审计 auditor",
    CHANNEL: "市民、渠道 citizen, channel",
}


def screens() -> str:
    """Screens, keys, and roles × actions."""
    return page(
        "控制台 The console",
        "## 页面 Screens",
        "地址里有全部筛选条件,可收藏、可转发;看不到的一律答 404。 Every filter stands in the address; what somebody "
        "may not know of answers 404.",
        table(("地址 address", "谁 who", "内容 what"), _screens()),
        "## 按键 Keys",
        "输入文字或拼音时单键无效;按 `?` 显示全部,并可关闭单键。 Single keys are dead while somebody types; `?` shows "
        "all of them, and switches single ones off.",
        table(("哪里 where", "按键 key", "作用 what it does"), _keys()),
        "## 角色与操作 Roles and actions",
        "格内是可以操作的环节;是否成立由账本按规则裁决。 A cell names the stages; whether it holds decides the ledger.",
        table(("操作 action", *PEOPLE.values()), _actions()),
    )


def _screens() -> Iterator[tuple[str, str, str]]:
    routes = [route for router in SCREENS for route in router.routes if isinstance(route, APIRoute)]
    for route in sorted(routes, key=lambda route: route.path):
        if route.methods == {"GET"} and not route.path.startswith(("/assets", "/favicon")):
            about = (getdoc(route.endpoint) or "").split("\n\n")[0].replace("\n", " ")
            yield f"`{route.path}`", _who(route), about


def _keys() -> Iterator[tuple[str, str, str]]:
    for key in KEYS:
        yield _both(f"key_place.{key.where}"), code(key.shown), _both(f"key.{key.does}")
    for link in LINKS:
        if link.letter:
            yield _both("key_place.everywhere"), f"{code('g')} {code(link.letter)}", _both(f"nav.{link.name}")


def _both(key: str) -> str:
    return f"{CATALOGUE['zh'][key]} {CATALOGUE['en'][key]}"


def _who(route: APIRoute) -> str:
    roles = roles_of(route)
    if roles is None:
        return "任何人 anyone"
    return "、".join(CATALOGUE["zh"][f"role.{role}"] for role in roles)


def _actions() -> Iterator[tuple[str, ...]]:
    by_command: dict[type, list[Row]] = {}
    for row in TRANSITIONS:
        by_command.setdefault(row.command, []).append(row)
    for command, rows in by_command.items():
        cells = [_stages([row for row in rows if who in row.who]) for who in PEOPLE]
        if any(cells):
            name = command.__name__
            yield f"{ACTS_ZH[name]} {code(name)}", *cells


def _stages(rows: list[Row]) -> str:
    return "; ".join(staged(row.stages) for row in rows)
