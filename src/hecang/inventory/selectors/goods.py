"""Containers and serials as people look at them: lists, trees with their content, histories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.inventory.models import Container, Serial
from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch

_TREE = """
WITH RECURSIVE up AS (
    SELECT c.id, c.parent_id FROM container c WHERE c.id = %(id)s
    UNION SELECT p.id, p.parent_id FROM up JOIN container p ON p.id = up.parent_id
), tree AS (
    SELECT id, 0 AS depth, ARRAY[id] AS path FROM up WHERE parent_id IS NULL
    UNION ALL SELECT c.id, t.depth + 1, t.path || c.id FROM tree t JOIN container c ON c.parent_id = t.id
)
SELECT c.id, c.code, c.kind, t.depth, c.parent_id, c.is_held,
    (SELECT coalesce(sum(s.quantity), 0)::bigint FROM stock s WHERE s.container_id = c.id)
FROM tree t JOIN container c ON c.id = t.id ORDER BY t.path LIMIT 2000
"""

_INSIDE = """
WITH RECURSIVE tree AS (
    SELECT c.id FROM container c WHERE c.id = ANY(%s::bigint[])
    UNION SELECT c.id FROM tree t JOIN container c ON c.parent_id = t.id
)
SELECT s.id, c.id, c.code, k.id, k.code, k.name, k.base_unit, t.code, t.expires_on, o.id, o.code, s.condition,
    s.quantity, s.allocated, s.is_sellable, (SELECT count(*) FROM serial n WHERE n.stock_id = s.id)
FROM tree JOIN stock s ON s.container_id = tree.id AND s.quantity > 0
JOIN container c ON c.id = s.container_id JOIN sku k ON k.id = s.sku_id JOIN owner o ON o.id = s.owner_id
LEFT JOIN lot t ON t.id = s.lot_id
WHERE %s::bigint[] IS NULL OR s.owner_id = ANY(%s::bigint[])
ORDER BY c.code, k.code, s.id LIMIT 2000
"""

_FIGURES = """
SELECT c.id, (SELECT count(*) FROM container k WHERE k.parent_id = c.id),
    (SELECT coalesce(sum(s.quantity), 0)::bigint FROM stock s WHERE s.container_id = c.id),
    (SELECT count(DISTINCT s.sku_id) FROM stock s WHERE s.container_id = c.id AND s.quantity > 0)
FROM unnest(%s::bigint[]) AS c (id)
"""

_CONTAINER_HISTORY = """
SELECT * FROM (
    SELECT m.at, m.actor, m.reason, m.quantity, k.code AS sku, f.code AS origin, t.code AS target, m.note, m.id
    FROM (
        SELECT id FROM movement WHERE from_container_id = %(id)s
        UNION SELECT id FROM movement WHERE to_container_id = %(id)s
    ) x JOIN movement m USING (id) JOIN sku k ON k.id = m.sku_id
    JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
    UNION ALL
    SELECT a.at, a.actor, a.action, NULL, NULL, a.before ->> 'location', a.after ->> 'location',
        coalesce(a.after ->> 'into', a.after ->> 'note', ''), NULL
    FROM audit_entry a WHERE a.entity_kind = 'container' AND a.entity_id = %(id)s
) h ORDER BY at DESC, id DESC NULLS LAST LIMIT 200
"""

_SERIAL_HISTORY = """
SELECT m.id, m.at, m.actor, m.reason, m.from_location_id, f.code, f.is_virtual, m.to_location_id, t.code,
    t.is_virtual, w.code, fc.code, tc.code, m.from_condition, m.to_condition, o.code, l.code, m.source_kind,
    m.source_id, m.note, x.is_presumed
FROM movement_serial x JOIN movement m ON m.id = x.movement_id
JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
JOIN warehouse w ON w.id = t.warehouse_id JOIN owner o ON o.id = m.owner_id
LEFT JOIN lot l ON l.id = m.lot_id
LEFT JOIN container fc ON fc.id = m.from_container_id LEFT JOIN container tc ON tc.id = m.to_container_id
WHERE x.serial_id = %s ORDER BY x.movement_id DESC LIMIT 500
"""

_LAST = """
SELECT DISTINCT ON (x.serial_id) x.serial_id, l.kind, m.at, m.source_kind, m.source_id, x.is_presumed
FROM movement_serial x JOIN movement m ON m.id = x.movement_id JOIN location l ON l.id = m.to_location_id
WHERE x.serial_id = ANY(%s::bigint[]) ORDER BY x.serial_id, x.movement_id DESC
"""

_UNNUMBERED = """
SELECT s.id, w.code, l.code, k.code, k.name, s.quantity, n.units
FROM stock s JOIN sku k ON k.id = s.sku_id AND k.is_serial_tracked
JOIN location l ON l.id = s.location_id JOIN warehouse w ON w.id = s.warehouse_id
CROSS JOIN LATERAL (SELECT count(*) AS units FROM serial n WHERE n.stock_id = s.id) n
WHERE s.quantity > n.units AND (%s::bigint[] IS NULL OR s.warehouse_id = ANY(%s::bigint[]))
ORDER BY w.code, l.code, s.id LIMIT 1000
"""

_STOCK_PLACE = (
    "stock__warehouse__id", "stock__warehouse__code", "stock__warehouse__name", "stock__location__id",
    "stock__location__code", "stock__container__id", "stock__container__code", "stock__lot__code", "stock__condition",
    "stock__owner__id", "stock__owner__code", "stock__owner__name",
)  # fmt: skip


def container_rows(
    actor: Actor,
    *,
    q: str | None = None,
    warehouse: Sequence[int] | None = None,
    location: int | None = None,
    kind: Sequence[str] | None = None,
    parent: int | None = None,
    outermost: bool | None = None,
    held: bool | None = None,
    closed: bool | None = False,
    filled: bool | None = None,
) -> QuerySet[Any, Any]:
    """Containers; those without a place belong to no warehouse and are shown to all."""
    rows: QuerySet[Any, Any] = Container.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(Q(location__warehouse_id__in=actor.scope.warehouses) | Q(location=None))
    if q:
        rows = rows.filter(code__istartswith=q.strip())
    if warehouse:
        rows = rows.filter(location__warehouse_id__in=warehouse)
    if location is not None:
        rows = rows.filter(location_id=location)
    if kind:
        rows = rows.filter(kind__in=kind)
    if parent is not None:
        rows = rows.filter(parent_id=parent)
    if outermost is not None:
        rows = rows.filter(parent__isnull=outermost)
    if held is not None:
        rows = rows.filter(is_held=held)
    if closed is not None:
        rows = rows.filter(closed_at__isnull=not closed)
    if filled is not None:
        inside = Q(stock__quantity__gt=0)
        rows = rows.filter(inside).distinct() if filled else rows.exclude(inside)
    return rows.values(
        "id", "code", "kind", "is_held", "created_at", "closed_at", "location__id", "location__code",
        "location__kind", "location__warehouse__id", "location__warehouse__code", "location__warehouse__name",
        "parent__id", "parent__code",
    )  # fmt: skip


def container_figures(ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """id → (containers directly in it, units directly in it, different SKUs), in one statement."""
    return {row[0]: (row[1], row[2], row[3]) for row in fetch(_FIGURES, [list(ids)])}


def container_tree(container_id: int) -> list[dict[str, Any]]:
    """The whole tree that a container stands in, outermost first, children after their parent."""
    names = ("id", "code", "kind", "depth", "parent_id", "is_held", "units")
    return [dict(zip(names, row, strict=True)) for row in fetch(_TREE, {"id": container_id})]


def container_content(actor: Actor, container_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Goods in containers and all that stands in them, as far as the actor's owners go."""
    owners = None if actor.scope.owners is None else list(actor.scope.owners)
    names = (
        "stock_id", "container_id", "container", "sku_id", "sku", "sku_name", "unit", "lot", "expires_on", "owner_id",
        "owner", "condition", "quantity", "allocated", "is_sellable", "serials",
    )  # fmt: skip
    rows = fetch(_INSIDE, [list(container_ids), owners, owners])
    return [dict(zip(names, row, strict=True)) for row in rows]


def container_history(container_id: int) -> list[dict[str, Any]]:
    """What happened to it and to the goods in it, newest first, 200 at most."""
    names = ("at", "actor", "what", "quantity", "sku", "origin", "target", "note", "movement_id")
    rows = fetch(_CONTAINER_HISTORY, {"id": container_id})
    return [dict(zip(names, row, strict=True)) for row in rows]


def serial_rows(
    actor: Actor,
    *,
    q: str | None = None,
    sku: int | None = None,
    warehouse: Sequence[int] | None = None,
    location: int | None = None,
    container: int | None = None,
    stock: int | None = None,
    in_house: bool | None = None,
) -> QuerySet[Any, Any]:
    """Serials by number or place. Those that are outside belong to no warehouse and are shown to all."""
    rows: QuerySet[Any, Any] = Serial.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(Q(stock__warehouse_id__in=actor.scope.warehouses) | Q(stock=None))
    if actor.scope.owners is not None:
        rows = rows.filter(Q(stock__owner_id__in=actor.scope.owners) | Q(stock=None))
    if q:
        rows = rows.filter(Q(number__startswith=q.strip()) | Q(sku__code__iexact=q.strip()))
    for name, value in (("sku_id", sku), ("stock__location_id", location), ("stock_id", stock)):
        if value is not None:
            rows = rows.filter(**{name: value})
    if container is not None:
        rows = rows.filter(stock__container_id=container)
    if warehouse:
        rows = rows.filter(stock__warehouse_id__in=warehouse)
    if in_house is not None:
        rows = rows.filter(stock__isnull=not in_house)
    return rows.values("id", "number", "created_at", "sku__id", "sku__code", "sku__name", *_STOCK_PLACE)


def serial_last(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """id → its last entry: where it went, when, for which document, and whether that was presumed."""
    names = ("to_kind", "at", "source_kind", "source_id", "is_presumed")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in fetch(_LAST, [list(ids)])}


def serial_history(serial_id: int) -> list[dict[str, Any]]:
    """Every entry that carried it, newest first."""
    names = (
        "movement_id", "at", "actor", "reason", "from_location_id", "from_location", "from_is_virtual",
        "to_location_id", "to_location", "to_is_virtual", "warehouse", "from_container", "to_container",
        "from_condition", "to_condition", "owner", "lot", "source_kind", "source_id", "note", "is_presumed",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in fetch(_SERIAL_HISTORY, [serial_id])]


def unnumbered(actor: Actor) -> list[dict[str, Any]]:
    """Places where goods kept by serial lie without numbers: what came before numbers were kept."""
    warehouses = None if actor.scope.warehouses is None else list(actor.scope.warehouses)
    names = ("stock_id", "warehouse", "location", "sku", "sku_name", "quantity", "serials")
    return [dict(zip(names, row, strict=True)) for row in fetch(_UNNUMBERED, [warehouses, warehouses])]
