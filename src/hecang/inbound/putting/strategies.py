"""The strategies that come with the house."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from django.utils.translation import gettext_noop

from hecang.inbound.putting.base import KINDS_OF_CONDITION, Load, Spot, Strategy, strategy_register
from hecang.inbound.putting.world import World


def kinds_for(load: Load, world: World) -> tuple[str, ...]:
    """Kinds of places for a load, the preferred first: bulk to reserve, pieces to pick faces."""
    kinds = KINDS_OF_CONDITION.get(load.condition, ())
    return tuple(reversed(kinds)) if load.condition == "good" and world.is_bulk(load) else kinds


class Fixed(Strategy):
    """The places that belong to the SKU, each up to its limit."""

    code: ClassVar[str] = "fixed"
    title: ClassVar[str] = gettext_noop("The SKU's fixed place")
    takes_part: ClassVar[bool] = True

    def spots(self, load: Load, world: World) -> Iterable[Spot]:
        if len(load.parts) != 1 or load.condition != "good":
            return ()
        return world.fixed_spots(load.parts[0])


class Bulk(Strategy):
    """Full cases and whole containers to reserve: to more of the same, else to an empty place near the door."""

    code: ClassVar[str] = "bulk"
    title: ClassVar[str] = gettext_noop("Bulk to reserve")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:
        if load.condition != "good" or not world.is_bulk(load):
            return
        for part in load.parts[:1]:
            yield from world.spots_with(part.sku_id, kinds=("reserve",))
        yield from world.empty_spots("reserve", load)


class SameLot(Strategy):
    """Where the same lot lies already: fewer places to look for it, and to recall it from."""

    code: ClassVar[str] = "same_lot"
    title: ClassVar[str] = gettext_noop("With the same lot")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:
        for part in load.parts[:1]:
            if part.lot_id is not None:
                for spot in world.spots_with(part.sku_id, kinds=kinds_for(load, world)[:1]):
                    if part.content in spot.units:
                        yield spot


class SameSku(Strategy):
    """Where the same SKU lies already and has room."""

    code: ClassVar[str] = "same_sku"
    title: ClassVar[str] = gettext_noop("With the same SKU")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:
        for part in load.parts[:1]:
            yield from world.spots_with(part.sku_id, kinds=kinds_for(load, world)[:1])


class ClassZone(Strategy):
    """An empty place in a zone of the SKU's ABC class, the cheapest to walk to first."""

    code: ClassVar[str] = "class_zone"
    title: ClassVar[str] = gettext_noop("A zone of its turnover class")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:
        for kind in kinds_for(load, world):
            yield from world.empty_spots(kind, load, abc_class=load.abc_class)


class NearestEmpty(Strategy):
    """The empty place that is cheapest to walk to."""

    code: ClassVar[str] = "nearest_empty"
    title: ClassVar[str] = gettext_noop("The nearest empty place")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:
        for kind in kinds_for(load, world):
            yield from world.empty_spots(kind, load)


class CrossDock(Strategy):
    """The warehouse's place for goods that orders wait for. Not for policies: cross-docking asks it by itself."""

    code: ClassVar[str] = "crossdock"
    title: ClassVar[str] = gettext_noop("Cross-docking place")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:  # noqa: ARG002
        place = world.policy.crossdock_location_id
        if place is not None and place in world.spots:
            yield world.spots[place]


class AnyRoom(Strategy):
    """Any place that has room and may hold it, empty or not: where mixing is allowed."""

    code: ClassVar[str] = "any_room"
    title: ClassVar[str] = gettext_noop("Any place with room")

    def spots(self, load: Load, world: World) -> Iterator[Spot]:
        for kind in kinds_for(load, world):
            yield from world.spots_of(kind)


def register_all() -> None:
    """Offer the strategies of the house."""
    for strategy in (
        Fixed(),
        Bulk(),
        SameLot(),
        SameSku(),
        ClassZone(),
        NearestEmpty(),
        CrossDock(),
        AnyRoom(),
    ):
        strategy_register(strategy)
