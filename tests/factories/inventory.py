"""Stock for tests: a small warehouse with goods in it, put there through the ledger."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.factories import catalog, facility, partners

from hecang.catalog.models import Sku
from hecang.facility.models import Location, Warehouse
from hecang.inventory.models import Allocation, Availability, Lot, Stock
from hecang.inventory.services import (
    AllocationDemand,
    LotIn,
    PostingIn,
    ReservationIn,
    lot_get_or_create_many,
    reservations_create,
    stock_allocate,
    stock_post,
)
from hecang.kernel import clock
from hecang.partners.models import Owner

_sources = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """One SKU of one owner in one warehouse, with the places that a test needs by name."""

    warehouse: Warehouse
    sku: Sku
    owner: Owner

    def at(self, code: str) -> Location:
        """The location with this code, such as ``A01-01-1``, ``STAGE-1``, ``DAMAGED``, ``V-SUPPLIER``."""
        return Location.objects.get(warehouse=self.warehouse, code=code)

    @property
    def key(self) -> tuple[int, int, int]:
        return self.warehouse.id, self.sku.id, self.owner.id

    def availability(self) -> tuple[int, int]:
        """(sellable, reserved), zeros where there has never been stock."""
        row = Availability.objects.filter(warehouse=self.warehouse, sku=self.sku, owner=self.owner).first()
        return (row.sellable, row.reserved) if row else (0, 0)

    def stock(self, code: str = "A01-01-1", **where: Any) -> tuple[int, int]:
        """(quantity, allocated) over the rows at a location."""
        rows = Stock.objects.filter(location=self.at(code), sku=self.sku, owner=self.owner, **where)
        return sum(row.quantity for row in rows), sum(row.allocated for row in rows)

    def put(
        self,
        quantity: int,
        code: str = "A01-01-1",
        *,
        lot: Lot | None = None,
        received_at: datetime | None = None,
        **fields: Any,
    ) -> int:
        """Post goods in from the supplier; the id of the ledger entry."""
        return stock_post(
            entries=[
                PostingIn(
                    sku_id=self.sku.id,
                    owner_id=self.owner.id,
                    quantity=quantity,
                    from_location_id=self.at("V-SUPPLIER").id,
                    to_location_id=self.at(code).id,
                    lot_id=lot.id if lot else None,
                    reason="receipt",
                    received_at=received_at,
                    **fields,
                )
            ]
        )[0]

    def take(self, quantity: int, code: str = "A01-01-1", *, to: str = "V-ADJUSTMENT", **fields: Any) -> int:
        """Post goods out (or elsewhere); the id of the ledger entry."""
        return stock_post(
            entries=[
                PostingIn(
                    sku_id=self.sku.id,
                    owner_id=self.owner.id,
                    quantity=quantity,
                    from_location_id=self.at(code).id,
                    to_location_id=self.at(to).id,
                    **{"reason": "adjustment", **fields},
                )
            ]
        )[0]

    def wish(self, quantity: int, source_id: int | None = None, **fields: Any) -> ReservationIn:
        """A request to reserve for a source of the kind ``test`` (nobody's, so no holder is called)."""
        return ReservationIn(
            self.warehouse.id,
            self.sku.id,
            self.owner.id,
            quantity,
            **{"source_kind": "test", "source_id": source_id or next(_sources), **fields},
        )

    def reserve(self, quantity: int, source_id: int | None = None, **fields: Any) -> int:
        """Reserve, and answer with the source's id."""
        wish = self.wish(quantity, source_id, **fields)
        reservations_create(requests=[wish])
        return wish.source_id

    def demand(self, quantity: int, reserved_by: int | None = None, **fields: Any) -> AllocationDemand:
        """What wants to be allocated, for a source of the kind ``test``."""
        return AllocationDemand(
            source_id=fields.pop("source_id", None) or next(_sources),
            warehouse_id=self.warehouse.id,
            sku_id=self.sku.id,
            owner_id=self.owner.id,
            quantity=quantity,
            reservation_source_id=reserved_by,
            reservation_source_kind="test",
            **{"source_kind": "test", **fields},
        )

    def allocate(self, quantity: int, *, policy: str = "fefo", **fields: Any) -> list[Allocation]:
        """Reserve and allocate."""
        result = stock_allocate(
            demands=[self.demand(quantity, self.reserve(quantity), **fields)], policy=policy
        )
        assert result.short == {}
        return [Allocation.objects.get(id=allocated.id) for allocated in result.allocations]

    def lot(self, code: str, expires_in: int | None = 100, *, produced_on: date | None = None) -> Lot:
        """A lot that expires in so many days."""
        expires_on = None if expires_in is None else clock.today() + timedelta(days=expires_in)
        ids = lot_get_or_create_many(lots=[LotIn(self.sku.id, code, produced_on, expires_on)])
        return Lot.objects.get(id=ids[0])


def place(
    *, quantity: int = 0, warehouse: Warehouse | None = None, owner: Owner | None = None, **sku_fields: Any
) -> Place:
    """A new SKU in a (new) warehouse, with so many units at ``A01-01-1``."""
    made = Place(
        warehouse or facility.warehouse(aisles=1, bays=3),
        catalog.sku(**sku_fields),
        owner or partners.owner(),
    )
    if quantity:
        made.put(quantity)
    return made
