"""Locations from a list: made or changed by code, with aisles and cross-aisles drawn from where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.facility.hooks import locations_changed
from hecang.facility.layouts import LocationPlan, ZonePlan, ZoneSpec
from hecang.facility.services.inference import aisles_infer, sequence_renumber
from hecang.facility.services.writing import layout_touched, locations_insert, zones_insert
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem

#: Kind of the zone that a location makes where its zone is missing.
_ZONE_KINDS = {
    "pick_face": "storage", "reserve": "storage", "staging": "staging", "pack_station": "packing", "dock": "dock",
    "returns": "special", "quarantine": "special", "damaged": "special",
}  # fmt: skip
KINDS = tuple(_ZONE_KINDS)


@dataclass(frozen=True, slots=True)
class LocationRow:
    """One location to write; ``None`` leaves what is stored, or takes the default of a new one.

    :param aisle: number of the aisle in the zone.
    :param bay: place along the aisle from the front; says where the location is where ``y_mm`` is not known.
    :param x_mm, y_mm: centre of the location; ``width_mm`` is its extent along x, ``depth_mm`` along y.
    """

    zone: str
    code: str
    kind: str = "pick_face"
    aisle: int | None = None
    side: str | None = None
    bay: int | None = None
    level: int | None = None
    x_mm: int | None = None
    y_mm: int | None = None
    width_mm: int | None = None
    depth_mm: int | None = None
    height_mm: int | None = None
    max_weight_g: int | None = None
    pick_sequence: int | None = None
    temperature: str | None = None


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """:param ids: ids in the order of the rows; the counts add up to the number of different codes."""

    ids: list[int]
    created: int = 0
    updated: int = 0
    unchanged: int = 0


#: Column → type and default of a new location.
_COLUMNS: dict[str, tuple[str, Any]] = {
    "zone_id": ("bigint", None), "aisle_id": ("bigint", None), "kind": ("text", "pick_face"), "side": ("text", ""),
    "level": ("smallint", 1), "x_mm": ("integer", 0), "y_mm": ("integer", 0), "width_mm": ("integer", 1000),
    "depth_mm": ("integer", 1200), "height_mm": ("integer", 1500), "max_weight_g": ("bigint", None),
    "pick_sequence": ("integer", 0),
}  # fmt: skip
Values = dict[str, Any]


@transactional
def locations_upsert(
    *, warehouse_id: int, rows: Sequence[LocationRow], renumber: bool = False
) -> UpsertResult:
    """Make or change locations of a warehouse by code. About fifteen statements for any number.

    Zones and aisles that are missing are made. Inferred aisles run along the locations that name them, and
    cross-aisles lie in front, behind, and in every gap of 1.5 m that all aisles of a zone share. Locks the
    warehouse.

    :param renumber: give all locations in aisles new pick sequences in S-shape order.
    :raises NotFound: no such warehouse.
    :raises InvalidInput: a virtual location or kind.
    """
    if fetch_one("SELECT id FROM warehouse WHERE id = %s FOR NO KEY UPDATE", [warehouse_id]) is None:
        raise NotFound(_("There is no such warehouse, or it lies outside your data scope."))
    wanted = {row.code: row for row in rows}
    stored = _stored(warehouse_id, list(wanted))
    _refuse_virtual(wanted, stored)
    zones = _zones(warehouse_id, list(wanted.values()))
    aisles = _aisles(zones, list(wanted.values()))
    values = {
        code: _applied(stored[code][1] if code in stored else None, row, zones, aisles)
        for code, row in wanted.items()
    }
    made = _insert(warehouse_id, {code: values[code] for code in wanted if code not in stored})
    changed = _update({code: (*stored[code], values[code]) for code in wanted if code in stored})
    if made or changed:
        aisles_infer(zone_ids=sorted({zones[row.zone] for row in wanted.values()}))
        if renumber:
            sequence_renumber(warehouse_id=warehouse_id)
        layout_touched(warehouse_id)
    ids = {code: pk for code, (pk, _values, _virtual) in stored.items()} | made
    return UpsertResult(
        ids=[ids[row.code] for row in rows],
        created=len(made),
        updated=len(changed),
        unchanged=len(wanted) - len(made) - len(changed),
    )


def _stored(warehouse_id: int, codes: list[str]) -> dict[str, tuple[int, Values, bool]]:
    rows = fetch(
        f"SELECT id, code, is_virtual, {', '.join(_COLUMNS)} FROM location"  # noqa: S608 - own column names
        " WHERE warehouse_id = %s AND code = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [warehouse_id, codes],
    )
    return {row[1]: (row[0], dict(zip(_COLUMNS, row[3:], strict=True)), row[2]) for row in rows}


def _refuse_virtual(
    wanted: Mapping[str, LocationRow], stored: Mapping[str, tuple[int, Values, bool]]
) -> None:
    problems = [
        Problem(
            _("Locations outside the warehouse cannot be made or changed."), code="virtual_location", loc=code
        )
        for code, row in wanted.items()
        if row.kind not in _ZONE_KINDS or (code in stored and stored[code][2])
    ]
    if problems:
        raise InvalidInput(_("Locations outside the warehouse cannot be made or changed."), problems=problems)


def _zones(warehouse_id: int, rows: Sequence[LocationRow]) -> dict[str, int]:
    """Zone code → id; missing ones are made."""
    zones: dict[str, int] = dict(fetch("SELECT code, id FROM zone WHERE warehouse_id = %s", [warehouse_id]))
    missing: dict[str, ZonePlan] = {}
    for row in rows:
        if row.zone not in zones and row.zone not in missing:
            kind = _ZONE_KINDS[row.kind]
            missing[row.zone] = ZonePlan(row.zone, row.zone, kind, row.temperature or "ambient", 0, 0, 0, 0)
    if missing:
        zones |= zones_insert(warehouse_id, list(missing.values()))
        audit_record(
            action="zone.create",
            entity_kind="warehouse",
            entity_id=warehouse_id,
            after={"zones": sorted(missing)},
        )
    return zones


def _aisles(zones: Mapping[str, int], rows: Sequence[LocationRow]) -> dict[tuple[int, int], tuple[int, int]]:
    """(zone id, number) → (aisle id, x); missing ones are made where their locations say, else side by side."""
    wanted = {(zones[row.zone], row.aisle) for row in rows if row.aisle is not None}
    if not wanted:
        return {}
    zone_ids = sorted({zone for zone, _number in wanted})
    query = "SELECT zone_id, number, id, x_mm FROM aisle WHERE zone_id = ANY(%s)"
    known = {(zone, number): (pk, x) for zone, number, pk, x in fetch(query, [zone_ids])}
    missing = sorted(wanted - known.keys())
    if missing:
        pitch = ZoneSpec("").pitch_mm
        made = fetch(
            "INSERT INTO aisle (zone_id, number, x_mm, y_from_mm, y_to_mm, width_mm, is_inferred)"
            " SELECT zone, number, x, 0, 1, 2500, true"
            " FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS row (zone, number, x)"
            " RETURNING zone_id, number, id, x_mm",
            columns(((zone, number, pitch * (number - 1) + pitch // 2) for zone, number in missing), 3),
        )
        known |= {(zone, number): (pk, x) for zone, number, pk, x in made}
    return known


def _applied(
    stored: Values | None,
    row: LocationRow,
    zones: Mapping[str, int],
    aisles: Mapping[tuple[int, int], tuple[int, int]],
) -> Values:
    """The stored values with those that the row gives."""
    values = dict(stored) if stored else {column: default for column, (_type, default) in _COLUMNS.items()}
    zone_id = zones[row.zone]
    aisle = aisles[zone_id, row.aisle] if row.aisle is not None else None
    x, y = row.x_mm, row.y_mm
    standard = ZoneSpec("")
    if aisle and x is None and stored is None:
        x = (
            aisle[1]
            + (-1 if row.side == "L" else 1) * (standard.aisle_width_mm + standard.rack_depth_mm) // 2
        )
    if row.bay is not None and y is None and stored is None:
        depth = row.depth_mm or standard.bay_width_mm
        y = 12_000 + standard.cross_aisle_width_mm + (row.bay - 1) * depth + depth // 2
    given: Values = {
        "zone_id": zone_id, "aisle_id": aisle[0] if aisle else None, "kind": row.kind, "side": row.side,
        "level": row.level, "x_mm": x, "y_mm": y, "width_mm": row.width_mm, "depth_mm": row.depth_mm,
        "height_mm": row.height_mm, "max_weight_g": row.max_weight_g, "pick_sequence": row.pick_sequence,
    }  # fmt: skip
    return values | {column: value for column, value in given.items() if value is not None}


def _insert(warehouse_id: int, rows: Mapping[str, Values]) -> dict[str, int]:
    if not rows:
        return {}
    zones = {str(pk): pk for pk in {values["zone_id"] for values in rows.values()}}
    aisles = {
        (str(values["zone_id"]), values["aisle_id"]): values["aisle_id"]
        for values in rows.values()
        if values["aisle_id"] is not None
    }
    locations_insert(
        warehouse_id,
        zones,
        aisles,
        [
            LocationPlan(
                str(values["zone_id"]), values["aisle_id"], code,
                *(values[column] for column in list(_COLUMNS)[2:]),
            )
            for code, values in rows.items()
        ],
    )  # fmt: skip
    made: dict[str, int] = dict(
        fetch(
            "SELECT code, id FROM location WHERE warehouse_id = %s AND code = ANY(%s)",
            [warehouse_id, list(rows)],
        )
    )
    audit_record_many(
        action="location.create",
        entity_kind="location",
        entries=[(made[code], None, {"code": code, **values}) for code, values in rows.items()],
    )
    return made


def _update(rows: Mapping[str, tuple[int, Values, bool, Values]]) -> list[int]:
    """Write the locations that differ; their ids."""
    changed = [(pk, before, after) for pk, before, _virtual, after in rows.values() if before != after]
    if not changed:
        return []
    types = ", ".join(f"%s::{kind}[]" for kind, _default in _COLUMNS.values())
    execute(
        f"UPDATE location SET {', '.join(f'{name} = row.{name}' for name in _COLUMNS)}"  # noqa: S608
        f" FROM unnest(%s::bigint[], {types}) AS row (id, {', '.join(_COLUMNS)}) WHERE location.id = row.id",
        columns(((pk, *after.values()) for pk, _before, after in changed), 1 + len(_COLUMNS)),
    )
    audit_record_many(
        action="location.change",
        entity_kind="location",
        entries=[
            (
                pk,
                {column: before[column] for column in before if before[column] != after[column]},
                {column: after[column] for column in before if before[column] != after[column]},
            )
            for pk, before, after in changed
        ],
    )
    locations_changed([pk for pk, before, after in changed if before["kind"] != after["kind"]])
    return [pk for pk, _before, _after in changed]
