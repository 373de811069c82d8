"""Warehouses and locations as other apps need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.facility.errors import LocationMissing
from hecang.kernel.db import fetch, fetch_one
from hecang.partners.selectors import region_distances_km


class WarehouseRef(NamedTuple):
    """A warehouse; coordinates are its own, else those of its region (decimal degrees)."""

    id: int
    code: str
    name: str
    is_active: bool
    region_code: str | None
    latitude: float | None
    longitude: float | None


class LocationRef(NamedTuple):
    id: int
    warehouse_id: int
    code: str
    kind: str
    zone_id: int
    aisle_id: int | None
    x_mm: int
    y_mm: int
    level: int
    pick_sequence: int
    is_virtual: bool
    is_active: bool


_WAREHOUSE = (
    "SELECT warehouse.id, warehouse.code, warehouse.name, is_active, region_id,"
    " coalesce(warehouse.latitude, region.latitude)::float8, coalesce(warehouse.longitude, region.longitude)::float8"
    " FROM warehouse LEFT JOIN region ON region.code = warehouse.region_id"
)
_LOCATION = (
    "SELECT id, warehouse_id, code, kind, zone_id, aisle_id, x_mm, y_mm, level, pick_sequence, is_virtual, is_active"
    " FROM location"
)

#: (warehouse, kind) → id. Virtual locations are made with their warehouse and never go.
_virtual: dict[tuple[int, str], int] = {}


def warehouses_active() -> list[WarehouseRef]:
    """All warehouses in use, by code."""
    return [WarehouseRef(*row) for row in fetch(f"{_WAREHOUSE} WHERE is_active ORDER BY warehouse.code")]


def warehouses_by_code(codes: Iterable[str]) -> dict[str, WarehouseRef]:
    """Those warehouses that exist, by exactly this code."""
    rows = fetch(f"{_WAREHOUSE} WHERE warehouse.code = ANY(%s)", [list(set(codes))])
    return {row[1]: WarehouseRef(*row) for row in rows}


def warehouses_by_id(ids: Iterable[int]) -> dict[int, WarehouseRef]:
    """Those warehouses that exist, by id."""
    rows = fetch(f"{_WAREHOUSE} WHERE warehouse.id = ANY(%s)", [list(set(ids))])
    return {row[0]: WarehouseRef(*row) for row in rows}


def warehouse_points() -> dict[int, tuple[float, float]]:
    """Active warehouse → (latitude, longitude); those that nobody placed are missing."""
    return {
        ref.id: (ref.latitude, ref.longitude)
        for ref in warehouses_active()
        if ref.latitude is not None and ref.longitude is not None
    }


def warehouse_distances(region_codes: Iterable[str]) -> dict[tuple[int, str], float]:
    """(active warehouse, region) → kilometres as the crow flies. One statement; the distances are kept.

    Pairs are missing where the warehouse has no place or the region is unknown.
    """
    return _kilometres(warehouse_points(), set(region_codes))


def warehouse_candidates(region_codes: Iterable[str]) -> dict[str, list[tuple[int, float | None]]]:
    """Region → all active warehouses as (id, kilometres), nearest first; those of unknown distance last, by id.

    One statement. Unknown regions answer all warehouses without a distance.
    """
    codes = set(region_codes)
    refs = sorted(warehouses_active())
    placed = {
        ref.id: (ref.latitude, ref.longitude)
        for ref in refs
        if ref.latitude is not None and ref.longitude is not None
    }
    known = _kilometres(placed, codes)
    return {
        code: sorted(
            ((ref.id, known.get((ref.id, code))) for ref in refs),
            key=lambda pair: (pair[1] is None, pair[1] or 0.0, pair[0]),
        )
        for code in codes
    }


def _kilometres(points: dict[int, tuple[float, float]], codes: Iterable[str]) -> dict[tuple[int, str], float]:
    if not points:
        return {}
    distances = region_distances_km(list(points.values()))
    columns = {code: distances.index[code] for code in codes if code in distances.index}
    return {
        (warehouse_id, code): float(distances.km[row, column])
        for row, warehouse_id in enumerate(points)
        for code, column in columns.items()
    }


def locations_by_id(ids: Iterable[int]) -> dict[int, LocationRef]:
    """Those locations that exist, by id."""
    return {row[0]: LocationRef(*row) for row in fetch(f"{_LOCATION} WHERE id = ANY(%s)", [list(set(ids))])}


def locations_resolve(warehouse_id: int, codes: Iterable[str]) -> dict[str, LocationRef]:
    """What scanned or typed codes mean in a warehouse, keyed as given; spaces and capitals are forgiven.

    One statement.
    """
    asked = {code: code.strip() for code in codes}
    rows = fetch(
        f"{_LOCATION} WHERE warehouse_id = %s AND code = ANY(%s)",
        [warehouse_id, sorted({text for code in asked.values() for text in (code, code.upper())})],
    )
    found = {row[2]: LocationRef(*row) for row in rows}
    return {code: ref for code, text in asked.items() if (ref := found.get(text) or found.get(text.upper()))}


def virtual_location(warehouse_id: int, kind: str) -> int:
    """The id of a warehouse's supplier, customer, adjustment, scrap or transit location; kept once known.

    Raises :class:`LocationMissing`.
    """
    key = (warehouse_id, str(kind))
    if key not in _virtual:
        _virtual[key] = _first(warehouse_id, kind)
    return _virtual[key]


def staging_location(warehouse_id: int) -> int:
    """The id of the first active staging location. Raises :class:`LocationMissing`."""
    return _first(warehouse_id, "staging")


def special_location(warehouse_id: int, kind: str) -> int:
    """The id of the first active location of a kind (damaged, returns, quarantine, dock …).

    Raises :class:`LocationMissing`.
    """
    return _first(warehouse_id, kind)


def _first(warehouse_id: int, kind: str) -> int:
    row = fetch_one(
        "SELECT id FROM location WHERE warehouse_id = %s AND kind = %s AND is_active ORDER BY pick_sequence, id LIMIT 1",
        [warehouse_id, str(kind)],
    )
    if row is None:
        raise LocationMissing(
            _("The warehouse has no active location of the kind “%(kind)s”. Add one on the facility page.")
            % {"kind": str(kind)},
            data={"warehouse_id": warehouse_id, "kind": str(kind)},
        )
    return int(row[0])


def pack_stations(warehouse_id: int) -> list[LocationRef]:
    """Active pack stations, by pick sequence and code."""
    return locations_of_kind(warehouse_id, ["pack_station"])


def locations_of_kind(warehouse_id: int, kinds: Sequence[str]) -> list[LocationRef]:
    """Active locations of these kinds, by pick sequence and code."""
    rows = fetch(
        f"{_LOCATION} WHERE warehouse_id = %s AND kind = ANY(%s) AND is_active ORDER BY pick_sequence, code",
        [warehouse_id, list(kinds)],
    )
    return [LocationRef(*row) for row in rows]


def warehouses_of_suppliers() -> set[int]:
    """Warehouses that are suppliers shipping in our name."""
    return {row[0] for row in fetch("SELECT id FROM warehouse WHERE kind = 'supplier'")}
