"""Warehouses for tests: small, with real geometry, written set-based."""

from __future__ import annotations

import itertools
from typing import Any

from hecang.facility.models import Aisle, CrossAisle, Location, Warehouse, Zone

_numbers = itertools.count(1)

AISLE_PITCH_MM = 5000
BAY_MM = 1000
FRONT_MM = 10_000

SPECIAL = (
    ("STAGE-1", Location.Kind.STAGING, "STG"),
    ("PACK-1", Location.Kind.PACK_STATION, "PCK"),
    ("PACK-2", Location.Kind.PACK_STATION, "PCK"),
    ("DOCK-1", Location.Kind.DOCK, "DCK"),
    ("RETURNS", Location.Kind.RETURNS, "SPC"),
    ("QUARANTINE", Location.Kind.QUARANTINE, "SPC"),
    ("DAMAGED", Location.Kind.DAMAGED, "SPC"),
)


def warehouse(
    code: str | None = None, *, aisles: int = 2, bays: int = 5, levels: int = 1, **fields: Any
) -> Warehouse:
    """A warehouse with one storage zone ``A`` of one block, and every special and virtual location.

    Pick faces are ``A01-01-1`` (aisle, bay, level; odd bays left, even bays right of the aisle), all of
    them of kind pick face; the others are named in ``SPECIAL`` and ``V-SUPPLIER`` … ``V-TRANSIT``.

    :param aisles: number of aisles; 0 leaves the storage zone empty.
    :param bays: bays on each side of an aisle.
    """
    made = Warehouse.objects.create(
        **{"code": code or f"WH{next(_numbers)}", "name": f"Warehouse {code or ''}".strip(), **fields}
    )
    kinds = Zone.Kind
    zones = {
        zone.code: zone
        for zone in Zone.objects.bulk_create(
            Zone(warehouse=made, code=zone_code, name=zone_code, kind=kind)
            for zone_code, kind in (
                ("A", kinds.STORAGE), ("STG", kinds.STAGING), ("PCK", kinds.PACKING),
                ("DCK", kinds.DOCK), ("SPC", kinds.SPECIAL), ("OUT", kinds.VIRTUAL),
            )
        )
    }  # fmt: skip
    rows = [
        Location(warehouse=made, zone=zones[zone], code=loc, kind=kind, x_mm=2000 * index, y_mm=4000)
        for index, (loc, kind, zone) in enumerate(SPECIAL)
    ]
    rows += [
        Location(warehouse=made, zone=zones["OUT"], code=f"V-{kind.upper()}", kind=kind, is_virtual=True)
        for kind in sorted(Location.VIRTUAL_KINDS)
    ]
    rows += _storage(made, zones["A"], aisles, bays, levels)
    Location.objects.bulk_create(rows)
    return made


def _storage(made: Warehouse, zone: Zone, aisles: int, bays: int, levels: int) -> list[Location]:
    back = FRONT_MM + bays * BAY_MM
    CrossAisle.objects.bulk_create(
        [CrossAisle(zone=zone, number=number, y_mm=y) for number, y in enumerate((FRONT_MM, back))]
        if aisles
        else []
    )
    corridors = Aisle.objects.bulk_create(
        Aisle(zone=zone, number=n, x_mm=AISLE_PITCH_MM * n, y_from_mm=FRONT_MM, y_to_mm=back)
        for n in range(1, aisles + 1)
    )
    rows = []
    for aisle, bay, side, level in itertools.product(
        corridors, range(1, bays + 1), ("L", "R"), range(1, levels + 1)
    ):
        number = 2 * bay - (side == "L")
        rows.append(
            Location(
                warehouse=made, zone=zone, aisle=aisle, kind=Location.Kind.PICK_FACE, side=side, level=level,
                code=f"{zone.code}{aisle.number:02}-{number:02}-{level}",
                x_mm=aisle.x_mm + (-1750 if side == "L" else 1750),
                y_mm=FRONT_MM + bay * BAY_MM - BAY_MM // 2,
                width_mm=BAY_MM, depth_mm=1000, height_mm=1500, pick_sequence=10 * (len(rows) + 1),
            )
        )  # fmt: skip
    return rows


def location(
    of: Warehouse, code: str = "A01-01-1", *, kind: str = Location.Kind.PICK_FACE, **fields: Any
) -> Location:
    """The location with this code in a warehouse, made in its storage zone where it is missing."""
    found = Location.objects.filter(warehouse=of, code=code).first()
    return found or Location.objects.create(
        warehouse=of, zone=Zone.objects.get(warehouse=of, code="A"), code=code, kind=kind, **fields
    )
