"""What a handheld has to know while somebody counts. Each is one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hecang.kernel.db import fetch, fetch_one

_OWNERS_AT = """
SELECT DISTINCT o.id, o.name FROM stock s JOIN owner o ON o.id = s.owner_id
WHERE s.location_id = %s AND s.sku_id = %s AND s.quantity > 0 ORDER BY 2
"""
_OWNERS_IN = """
SELECT DISTINCT o.id, o.name FROM availability a JOIN owner o ON o.id = a.owner_id
WHERE a.warehouse_id = %s AND a.sku_id = %s ORDER BY 2
"""


@dataclass(frozen=True, slots=True)
class StretchView:
    """A stretch with the count that it belongs to."""

    id: int
    count_id: int
    number: str
    is_blind: bool
    places: int
    done: int


@dataclass(frozen=True, slots=True)
class StopView:
    """A place that is still to be counted."""

    place_id: int
    location_id: int
    code: str
    zone: str
    round: int


@dataclass(frozen=True, slots=True)
class Expected:
    """One kind of goods that the books have at a place."""

    sku_id: int
    sku: str
    name: str
    unit: str
    quantity: int
    lot_id: int | None
    lot: str
    owner_id: int
    owner: str
    condition: str
    container_id: int | None
    container: str


@dataclass(frozen=True, slots=True)
class SkuView:
    """A SKU as the counter has to handle it."""

    id: int
    code: str
    name: str
    unit: str
    is_lot_tracked: bool
    is_expiry_tracked: bool
    is_serial_tracked: bool


def stretch_view(stretch_id: int) -> StretchView | None:
    """A stretch and how far it is."""
    row = fetch_one(
        "SELECT s.id, c.id, c.number, c.is_blind, count(p.id),"
        " count(p.id) FILTER (WHERE p.state NOT IN ('open', 'counting'))"
        " FROM count_stretch s JOIN stock_count c ON c.id = s.count_id LEFT JOIN count_place p ON p.stretch_id = s.id"
        " WHERE s.id = %s GROUP BY s.id, c.id",
        [stretch_id],
    )
    return StretchView(*row) if row else None


def stretch_stops(stretch_id: int, user_id: int | None) -> list[StopView]:
    """Its places that are to be counted by this person, in walking order; where others stand is left out."""
    return [
        StopView(*row)
        for row in fetch(
            "SELECT p.id, l.id, l.code, z.code, p.round FROM count_place p JOIN location l ON l.id = p.location_id"
            " JOIN zone z ON z.id = p.zone_id"
            " WHERE p.stretch_id = %s AND (p.state = 'open' OR (p.state = 'counting' AND p.user_id = %s))"
            " ORDER BY p.sequence, p.id",
            [stretch_id, user_id],
        )
    ]


def expected_at(location_id: int) -> list[Expected]:
    """What the books have at a location, for counts that show it and to know lots, owners and containers there."""
    return [
        Expected(*row)
        for row in fetch(
            "SELECT s.sku_id, k.code, k.name, k.base_unit, s.quantity, s.lot_id, coalesce(t.code, ''), s.owner_id, o.name,"
            " s.condition, s.container_id, coalesce(c.code, '')"
            " FROM stock s JOIN sku k ON k.id = s.sku_id JOIN owner o ON o.id = s.owner_id"
            " LEFT JOIN lot t ON t.id = s.lot_id LEFT JOIN container c ON c.id = s.container_id"
            " WHERE s.location_id = %s AND s.quantity > 0 ORDER BY k.code, t.code, s.id",
            [location_id],
        )
    ]


def sku_view(sku_id: int) -> SkuView | None:
    """How a SKU is handled."""
    row = fetch_one(
        "SELECT id, code, name, base_unit, is_lot_tracked, is_expiry_tracked, is_serial_tracked FROM sku WHERE id = %s",
        [sku_id],
    )
    return SkuView(*row) if row else None


def lots_of(sku_id: int, warehouse_id: int, limit: int = 8) -> list[tuple[int, str, date | None]]:
    """Lots of a SKU that lie in the warehouse, those that expire first at first."""
    rows = fetch(
        "SELECT t.id, t.code, t.expires_on FROM lot t WHERE t.sku_id = %s AND EXISTS (SELECT 1 FROM stock s"
        " WHERE s.lot_id = t.id AND s.warehouse_id = %s AND s.quantity > 0) ORDER BY t.expires_on, t.id LIMIT %s",
        [sku_id, warehouse_id, limit],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def lot_named(sku_id: int, code: str) -> int | None:
    """The lot of a SKU with this code."""
    row = fetch_one("SELECT id FROM lot WHERE sku_id = %s AND code = %s", [sku_id, code])
    return int(row[0]) if row else None


def owners_of(sku_id: int, warehouse_id: int, location_id: int) -> list[tuple[int, str]]:
    """Owners that the goods may belong to: those who have them at the place, else in the warehouse, else all."""
    for sql, values in (
        (_OWNERS_AT, [location_id, sku_id]),
        (_OWNERS_IN, [warehouse_id, sku_id]),
        ("SELECT id, name FROM owner WHERE is_active ORDER BY 2 LIMIT 20", []),
    ):
        rows = fetch(sql, values)
        if rows:
            return [(row[0], row[1]) for row in rows]
    return []


def container_where(container_id: int) -> tuple[str, int | None, str]:
    """(code, location id, code of the location) of a container."""
    row = fetch_one(
        "SELECT c.code, c.location_id, coalesce(l.code, '') FROM container c LEFT JOIN location l ON l.id = c.location_id"
        " WHERE c.id = %s",
        [container_id],
    )
    return (row[0], row[1], row[2]) if row else ("", None, "")


def place_of_location(location_id: int) -> tuple[int, int] | None:
    """(place id, stretch id) of the standing place at a location, if somebody is to count there."""
    row = fetch_one(
        "SELECT id, stretch_id FROM count_place WHERE location_id = %s AND state IN ('open', 'counting')",
        [location_id],
    )
    return (row[0], row[1]) if row and row[1] is not None else None


def task_of_stretch(stretch_id: int) -> int | None:
    """The open task of the pool behind a stretch."""
    row = fetch_one(
        "SELECT id FROM task WHERE subject_kind = 'count_stretch' AND subject_id = %s AND state = 'open'",
        [stretch_id],
    )
    return int(row[0]) if row else None
