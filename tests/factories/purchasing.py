"""Suppliers, price lists and purchase orders for tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.factories import accounts, catalog, facility, partners

from hecang.accounts.models import User
from hecang.accounts.roles import permissions_of
from hecang.catalog.models import Sku
from hecang.facility.models import Warehouse
from hecang.kernel import clock
from hecang.kernel.actor import Actor, Scope
from hecang.partners.models import Owner, Supplier
from hecang.purchasing.models import (
    PurchaseApprovalStep,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchasePolicy,
)
from hecang.purchasing.services import (
    ItemRow,
    OrderLineIn,
    PriceRow,
    PurchaseOrderIn,
    order_approve,
    order_confirm,
    order_send,
    order_submit,
    orders_create,
    prices_save,
)

_numbers = itertools.count(1)


def supplier(code: str | None = None, **fields: Any) -> Supplier:
    """A supplier who takes orders by hand."""
    code = code or f"SUP-{next(_numbers):04}"
    now = clock.now()
    return Supplier.objects.create(
        **{"code": code, "name": f"Supplier {code}", "created_at": now, "updated_at": now, **fields}
    )


def policy(**fields: Any) -> PurchasePolicy:
    """The policy, as it is after installation but for what is given; also after a transactional test emptied it."""
    found, _made = PurchasePolicy.objects.get_or_create(pk=1, defaults={"updated_at": clock.now()})
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    for amount, role in ((10_000, "finance"), (100_000, "admin")):
        PurchaseApprovalStep.objects.get_or_create(role=role, defaults={"from_amount": amount})
    return found


def person(*roles: str, name: str = "", scope: Scope | None = None) -> Actor:
    """Somebody with a row in the database, who can approve."""
    user: User = accounts.user_make(name, roles=roles)
    return Actor(
        kind="user",
        name=user.username,
        user_id=user.pk,
        permissions=permissions_of(roles),
        scope=scope or Scope(),
    )


@dataclass
class Market:
    """A warehouse that buys from suppliers.

    :param prices: supplier code → SKU code → price.
    """

    warehouse: Warehouse
    owner: Owner
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    skus: dict[str, Sku] = field(default_factory=dict)

    def sells(self, supplier_code: str, sku_code: str, price: str, **more: Any) -> None:
        """Put a price on a supplier's list; makes both where they are missing."""
        seller = self.suppliers.get(supplier_code) or self.suppliers.setdefault(
            supplier_code, supplier(supplier_code)
        )
        goods = self.skus.get(sku_code) or self.skus.setdefault(sku_code, catalog.sku(sku_code))
        ours = {
            name: more.pop(name)
            for name in ("valid_from", "valid_to", "min_quantity", "currency")
            if name in more
        }
        prices_save(
            rows=[
                PriceRow(
                    item=ItemRow(seller.pk, goods.pk, **more),
                    price=Decimal(price),
                    **{"currency": "CNY", "valid_from": clock.today() - timedelta(days=30), **ours},
                )
            ]
        )

    def draft(self, supplier_code: str, lines: dict[str, int], **fields: Any) -> PurchaseOrder:
        """A draft of these SKU codes and quantities, at list prices."""
        made = orders_create(
            orders=[
                PurchaseOrderIn(
                    self.suppliers[supplier_code].pk,
                    self.owner.pk,
                    self.warehouse.pk,
                    [OrderLineIn(self.skus[code].pk, units) for code, units in lines.items()],
                    **fields,
                )
            ]
        )
        return PurchaseOrder.objects.get(pk=made.ids[0])

    def sent(self, supplier_code: str, lines: dict[str, int], *, confirmed: bool = False) -> PurchaseOrder:
        """An order that the supplier has, approved by whatever it takes."""
        from hecang.kernel.actor import acting

        order = self.draft(supplier_code, lines)
        if order_submit(order_id=order.pk).state != "approved":
            with acting(person("admin")):
                order_approve(order_id=order.pk)
        order_send(order_id=order.pk)
        if confirmed:
            order_confirm(order_id=order.pk)
        order.refresh_from_db()
        return order

    def lines(self, order: PurchaseOrder) -> list[PurchaseOrderLine]:
        return list(PurchaseOrderLine.objects.filter(order=order).order_by("number"))


def market(prices: dict[str, dict[str, str]] | None = None, **fields: Any) -> Market:
    """A market with these price lists."""
    policy()
    made = Market(facility.warehouse(aisles=0, **fields), partners.owner())
    for seller, goods in (prices or {"ACME": {"milk": "3.00", "bread": "2.00"}}).items():
        for code, price in goods.items():
            made.sells(seller, code, price)
    return made


def day(offset: int) -> date:
    return clock.today() + timedelta(days=offset)
