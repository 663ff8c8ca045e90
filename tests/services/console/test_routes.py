"""Every route says who may call it, and the description that the console serves knows every form."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from services.console.api.callers import EVERY_ROLE
from services.console.api.openapi import roles_of
from services.console.app import make_app
from services.console.asking.forms import ACTIONS
from shared.health import Health
from shared.ticket.decide import TRANSITIONS
from shared.ticket.parties import CLI, DISPATCH, FEEDBACK, SLA

APP = make_app(Health())
ROUTES = [route for route in APP.routes if isinstance(route, APIRoute)]
REFERENCE = (Path(__file__).parents[3] / "docs/reference/api.md").read_text(encoding="utf-8")
OPEN_TO_ALL = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/login",
    "/language/{language}",
    "/assets/{name}",
    "/favicon.ico",
    "/t",
    "/t/progress",
    "/t/rating",
    "/t/dispute",
    "/t/leave",
    "/t/size/{size}",
}


def test_the_routes_are_those_that_are_known() -> None:
    assert {route.path for route in ROUTES} >= OPEN_TO_ALL | {
        "/api/tickets",
        "/api/queues/{queue}",
        "/api/figures/{by}",
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_a_route_says_who_may_call_it(route: APIRoute) -> None:
    roles = roles_of(route)
    assert (roles is None) == (route.path in OPEN_TO_ALL)
    assert set(roles or ()) <= set(EVERY_ROLE)


def test_whatever_the_table_lets_people_do_has_an_action() -> None:
    services = {DISPATCH, SLA, FEEDBACK, CLI}
    asked = {row.command.__name__ for row in TRANSITIONS if not set(row.who) <= services}
    made = {form.__name__ for form in ACTIONS.values()}
    assert made | {"Register", "Look"} == asked


def test_the_description_has_every_form_and_who_may_use_it() -> None:
    described = APP.openapi()
    for action, form in ACTIONS.items():
        operation = described["paths"][f"/api/tickets/{{ticket}}/{action}"]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        assert content["schema"] == {"$ref": f"#/components/schemas/{form.__name__}"}
        assert described["components"]["schemas"][form.__name__]["additionalProperties"] is False
        assert operation["x-roles"] == list(EVERY_ROLE)


def test_the_reference_names_every_action_with_its_fields() -> None:
    cells = [cell.strip() for line in REFERENCE.splitlines() for cell in line.split("|")]
    for action, form in ACTIONS.items():
        at = next(i for i, cell in enumerate(cells) if cell.startswith(f"`{action}`"))
        named = [name.strip("`").rstrip("?") for name in cells[at + 1].split() if name.startswith("`")]
        assert named == list(form.__struct_fields__), action


def test_the_reference_names_every_query() -> None:
    for route in ROUTES:
        if "GET" in (route.methods or ()) and route.path.startswith("/api/"):
            address = re.sub(r"\{(queue|by)\}.*", "{", route.path)
            assert f"GET {address}" in REFERENCE, route.path
