"""Promises that every operation of the API keeps, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import BaseModel

from hecang.accounts.roles import PATTERNS
from hecang.config.api import api, document
from hecang.config.reference import replaced
from hecang.kernel import permissions
from hecang.kernel.api.router import PUBLIC, SIGNED_IN, PermissionGate
from hecang.kernel.outbox import Event, consumers

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"

VERBS = {
    "view", "create", "change", "delete", "approve", "hold", "cancel", "release", "pick", "pack", "ship", "adjust",
    "import", "export", "manage", "plan", "confirm", "move", "load", "handover", "label", "accept_weight", "verify",
    "reserve", "reveal", "weigh", "print", "close", "fill", "quote", "start", "scan", "override",
    # tickets and findings
    "work", "comment", "fix", "settle", "run",
    # orders and parcels
    "split", "merge", "unmerge", "gift", "substitute", "exchange", "pay", "intercept", "refresh",
    # qimen
    "receive", "tell",
    # integrations: connections and channels
    "check", "map", "pull", "push", "ignore", "retry", "resend",
    # purchasing, the door, inspection, counts, handhelds
    "submit", "send", "link", "decide", "concede", "post", "use",
}  # fmt: skip
#: What anybody may call, signed in or not.
OPEN = {
    ("POST", "/auth/login"),
    # Platforms: an unguessable address, and every message signed.
    ("POST", "/channels/{inbox_key}/push"),
    ("GET", "/channels/{inbox_key}/push"),
    ("POST", "/carriers/{inbox_key}/push"),
    ("POST", "/qimen/{inbox_key}"),
    # Buyers: a link that nobody can guess; changes want the last digits of the phone, too.
    ("GET", "/track/{token}"),
    ("POST", "/track/{token}/address"),
    ("POST", "/track/{token}/cancel"),
    ("POST", "/track/{token}/help"),
    ("POST", "/track/{token}/wish"),
    # Suppliers and carriers: a link of theirs that ends and can be taken back.
    ("GET", "/inbound-page/{token}"),
    ("GET", "/inbound-page/{token}/asns/{asn_id}/labels"),
    ("GET", "/inbound-page/{token}/orders/{order_id}/pdf"),
    ("GET", "/inbound-page/{token}/slots"),
    ("POST", "/inbound-page/{token}/asns"),
    ("POST", "/inbound-page/{token}/asns/{asn_id}/book"),
    ("POST", "/inbound-page/{token}/asns/{asn_id}/cancel"),
    ("POST", "/inbound-page/{token}/asns/{asn_id}/numbers"),
    ("POST", "/inbound-page/{token}/asns/{asn_id}/unbook"),
    ("POST", "/inbound-page/{token}/orders/{order_id}/confirm"),
}


def ninja_operations() -> Iterator[tuple[str, Any]]:
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                yield f"{'/'.join(operation.methods)} {path}", operation


def test_every_app_is_there() -> None:
    tags = {tag for _name, operation in ninja_operations() for tag in operation.tags or ()}

    assert {"accounts", "imports", "search"} <= tags
    assert len(api.operations) > 20


def test_no_operation_exists_without_a_declared_permission() -> None:
    for name, operation in ninja_operations():
        gates = [gate for gate in operation.auth_callbacks if isinstance(gate, PermissionGate)]
        assert len(gates) == 1, f"{name} declares no permission"
        assert gates[0].permission in {PUBLIC, SIGNED_IN} or gates[0].permission in permissions.declared(), (
            name
        )


def test_only_signing_in_is_open_to_everybody() -> None:
    public = {(one.method, one.path) for one in api.operations if one.permission == PUBLIC}

    assert public == OPEN


def test_no_view_below_the_api_bypasses_the_routers() -> None:
    def below(patterns: list[Any], prefix: str) -> Iterator[str]:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from below(one.url_patterns, route)
            elif isinstance(one, URLPattern):
                yield route

    routes = {route for route in below(get_resolver().url_patterns, "") if route.startswith("api/v1/")}
    known = {"api/v1/" + _as_route(path) for path in document()["paths"]}
    assert {re.sub(r"<\w+:", "<", route) for route in routes} - known == {
        "api/v1/",
        "api/v1/openapi.json",
        "api/v1/docs",
    }


def _as_route(path: str) -> str:
    return path.removeprefix("/api/v1/").replace("{", "<").replace("}", ">")


def test_verbs_of_permissions_come_from_a_short_list() -> None:
    """A new verb is welcome where none of these says it; add it here."""
    unknown = {code for code in permissions.declared() if code.rsplit(".", 1)[1] not in VERBS}

    assert unknown == set()


def test_every_permission_is_held_by_some_role_besides_the_administrator() -> None:
    """A code that no pattern matches is either misspelt or meant for administrators alone."""
    patterns = frozenset().union(*(found for role, found in PATTERNS.items() if role != "admin"))
    held = permissions.matching(patterns)

    orphans = {
        code for code in permissions.declared() - held if not code.startswith(("accounts.", "kernel."))
    }
    assert orphans == set()


def test_every_pattern_of_a_role_matches_something() -> None:
    dead = {
        (role, pattern)
        for role, patterns in PATTERNS.items()
        for pattern in patterns
        if not permissions.matching(frozenset({pattern}))
    }

    assert dead == set()


def test_every_operation_says_what_it_is() -> None:
    ids: set[str] = set()
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert len(operation["summary"]) > 5, (method, path)
            assert operation["operationId"] not in ids, operation["operationId"]
            ids.add(operation["operationId"])
            assert "default" in operation["responses"], (method, path)


def bounded(
    schema: dict[str, Any], components: dict[str, Any], path: str, seen: frozenset[str]
) -> Iterator[str]:
    """Places of an input schema where a value may be of any size."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from bounded(components[name], components, path, seen | {name})
        return
    for key in ("anyOf", "allOf", "oneOf"):
        for one in schema.get(key, ()):
            yield from bounded(one, components, path, seen)
    kind = schema.get("type")
    if kind == "string" and not {"maxLength", "enum", "const", "format", "pattern"} & set(schema):
        yield f"{path}: text without a maximum length"
    if kind == "array":
        if "maxItems" not in schema:
            yield f"{path}: list without a maximum length"
        yield from bounded(schema.get("items", {}), components, f"{path}[]", seen)
    if kind == "integer" and not ({"maximum", "exclusiveMaximum"} & set(schema) or "enum" in schema):
        yield f"{path}: whole number without a maximum"
    for name, one in schema.get("properties", {}).items():
        yield from bounded(one, components, f"{path}.{name}", seen)


def test_every_input_is_bounded() -> None:
    found: list[str] = []
    described = document()
    components = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            for parameter in operation["parameters"]:
                found += bounded(parameter["schema"], components, f"{name} ?{parameter['name']}", frozenset())
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found += bounded(content["schema"], components, name, frozenset())

    assert found == []


def test_no_two_different_schemas_share_a_name() -> None:
    """In the API document schemas are known by their names alone."""
    found: dict[str, dict[str, str]] = {}

    def visit(annotation: Any, seen: set[Any]) -> None:
        for one in get_args(annotation):
            visit(one, seen)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
            seen.add(annotation)
            if annotation.__module__.startswith("hecang."):
                shape = json.dumps(annotation.model_json_schema(), sort_keys=True)
                found.setdefault(annotation.__name__, {})[shape] = annotation.__module__
            for field in annotation.model_fields.values():
                visit(field.annotation, seen)

    seen: set[Any] = set()
    for _name, operation in ninja_operations():
        for model in [*operation.models, *operation.response_models.values()]:
            visit(model, seen)

    assert {name: sorted(shapes.values()) for name, shapes in found.items() if len(shapes) > 1} == {}


def test_bodies_refuse_unknown_fields() -> None:
    described = document()
    components = described["components"]["schemas"]
    loose = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            schema = (
                operation.get("requestBody", {})
                .get("content", {})
                .get("application/json", {})
                .get("schema", {})
            )
            if "$ref" in schema:
                name = schema["$ref"].rsplit("/", 1)[1]
                if components[name].get("additionalProperties") is not False:
                    loose.append(f"{method.upper()} {path}: {name} is no InputSchema")

    assert loose == []


def test_events_and_consumers_are_named_after_their_app_and_explained() -> None:
    """Events name themselves ``<app>.<fact>`` after the app that emits them."""

    def subclasses(kind: type[Event]) -> Iterator[type[Event]]:
        for one in kind.__subclasses__():
            yield one
            yield from subclasses(one)

    for event in subclasses(Event):
        if not event.__module__.startswith("hecang."):
            continue
        app = event.__module__.split(".")[1]
        assert re.fullmatch(rf"{app}\.[a-z_]+", event.name), f"{event.__qualname__} is named {event.name}"
        assert event.__doc__
        assert not event.__doc__.startswith(f"{event.__name__}("), f"{event.name} says nothing"
    for consumer in consumers().values():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", consumer.name)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_nobody_gets_anywhere_without_signing_in(method: str, client: Any) -> None:
    for operation in api.operations:
        if operation.method == method and operation.permission != PUBLIC:
            path = "/api/v1" + re.sub(r"{[^}]+}", "1", operation.path)
            answer = client.generic(method, path, "{}", content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), (
                f"{method} {path}"
            )


def test_the_written_api_document_and_tables_are_current() -> None:
    """``make openapi`` writes them."""
    stale = []
    if json.loads((REFERENCE / "openapi.json").read_text()) != document():
        stale.append("openapi.json")
    for path in REFERENCE.glob("*.md"):
        text = path.read_text()
        if "<!-- table:" in text and replaced(text) != text:
            stale.append(path.name)

    assert stale == []


def test_every_event_is_in_the_reference() -> None:
    page = (REFERENCE / "events.md").read_text()
    for consumer in consumers().values():
        for name in consumer.handlers:
            assert f"`{name}`" in page
