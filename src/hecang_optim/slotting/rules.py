"""What may lie where: the rules as kernels read them, and the state of a warehouse that obeys them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.compiled import kernel
from hecang_optim.errors import InvalidProblem, require
from hecang_optim.slotting.model import MOST_KINDS, Goods, Places, SlottingProblem, numbers, whole

#: Room that rounding may miss.
_ROUNDING = 1e-9


class Rules(NamedTuple):
    """Columns of places (L) and goods (n), all filled in.

    :ivar needs: (n, measures); at most ``room`` of the place.
    :ivar accepts: (L) bit mask of kinds.
    :ivar parted: (kinds, kinds) 1 for kinds that never share a sub-aisle.
    :ivar effort: (L) for each pick; with ``lift`` (L) for each kilogram of it.
    """

    needs: Floats
    room: Floats
    kind: Ints
    accepts: Ints
    load: Floats
    zone: Ints
    zone_limit: Floats
    sub_aisle: Ints
    parted: Ints
    weight: Floats
    reach: Floats
    lift: Floats


class State(NamedTuple):
    """Who lies where, kept in step by :func:`enter` and :func:`leave`.

    :ivar place: (n) place of each SKU, -1 for none.
    :ivar sku: (L) SKU at each place, -1 for none.
    :ivar zone_load: (zones).
    :ivar kinds: (sub-aisles, kinds) SKUs of each kind there.
    """

    place: Ints
    sku: Ints
    zone_load: Floats
    kinds: Ints


def rules_of(problem: SlottingProblem) -> Rules:
    """The rules of a problem.

    :raises InvalidProblem: columns that do not match or numbers out of their range.
    """
    places, goods = problem.places, problem.goods
    zone = _whole_or(places.zone, "places.zone", len(places), 0)
    require_each(zone >= 0, "places.zone", "is negative")
    zones = int(zone.max(initial=0)) + 1
    kind = _whole_or(goods.kind, "goods.kind", goods.count, 0)
    require_each((kind >= 0) & (kind < MOST_KINDS), "goods.kind", f"is not 0 to {MOST_KINDS - 1}")
    needs, room = _measures(goods, places)
    kinds = 1 + max([int(kind.max(initial=0)), *(one for pair in goods.apart for one in pair)])
    parted = np.zeros((kinds, kinds), dtype=np.int64)
    for one, other in goods.apart:
        parted[one, other] = parted[other, one] = 1
    return Rules(
        needs=needs,
        room=room,
        kind=kind,
        accepts=_whole_or(places.accepts, "places.accepts", len(places), -1),
        load=_numbers_or(goods.load, "goods.load", goods.count, 1.0),
        zone=zone,
        zone_limit=_numbers_or(places.zone_limit, "places.zone_limit", zones, np.inf),
        sub_aisle=places.sub_aisle,
        parted=parted,
        weight=_numbers_or(goods.weight, "goods.weight", goods.count, 0.0),
        reach=_numbers_or(places.reach, "places.reach", len(places), 0.0),
        lift=_numbers_or(places.lift, "places.lift", len(places), 0.0),
    )


def _numbers_or(given: npt.ArrayLike | None, field: str, size: int, default: float) -> Floats:
    if given is None:
        return np.full(size, default)
    values = numbers(given, field, size)
    require_each(values >= 0, field, "is negative")
    return values


def _whole_or(given: npt.ArrayLike | None, field: str, size: int, default: int) -> Ints:
    return np.full(size, default, dtype=np.int64) if given is None else whole(given, field, size)


def _measures(goods: Goods, places: Places) -> tuple[Floats, Floats]:
    """Needs and room in the same measures; none if either is not given."""
    if goods.needs is None or places.room is None:
        return np.zeros((goods.count, 0)), np.zeros((len(places), 0))
    needs = np.ascontiguousarray(goods.needs, dtype=np.float64)
    room = np.ascontiguousarray(places.room, dtype=np.float64)
    require(room.ndim == 2 and len(room) == len(places), "places.room", "is not (places, measures)")
    require(
        needs.shape == (goods.count, room.shape[1]), "goods.needs", "is not (SKUs, measures of the places)"
    )
    require_each((needs >= 0).all(axis=1), "goods.needs", "is negative or not a number")
    require_each(~np.isnan(room).any(axis=1), "places.room", "is not a number")
    return needs, room


def empty_state(rules: Rules) -> State:
    """A warehouse with nothing in it."""
    return State(
        place=np.full(len(rules.kind), -1, dtype=np.int64),
        sku=np.full(len(rules.zone), -1, dtype=np.int64),
        zone_load=np.zeros(len(rules.zone_limit)),
        kinds=np.zeros((int(rules.sub_aisle.max(initial=0)) + 1, len(rules.parted)), dtype=np.int64),
    )


def state_of(rules: Rules, place: npt.ArrayLike, field: str = "place") -> State:
    """A warehouse in which SKU i lies at ``place[i]`` (n).

    :raises InvalidProblem: a place that does not exist, is taken twice, or breaks a rule.
    """
    wanted = whole(place, field, len(rules.kind))
    require_each((wanted >= 0) & (wanted < len(rules.zone)), field, "no such place")
    taken = np.bincount(wanted, minlength=len(rules.zone))
    require_each(taken[wanted] == 1, field, "holds two SKUs")
    state = empty_state(rules)
    wrong = put_all(rules, state, wanted)
    if wrong >= 0:
        raise InvalidProblem(field, "may not hold this SKU", int(wrong))
    return state


@kernel
def put_all(rules: Rules, state: State, wanted: Ints) -> int:
    """Put each SKU to its place; returns the first that may not lie there, -1 if all may."""
    for sku in range(len(wanted)):
        if not may_enter(rules, state, sku, wanted[sku]):
            return sku
        enter(rules, state, sku, wanted[sku])
    return -1


@kernel
def fits(rules: Rules, sku: int, place: int) -> bool:
    """Whether the SKU may lie at the place, whatever lies elsewhere."""
    if (rules.accepts[place] >> rules.kind[sku]) & 1 == 0:
        return False
    for measure in range(rules.needs.shape[1]):
        if rules.needs[sku, measure] > rules.room[place, measure] + _ROUNDING:
            return False
    return True


@kernel
def may_enter(rules: Rules, state: State, sku: int, place: int) -> bool:
    """Whether the SKU, which lies nowhere, may be put to the place, which is free."""
    if not fits(rules, sku, place):
        return False
    zone = rules.zone[place]
    if state.zone_load[zone] + rules.load[sku] > rules.zone_limit[zone] + _ROUNDING:
        return False
    kind, sub_aisle = rules.kind[sku], rules.sub_aisle[place]
    for other in range(len(rules.parted)):
        if rules.parted[kind, other] and state.kinds[sub_aisle, other] > 0:
            return False
    return True


@kernel
def enter(rules: Rules, state: State, sku: int, place: int) -> None:
    """Put the SKU to the place."""
    state.place[sku] = place
    state.sku[place] = sku
    state.zone_load[rules.zone[place]] += rules.load[sku]
    state.kinds[rules.sub_aisle[place], rules.kind[sku]] += 1


@kernel
def leave(rules: Rules, state: State, sku: int) -> None:
    """Take the SKU from its place."""
    place = state.place[sku]
    state.place[sku] = -1
    state.sku[place] = -1
    state.zone_load[rules.zone[place]] -= rules.load[sku]
    state.kinds[rules.sub_aisle[place], rules.kind[sku]] -= 1


@kernel
def exchange(rules: Rules, state: State, sku: int, to: int) -> bool:
    """Move the SKU to place ``to``, whoever lies there to the SKU's place; false and no change if a rule forbids."""
    here, other = state.place[sku], state.sku[to]
    leave(rules, state, sku)
    if other >= 0:
        leave(rules, state, other)
    if may_enter(rules, state, sku, to):
        enter(rules, state, sku, to)
        if other < 0:
            return True
        if may_enter(rules, state, other, here):
            enter(rules, state, other, here)
            return True
        leave(rules, state, sku)
    enter(rules, state, sku, here)
    if other >= 0:
        enter(rules, state, other, to)
    return False
