"""Recall 召回: where goods of a lot are, for whom they are promised, and who has got them; one statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch

#: What a row can be.
KINDS: Final = ("location", "allocation", "shipped", "returned")

NAMES: Final = (
    "kind", "warehouse_id", "warehouse", "location_id", "location", "container", "sku_id", "sku", "sku_name", "lot_id",
    "lot", "expires_on", "owner", "condition", "quantity", "serials", "state", "fulfilment_id", "fulfilment", "order_id",
    "order", "external_number", "shop", "customer_id", "customer", "recipient", "parcel_id", "parcel", "waybill", "at",
    "is_presumed",
)  # fmt: skip

_LOTS = """
WITH lots AS MATERIALIZED (
    SELECT t.id FROM lot t WHERE t.id = ANY(%(lots)s::bigint[])
    UNION SELECT t.id FROM lot t WHERE t.supplier_id = %(supplier)s::bigint
        AND (%(sku)s::bigint IS NULL OR t.sku_id = %(sku)s)
), places AS MATERIALIZED (
    SELECT s.id, s.quantity AS units, NULL::text[] AS numbers
    FROM lots JOIN stock s ON s.lot_id = lots.id WHERE s.quantity > 0
), entries AS MATERIALIZED (
    SELECT m.id, m.quantity AS units, NULL::text[] AS numbers, false AS presumed, f.kind = 'customer' AS is_back
    FROM lots JOIN movement m ON m.lot_id = lots.id
    JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
    WHERE f.kind = 'customer' OR t.kind = 'customer'
)
"""

_SERIALS = """
WITH numbered AS MATERIALIZED (
    SELECT s.id, s.number, s.stock_id FROM serial s
    WHERE s.sku_id = %(sku)s::bigint AND s.number >= %(first)s::text AND s.number <= %(last)s::text
), places AS MATERIALIZED (
    SELECT n.stock_id AS id, count(*) AS units, array_agg(n.number ORDER BY n.number) AS numbers
    FROM numbered n WHERE n.stock_id IS NOT NULL GROUP BY n.stock_id
), entries AS MATERIALIZED (
    SELECT m.id, count(*) AS units, array_agg(n.number ORDER BY n.number) AS numbers, bool_or(x.is_presumed) AS presumed,
        f.kind = 'customer' AS is_back
    FROM numbered n JOIN movement_serial x ON x.serial_id = n.id JOIN movement m ON m.id = x.movement_id
    JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
    WHERE f.kind = 'customer' OR t.kind = 'customer'
    GROUP BY m.id, f.kind
)
"""

_SKU = """
WITH places AS MATERIALIZED (
    SELECT s.id, s.quantity AS units, NULL::text[] AS numbers FROM stock s
    WHERE s.sku_id = %(sku)s::bigint AND s.quantity > 0
), entries AS MATERIALIZED (
    SELECT m.id, m.quantity AS units, NULL::text[] AS numbers, false AS presumed, f.kind = 'customer' AS is_back
    FROM movement m JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
    WHERE m.sku_id = %(sku)s::bigint AND (f.kind = 'customer' OR t.kind = 'customer')
)
"""

_ROWS = """
SELECT * FROM (
    SELECT 'location' AS kind, w.id AS warehouse_id, w.code AS warehouse, l.id AS location_id, l.code AS location,
        c.code AS container, k.id AS sku_id, k.code AS sku, k.name AS sku_name, t.id AS lot_id, t.code AS lot,
        t.expires_on, o.code AS owner, s.condition, p.units, p.numbers,
        CASE WHEN s.is_sellable THEN 'sellable' ELSE 'stopped' END AS state,
        NULL::bigint AS fulfilment_id, NULL::text AS fulfilment, NULL::bigint AS order_id, NULL::text AS order_number,
        NULL::text AS external_number, NULL::text AS shop, NULL::bigint AS customer_id, NULL::text AS customer,
        NULL::text AS recipient, NULL::bigint AS parcel_id, NULL::text AS parcel, NULL::text AS waybill,
        NULL::timestamptz AS at, false AS presumed, s.owner_id
    FROM places p JOIN stock s ON s.id = p.id JOIN location l ON l.id = s.location_id
    JOIN warehouse w ON w.id = s.warehouse_id JOIN sku k ON k.id = s.sku_id JOIN owner o ON o.id = s.owner_id
    LEFT JOIN lot t ON t.id = s.lot_id LEFT JOIN container c ON c.id = s.container_id
    UNION ALL
    SELECT 'allocation', w.id, w.code, l.id, l.code, c.code, k.id, k.code, k.name, t.id, t.code, t.expires_on, o.code,
        s.condition, a.quantity, p.numbers, a.state, f.id, f.number, so.id, so.number, so.external_number, h.code,
        cu.id, coalesce(nullif(cu.display_name, ''), cu.code), so.recipient_masked, NULL, NULL, NULL, a.created_at,
        p.numbers IS NOT NULL, s.owner_id
    FROM places p JOIN stock s ON s.id = p.id
    JOIN allocation a ON a.stock_id = s.id AND a.state IN ('open', 'picked')
    JOIN location l ON l.id = s.location_id JOIN warehouse w ON w.id = s.warehouse_id JOIN sku k ON k.id = s.sku_id
    JOIN owner o ON o.id = s.owner_id LEFT JOIN lot t ON t.id = s.lot_id LEFT JOIN container c ON c.id = s.container_id
    LEFT JOIN fulfilment_line fl ON a.source_kind = 'fulfilment_line' AND fl.id = a.source_id
    LEFT JOIN fulfilment f ON f.id = fl.fulfilment_id LEFT JOIN sales_order so ON so.id = f.order_id
    LEFT JOIN shop h ON h.id = so.shop_id LEFT JOIN customer cu ON cu.id = so.customer_id
    UNION ALL
    SELECT CASE WHEN e.is_back THEN 'returned' ELSE 'shipped' END, w.id, w.code, NULL, NULL, c.code, k.id, k.code, k.name,
        t.id, t.code, t.expires_on, o.code, m.to_condition, e.units, e.numbers, coalesce(pa.state, ''), f.id, f.number,
        so.id, so.number, so.external_number, h.code, cu.id, coalesce(nullif(cu.display_name, ''), cu.code),
        so.recipient_masked, pa.id, pa.number, wb.number, m.at, e.presumed, m.owner_id
    FROM entries e JOIN movement m ON m.id = e.id
    JOIN location l ON l.id = CASE WHEN e.is_back THEN m.to_location_id ELSE m.from_location_id END
    JOIN warehouse w ON w.id = l.warehouse_id JOIN sku k ON k.id = m.sku_id JOIN owner o ON o.id = m.owner_id
    LEFT JOIN lot t ON t.id = m.lot_id LEFT JOIN container c ON c.id = m.from_container_id
    LEFT JOIN parcel pa ON m.source_kind = 'parcel' AND pa.id = m.source_id
    LEFT JOIN fulfilment_line fl ON m.source_kind = 'fulfilment_line' AND fl.id = m.source_id
    LEFT JOIN fulfilment f ON f.id = coalesce(pa.fulfilment_id, fl.fulfilment_id)
    LEFT JOIN waybill wb ON wb.id = pa.waybill_id
    LEFT JOIN sales_order so ON so.id = f.order_id LEFT JOIN shop h ON h.id = so.shop_id
    LEFT JOIN customer cu ON cu.id = so.customer_id
) found
WHERE (%(warehouses)s::bigint[] IS NULL OR warehouse_id = ANY(%(warehouses)s::bigint[]))
    AND (%(owners)s::bigint[] IS NULL OR owner_id = ANY(%(owners)s::bigint[]))
ORDER BY array_position(ARRAY['location', 'allocation', 'shipped', 'returned'], kind), warehouse, location, at, parcel
"""


@dataclass(frozen=True, slots=True)
class Recalled:
    """Which goods are called back: lots, all lots of a supplier, numbered units of a SKU, or a SKU as a whole.

    :param sku_id: alone: everything of it; with ``supplier_id``: only its lots; with numbers: whose numbers.
    :param first: lowest number of the range, by alphabet; with ``last``.
    """

    lot_ids: tuple[int, ...] = ()
    supplier_id: int | None = None
    sku_id: int | None = None
    first: str = ""
    last: str = ""

    @property
    def by_serial(self) -> bool:
        return bool(self.first) and self.sku_id is not None

    @property
    def is_named(self) -> bool:
        """Whether it names any goods at all."""
        return bool(self.lot_ids) or self.supplier_id is not None or self.sku_id is not None


@dataclass(frozen=True, slots=True)
class RecallFigures:
    """What a recall comes to. Units that came back are counted apart from those that were shipped."""

    lying: int = 0
    sellable: int = 0
    allocated: int = 0
    shipped: int = 0
    returned: int = 0
    locations: int = 0
    containers: int = 0
    fulfilments: int = 0
    orders: int = 0
    customers: int = 0
    parcels: int = 0
    warehouses: int = 0


@dataclass(slots=True)
class _Seen:
    units: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    sellable: int = 0
    sets: dict[str, set[Any]] = field(default_factory=dict)

    def note(self, name: str, value: Any) -> None:
        if value is not None:
            self.sets.setdefault(name, set()).add(value)

    def count(self, name: str) -> int:
        return len(self.sets.get(name, ()))


def recall_rows(actor: Actor, recalled: Recalled) -> list[dict[str, Any]]:
    """Every location and container, allocation with its open fulfilment, and parcel with its order and customer.

    One statement, within the actor's scope: places first, then promises, then what left and what came back.
    """
    if not recalled.is_named:
        return []
    by_lot = bool(recalled.lot_ids) or recalled.supplier_id is not None
    goods = _SERIALS if recalled.by_serial else _LOTS if by_lot else _SKU
    scope = actor.scope
    params = {
        "lots": list(recalled.lot_ids),
        "supplier": recalled.supplier_id,
        "sku": recalled.sku_id,
        "first": recalled.first,
        "last": recalled.last or recalled.first,
        "warehouses": None if scope.warehouses is None else list(scope.warehouses),
        "owners": None if scope.owners is None else list(scope.owners),
    }
    rows = fetch(goods + _ROWS, params)
    return [_row(row) for row in rows]


def recall_figures(rows: list[dict[str, Any]]) -> RecallFigures:
    """What the rows of a recall come to."""
    seen = _Seen()
    for row in rows:
        seen.units[row["kind"]] += row["quantity"]
        seen.note("warehouses", row["warehouse_id"])
        if row["kind"] == "location":
            seen.sellable += row["quantity"] if row["state"] == "sellable" else 0
            seen.note("locations", row["location_id"])
            seen.note("containers", row["container"])
        elif row["kind"] == "allocation":
            seen.note("fulfilments", row["fulfilment_id"])
        elif row["kind"] == "shipped":
            seen.note("orders", row["order_id"])
            seen.note("parcels", row["parcel_id"])
            seen.note("customers", row["customer_id"] or row["recipient"] or row["order_id"])
    return RecallFigures(
        lying=seen.units["location"],
        sellable=seen.sellable,
        allocated=seen.units["allocation"],
        shipped=seen.units["shipped"],
        returned=seen.units["returned"],
        **{
            name: seen.count(name)
            for name in (
                "locations", "containers", "fulfilments", "orders", "customers", "parcels", "warehouses"
            )
        },
    )  # fmt: skip


def recall_chunks(rows: list[dict[str, Any]], size: int = 1000) -> Iterator[list[dict[str, Any]]]:
    """The rows for an export, serials as one text."""
    for start in range(0, len(rows), size):
        yield [{**row, "serials": " ".join(row["serials"])} for row in rows[start : start + size]]


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    made = dict(zip(NAMES, row[:-1], strict=True))
    made["serials"] = made["serials"] or []
    return made
