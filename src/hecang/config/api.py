"""The API: the routers of all apps under one prefix."""

from __future__ import annotations

import json
from typing import Any

from django.utils import translation

import hecang
from hecang.accounts import api as accounts_api
from hecang.catalog import api as catalog_api
from hecang.facility import api as facility_api
from hecang.inbound import api as inbound_api
from hecang.integrations import api as integrations_api
from hecang.inventory import api as inventory_api
from hecang.kernel import search
from hecang.kernel.api.application import Api
from hecang.kernel.imports import api as imports_api
from hecang.notifications import api as notifications_api
from hecang.orders import api as orders_api
from hecang.outbound import api as outbound_api
from hecang.partners import api as partners_api
from hecang.portal import api as portal_api
from hecang.purchasing import api as purchasing_api
from hecang.quality import api as quality_api
from hecang.rules import api as rules_api
from hecang.shipping import api as shipping_api
from hecang.stockkeeping import api as stockkeeping_api
from hecang.tickets import api as tickets_api
from hecang.work import api as work_api

api = Api(
    title="Hecang",
    version=hecang.__version__,
    description=(
        "Everything a person can do in the desk, a program can do here. Sign in with "
        "`Authorization: Bearer hk_…`. Send an `Idempotency-Key` with every write: the same key gets the "
        "first answer again. Errors are `application/problem+json` with a stable `code`."
    ),
)
api.include(
    [
        accounts_api.router,
        orders_api.router,
        outbound_api.router,
        inbound_api.router,
        stockkeeping_api.router,
        work_api.router,
        purchasing_api.router,
        inventory_api.router,
        catalog_api.router,
        partners_api.router,
        facility_api.router,
        shipping_api.router,
        tickets_api.router,
        rules_api.router,
        notifications_api.router,
        quality_api.router,
        integrations_api.router,
        portal_api.router,
        imports_api.router,
        search.router,
    ]
)


def document() -> dict[str, Any]:
    """The OpenAPI document, as plain data."""
    with translation.override("en"):
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
    plain: dict[str, Any] = json.loads(json.dumps(schema, default=str))
    return plain
