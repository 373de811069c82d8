"""Layouts from parameters: parallel aisles in blocks, zone beside zone, with the open floor in front. Pure.

Seen from above, y away from the front; all lengths in mm::

    ┌──────────────┬──────────────┐
    │ zone A       │ zone B       │   cross-aisle 2
    │ ║│║║│║║│║    │ ║│║║│║      │   block 2
    │──────────────│──────────────│   cross-aisle 1
    │ ║│║║│║║│║    │ ║│║║│║      │   block 1
    ├──────────────┴──────────────┤   cross-aisle 0
    │ pack stations        special│
    │ staging                     │   open floor
    │ docks                       │
    └─────────────────────────────┘   y = 0

A location's code says where it is: ``A03-12-2`` is zone A, aisle 3, bay 12 (odd bays on the left, even
bays on the right, counted from the front), level 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.kernel.errors import InvalidInput, Problem

MAX_LOCATIONS = 200_000
#: Between two numbers of the pick sequence, so that a location can be put in between.
SEQUENCE_STEP = 10
#: Kinds that stand on the open floor, with the zone each is in: kind, code, zone.
SPECIAL = (("returns", "RETURNS"), ("quarantine", "QUARANTINE"), ("damaged", "DAMAGED"))
VIRTUAL_KINDS = ("supplier", "customer", "adjustment", "scrap", "transit")
_FLOOR_ZONES = (
    ("DCK", "dock", 0.00, 0.20),
    ("STG", "staging", 0.25, 0.55),
    ("PCK", "packing", 0.65, 0.95),
)


@dataclass(frozen=True, slots=True)
class ZoneSpec:
    """A storage zone.

    :param aisles: parallel aisles, each with racks on both sides.
    :param blocks: racks between two cross-aisles; there is one cross-aisle more than blocks.
    :param bays_per_block: bays on each side of an aisle in one block.
    :param levels: storeys of the racks.
    :param pick_levels: levels from the floor that are picked from; above them is reserve.
    """

    code: str
    name: str = ""
    temperature: str = "ambient"
    aisles: int = 10
    blocks: int = 2
    bays_per_block: int = 15
    levels: int = 4
    pick_levels: int = 2
    bay_width_mm: int = 1200
    rack_depth_mm: int = 1000
    aisle_width_mm: int = 2500
    cross_aisle_width_mm: int = 3000
    level_height_mm: int = 1500
    max_weight_g: int | None = 500_000

    @property
    def pitch_mm(self) -> int:
        """From one aisle's centre line to the next."""
        return self.aisle_width_mm + 2 * self.rack_depth_mm

    @property
    def width_mm(self) -> int:
        return self.aisles * self.pitch_mm

    @property
    def block_mm(self) -> int:
        return self.bays_per_block * self.bay_width_mm

    @property
    def depth_mm(self) -> int:
        return self.blocks * self.block_mm + (self.blocks + 1) * self.cross_aisle_width_mm

    @property
    def location_count(self) -> int:
        return 2 * self.aisles * self.blocks * self.bays_per_block * self.levels


@dataclass(frozen=True, slots=True)
class LayoutSpec:
    """A whole layout: storage zones from left to right and what stands on the open floor."""

    zones: tuple[ZoneSpec, ...]
    front_depth_mm: int = 12_000
    docks: int = 2
    staging: int = 2
    pack_stations: int = 4


class ZonePlan(NamedTuple):
    code: str
    name: str
    kind: str
    temperature: str
    x_mm: int
    y_mm: int
    width_mm: int
    depth_mm: int


class AislePlan(NamedTuple):
    zone: str
    number: int
    x_mm: int
    y_from_mm: int
    y_to_mm: int
    width_mm: int


class CrossPlan(NamedTuple):
    zone: str
    number: int
    y_mm: int


class LocationPlan(NamedTuple):
    """A location to be; ``aisle`` is its number in the zone, ``None`` on the open floor.

    As everywhere ``width_mm`` is the extent along x, ``depth_mm`` along y.
    """

    zone: str
    aisle: int | None
    code: str
    kind: str
    side: str
    level: int
    x_mm: int
    y_mm: int
    width_mm: int
    depth_mm: int
    height_mm: int
    max_weight_g: int | None
    pick_sequence: int
    is_virtual: bool = False


@dataclass(slots=True)
class LayoutPlan:
    """What a layout consists of, before it is written."""

    width_mm: int = 0
    depth_mm: int = 0
    zones: list[ZonePlan] = field(default_factory=list)
    aisles: list[AislePlan] = field(default_factory=list)
    crosses: list[CrossPlan] = field(default_factory=list)
    locations: list[LocationPlan] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Locations by kind."""
        found: dict[str, int] = {}
        for location in self.locations:
            found[location.kind] = found.get(location.kind, 0) + 1
        return found


def layout_plan(
    spec: LayoutSpec,
    *,
    x_from_mm: int = 0,
    sequence_from: int = 0,
    with_floor: bool = True,
) -> LayoutPlan:
    """Work out a layout.

    :param x_from_mm: where the first zone begins, beside what is there already.
    :param sequence_from: highest pick sequence that is taken.
    :param with_floor: also docks, staging, stations and special places.
    :raises InvalidInput: no zones, equal codes, too many locations.
    """
    _check(spec)
    plan = LayoutPlan()
    x, sequence = x_from_mm, sequence_from
    for zone in spec.zones:
        plan.zones.append(
            ZonePlan(zone.code, zone.name or zone.code, "storage", zone.temperature, x, spec.front_depth_mm,
                     zone.width_mm, zone.depth_mm)
        )  # fmt: skip
        plan.crosses += [
            CrossPlan(zone.code, number, y) for number, y in enumerate(_cross_ys(zone, spec.front_depth_mm))
        ]
        plan.aisles += _aisles(zone, x, spec.front_depth_mm)
        plan.locations += _storage(zone, x, spec.front_depth_mm, sequence)
        sequence += zone.location_count * SEQUENCE_STEP
        x += zone.width_mm
    plan.width_mm = max(x, 20_000)
    plan.depth_mm = spec.front_depth_mm + max(zone.depth_mm for zone in spec.zones)
    if with_floor:
        _add_floor(plan, spec)
    return plan


def virtual_plan() -> tuple[ZonePlan, list[LocationPlan]]:
    """The zone and the five locations that are the other side of what enters or leaves a warehouse."""
    zone = ZonePlan("OUT", _("Outside the warehouse"), "virtual", "ambient", 0, 0, 0, 0)
    return zone, [
        LocationPlan("OUT", None, f"V-{kind.upper()}", kind, "", 1, 0, 0, 0, 0, 0, None, 0, is_virtual=True)
        for kind in VIRTUAL_KINDS
    ]


def _check(spec: LayoutSpec) -> None:
    problems = []
    if not spec.zones:
        problems.append(Problem(_("Name at least one storage zone."), code="required", loc="zones"))
    seen: set[str] = {code for code, *_rest in _FLOOR_ZONES} | {"SPC", "OUT"}
    for index, zone in enumerate(spec.zones):
        if zone.code in seen:
            message = _("The zone code “%(code)s” is used twice or reserved.") % {"code": zone.code}
            problems.append(Problem(message, code="duplicate", loc=f"zones.{index}.code"))
        seen.add(zone.code)
    count = sum(zone.location_count for zone in spec.zones)
    if count > MAX_LOCATIONS:
        message = _("That makes %(count)s locations; at most %(limit)s can be made at once.") % {
            "count": count, "limit": MAX_LOCATIONS
        }  # fmt: skip
        problems.append(Problem(message, code="too_many_locations", loc="zones"))
    if problems:
        raise InvalidInput(_("This layout cannot be made."), problems=problems)


def _cross_ys(zone: ZoneSpec, front: int) -> list[int]:
    """Centre lines of the cross-aisles."""
    step = zone.block_mm + zone.cross_aisle_width_mm
    return [front + zone.cross_aisle_width_mm // 2 + number * step for number in range(zone.blocks + 1)]


def _aisles(zone: ZoneSpec, x: int, front: int) -> Iterator[AislePlan]:
    ys = _cross_ys(zone, front)
    for number in range(1, zone.aisles + 1):
        yield AislePlan(zone.code, number, _aisle_x(zone, x, number), ys[0], ys[-1], zone.aisle_width_mm)


def _aisle_x(zone: ZoneSpec, x: int, number: int) -> int:
    return x + zone.pitch_mm * (number - 1) + zone.pitch_mm // 2


def _walk(zone: ZoneSpec) -> Iterator[tuple[int, int, int]]:
    """(block, aisle number, bay in the block) in S-shape: block by block, up one aisle and down the next."""
    for block in range(zone.blocks):
        numbers = range(1, zone.aisles + 1)
        ordered: Iterable[int] = numbers if block % 2 == 0 else reversed(numbers)
        for turn, number in enumerate(ordered):
            bays = range(zone.bays_per_block)
            for bay in bays if turn % 2 == 0 else reversed(bays):
                yield block, number, bay


def _storage(zone: ZoneSpec, x: int, front: int, sequence: int) -> Iterator[LocationPlan]:
    bays = zone.blocks * zone.bays_per_block
    aisle_digits, bay_digits = max(2, len(str(zone.aisles))), max(2, len(str(2 * bays)))
    across = (zone.aisle_width_mm + zone.rack_depth_mm) // 2
    step = zone.block_mm + zone.cross_aisle_width_mm
    for block, number, bay in _walk(zone):
        y = (
            front
            + zone.cross_aisle_width_mm
            + block * step
            + bay * zone.bay_width_mm
            + zone.bay_width_mm // 2
        )
        bay_number = 2 * (block * zone.bays_per_block + bay) + 1
        for level in range(1, zone.levels + 1):
            for side, shift, odd in (("L", -across, 0), ("R", across, 1)):
                sequence += SEQUENCE_STEP
                yield LocationPlan(
                    zone=zone.code,
                    aisle=number,
                    code=f"{zone.code}{number:0{aisle_digits}}-{bay_number + odd:0{bay_digits}}-{level}",
                    kind="pick_face" if level <= zone.pick_levels else "reserve",
                    side=side,
                    level=level,
                    x_mm=_aisle_x(zone, x, number) + shift,
                    y_mm=y,
                    width_mm=zone.rack_depth_mm,
                    depth_mm=zone.bay_width_mm,
                    height_mm=zone.level_height_mm,
                    max_weight_g=zone.max_weight_g,
                    pick_sequence=sequence,
                )


def _add_floor(plan: LayoutPlan, spec: LayoutSpec) -> None:
    """Docks at the front wall, staging behind them, pack stations before the racks, special places at the right."""
    depth, width = spec.front_depth_mm, plan.width_mm
    special = width * 3 // 4
    for code, kind, start, end in _FLOOR_ZONES:
        plan.zones.append(
            ZonePlan(code, code, kind, "ambient", 0, int(depth * start), special, int(depth * (end - start)))
        )
    plan.zones.append(
        ZonePlan("SPC", "SPC", "special", "ambient", special, 0, width - special, int(depth * 0.95))
    )
    plan.locations += _row("DCK", "dock", "DOCK", spec.docks, special, int(depth * 0.10), (3000, 1500))
    plan.locations += _row("STG", "staging", "STAGE", spec.staging, special, int(depth * 0.40), (3000, 3000))
    plan.locations += _row(
        "PCK", "pack_station", "PACK", spec.pack_stations, special, int(depth * 0.80), (1600, 1600)
    )
    y_step = int(depth * 0.95) // (len(SPECIAL) + 1)
    for index, (kind, code) in enumerate(SPECIAL, 1):
        x = special + (width - special) // 2
        plan.locations.append(_floor("SPC", kind, code, x, index * y_step, (2500, 2000), index))


def _row(
    zone: str, kind: str, name: str, count: int, width: int, y: int, size: tuple[int, int]
) -> list[LocationPlan]:
    """``count`` places of a kind in a row, the first one in the middle: it is where walks begin."""
    middle_first = sorted(range(count), key=lambda place: (abs(2 * place - count + 1), place))
    return [
        _floor(zone, kind, f"{name}-{number}", width * (2 * place + 1) // (2 * count), y, size, number)
        for number, place in enumerate(middle_first, 1)
    ]


def _floor(
    zone: str, kind: str, code: str, x: int, y: int, size: tuple[int, int], sequence: int
) -> LocationPlan:
    return LocationPlan(zone, None, code, kind, "", 1, x, y, size[0], size[1], 0, None, sequence)
