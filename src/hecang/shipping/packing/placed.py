"""The default carton choice: the cheapest carton in which every unit has a place (``hecang_optim.packing``).

Cheapest counts what a parcel more costs, the carton, and freight by weight or volume, whichever is larger; so an
order travels in as few and as small cartons as it can.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

from hecang.shipping.packing.base import CartonSpec, PackDemand, PackedCarton, PackItem, PackPlace
from hecang.shipping.packing.smallest import SmallestCarton
from hecang_optim.packing import Carton, Freight, Item, Order, Packing, Rules, Turning, choose_cartons
from hecang_optim.packing.model import LARGEST_MM

#: What one parcel more costs before anything is in it: the carrier's first weight and a pair of hands.
PARCEL_PRICE: Final = 800
#: What a kilogram more costs, and the cm³ that count as one: usual terms of parcel carriers in China.
FREIGHT: Final = Freight(per_kg=200, divisor=6000)
#: Left free at every side of a carton: neither cartons nor goods are ever quite as their table says.
CLEARANCE_MM: Final = 2
#: Orders with more units than this get no places: they travel on pallets or in outer cases rather.
MOST_UNITS: Final = 300
#: Orders of which the packing is remembered; a packing table asks for the same one at every scan.
REMEMBERED: Final = 2_000

_Question = tuple[Order, tuple[Carton, ...], Rules]


class PlacedCarton:
    """Cheapest carton in which everything has a place; several where none holds all.

    An order of more than ``most_units`` units is packed by volume (:class:`SmallestCarton`); what must not travel
    together does not there, either.
    """

    def __init__(
        self,
        parcel_price: int = PARCEL_PRICE,
        freight: Freight = FREIGHT,
        most_units: int = MOST_UNITS,
        clearance_mm: int = CLEARANCE_MM,
    ) -> None:
        self._parcel_price = parcel_price
        self._freight = freight
        self._most_units = most_units
        self._clearance_mm = clearance_mm
        self._by_volume = SmallestCarton()
        self._known: OrderedDict[_Question, Packing] = OrderedDict()
        self._lock = Lock()

    def choose(
        self, demands: Sequence[PackDemand], cartons: Sequence[CartonSpec]
    ) -> list[list[PackedCarton]]:
        """See :class:`~hecang.shipping.packing.base.CartonChooser`."""
        few = [
            index
            for index, demand in enumerate(demands)
            if sum(item.quantity for item in demand.items) <= self._most_units
        ]
        packings = dict(zip(few, self._pack([demands[index] for index in few], cartons), strict=True))
        return [
            _answer(demand, packings[index], cartons)
            if index in packings
            else self._pack_by_volume(demand, cartons)
            for index, demand in enumerate(demands)
        ]

    def _pack_by_volume(self, demand: PackDemand, cartons: Sequence[CartonSpec]) -> list[PackedCarton]:
        """Cartons without places; what never shares one is packed apart."""
        parts: list[list[PackItem]] = []
        for item in demand.items:
            friends = (
                part for part in parts if not any(_keep_apart(_class(item), _class(one)) for one in part)
            )
            part = next(friends, None)
            if part is None:
                parts.append([item])
            else:
                part.append(item)
        apart = [PackDemand(tuple(part), demand.max_weight_g) for part in parts]
        return [carton for chosen in self._by_volume.choose(apart, cartons) for carton in chosen]

    def _pack(self, demands: Sequence[PackDemand], cartons: Sequence[CartonSpec]) -> list[Packing]:
        """Pack; what was asked before is not packed again."""
        kinds = tuple(self._carton(one) for one in cartons)
        questions = [self._question(demand, kinds) for demand in demands]
        with self._lock:
            answers = {one: self._known[one] for one in questions if one in self._known}
        by_rules: dict[Rules, list[_Question]] = {}
        for question in dict.fromkeys(questions):
            if question not in answers:
                by_rules.setdefault(question[2], []).append(question)
        for rules, mine in by_rules.items():
            packings = choose_cartons([question[0] for question in mine], kinds, rules)
            answers |= dict(zip(mine, packings, strict=True))
        with self._lock:
            self._known |= answers
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return [answers[question] for question in questions]

    def _carton(self, spec: CartonSpec) -> Carton:
        return Carton(
            length_mm=min(spec.length_mm, LARGEST_MM),
            width_mm=min(spec.width_mm, LARGEST_MM),
            height_mm=min(spec.height_mm, LARGEST_MM),
            max_weight_g=spec.max_weight_g,
            tare_g=spec.tare_g,
            price=self._parcel_price + spec.price,
            padding_mm=self._clearance(spec),
        )

    def _clearance(self, spec: CartonSpec) -> int:
        """What stays free at every side; nothing in an envelope that would have no room left."""
        thin = 20 * self._clearance_mm >= min(spec.length_mm, spec.width_mm, spec.height_mm)
        return 0 if thin else self._clearance_mm

    def _question(self, demand: PackDemand, cartons: tuple[Carton, ...]) -> _Question:
        classes = sorted({_class(item) for item in demand.items})
        items = tuple(_item(item, classes.index(_class(item))) for item in demand.items)
        apart = frozenset(
            (one, other)
            for one, first in enumerate(classes)
            for other, second in enumerate(classes[:one])
            if _keep_apart(first, second)
        )
        return Order(items, demand.max_weight_g), cartons, Rules(incompatible=apart, freight=self._freight)


def _class(item: PackItem) -> tuple[str, str]:
    return item.temperature, item.hazard


def _keep_apart(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two classes (temperature, hazard) never share a carton.

    What is frozen travels alone: dry ice spoils the rest. Cool packs harm nobody, so chilled and ambient goods share.
    """
    hazards = {one[1], other[1]} - {""}
    frozen = [temperature == "frozen" for temperature in (one[0], other[0])]
    return frozen[0] != frozen[1] or len(hazards) > 1


def _item(item: PackItem, group: int) -> Item:
    """The unit as it is packed. Of a size known in part, what is known limits: the rest counts as 1 mm."""
    edges = [min(edge, LARGEST_MM) for edge in (item.length_mm, item.width_mm, item.height_mm)]
    if any(edges):
        edges = [max(edge, 1) for edge in edges]
    return Item(
        length_mm=edges[0],
        width_mm=edges[1],
        height_mm=edges[2],
        weight_g=item.weight_g,
        quantity=max(0, item.quantity),
        turning=Turning.UPRIGHT if item.upright else Turning.ANY,
        group=group,
    )


def _answer(demand: PackDemand, packing: Packing, cartons: Sequence[CartonSpec]) -> list[PackedCarton]:
    """The packing in the caller's words; what no carton takes travels unit by unit in its own packing."""
    items = demand.items
    alone = [
        PackedCarton(
            carton_id=None,
            code="",
            units=((items[kind].key, 1),),
            goods_weight_g=items[kind].weight_g,
            gross_weight_g=items[kind].weight_g,
            volume_mm3=items[kind].volume_mm3,
        )
        for kind, count in packing.left_out
        for _unit in range(count)
    ]
    packed = []
    for one in packing.cartons:
        spec = cartons[one.carton]
        packed.append(
            PackedCarton(
                carton_id=spec.id,
                code=spec.code,
                units=tuple((items[kind].key, count) for kind, count in sorted(one.counts.items())),
                goods_weight_g=one.goods_weight_g,
                gross_weight_g=one.gross_weight_g,
                volume_mm3=spec.volume_mm3,
                places=tuple(
                    PackPlace(items[at.item].key, at.x, at.y, at.z, at.length, at.width, at.height)
                    for at in one.placements
                ),
            )
        )
    return alone + packed
