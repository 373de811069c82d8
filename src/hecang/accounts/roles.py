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
        "catalog.*.view", "partners.owner.view", "partners.region.view", "facility.*.view",
        "shipping.carrier.view", "shipping.carton.view", "orders.shop.view", "notifications.team.view",
    }
)  # fmt: skip
_STOCK_VIEW = frozenset({"inventory.*.view"})
_IMPORTS = frozenset({"kernel.import.view", "kernel.import.create"})

PATTERNS: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset({"*"}),
    Role.ORDER_DESK: _MASTER_DATA
    | _STOCK_VIEW
    | _IMPORTS
    | {
        "orders.*", "orders.recipient.view",
        "partners.customer.*", "partners.customer.reveal", "partners.blocked_contact.*",
        "inventory.reservation.*", "outbound.*.view", "shipping.*.view",
        "tickets.*", "rules.*", "partners.credit.view", "quality.*", "integrations.*.view", "integrations.order.*", "portal.*",
        "integrations.product.*", "integrations.stock.*", "shipping.parcel.*",
    },
    Role.CUSTOMER_SERVICE: _MASTER_DATA
    | {
        "orders.order.view", "orders.order.create", "orders.order.hold", "orders.order.release",
        "orders.order.cancel", "orders.order.change", "orders.order.exchange", "orders.order.substitute",
        "orders.recipient.view", "orders.presale.view",
        "partners.customer.view", "partners.customer.create", "partners.customer.change",
        "partners.customer.reveal", "partners.blocked_contact.view",
        "inventory.availability.view", "outbound.fulfilment.view", "outbound.parcel.view",
        "outbound.dashboard.view", "shipping.waybill.view", "shipping.manifest.view",
        "tickets.*", "rules.*.view", "shipping.parcel.*", "integrations.*.view", "portal.link.*", "portal.policy.view",
    },
    Role.WAREHOUSE_MANAGER: _MASTER_DATA
    | _IMPORTS
    | {
        "facility.*", "inventory.*", "outbound.*", "shipping.*", "partners.owner.*",
        "catalog.sku.*", "catalog.barcode.*", "catalog.packaging.*", "orders.order.view",
        "tickets.*", "notifications.team.*", "rules.*.view", "quality.*", "integrations.*.view",
        "integrations.qimen.receive", "work.*", "inbound.*", "stockkeeping.*", "purchasing.*.view",
        "partners.supplier.view",
    },
    Role.OPERATOR: _MASTER_DATA
    | {
        "work.*.view", "work.task.work", "work.floor.use", "inbound.*.view", "inbound.*.work",
        "stockkeeping.*.view", "stockkeeping.*.work",
        "inventory.stock.view", "inventory.availability.view", "inventory.lot.view", "inventory.stock.move",
        "outbound.*.view", "outbound.batch.pick", "outbound.parcel.pack", "outbound.putback.confirm",
        "outbound.manifest.*", "shipping.manifest.*", "shipping.waybill.view",
        "tickets.ticket.view", "tickets.ticket.create", "tickets.ticket.comment",
    },
    Role.PURCHASER: _MASTER_DATA | _STOCK_VIEW | _IMPORTS | {
        "purchasing.*", "partners.supplier.*", "inbound.*.view", "inbound.asn.*", "inbound.claim.*",
        "stockkeeping.*.view", "stockkeeping.transfer.*", "stockkeeping.threshold.*", "stockkeeping.alert.*",
        "work.photo.view",
        "catalog.*", "partners.*.view", "orders.order.view", "orders.sourcing.view", "orders.supply.manage", "tickets.*",
        "quality.*",
    },
    Role.FINANCE: frozenset(
        {
            "catalog.*.view", "partners.*.view", "facility.*.view", "shipping.*.view", "shipping.rate.*",
            "inventory.*.view", "orders.*.view", "orders.*.export", "outbound.*.view", "tickets.*",
            "shipping.bill.*", "partners.credit.*", "purchasing.*.view", "purchasing.invoice.*", "purchasing.order.approve",
            "inbound.*.view", "stockkeeping.*.view", "work.*.view",
        }
    ),
    Role.AUDITOR: frozenset({"*.*.view", "*.*.export"}),
    Role.INTEGRATOR: _MASTER_DATA
    | _STOCK_VIEW
    | _IMPORTS
    | {
        "accounts.api_key.view", "accounts.api_key.create", "inbound.asn.*", "inbound.receipt.view", "catalog.*", "partners.customer.*",
        "orders.order.*", "inventory.reservation.*", "shipping.*.view", "outbound.*.view",
        "integrations.*", "notifications.target.*", "notifications.delivery.view", "tickets.*", "rules.*.view", "quality.*.view",
    },
}  # fmt: skip

#: Codes that no wildcard gives, since they show personal data in clear: a role has to name them.
EXPLICIT = frozenset({"orders.recipient.view", "partners.customer.reveal"})


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
