"""How an order is split without anybody naming units: by what its goods are, where they are, and how much.

Pure: it is given an order's lines with what has to be known of them, and says what stays and what goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from hecang.orders.services.locking import LineLocked
from hecang.orders.services.splitting import MAX_PARTS, Part, Units

#: What an order can be split by; codes of a shop's setting, of the API, and of a rule's wish.
STOCK: Final = "stock"  # what is there goes, the rest waits
TEMPERATURE: Final = "temperature"
HAZARD: Final = "hazard"
SUPPLIER: Final = "supplier"  # what a supplier ships itself
PROMISE: Final = "promise"  # what is sold before it is there
SIZE: Final = "size"  # at most so much weight and volume in one order
POLICIES: Final = (STOCK, TEMPERATURE, HAZARD, SUPPLIER, PROMISE, SIZE)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What has to be known of a line to decide where it goes.

    :param suppliers: warehouse of a supplier → units reserved there.
    :param ship_after: of the pre-sale that it was sold in, if that is still to come.
    """

    line: LineLocked
    is_gift: bool = False
    temperature: str = "ambient"
    hazard: str = "none"
    suppliers: Mapping[int, int] | None = None
    ship_after: datetime | None = None
    weight_g: int = 0
    volume_mm3: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one order may weigh or take up; ``None`` for no limit."""

    weight_g: int | None = None
    volume_mm3: int | None = None


class _Group(NamedTuple):
    """Goods that go together. The fields sort: what can go first stays in the old order."""

    waits: bool
    ship_after: str
    supplier: int
    temperature: str
    hazard: str


def split_plan(
    facts: Sequence[LineFacts], policies: Collection[str], limits: Limits
) -> tuple[list[Part], Part]:
    """(parts that go, what stays). Gifts stay with what stays. Nothing goes where the policies find nothing to part."""
    groups: dict[_Group, list[tuple[LineFacts, Units]]] = defaultdict(list)
    gifts: list[Units] = []
    for one in facts:
        for group, units in _chunks(one, frozenset(policies)):
            if one.is_gift:
                gifts.append(units)
            else:
                groups[group].append((one, units))
    wanted: list[Part] = []
    for group in sorted(groups, key=lambda group: (group, groups[group][0][0].line.line_no)):
        after = datetime.fromisoformat(group.ship_after) if group.ship_after else None
        bins = (
            _bins(groups[group], limits) if SIZE in policies else [[units for _one, units in groups[group]]]
        )
        awaits = after is not None if PROMISE in policies else None
        wanted += [Part(part, awaits, after) for part in bins]
    stays = wanted[0] if wanted else Part()
    rest = wanted[1 : MAX_PARTS + 1]
    return rest, Part([*stays.units, *gifts], stays.awaits_release, stays.ship_after)


def _chunks(one: LineFacts, policies: frozenset[str]) -> list[tuple[_Group, Units]]:
    """The units of a line by the group that they belong to."""
    line = one.line
    after = one.ship_after.isoformat() if PROMISE in policies and one.ship_after else ""
    temperature = one.temperature if TEMPERATURE in policies else ""
    hazard = one.hazard if HAZARD in policies and one.hazard != "none" else ""
    reserved, chunks = line.reserved, []
    if SUPPLIER in policies:
        for warehouse, units in sorted((one.suppliers or {}).items()):
            reserved -= units
            chunks.append(
                (_Group(False, after, warehouse, temperature, hazard), Units(line, units, 0, warehouse))
            )
    if STOCK in policies:
        if reserved:
            chunks.append((_Group(False, after, 0, temperature, hazard), Units(line, reserved, 0)))
        if line.backordered:
            chunks.append((_Group(True, after, 0, temperature, hazard), Units(line, 0, line.backordered)))
    elif reserved or line.backordered:
        chunks.append((_Group(False, after, 0, temperature, hazard), Units(line, reserved, line.backordered)))
    return chunks


def _bins(members: Sequence[tuple[LineFacts, Units]], limits: Limits) -> list[list[Units]]:
    """First fit, in the order of the lines; a unit that is beyond a limit by itself goes alone."""
    bins: list[list[Units]] = []
    room: list[list[float]] = []
    for one, units in members:
        left = units
        while left.reserved + left.backordered:
            place = next((at for at, free in enumerate(room) if _fits(one, free) >= 1), None)
            if place is None:
                bins.append([])
                room.append([_most(limits.weight_g), _most(limits.volume_mm3)])
                place = len(bins) - 1
            count = int(min(left.reserved + left.backordered, max(1, _fits(one, room[place]))))
            reserved = min(left.reserved, count)
            bins[place].append(left._replace(reserved=reserved, backordered=count - reserved))
            left = left._replace(
                reserved=left.reserved - reserved, backordered=left.backordered - (count - reserved)
            )
            room[place][0] -= count * one.weight_g
            room[place][1] -= count * one.volume_mm3
    return bins


def _most(limit: int | None) -> float:
    return float("inf") if limit is None else float(limit)


def _fits(one: LineFacts, free: Sequence[float]) -> float:
    """How many units of a line still fit."""
    return min(
        room // size if size else float("inf")
        for room, size in zip(free, (one.weight_g, one.volume_mm3), strict=True)
    )
