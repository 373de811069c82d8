"""Transfers as the desk, the dock and inbound see them. Nothing here locks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.kernel.api.lists import nest
from hecang.kernel.db import fetch
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.errors_transfers import transfer_missing
from hecang.stockkeeping.models import (
    Transfer,
    TransferDiscrepancy,
    TransferLine,
    TransferReceipt,
    TransferUnit,
)

TABS: dict[str, Q] = {
    "all": Q(),
    "requested": Q(state=states.REQUESTED),
    "to_send": Q(state__in=[states.APPROVED, states.PICKING]),
    "on_the_road": Q(state__in=sorted(states.ON_THE_ROAD)),
    "ended": Q(state__in=sorted(states.ENDED)),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that a transfer has put down at a dock (or left there, when it was cancelled)."""

    receipt_id: int
    transfer_id: int
    warehouse_id: int
    location_id: int
    sku_id: int
    owner_id: int
    lot_id: int | None
    container_id: int | None
    condition: str
    quantity: int


def arrivals_of(receipt_ids: Collection[int]) -> list[Arrival]:
    """What the receipts of a ``TransferReceived`` event are. One statement."""
    rows = fetch(
        "SELECT r.id, r.transfer_id, p.warehouse_id, r.location_id, l.sku_id, t.owner_id, r.lot_id, r.container_id,"
        " r.condition, r.quantity FROM transfer_receipt r JOIN transfer_line l ON l.id = r.line_id"
        " JOIN transfer t ON t.id = r.transfer_id JOIN location p ON p.id = r.location_id"
        " WHERE r.id = ANY(%s::bigint[]) ORDER BY r.id",
        [sorted(set(receipt_ids))],
    )
    return [Arrival(*row) for row in rows]


def within(actor: Actor) -> QuerySet[Transfer, Transfer]:
    """Transfers of which the actor may see one end."""
    found = Transfer.objects.all()
    if actor.scope.warehouses is not None:
        found = found.filter(
            Q(from_warehouse_id__in=actor.scope.warehouses) | Q(to_warehouse_id__in=actor.scope.warehouses)
        )
    if actor.scope.owners is not None:
        found = found.filter(owner_id__in=actor.scope.owners)
    return found


_REFS = [
    f"{name}__{part}"
    for name in ("from_warehouse", "to_warehouse", "owner")
    for part in ("id", "code", "name")
]
_ROW = [
    "id", "number", "state", "note", "carrier", "waybill", "expected_at", "line_count", "unit_count", "value",
    "currency", "created_by", "created_at", "approved_at", "shipped_at", "closed_at", *_REFS,
]  # fmt: skip


def transfer_rows(
    actor: Actor,
    *,
    tab: str | None = None,
    warehouse: int | None = None,
    to_warehouse: int | None = None,
    owner: int | None = None,
    sku: int | None = None,
    q: str = "",
) -> QuerySet[Transfer, Any]:
    """Rows of the list."""
    found = within(actor).filter(TABS[tab or "all"])
    if warehouse is not None:
        found = found.filter(Q(from_warehouse_id=warehouse) | Q(to_warehouse_id=warehouse))
    if to_warehouse is not None:
        found = found.filter(to_warehouse_id=to_warehouse)
    if owner is not None:
        found = found.filter(owner_id=owner)
    if sku is not None:
        found = found.filter(lines__sku_id=sku)
    if q:
        found = found.filter(Q(number__istartswith=q) | Q(waybill__istartswith=q) | Q(note__icontains=q))
    told: QuerySet[Transfer, Any] = found.values(*_ROW)
    return told


def transfer_enrich(rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Add what has been sent and what is on the road. One statement."""
    sums = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT transfer_id, sum(shipped)::bigint, sum(received + over)::bigint, sum(shipped - received - lost)::bigint,"
            " sum(cut)::bigint, sum(lost + damaged + over)::bigint FROM transfer_line"
            " WHERE transfer_id = ANY(%s::bigint[]) GROUP BY transfer_id",
            [[row["id"] for row in rows]],
        )
    }
    for row in rows:
        row["shipped"], row["received"], row["on_the_road"], row["cut"], row["differing"] = sums.get(
            row["id"], (0, 0, 0, 0, 0)
        )
    return rows


def transfer_counts(actor: Actor, warehouse: int | None = None) -> dict[str, Any]:
    """Numbers on the tabs."""
    found = within(actor)
    if warehouse is not None:
        found = found.filter(Q(from_warehouse_id=warehouse) | Q(to_warehouse_id=warehouse))
    return capped_counts({tab: found.filter(condition) for tab, condition in TABS.items()})


def nested(rows: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """Values with ``__`` in their names as objects."""
    return nest(list(rows))


def transfer_get(actor: Actor, transfer_id: int) -> dict[str, Any]:
    """One transfer with its lines, goods, receipts and differences. Raises NotFound."""
    row = within(actor).filter(id=transfer_id).values(*_ROW, "approved_by", "shipped_by", "closed_by").first()
    if row is None:
        raise transfer_missing()
    transfer_enrich([row])
    sku = ("sku__id", "sku__code", "sku__name")
    row = nest([row])[0]
    row["lines"] = nested(
        TransferLine.objects.filter(transfer_id=transfer_id)
        .order_by("number")
        .values(
            "id", "number", "quantity", "reserved", "allocated", "picked", "shipped", "cut", "received", "damaged",
            "lost", "over", "unit_value", *sku,
        )
    )  # fmt: skip
    row["units"] = nested(
        TransferUnit.objects.filter(transfer_id=transfer_id)
        .order_by("id")
        .values(
            "id", "quantity", "received", "lost", "condition", "serials", *sku, "lot__id", "lot__code",
            "lot__expires_on", "container__id", "container__code",
        )
    )  # fmt: skip
    row["receipts"] = nested(
        TransferReceipt.objects.filter(transfer_id=transfer_id)
        .order_by("-id")
        .values("id", "quantity", "condition", "at", "actor", *(f"line__{name}" for name in sku),
                lot_code=F("lot__code"), location_code=F("location__code"), container_code=F("container__code"))[:200]
    )  # fmt: skip
    row["discrepancies"] = nested(
        TransferDiscrepancy.objects.filter(transfer_id=transfer_id)
        .order_by("id")
        .values("id", "kind", "quantity", "value", "note", "created_by", "created_at",
                *(f"line__{name}" for name in sku), lot_code=F("lot__code"))
    )  # fmt: skip
    row["actions"] = states.actions(row["state"])
    return row


def transfer_picks(actor: Actor, transfer_id: int) -> list[dict[str, Any]]:
    """What is allocated to a transfer, where it lies now; in walking order. Raises NotFound."""
    transfer = within(actor).filter(id=transfer_id).values("staging_id").first()
    if transfer is None:
        raise transfer_missing()
    rows = fetch(
        "SELECT a.id, k.id, k.code, k.name, l.id, l.code, x.code, c.code, a.quantity, l.id = %s::bigint"
        " FROM allocation a JOIN stock s ON s.id = a.stock_id JOIN sku k ON k.id = s.sku_id"
        " JOIN location l ON l.id = s.location_id LEFT JOIN lot x ON x.id = s.lot_id"
        " LEFT JOIN container c ON c.id = s.container_id WHERE a.source_kind = 'transfer_line'"
        " AND a.source_id = ANY(ARRAY(SELECT id FROM transfer_line WHERE transfer_id = %s))"
        " AND a.state IN ('open', 'picked') ORDER BY l.id = %s::bigint, l.pick_sequence, l.code, a.id",
        [transfer["staging_id"], transfer_id, transfer["staging_id"]],
    )
    return [
        {
            "allocation_id": row[0], "sku": {"id": row[1], "code": row[2], "name": row[3]},
            "location": {"id": row[4], "code": row[5]}, "lot_code": row[6], "container_code": row[7],
            "quantity": row[8], "is_at_dock": bool(row[9]),
        }
        for row in rows
    ]  # fmt: skip
