"""What is packed, into what, under which rules, and where each piece comes to lie. Lengths in mm, weights in g.

The axes of a carton: x along its length from the left, y along its width from the back towards the person who
packs, z upwards from the floor. The origin is the corner at the back, on the left, on the floor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from hecang_optim.errors import require

#: Largest edge that is accepted, so that volumes stay within 64 bits.
LARGEST_MM = 100_000


class Turning(IntEnum):
    """Which ways up a unit may lie."""

    ANY = 0
    """Any of its six orientations."""
    UPRIGHT = 1
    """This side up: turned about the vertical only."""
    FIXED = 2
    """Not at all: length along the carton's length."""


@dataclass(frozen=True, slots=True)
class Item:
    """Units of one kind.

    :param length_mm: of one unit, at least 1; or all three edges 0: the unit takes no room (a leaflet, a thing
        of unknown size) and counts by weight and class alone.
    :param weight_g: of one unit, 0 where it is not known.
    :param quantity: units of it in the order.
    :param fragile: nothing may rest on it.
    :param max_load_g: what may rest on one unit, directly and through others; ``None``: any.
    :param group: class of goods, for :attr:`Rules.incompatible`.
    """

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int = 0
    quantity: int = 1
    turning: Turning = Turning.ANY
    fragile: bool = False
    max_load_g: int | None = None
    group: int = 0

    @property
    def volume_mm3(self) -> int:
        """Of one unit."""
        return self.length_mm * self.width_mm * self.height_mm

    def check(self, index: int) -> None:
        """Raise :class:`~hecang_optim.errors.InvalidProblem` where it means nothing."""
        edges = (self.length_mm, self.width_mm, self.height_mm)
        require(max(edges) <= LARGEST_MM, "items", f"an edge is longer than {LARGEST_MM} mm", index)
        require(min(edges) >= 1 or edges == (0, 0, 0), "items", "edges are at least 1 mm, or all 0", index)
        require(self.weight_g >= 0, "items", "weight_g is negative", index)
        require(self.quantity >= 0, "items", "quantity is negative", index)
        require(self.max_load_g is None or self.max_load_g >= 0, "items", "max_load_g is negative", index)


@dataclass(frozen=True, slots=True)
class Order:
    """What is packed together.

    :param max_gross_g: what one parcel may weigh with its carton, besides the carton's own limit.
    """

    items: tuple[Item, ...]
    max_gross_g: int | None = None


@dataclass(frozen=True, slots=True)
class Carton:
    """A kind of carton or pallet, of which there are as many as are needed.

    :param length_mm: inside, as the others.
    :param max_weight_g: of the goods in it.
    :param tare_g: of the carton itself.
    :param price: of one carton and one parcel more, in the smallest unit of money.
    :param padding_mm: kept free of goods on every side, for filling material.
    :param outer_mm3: for volumetric weight; 0: the inner volume.
    :param overhang_mm: of a pallet: how far goods may stand over each edge of its deck (``length_mm`` ×
        ``width_mm``; ``height_mm`` is how high it may be loaded). Places count from the deck's corner and may
        be negative; only the deck holds.
    """

    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int
    tare_g: int = 0
    price: int = 0
    padding_mm: int = 0
    outer_mm3: int = 0
    overhang_mm: int = 0

    @property
    def volume_mm3(self) -> int:
        """Inside, padding and overhang included."""
        over = 2 * self.overhang_mm
        return (self.length_mm + over) * (self.width_mm + over) * self.height_mm

    def check(self, index: int) -> None:
        """Raise :class:`~hecang_optim.errors.InvalidProblem` where it means nothing."""
        edges = (self.length_mm, self.width_mm, self.height_mm)
        require(0 <= self.overhang_mm <= LARGEST_MM, "cartons", "overhang_mm is negative or too long", index)
        require(min(edges) >= 1, "cartons", "edges are at least 1 mm", index)
        require(max(edges) <= LARGEST_MM, "cartons", f"an edge is longer than {LARGEST_MM} mm", index)
        require(self.padding_mm >= 0, "cartons", "padding_mm is negative", index)
        require(2 * self.padding_mm < min(edges), "cartons", "padding_mm leaves no room for goods", index)
        require(self.max_weight_g >= 0, "cartons", "max_weight_g is negative", index)
        require(self.tare_g >= 0, "cartons", "tare_g is negative", index)
        require(self.price >= 0, "cartons", "price is negative", index)
        require(self.outer_mm3 >= 0, "cartons", "outer_mm3 is negative", index)


@dataclass(frozen=True, slots=True)
class Freight:
    """What a carrier takes for weight: the larger of the gross weight and the volumetric one.

    :param per_kg: in the smallest unit of money.
    :param divisor: cm³ that count as one kilogram: 6000 or 5000 in the air, 8000 on the road; 0: volume is free.
    """

    per_kg: int
    divisor: int = 6000


@dataclass(frozen=True, slots=True)
class Rules:
    """How goods may lie, and what is cheap.

    :param support: share of a unit's base that lies on the floor or on other units, 0.5 to 1. From one half on
        the middle of the base is always held (a line through the middle of a rectangle halves it), so nothing
        can tip.
    :param incompatible: pairs of :attr:`Item.group` that never share a carton; a group paired with itself
        allows one unit a carton.
    :param freight: added to the cartons' prices; where neither is given, cartons cost nothing and their number,
        then their volume decide.
    :param effort: arrangements that are tried for one carton, counted in units laid; more finds tighter ones.
    :param seed: of the random restarts. An order's packing depends on it and on the order alone.
    """

    support: float = 0.7
    incompatible: frozenset[tuple[int, int]] = frozenset()
    freight: Freight | None = None
    effort: int = 240
    seed: int = 1

    def check(self) -> None:
        """Raise :class:`~hecang_optim.errors.InvalidProblem` where it means nothing."""
        require(0.5 <= self.support <= 1.0, "rules.support", "is a share from 0.5 to 1")
        require(self.effort >= 1, "rules.effort", "is at least 1")
        require(self.seed >= 0, "rules.seed", "is negative")
        if self.freight is not None:
            require(self.freight.per_kg >= 0, "rules.freight.per_kg", "is negative")
            require(self.freight.divisor >= 0, "rules.freight.divisor", "is negative")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a unit lies: its corner at the back, left and bottom, and its edges as turned.

    :param item: index in the order's items.
    """

    item: int
    x: int
    y: int
    z: int
    length: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PackedCarton:
    """One parcel.

    :param carton: index among the cartons.
    :param placements: in the order in which a person puts them in: each lies on what is in already, and goes
        straight down to its place; from the bottom up, from the back to the front.
    :param loose: (item, quantity) of units without a size.
    :param cost: price and freight.
    :param void_mm3: air between and above the goods, to be filled.
    :param centre_of_gravity: of the goods, mm; the middle of the goods' volume where no weight is known.
    """

    carton: int
    placements: tuple[Placement, ...]
    loose: tuple[tuple[int, int], ...]
    goods_weight_g: int
    gross_weight_g: int
    cost: int
    goods_mm3: int
    void_mm3: int
    centre_of_gravity: tuple[float, float, float]

    @property
    def fill(self) -> float:
        """Share of the inner volume that goods take."""
        return self.goods_mm3 / (self.goods_mm3 + self.void_mm3)

    @property
    def counts(self) -> dict[int, int]:
        """Units in it by item, loose ones included."""
        result: dict[int, int] = dict(self.loose)
        for placement in self.placements:
            result[placement.item] = result.get(placement.item, 0) + 1
        return result


@dataclass(frozen=True, slots=True)
class Packing:
    """How an order travels.

    :param left_out: (item, quantity) of units that no carton takes, by size or by weight.
    """

    cartons: tuple[PackedCarton, ...] = ()
    left_out: tuple[tuple[int, int], ...] = field(default=())

    @property
    def cost(self) -> int:
        """Of all its cartons."""
        return sum(carton.cost for carton in self.cartons)
