"""A simple carton choice: the smallest carton that holds an order, by volume, weight and edges.

It does not place items in space; it leaves air for that (``FILL_PERCENT``). What no single carton holds
is spread: the largest carton is filled first, bulky units before small ones, and so on with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hecang.shipping.packing.base import CartonSpec, PackDemand, PackedCarton, PackItem

#: Part of a carton's volume that goods may take; the rest is air and padding.
FILL_PERCENT = 85


class SmallestCarton:
    """Smallest carton that fits; several where none holds all."""

    def __init__(self, fill_percent: int = FILL_PERCENT) -> None:
        self._fill_percent = fill_percent

    def choose(
        self, demands: Sequence[PackDemand], cartons: Sequence[CartonSpec]
    ) -> list[list[PackedCarton]]:
        """See :class:`~hecang.shipping.packing.base.CartonChooser`."""
        by_size = sorted(cartons, key=lambda carton: (carton.volume_mm3, carton.id))
        return [self._pack(demand, by_size) for demand in demands]

    def _pack(self, demand: PackDemand, cartons: Sequence[CartonSpec]) -> list[PackedCarton]:
        # Bulky and heavy units first: they decide; small ones fill what is left.
        left = sorted(
            (item for item in demand.items if item.quantity > 0),
            key=lambda item: (-item.volume_mm3, -item.weight_g, item.key),
        )
        packed: list[PackedCarton] = []
        while left:
            chosen = next((one for one in cartons if self._holds_all(one, left, demand.max_weight_g)), None)
            if chosen is not None:
                packed.append(_packed(chosen, [(item, item.quantity) for item in left]))
                break
            units, carton = self._fullest(left, cartons, demand.max_weight_g)
            packed.append(_packed(carton, units))
            left = _without(left, units)
        return packed

    def _fullest(
        self, items: Sequence[PackItem], cartons: Sequence[CartonSpec], limit_g: int | None
    ) -> tuple[list[tuple[PackItem, int]], CartonSpec | None]:
        """What goes into the next carton when one is not enough: the largest that takes the first item."""
        for carton in reversed(cartons):
            if self._fits(items[0], carton, limit_g):
                return self._fill(items, carton, limit_g), carton
        # No carton takes it: one unit on its own, in its own packing.
        return [(items[0], 1)], None

    def _fill(
        self, items: Sequence[PackItem], carton: CartonSpec, limit_g: int | None
    ) -> list[tuple[PackItem, int]]:
        room_mm3, room_g = self._room(carton, limit_g)
        taken: list[tuple[PackItem, int]] = []
        for item in items:
            if not _edges_fit(item, carton):
                continue
            count = item.quantity
            if item.volume_mm3:
                count = min(count, room_mm3 // item.volume_mm3)
            if item is items[0]:
                count = max(count, 1)  # the edges have decided that one goes in, however tight
            if item.weight_g:
                count = min(count, room_g // item.weight_g)
            if count > 0:
                taken.append((item, count))
                room_mm3 = max(0, room_mm3 - count * item.volume_mm3)
                room_g -= count * item.weight_g
        return taken

    def _holds_all(self, carton: CartonSpec, items: Sequence[PackItem], limit_g: int | None) -> bool:
        if len(items) == 1 and items[0].quantity == 1:
            return self._fits(items[0], carton, limit_g)
        room_mm3, room_g = self._room(carton, limit_g)
        return (
            sum(item.volume_mm3 * item.quantity for item in items) <= room_mm3
            and sum(item.weight_g * item.quantity for item in items) <= room_g
            and all(_edges_fit(item, carton) for item in items)
        )

    def _fits(self, item: PackItem, carton: CartonSpec, limit_g: int | None) -> bool:
        """Whether one unit alone goes in: the edges tell, no air is needed."""
        return item.weight_g <= self._room(carton, limit_g)[1] and _edges_fit(item, carton)

    def _room(self, carton: CartonSpec, limit_g: int | None) -> tuple[int, int]:
        """Volume in mm³ and weight in g that goods may take in ``carton``."""
        room_g = carton.max_weight_g
        if limit_g is not None:
            room_g = min(room_g, limit_g - carton.tare_g)
        return carton.volume_mm3 * self._fill_percent // 100, room_g


def _edges_fit(item: PackItem, carton: CartonSpec) -> bool:
    """Whether one unit goes in, turned any way: the edges compared from the longest down."""
    unit = sorted((item.length_mm, item.width_mm, item.height_mm))
    inside = sorted((carton.length_mm, carton.width_mm, carton.height_mm))
    return all(edge <= room for edge, room in zip(unit, inside, strict=True))


def _packed(carton: CartonSpec | None, units: Sequence[tuple[PackItem, int]]) -> PackedCarton:
    goods_g = sum(item.weight_g * count for item, count in units)
    return PackedCarton(
        carton_id=carton.id if carton else None,
        code=carton.code if carton else "",
        units=tuple((item.key, count) for item, count in units),
        goods_weight_g=goods_g,
        gross_weight_g=goods_g + (carton.tare_g if carton else 0),
        volume_mm3=carton.volume_mm3 if carton else sum(item.volume_mm3 * count for item, count in units),
    )


def _without(items: Sequence[PackItem], units: Sequence[tuple[PackItem, int]]) -> list[PackItem]:
    taken = {id(item): count for item, count in units}
    rest: list[PackItem] = []
    for item in items:
        quantity = item.quantity - taken.get(id(item), 0)
        if quantity:
            rest.append(replace(item, quantity=quantity))
    return rest
