"""Shops and orders for tests: goods through the ledger, orders through the intake."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.factories import catalog, facility, partners

from hecang.catalog.models import Sku
from hecang.facility.models import Location, Warehouse
from hecang.inventory.models import Availability, Reservation
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.orders.models import Channel, OrderHold, SalesOrder, SalesOrderLine, Shop
from hecang.orders.services import IntakeRow, LineIn, OrderIn, RecipientIn, orders_intake
from hecang.partners.models import Owner

_numbers = itertools.count(1)

#: Code → (latitude, longitude); Shanghai is nearest to the recipient that orders get by default.
PLACES = {"SH": ("31.23", "121.47"), "GZ": ("23.13", "113.26"), "CD": ("30.57", "104.07")}


def shop(code: str = "SHOP", *, owner: Owner | None = None, **rules: Any) -> Shop:
    """The shop of this code, made where it is missing; its remarks and duplicates are not audited."""
    found = Shop.objects.filter(code=code).first()
    if found is not None:
        return found
    channel, _ = Channel.objects.get_or_create(code="web", defaults={"name": "Web"})
    defaults = {"name": code.title(), "duplicate_hours": 0, "hold_remarks": False}
    return Shop.objects.create(
        code=code, channel=channel, owner=owner or partners.owner(), **{**defaults, **rules}
    )


def recipient(**fields: str) -> RecipientIn:
    """A complete recipient in Pudong with a phone of their own."""
    given = {
        "name": "王小明",
        "phone": f"139{next(_numbers):08}",
        "region_code": partners.SHANGHAI_PUDONG,
        "address": "世纪大道 100 号",
    }
    return RecipientIn(**{**given, **fields})


def order_in(
    lines: Mapping[str, int] | Sequence[LineIn], *, number: str = "", price: str = "10.00", **fields: Any
) -> OrderIn:
    """An order of these SKU codes and quantities."""
    made = (
        [LineIn(sku=code, quantity=units, unit_price=Decimal(price)) for code, units in lines.items()]
        if isinstance(lines, Mapping)
        else lines
    )
    given = {
        "external_number": number or f"X{next(_numbers):07}",
        "placed_at": clock.now(),
        "recipient": recipient(),
    }
    return OrderIn(lines=made, **{**given, **fields})


@dataclass
class World:
    """Some warehouses, one shop, and goods by name."""

    warehouses: dict[str, Warehouse]
    shop: Shop
    skus: dict[str, Sku] = field(default_factory=dict)

    def sku(self, name: str, **fields: Any) -> Sku:
        if name not in self.skus:
            self.skus[name] = catalog.sku(name, **fields)
        return self.skus[name]

    def put(self, name: str, quantity: int, at: str = "SH") -> None:
        """Goods come in from the supplier, or go to adjustment where ``quantity`` is negative."""
        warehouse = self.warehouses[at]
        shelf = Location.objects.get(warehouse=warehouse, code="A01-01-1").pk
        outside = Location.objects.get(
            warehouse=warehouse, code="V-SUPPLIER" if quantity > 0 else "V-ADJUSTMENT"
        ).pk
        source, target = (outside, shelf) if quantity > 0 else (shelf, outside)
        stock_post(
            entries=[
                PostingIn(
                    sku_id=self.sku(name).pk,
                    owner_id=self.shop.owner_id,
                    quantity=abs(quantity),
                    from_location_id=source,
                    to_location_id=target,
                    reason="receipt" if quantity > 0 else "adjustment",
                )
            ]
        )

    def free(self, name: str, at: str = "SH") -> int:
        row = Availability.objects.filter(warehouse=self.warehouses[at], sku=self.skus[name]).first()
        return row.sellable - row.reserved if row else 0

    def reserved(self, name: str) -> dict[str, int]:
        """Warehouse code → units reserved there."""
        rows = Availability.objects.filter(sku=self.skus[name], reserved__gt=0)
        return {row.warehouse.code: row.reserved for row in rows.select_related("warehouse")}

    def intake(self, *orders: OrderIn) -> list[IntakeRow]:
        return orders_intake(shop_id=self.shop.pk, orders=orders).results

    def order(self, lines: Mapping[str, int] | Sequence[LineIn], **fields: Any) -> SalesOrder:
        """One order through the intake."""
        return SalesOrder.objects.get(pk=self.intake(order_in(lines, **fields))[0].order_id)


def world(*places: str, **rules: Any) -> World:
    """A world with these warehouses (Shanghai unless named) and a shop with these rules."""
    partners.regions()
    made = {
        code: facility.warehouse(code, latitude=PLACES[code][0], longitude=PLACES[code][1])
        for code in places or ("SH",)
    }
    return World(made, shop(**rules))


def holds(order: SalesOrder | int) -> list[str]:
    """Codes of the standing holds."""
    key = order if isinstance(order, int) else order.pk
    rows = OrderHold.objects.filter(order=key, released_at__isnull=True)
    return sorted(rows.values_list("code", flat=True))


def life(order: SalesOrder | int) -> list[tuple[int, int, int, int, int]]:
    """(reserved, backordered, allocated, shipped, cancelled) of each line, by line number."""
    key = order if isinstance(order, int) else order.pk
    rows = SalesOrderLine.objects.filter(order=key).order_by("line_no")
    return list(rows.values_list("reserved", "backordered", "allocated", "shipped", "cancelled"))


def line_ids(order: SalesOrder | int) -> list[int]:
    key = order if isinstance(order, int) else order.pk
    rows = SalesOrderLine.objects.filter(order=key).order_by("line_no")
    return list(rows.values_list("pk", flat=True))


def sources(order: SalesOrder | int) -> dict[str, int]:
    """Warehouse code → units reserved there for an order."""
    rows = Reservation.objects.filter(
        source_kind="sales_order_line", source_id__in=line_ids(order), state="active"
    ).select_related("warehouse")
    found: dict[str, int] = {}
    for row in rows:
        found[row.warehouse.code] = found.get(row.warehouse.code, 0) + row.quantity
    return found


def assert_lawful() -> None:
    """The whole proof of the books, with zero differences."""
    report = inventory_verify()
    assert report.differences == 0, [
        (one.name, one.differences, one.samples) for one in report.checks if one.differences
    ]


def placed_before(minutes: int) -> Any:
    """A moment so many minutes ago."""
    return clock.now() - timedelta(minutes=minutes)


def total(values: Iterable[tuple[int, ...]], place: int) -> int:
    """Sum of one column of :func:`life`."""
    return sum(value[place] for value in values)
