"""Goods at the dock, for tests of inspection, putaway and returns: posted as receiving does, then told."""

from __future__ import annotations

import itertools
from typing import Any

from tests.factories import facility
from tests.factories.inventory import Place, place

from hecang.inbound.models import Inspection, InspectionPlan, Putaway, SpaceClaim
from hecang.inbound.services.arrival import Arrival, arrival_conditions, arrivals_follow
from hecang.inbound.services.plans import PlanIn, plan_save
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.db import transactional
from hecang.partners.models import Supplier

_receipts = itertools.count(9_000_001)
_plans = itertools.count(1)

__all__ = ["arrive", "dock", "inspections", "plan", "putaways", "receipt_id", "supplier", "verify"]


def supplier(code: str = "SUP", **fields: Any) -> Supplier:
    """The supplier with this code, made where it is missing."""
    found = Supplier.objects.filter(code=code).first()
    return found or Supplier.objects.create(
        code=code, name=f"Supplier {code}", created_at=clock.now(), updated_at=clock.now(), **fields
    )


def dock(*, aisles: int = 2, bays: int = 5, levels: int = 1, **sku_fields: Any) -> Place:
    """One SKU and a warehouse with empty pick faces; goods come in at ``DOCK-1``."""
    return place(warehouse=facility.warehouse(aisles=aisles, bays=bays, levels=levels), **sku_fields)


def receipt_id() -> int:
    """A number for a receipt that nobody looks up."""
    return next(_receipts)


@transactional
def arrive(
    at: Place,
    quantity: int = 10,
    *,
    code: str = "DOCK-1",
    receipt: int | None = None,
    condition: str = "good",
    lot_id: int | None = None,
    container_id: int | None = None,
    supplier_id: int | None = None,
    purchase_line_id: int | None = None,
    sku_id: int | None = None,
) -> Arrival:
    """Receive units as the door does: ask, post, tell."""
    asked = Arrival(
        warehouse_id=at.warehouse.id,
        location_id=at.at(code).id,
        sku_id=sku_id or at.sku.id,
        owner_id=at.owner.id,
        quantity=quantity,
        supplier_id=supplier_id,
        lot_id=lot_id,
        container_id=container_id,
        condition=condition,
        receipt_id=receipt or receipt_id(),
        purchase_line_id=purchase_line_id,
    )
    booked = arrival_conditions(arrivals=[asked])[0]
    stock_post(
        entries=[
            PostingIn(
                sku_id=asked.sku_id,
                owner_id=asked.owner_id,
                quantity=quantity,
                from_location_id=at.at("V-SUPPLIER").id,
                to_location_id=asked.location_id,
                reason="receipt",
                lot_id=lot_id,
                from_condition=booked,
                to_condition=booked,
                to_container_id=container_id,
            )
        ]
    )
    told = Arrival(
        **{name: getattr(asked, name) for name in asked.__dataclass_fields__} | {"condition": booked}
    )
    arrivals_follow(arrivals=[told])
    return told


def plan(**fields: Any) -> InspectionPlan:
    """An inspection plan with a code of its own."""
    number = next(_plans)
    key = plan_save(plan=PlanIn(**{"code": f"QP-{number}", "name": f"Plan {number}", **fields}))
    return InspectionPlan.objects.get(id=key)


def putaways(at: Place, **where: Any) -> list[Putaway]:
    """Putaways in the warehouse, the oldest first."""
    return list(Putaway.objects.filter(warehouse=at.warehouse, **where).order_by("id"))


def inspections(at: Place, **where: Any) -> list[Inspection]:
    """Inspections in the warehouse, the oldest first."""
    return list(Inspection.objects.filter(warehouse=at.warehouse, **where).order_by("id"))


def claimed(at: Place, code: str) -> int:
    """Units on their way to a place."""
    return sum(row.quantity for row in SpaceClaim.objects.filter(location=at.at(code)))


def verify() -> None:
    """All laws hold."""
    report = inventory_verify()
    wrong = [one for one in report.checks if one.differences]
    assert not wrong, wrong
