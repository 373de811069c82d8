"""What each role may do: patterns over the permission codes ``<app>.<entity>.<verb>``.

``docs/reference/permissions.md`` is made from this table.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from hecang.accounts.models import Role
from hecang.kernel import permissions

#: Looking at master data, without which no page of the desk makes sense.
_MASTER_DATA = frozenset(
    {
        "catalog.*.view",
        "partners.owner.view",
        "partners.region.view",
        "facility.*.view",
        "shipping.carrier.view",
        "shipping.service.view",
        "shipping.carton.view",
        "orders.shop.view",
    }
)
_STOCK_VIEW = frozenset({"inventory.*.view"})

PATTERNS: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset({"*"}),
    Role.ORDER_DESK: _MASTER_DATA
    | _STOCK_VIEW
    | {
        "orders.order.*", "orders.shop.*", "orders.recipient.view", "orders.backorder.*", "orders.dashboard.view",
        "partners.customer.*", "partners.blocked_contact.*",
        "inventory.reservation.*",
        "outbound.*.view", "shipping.*.view",
        "kernel.import.view", "kernel.import.create",
    },
    Role.CUSTOMER_SERVICE: _MASTER_DATA
    | {
        "orders.order.view", "orders.order.create", "orders.order.hold", "orders.order.release", "orders.order.cancel",
        "orders.order.change", "orders.recipient.view",
        "partners.customer.view", "partners.customer.change", "partners.blocked_contact.view",
        "inventory.availability.view", "outbound.fulfilment.view", "outbound.parcel.view", "outbound.dashboard.view",
        "shipping.waybill.view", "shipping.manifest.view",
    },
    Role.WAREHOUSE_MANAGER: _MASTER_DATA
    | {
        "facility.*", "inventory.*", "outbound.*", "shipping.*",
        "catalog.sku.change", "catalog.barcode.*", "catalog.packaging.*",
        "orders.order.view",
        "kernel.import.view", "kernel.import.create",
    },
    Role.OPERATOR: _MASTER_DATA
    | {
        "inventory.stock.view", "inventory.availability.view", "inventory.lot.view", "inventory.stock.move",
        "outbound.*.view", "outbound.*.pick", "outbound.*.pack", "outbound.*.ship", "outbound.*.scan",
        "outbound.putback.*",
        "shipping.manifest.view", "shipping.manifest.create", "shipping.manifest.ship", "shipping.manifest.close",
        "shipping.waybill.view",
    },
    Role.PURCHASER: _MASTER_DATA
    | _STOCK_VIEW
    | {"catalog.*", "partners.*.view", "orders.order.view", "kernel.import.view", "kernel.import.create"},
    Role.FINANCE: frozenset(
        {
            "catalog.*.view", "partners.*.view", "facility.*.view", "shipping.*.view", "shipping.rate.*",
            "inventory.*.view", "orders.*.view", "orders.*.export", "outbound.*.view",
        }
    )
    - {"orders.recipient.view"},
    Role.AUDITOR: frozenset({"*.*.view", "*.*.export"}),
    Role.INTEGRATOR: _MASTER_DATA
    | _STOCK_VIEW
    | {
        "accounts.api_key.view", "accounts.api_key.create", "catalog.*", "partners.customer.*", "orders.order.*", "inventory.reservation.*", "shipping.*.view",
        "outbound.*.view", "kernel.import.view", "kernel.import.create",
    },
}  # fmt: skip

#: Codes that a wildcard does not give: they show personal data in clear, or reach into accounts.
EXPLICIT = frozenset({"orders.recipient.view"})


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """The permission codes that somebody with ``roles`` holds; ``*`` alone for administrators."""
    return _expanded(tuple(sorted(set(roles))), len(permissions.declared()))


@functools.lru_cache(maxsize=512)
def _expanded(roles: tuple[str, ...], _declared_count: int) -> frozenset[str]:
    patterns = frozenset().union(*(PATTERNS.get(role, frozenset()) for role in roles))
    if "*" in patterns:
        return frozenset({"*"})
    return frozenset(
        code for code in permissions.matching(patterns) if code not in EXPLICIT or code in patterns
    )
