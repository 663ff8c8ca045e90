"""The API's description of itself: forms as JSON Schema, who may call each route, the headers of writes."""

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from services.console.api.callers import Only
from services.console.api.files import LOOK_AT, UPLOAD
from services.console.api.looking import LOOK
from services.console.asking.forms import ACTIONS, Look, LookAtFile, Registration

ACT = "/api/tickets/{ticket}/{action}"
"""The route of all actions."""
FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
HEADERS = {
    "Idempotency-Key": "Required to register; with the same form the same command, with another one refused.",
    "If-Match": 'The version that was seen, such as "3"; a newer one refuses the command.',
    "Prefer": "wait=N: wait up to N (at most 10) seconds for the outcome instead of 202.",
    "View-Token": "The token of an earlier answer: waits until the view has met it.",
}


def roles_of(route: APIRoute) -> tuple[str, ...] | None:
    """Who may call a route; None if it does not say."""
    return next((d.call.roles for d in route.dependant.dependencies if isinstance(d.call, Only)), None)


def with_description(app: FastAPI) -> FastAPI:
    """The app whose /openapi.json also has the forms, which FastAPI cannot see."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    routes = [route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema]
    forms = [Registration, Look, LookAtFile, *ACTIONS.values()]
    _, components = msgspec.json.schema_components(forms, ref_template="#/components/schemas/{name}")
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schema.setdefault("components", {}).setdefault("schemas", {}).update(components)
    schema["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for route in routes:
        for method in route.methods or ():
            _describe(schema["paths"][route.path][method.lower()], roles_of(route))
    _with_form(schema["paths"]["/api/tickets"]["post"], Registration)
    _with_body(schema["paths"][LOOK]["post"], Look)
    _with_body(schema["paths"][LOOK_AT]["post"], LookAtFile)
    schema["paths"][UPLOAD]["post"]["requestBody"] = FILE
    schema["paths"] |= _actions(schema["paths"].pop(ACT))
    return schema


def _describe(operation: dict[str, Any], roles: tuple[str, ...] | None) -> None:
    if roles:
        operation["x-roles"] = list(roles)
        operation["security"] = [{"bearer": []}]


def _with_body(operation: dict[str, Any], form: type[msgspec.Struct]) -> None:
    reference = {"$ref": f"#/components/schemas/{form.__name__}"}
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}


def _with_form(operation: dict[str, Any], form: type[msgspec.Struct]) -> None:
    _with_body(operation, form)
    operation.setdefault("parameters", []).extend(
        {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
        for name, text in HEADERS.items()
    )


def _actions(path: dict[str, Any]) -> dict[str, Any]:
    """A path an action, where the app has one route for all."""
    return {ACT.format(ticket="{ticket}", action=name): _action(path["post"], name) for name in ACTIONS}


def _action(of_all: dict[str, Any], name: str) -> dict[str, Any]:
    parameters = [one for one in of_all["parameters"] if one["name"] != "action"]
    told = {"summary": name, "description": ACTIONS[name].__doc__, "operationId": name}
    operation = {**of_all, **told, "parameters": parameters}
    _with_form(operation, ACTIONS[name])
    return {"post": operation}
