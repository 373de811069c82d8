"""The API as a whole: strict parser, problem+json, security schemes and error answers in the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from hecang.kernel.api.parser import StrictParser
from hecang.kernel.api.problems import PROBLEM_SCHEMA, install_handlers
from hecang.kernel.api.router import PUBLIC, ApiRouter, Operation

_SECURITY = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key: hk_…"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}


class Api(NinjaAPI):
    """All operations under one prefix."""

    def __init__(self, *, title: str, version: str, description: str) -> None:
        super().__init__(
            title=title, version=version, description=description, parser=StrictParser(), urls_namespace="api"
        )
        self.operations: list[Operation] = []
        install_handlers(self)

    def include(self, routers: Iterable[ApiRouter]) -> None:
        """Add the routers of apps. Raises ValueError if two operations share method and path."""
        for router in routers:
            for operation in router.operations:
                if any(
                    (operation.method, operation.path) == (known.method, known.path)
                    for known in self.operations
                ):
                    raise ValueError(f"{operation.method} {operation.path} is declared twice")
                self.operations.append(operation)
            self.add_router("", router.ninja)

    def get_openapi_schema(self, **arguments: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**arguments)
        components = schema["components"]
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["securitySchemes"] = _SECURITY
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = {
                    "description": "What went wrong",
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
                if operation["x-permission"] != PUBLIC:
                    operation["security"] = [{"apiKey": []}, {"session": []}]
        _mend(schema["paths"])
        _mend(components)
        return schema


def _mend(part: Any) -> None:
    """Say tuples as JSON Schema 2020-12 does, which OpenAPI 3.1 stands on."""
    if isinstance(part, dict):
        if isinstance(part.get("items"), list):
            part["prefixItems"] = part.pop("items")
            part.pop("additionalItems", None)
        for one in part.values():
            _mend(one)
    elif isinstance(part, list):
        for one in part:
            _mend(one)
