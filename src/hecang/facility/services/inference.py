"""Drawing aisles and cross-aisles from where locations lie, and numbering locations along the walk."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hecang.accounts.services.audit import audit_record
from hecang.facility.layouts import SEQUENCE_STEP
from hecang.facility.services.writing import layout_touched
from hecang.kernel.db import columns, execute, fetch, transactional

#: A gap along y that all aisles of a zone share, wide enough to walk through.
WALKABLE_MM = 1500
#: Centre line of the corridor before the first and behind the last location.
MARGIN_MM = 1500


@transactional
def aisles_infer(*, zone_ids: Sequence[int]) -> None:
    """Draw the inferred aisles and cross-aisles of zones anew. Four statements.

    An aisle lies in the middle between the locations on its two sides (beside them where there is only one
    side) and is as long as they reach. Cross-aisles that somebody gave are left alone, and none is inferred
    in such a zone.
    """
    rows = fetch(
        "SELECT aisle.id, aisle.zone_id, aisle.is_inferred, aisle.width_mm, location.side, location.x_mm,"
        " location.y_mm, location.width_mm, location.depth_mm FROM aisle"
        " JOIN location ON location.aisle_id = aisle.id WHERE aisle.zone_id = ANY(%s)",
        [list(zone_ids)],
    )
    beside: dict[int, list[tuple[Any, ...]]] = {}
    spans: dict[int, list[tuple[int, int]]] = {}
    for aisle, zone, is_inferred, *place in rows:
        if is_inferred:
            beside.setdefault(aisle, []).append(tuple(place))
        _width, _side, _x, y, _across, along = place
        spans.setdefault(zone, []).append((y - along // 2, y + along // 2))
    drawn = [(aisle, *_centre_line(places)) for aisle, places in beside.items()]
    execute(
        "UPDATE aisle SET x_mm = row.x, y_from_mm = row.y_from, y_to_mm = row.y_to"
        " FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::integer[]) AS row (id, x, y_from, y_to)"
        " WHERE aisle.id = row.id",
        columns(drawn, 4),
    )
    given = {row[0] for row in fetch(
        "SELECT DISTINCT zone_id FROM cross_aisle WHERE zone_id = ANY(%s) AND NOT is_inferred", [list(zone_ids)]
    )}  # fmt: skip
    execute("DELETE FROM cross_aisle WHERE zone_id = ANY(%s) AND is_inferred", [list(zone_ids)])
    found = [
        (zone, number, y)
        for zone, intervals in spans.items()
        if zone not in given
        for number, y in enumerate(gaps(intervals))
    ]
    execute(
        "INSERT INTO cross_aisle (zone_id, number, y_mm, is_inferred)"
        " SELECT row.*, true FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS row",
        columns(found, 3),
    )


def _centre_line(places: Sequence[tuple[Any, ...]]) -> tuple[int, int, int]:
    """(x, y_from, y_to) of an aisle between places (aisle width, side, x, y, extent along x, along y)."""
    left = [x for _aisle, side, x, *_rest in places if side == "L"]
    right = [x for _aisle, side, x, *_rest in places if side == "R"]
    width, _side, _x, _y, across, _along = places[0]
    if left and right:
        centre = (max(left) + min(right)) // 2
    elif left:
        centre = max(left) + (across + width) // 2
    elif right:
        centre = min(right) - (across + width) // 2
    else:
        centre = sum(x for _aisle, _side, x, *_rest in places) // len(places)
    start = min(y - along // 2 for _aisle, _side, _x, y, _across, along in places)
    end = max(y + along // 2 for _aisle, _side, _x, y, _across, along in places)
    return centre, start, max(end, start + 1)


def gaps(intervals: Iterable[tuple[int, int]]) -> list[int]:
    """Centre lines of the corridors before, between and behind intervals along y."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start - merged[-1][1] < WALKABLE_MM:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    if not merged:
        return []
    between = [(before[1] + after[0]) // 2 for before, after in itertools.pairwise(merged)]
    return [merged[0][0] - MARGIN_MM, *between, merged[-1][1] + MARGIN_MM]


class _Place(NamedTuple):
    id: int
    zone: str
    aisle: int
    block: int
    y: int
    level: int
    side: str


@transactional
def sequence_renumber(*, warehouse_id: int) -> int:
    """Number all locations in aisles in S-shape: zone by zone, block by block, up one aisle and down the next.

    Five statements. Returns the number of locations.
    """
    crosses: dict[int, list[int]] = {}
    for zone, y in fetch(
        "SELECT cross_aisle.zone_id, cross_aisle.y_mm FROM cross_aisle JOIN zone ON zone.id = cross_aisle.zone_id"
        " WHERE zone.warehouse_id = %s ORDER BY cross_aisle.y_mm",
        [warehouse_id],
    ):
        crosses.setdefault(zone, []).append(y)
    rows = fetch(
        "SELECT location.id, zone.code, zone.id, aisle.number, location.y_mm, level, side FROM location"
        " JOIN aisle ON aisle.id = location.aisle_id JOIN zone ON zone.id = location.zone_id"
        " WHERE location.warehouse_id = %s",
        [warehouse_id],
    )
    places = [
        _Place(pk, code, number, sum(line < y for line in crosses.get(zone, [])), y, level, side)
        for pk, code, zone, number, y, level, side in rows
    ]
    ordered = s_shape(places)
    execute(
        "UPDATE location SET pick_sequence = row.sequence"
        " FROM unnest(%s::bigint[], %s::integer[]) AS row (id, sequence) WHERE location.id = row.id",
        columns(((pk, SEQUENCE_STEP * number) for number, pk in enumerate(ordered, 1)), 2),
    )
    layout_touched(warehouse_id)
    audit_record(
        action="warehouse.renumber",
        entity_kind="warehouse",
        entity_id=warehouse_id,
        after={"locations": len(ordered)},
    )
    return len(ordered)


def s_shape(places: Iterable[_Place]) -> list[int]:
    """Ids in S-shape order."""
    blocks: dict[tuple[str, int], dict[int, list[_Place]]] = {}
    for place in places:
        blocks.setdefault((place.zone, place.block), {}).setdefault(place.aisle, []).append(place)
    result: list[int] = []
    first_block: dict[str, int] = {}
    for zone, block in sorted(blocks):
        aisles = blocks[zone, block]
        leftward = (block - first_block.setdefault(zone, block)) % 2 == 1
        for turn, aisle in enumerate(sorted(aisles, reverse=leftward)):
            direction = 1 if turn % 2 == 0 else -1
            result += [
                place.id
                for place in sorted(
                    aisles[aisle], key=lambda one: (direction * one.y, one.level, one.side, one.id)
                )
            ]
    return result
