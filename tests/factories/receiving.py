"""A gate for tests: a warehouse, an owner, a supplier, goods by name; receipts and announcements in a word."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from uuid import UUID, uuid4

from tests.factories import catalog, facility, partners, purchasing

from hecang.catalog.models import Sku
from hecang.facility.models import Location, Warehouse
from hecang.inbound.door import GoodsIn
from hecang.inbound.models import Asn, Discrepancy, Dock, DockHours, Receipt, ReceiptLine
from hecang.inbound.services.announcing import AsnContainerIn, AsnIn, AsnLineIn, asn_create
from hecang.inbound.services.receipts import ReceiptIn, receipt_open
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.receiving_answers import ReceiveResult
from hecang.inventory.models import Stock
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.partners.models import Owner, Supplier
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderState

_numbers = itertools.count(1)


@dataclass
class Gate:
    """One warehouse, one owner, one supplier, goods by name."""

    warehouse: Warehouse
    owner: Owner
    supplier: Supplier
    skus: dict[str, Sku] = field(default_factory=dict)

    def sku(self, name: str, **fields: Any) -> Sku:
        if name not in self.skus:
            found = Sku.objects.filter(code=name).first()
            self.skus[name] = found or catalog.sku(name, barcode=f"69{next(_numbers):011}", **fields)
        return self.skus[name]

    def at(self, code: str) -> Location:
        return Location.objects.get(warehouse=self.warehouse, code=code)

    # ------------------------------------------------------------ documents

    def order(self, goods: dict[str, int]) -> PurchaseOrder:
        """A purchase order that the supplier has confirmed."""
        now = clock.now()
        order = PurchaseOrder.objects.create(
            number=f"PO260101-{next(_numbers):06}", state=PurchaseOrderState.CONFIRMED, supplier=self.supplier,
            owner=self.owner, warehouse=self.warehouse, created_by="test", created_at=now, updated_at=now,
            confirmed_at=now, sent_at=now, line_count=len(goods),
        )  # fmt: skip
        PurchaseOrderLine.objects.bulk_create(
            PurchaseOrderLine(order=order, number=number, sku=self.sku(name), quantity=units)
            for number, (name, units) in enumerate(goods.items(), 1)
        )
        return order

    def ordered(self, order: PurchaseOrder, name: str) -> tuple[int, int]:
        """(received, rejected) of a line."""
        line = PurchaseOrderLine.objects.get(order=order, sku=self.sku(name))
        return line.received, line.rejected

    def asn(
        self,
        goods: dict[str, int],
        *,
        containers: Sequence[AsnContainerIn] = (),
        lines: Sequence[AsnLineIn] = (),
        **fields: Any,
    ) -> Asn:
        """An announcement of the supplier."""
        given = {"supplier_id": self.supplier.pk, **fields}
        made = asn_create(
            asn=AsnIn(
                self.warehouse.pk,
                self.owner.pk,
                (*(AsnLineIn(self.sku(name).pk, units) for name, units in goods.items()), *lines),
                containers=tuple(containers),
                **given,
            )
        )
        return Asn.objects.get(pk=made.id)

    def receipt(self, **fields: Any) -> Receipt:
        """An open receipt; of a document where one is named."""
        given = {
            "warehouse_id": self.warehouse.pk,
            "owner_id": self.owner.pk,
            "supplier_id": self.supplier.pk,
            **fields,
        }
        return Receipt.objects.get(pk=receipt_open(receipt=ReceiptIn(**given)).id)

    def goods(self, name: str, quantity: int, *, scan_id: UUID | None = None, **fields: Any) -> GoodsIn:
        return GoodsIn(scan_id or uuid4(), self.sku(name).pk, quantity, **fields)

    def receive(self, receipt: Receipt, name: str, quantity: int, **fields: Any) -> ReceiveResult:
        """Take in units of one SKU."""
        return receipt_receive(receipt_id=receipt.pk, goods=[self.goods(name, quantity, **fields)])[0]

    def dock(self, code: str = "D1", *, opens: int = 8, closes: int = 18, **fields: Any) -> Dock:
        """A dock that is open every day."""
        made = Dock.objects.create(warehouse=self.warehouse, code=code, location=self.at("DOCK-1"), **fields)
        DockHours.objects.bulk_create(
            DockHours(dock=made, weekday=day, opens=time(opens), closes=time(closes)) for day in range(1, 8)
        )
        return made

    # ------------------------------------------------------------ looking

    def stock(self, name: str, code: str = "DOCK-1", **where: Any) -> int:
        """Units at a location."""
        rows = Stock.objects.filter(location=self.at(code), sku=self.sku(name), **where)
        return sum(row.quantity for row in rows)

    def found(self, receipt: Receipt) -> dict[str, int]:
        """Discrepancies of a receipt: kind → units."""
        result: dict[str, int] = {}
        for row in Discrepancy.objects.filter(receipt=receipt):
            result[row.kind] = result.get(row.kind, 0) + row.quantity
        return result

    def lines(self, receipt: Receipt) -> list[ReceiptLine]:
        return list(ReceiptLine.objects.filter(receipt=receipt).order_by("id"))

    def verify(self) -> None:
        """The laws hold."""
        drain()
        report = inventory_verify()
        assert report.differences == 0, [check for check in report.checks if check.differences]


def gate(*names: str, **fields: Any) -> Gate:
    """A gate with these goods, kept neither by lot nor by serial."""
    purchasing.policy()
    made = Gate(facility.warehouse(aisles=1, **fields), partners.owner(), purchasing.supplier())
    for name in names:
        made.sku(name)
    return made
