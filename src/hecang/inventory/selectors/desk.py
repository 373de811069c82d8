"""What the desk shows of stock: lists by filters, the tree of one SKU, the ledger with its balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from hecang.catalog.selectors.lists import skus_matching
from hecang.inventory.models import Availability, Lot, Movement, Stock, StockHold
from hecang.kernel.actor import Actor, Scope
from hecang.kernel.db import fetch, fetch_one

_FIGURES = """
SELECT k.id, coalesce(sum(s.quantity), 0)::bigint, coalesce(sum(s.allocated), 0)::bigint,
    coalesce(sum(s.quantity - s.allocated) FILTER (WHERE NOT s.is_sellable), 0)::bigint
FROM availability k LEFT JOIN stock s
    ON s.warehouse_id = k.warehouse_id AND s.sku_id = k.sku_id AND s.owner_id = k.owner_id
WHERE k.id = ANY(%s::bigint[])
GROUP BY k.id
"""

_FILL = """
SELECT s.location_id, sum(s.quantity)::bigint,
    CASE WHEN bool_or(k.length_mm IS NULL OR k.width_mm IS NULL OR k.height_mm IS NULL)
            OR min(l.width_mm::bigint * l.depth_mm * l.height_mm) = 0 THEN NULL
        ELSE least(1, sum(s.quantity * k.length_mm::bigint * k.width_mm * k.height_mm)::float8
            / min(l.width_mm::bigint * l.depth_mm * l.height_mm)) END
FROM stock s JOIN location l ON l.id = s.location_id JOIN sku k ON k.id = s.sku_id
WHERE s.warehouse_id = %s AND s.quantity > 0 AND (%s::bigint[] IS NULL OR s.owner_id = ANY(%s::bigint[]))
GROUP BY s.location_id ORDER BY s.location_id
"""

_ON_HAND = """
SELECT coalesce(sum(quantity), 0)::bigint FROM stock s
WHERE s.sku_id = %(sku)s
    AND (%(warehouses)s::bigint[] IS NULL OR s.warehouse_id = ANY(%(warehouses)s::bigint[]))
    AND (%(owners)s::bigint[] IS NULL OR s.owner_id = ANY(%(owners)s::bigint[]))
    AND (%(location)s::bigint IS NULL OR s.location_id = %(location)s)
    AND (%(lot)s::bigint IS NULL OR s.lot_id = %(lot)s)
"""

# What an entry does to the sum over the places asked for: a move between two of them does nothing.
_LEDGER = """
SELECT m.id, (
    CASE WHEN NOT t.is_virtual AND (%(warehouses)s::bigint[] IS NULL OR t.warehouse_id = ANY(%(warehouses)s::bigint[]))
        AND (%(location)s::bigint IS NULL OR t.id = %(location)s) THEN m.quantity ELSE 0 END
    - CASE WHEN NOT f.is_virtual AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s::bigint[]))
        AND (%(location)s::bigint IS NULL OR f.id = %(location)s) THEN m.quantity ELSE 0 END)::bigint AS change
FROM movement m JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
WHERE m.sku_id = %(sku)s
    AND (%(owners)s::bigint[] IS NULL OR m.owner_id = ANY(%(owners)s::bigint[]))
    AND (%(lot)s::bigint IS NULL OR m.lot_id = %(lot)s)
    AND ((%(location)s::bigint IS NULL AND (%(warehouses)s::bigint[] IS NULL
            OR f.warehouse_id = ANY(%(warehouses)s::bigint[]) OR t.warehouse_id = ANY(%(warehouses)s::bigint[])))
        OR f.id = %(location)s OR t.id = %(location)s)
"""


def within(rows: QuerySet[Any, Any], scope: Scope) -> QuerySet[Any, Any]:
    """Only rows (with ``warehouse`` and ``owner``) that the scope allows."""
    if scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=scope.warehouses)
    if scope.owners is not None:
        rows = rows.filter(owner_id__in=scope.owners)
    return rows


def availability_rows(
    actor: Actor,
    *,
    q: str | None = None,
    warehouse: Sequence[int] | None = None,
    owner: Sequence[int] | None = None,
    sku: int | None = None,
    has_free: bool | None = None,
) -> QuerySet[Any, Any]:
    """What can be promised, by warehouse, SKU and owner; see ``availability_figures`` for the rest."""
    rows: QuerySet[Any, Any] = within(Availability.objects.all(), actor.scope)
    rows = _narrowed(rows, warehouse=warehouse, owner=owner, sku=sku, q=q)
    if has_free is not None:
        rows = rows.filter(sellable__gt=F("reserved")) if has_free else rows.filter(sellable=F("reserved"))
    return rows.values(
        "id", "sellable", "reserved", "warehouse__id", "warehouse__code", "warehouse__name", "sku__id",
        "sku__code", "sku__name", "sku__base_unit", "owner__id", "owner__code", "owner__name",
    )  # fmt: skip


def availability_figures(ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """id of availability → (on hand, allocated, held), in one statement."""
    return {row[0]: (row[1], row[2], row[3]) for row in fetch(_FIGURES, [list(ids)])}


def stock_rows(
    actor: Actor,
    *,
    q: str | None = None,
    warehouse: Sequence[int] | None = None,
    owner: Sequence[int] | None = None,
    sku: int | None = None,
    location: int | None = None,
    lot: int | None = None,
    condition: Sequence[str] | None = None,
    is_sellable: bool | None = None,
    has_stock: bool | None = True,
) -> QuerySet[Any, Any]:
    """What lies where; empty rows only if asked for."""
    rows: QuerySet[Any, Any] = within(Stock.objects.all(), actor.scope)
    rows = _narrowed(rows, warehouse=warehouse, owner=owner, sku=sku, q=q, location=location, lot=lot)
    if condition:
        rows = rows.filter(condition__in=condition)
    if is_sellable is not None:
        rows = rows.filter(is_sellable=is_sellable)
    if has_stock is not None:
        rows = rows.filter(quantity__gt=0) if has_stock else rows.filter(quantity=0)
    return rows.values(
        "id", "condition", "quantity", "allocated", "is_sellable", "received_at", "warehouse__id",
        "warehouse__code", "warehouse__name", "location__id", "location__code", "location__kind", "sku__id",
        "sku__code", "sku__name", "lot__id", "lot__code", "lot__expires_on", "lot__produced_on", "owner__id",
        "owner__code", "owner__name", "container__id", "container__code",
    )  # fmt: skip


def movement_rows(
    actor: Actor,
    *,
    warehouse: Sequence[int] | None = None,
    owner: Sequence[int] | None = None,
    sku: int | None = None,
    location: int | None = None,
    lot: int | None = None,
    reason: Sequence[str] | None = None,
    source_kind: str | None = None,
    source_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Any, Any]:
    """Entries of the ledger; those that touch a place in the scope."""
    rows: QuerySet[Any, Any] = Movement.objects.all()
    warehouses = _intersect(warehouse, actor.scope.warehouses)
    if warehouses is not None:
        rows = rows.filter(
            Q(from_location__warehouse_id__in=warehouses) | Q(to_location__warehouse_id__in=warehouses)
        )
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    if owner:
        rows = rows.filter(owner_id__in=owner)
    exact = {
        "sku_id": sku,
        "lot_id": lot,
        "source_id": source_id,
        "source_kind": source_kind,
        "at__gte": since,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if until is not None:
        rows = rows.filter(at__lt=until)
    if location is not None:
        rows = rows.filter(Q(from_location_id=location) | Q(to_location_id=location))
    if reason:
        rows = rows.filter(reason__in=reason)
    return _movement_values(rows)


def _movement_values(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.values(
        "id", "at", "quantity", "from_condition", "to_condition", "reason", "source_kind", "source_id", "note",
        "actor", "request_id", "sku__id", "sku__code", "sku__name", "lot__id", "lot__code", "owner__id",
        "owner__code", "owner__name", "from_location__id", "from_location__code", "from_location__kind",
        "from_location__is_virtual", "to_location__id", "to_location__code", "to_location__kind",
        "to_location__is_virtual",
    )  # fmt: skip


def ledger_page(
    actor: Actor,
    *,
    sku_id: int,
    warehouse_id: int | None = None,
    owner_id: int | None = None,
    location_id: int | None = None,
    lot_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The ledger of one SKU, newest first, each entry with what it changed and the balance after it.

    Four statements. The balance is that of all the places asked for together, worked backwards from what
    lies there now.

    :param before: only entries with a smaller id, to turn the page.
    """
    warehouses = _intersect([warehouse_id] if warehouse_id else None, actor.scope.warehouses)
    owners = _intersect([owner_id] if owner_id else None, actor.scope.owners)
    params = {
        "sku": sku_id,
        "location": location_id,
        "lot": lot_id,
        "warehouses": None if warehouses is None else list(warehouses),
        "owners": None if owners is None else list(owners),
        "before": before,
        "limit": limit,
    }
    on_hand = fetch_one(_ON_HAND, params)
    later = fetch_one(
        f"SELECT coalesce(sum(change), 0)::bigint FROM ({_LEDGER}) e WHERE id >= %(before)s",  # noqa: S608
        params,
    ) if before else (0,)  # fmt: skip
    assert on_hand is not None
    assert later is not None
    balance = on_hand[0] - later[0]
    page = fetch(
        f"SELECT id, change FROM ({_LEDGER}) e WHERE %(before)s::bigint IS NULL OR id < %(before)s"  # noqa: S608
        " ORDER BY id DESC LIMIT %(limit)s",
        params,
    )
    entries = {
        row["id"]: row for row in _movement_values(Movement.objects.filter(id__in=[row[0] for row in page]))
    }
    rows = []
    for movement_id, change in page:
        rows.append({**entries[movement_id], "change": change, "balance": balance})
        balance -= change
    return rows


def lot_rows(
    *,
    q: str | None = None,
    sku: int | None = None,
    is_expired: bool | None = None,
    expires_before: Any = None,
) -> QuerySet[Any, Any]:
    """Lots by SKU, code and expiry; see ``lot_figures`` for what is left of them."""
    rows: QuerySet[Any, Any] = Lot.objects.all()
    if q:
        rows = rows.filter(Q(code__istartswith=q) | Q(sku__code__istartswith=q))
    if sku is not None:
        rows = rows.filter(sku_id=sku)
    if is_expired is not None:
        rows = rows.filter(is_expired=is_expired)
    if expires_before is not None:
        rows = rows.filter(expires_on__lt=expires_before)
    return rows.values(
        "id",
        "code",
        "produced_on",
        "expires_on",
        "is_expired",
        "created_at",
        "sku__id",
        "sku__code",
        "sku__name",
    )


def lot_figures(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """id of lot → (on hand, allocated) within the scope, in one statement."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    rows = within(Stock.objects.filter(lot_id__in=ids, quantity__gt=0), actor.scope)
    for lot_id, quantity, allocated in rows.values_list("lot_id", "quantity", "allocated"):
        found[lot_id][0] += quantity
        found[lot_id][1] += allocated
    return {lot_id: (figures[0], figures[1]) for lot_id, figures in found.items()}


def hold_rows(
    actor: Actor, *, standing: bool | None = None, kind: Sequence[str] | None = None
) -> QuerySet[Any, Any]:
    """Stops on goods. A hold on a lot or a supplier concerns every warehouse and is shown to all."""
    rows: QuerySet[Any, Any] = StockHold.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(
            Q(warehouse_id__in=actor.scope.warehouses)
            | Q(location__warehouse_id__in=actor.scope.warehouses)
            | Q(container__location__warehouse_id__in=actor.scope.warehouses)
            | Q(kind__in=(StockHold.Kind.LOT, StockHold.Kind.SUPPLIER))
        )
    if standing is not None:
        rows = rows.filter(released_at__isnull=standing)
    if kind:
        rows = rows.filter(kind__in=kind)
    return rows.values(
        "id", "kind", "reason", "placed_by", "placed_at", "released_by", "released_at", "lot__id", "lot__code",
        "location__id", "location__code", "warehouse__id", "warehouse__code", "warehouse__name", "sku__id",
        "sku__code", "sku__name", "container__id", "container__code", "supplier__id", "supplier__code",
        "supplier__name", "source_kind", "source_id",
    )  # fmt: skip


def location_fill(actor: Actor, *, warehouse_id: int) -> list[dict[str, Any]]:
    """How full each location is: units, and the share of its volume (null where a size is unknown)."""
    owners = None if actor.scope.owners is None else list(actor.scope.owners)
    rows = fetch(_FILL, [warehouse_id, owners, owners])
    return [{"location_id": row[0], "units": row[1], "fill": row[2]} for row in rows]


def _narrowed(rows: QuerySet[Any, Any], *, q: str | None, **exact: Any) -> QuerySet[Any, Any]:
    for name, value in exact.items():
        if value is None or value == []:
            continue
        rows = rows.filter(**{f"{name}_id__in" if isinstance(value, (list, tuple)) else f"{name}_id": value})
    if q:
        rows = rows.filter(sku_id__in=skus_matching(q=q).values("id"))
    return rows


def _intersect(asked: Sequence[int] | None, allowed: frozenset[int] | None) -> set[int] | None:
    """The ids that are both asked for and allowed; ``None`` means all."""
    if not asked:
        return None if allowed is None else set(allowed)
    return set(asked) if allowed is None else set(asked) & allowed
