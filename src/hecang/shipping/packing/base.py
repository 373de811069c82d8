"""The interface of a carton choice.

A chooser is pure: it reads nothing and asks no clock. It gets what has to be packed and the cartons
there are, and answers which units go into which carton. ``settings.STRATEGIES["shipping.cartons"]``
names the class in force (``services.cartons.KNOWN`` has the short names).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PackItem:
    """Units of one kind to be packed.

    :param key: the caller's id for it (a fulfilment line, say); comes back in :class:`PackedCarton`.
    :param weight_g: of one unit; 0 where it is not known.
    :param length_mm: of one unit, and so on; 0 where it is not known, and then size does not limit.
    :param upright: this side up: height stays height.
    :param temperature: frozen goods share no carton with others.
    :param hazard: a class of dangerous goods, empty for none; different ones never share a carton.
    """

    key: int
    quantity: int
    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    upright: bool = False
    temperature: str = ""
    hazard: str = ""

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True)
class PackDemand:
    """What one order wants packed.

    :param max_weight_g: gross limit of one parcel set by the carrier, besides the carton's own.
    """

    items: tuple[PackItem, ...]
    max_weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class CartonSpec:
    """A carton on the shelf; inner size.

    :param price: of one, in hundredths of the unit of money.
    """

    id: int
    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    max_weight_g: int
    price: int = 0

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True)
class PackPlace:
    """Where a unit lies in its carton: x from the left, y from the back, z from the floor; edges as turned."""

    key: int
    x_mm: int
    y_mm: int
    z_mm: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class PackedCarton:
    """One parcel to be.

    :param carton_id: ``None`` where no carton fits: the goods travel in their own packing.
    :param units: ``(key, quantity)`` of what goes in.
    :param goods_weight_g: without the carton; ``gross_weight_g`` is with it.
    :param volume_mm3: of the carton, or of the goods without one; for volumetric weight.
    :param places: of its units, in the order in which to put them in; empty where the choice does not place them,
        and without the units whose size is not known.
    """

    carton_id: int | None
    code: str
    units: tuple[tuple[int, int], ...]
    goods_weight_g: int
    gross_weight_g: int
    volume_mm3: int
    places: tuple[PackPlace, ...] = ()


class CartonChooser(Protocol):
    """Chooses cartons for many orders at once.

    Every unit of every demand comes back in exactly one carton; no carton is overloaded. Cartons come
    with the smallest volume first.
    """

    def choose(
        self, demands: Sequence[PackDemand], cartons: Sequence[CartonSpec]
    ) -> list[list[PackedCarton]]: ...
