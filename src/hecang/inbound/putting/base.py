"""What strategies work with: loads, spots, rules; and the registry of strategies.

A strategy names spots that it would put a load to, the best first. Whether a spot may hold the load is not its
business: :mod:`hecang.inbound.putting.fitting` judges, the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from hecang.inbound.putting.world import World

#: Condition → kinds of places where such goods belong, the first preferred.
KINDS_OF_CONDITION: Mapping[str, tuple[str, ...]] = {
    "good": ("pick_face", "reserve"),
    "damaged": ("damaged",),
    "quarantine": ("quarantine",),
    "returned": ("returns",),
    "expired": ("damaged", "quarantine"),
}
SHELVES = frozenset({"pick_face", "reserve"})


class Content(NamedTuple):
    """One kind of goods that lies (or will lie) in a place."""

    sku_id: int | None
    lot_id: int | None
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Goods of one kind within a load; a container that goes as a whole has several.

    :param unit_volume_mm3: of one unit; 0 where nobody measured it.
    :param sides_mm: of one unit from the longest to the shortest; empty where nobody measured it.
    """

    sku_id: int
    lot_id: int | None
    owner_id: int
    quantity: int
    unit_volume_mm3: int
    unit_weight_g: int
    sides_mm: tuple[int, ...]
    temperature: str
    hazard: str
    abc_class: str
    case_quantity: int
    case_sides_mm: tuple[int, ...] = ()

    @property
    def content(self) -> Content:
        return Content(self.sku_id, self.lot_id, self.owner_id)


@dataclass(frozen=True, slots=True)
class Load:
    """What one putaway carries.

    :param whole: cannot be divided: a container with all that is in it.
    :param picks: how often its goods were picked lately, the sum.
    """

    putaway_id: int
    kind: str
    condition: str
    from_location_id: int
    parts: tuple[Part, ...]
    whole: bool
    priority: int = 100
    picks: int = 0

    @property
    def quantity(self) -> int:
        return sum(part.quantity for part in self.parts)

    @property
    def volume_mm3(self) -> int:
        return sum(part.quantity * part.unit_volume_mm3 for part in self.parts)

    @property
    def weight_g(self) -> int:
        return sum(part.quantity * part.unit_weight_g for part in self.parts)

    @property
    def abc_class(self) -> str:
        return min((part.abc_class for part in self.parts), default="C")

    def is_bulk(self, cases: int) -> bool:
        """Whether it is so much that it goes to reserve: a whole container, or that many cases."""
        if self.whole:
            return True
        return any(
            part.case_quantity > 1 and part.quantity >= cases * part.case_quantity for part in self.parts
        )

    def taken(self, quantity: int) -> Load:
        """A piece of it; only of loads of one part."""
        return replace(self, parts=(replace(self.parts[0], quantity=quantity),))


@dataclass(slots=True)
class Spot:
    """A place, with what lies in it and what is on its way to it. Changed by the engine as it plans.

    :param volume_mm3: room that may be used, 0 where nobody measured it: anything fits.
    :param max_weight_g: ``None`` for no limit.
    :param walk_mm: what a stop there costs; the smaller the better.
    """

    id: int
    code: str
    kind: str
    zone_id: int
    sides_mm: tuple[int, ...]
    volume_mm3: int
    max_weight_g: int | None
    level: int
    sequence: int
    walk_mm: int = 0
    used_mm3: int = 0
    used_g: int = 0
    units: dict[Content, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.units

    def put(self, load: Load) -> None:
        """The load is on its way here."""
        for part in load.parts:
            self.units[part.content] = self.units.get(part.content, 0) + part.quantity
        self.used_mm3 += load.volume_mm3
        self.used_g += load.weight_g


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the spots of one zone."""

    temperature: str
    mix_skus: bool
    mix_lots: bool
    mix_owners: bool
    hazards: frozenset[str]
    abc_classes: frozenset[str]
    owner_id: int | None
    is_closed: bool
    zone: str = ""


class Strategy(ABC):
    """One way of choosing. Subclass and register in ``AppConfig.ready``; warehouses name it in their policy."""

    code: ClassVar[str]
    #: Source string of its name.
    title: ClassVar[str]
    #: A place may take a part of the load, even where others could take all of it.
    takes_part: ClassVar[bool] = False

    @abstractmethod
    def spots(self, load: Load, world: World) -> Iterable[Spot]:
        """Where it would put the load, the best first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a load, or a piece of it, goes, and why."""

    putaway_id: int
    location_id: int
    quantity: int
    volume_mm3: int
    weight_g: int
    content: Content
    strategy: str
    why: Mapping[str, Any]


_strategies: dict[str, Strategy] = {}


def strategy_register(strategy: Strategy) -> None:
    """Offer a strategy under its code; the last registration counts."""
    _strategies[strategy.code] = strategy


def strategies() -> Mapping[str, Strategy]:
    """All that are registered, by code, in the order of registration."""
    return _strategies
