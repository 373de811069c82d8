"""The API: the routers of all apps under one prefix."""

from __future__ import annotations

import importlib
import importlib.util
import json
from typing import Any

import structlog
from django.utils import translation

import hecang
from hecang.kernel import search
from hecang.kernel.api.application import Api
from hecang.kernel.imports import api as imports_api

#: Apps in the order of the docs page.
APPS = ("accounts", "orders", "outbound", "inventory", "catalog", "partners", "facility", "shipping")

api = Api(
    title="Hecang",
    version=hecang.__version__,
    description=(
        "Everything a person can do in the desk, a program can do here. Sign in with "
        "`Authorization: Bearer hk_…`. Send an `Idempotency-Key` with every write: the same key gets the "
        "first answer again. Errors are `application/problem+json` with a stable `code`."
    ),
)
api.include([search.router, imports_api.router])
for app in APPS:
    if importlib.util.find_spec(f"hecang.{app}.api") is not None:
        try:
            api.include([importlib.import_module(f"hecang.{app}.api").router])
        except Exception as error:
            structlog.get_logger("hecang.api").error("app_left_out", app=app, error=repr(error))


def document() -> dict[str, Any]:
    """The OpenAPI document, as plain data."""
    with translation.override("en"):
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
    plain: dict[str, Any] = json.loads(json.dumps(schema, default=str))
    return plain
