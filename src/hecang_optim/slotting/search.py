"""Exchanges that shorten the walks of the past: tried by chance, judged by exact tours.

An exchange sends an SKU to another place, and who lies there to the SKU's place. Only walks with one of the two
change, and only these are walked anew. An exchange is kept where it saves more than chance would explain (the sum
of the savings exceeds their standard error): what a few walks of the past suggest need not come again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.slotting.model import SlottingProblem, Walks
from hecang_optim.slotting.rules import Rules, State, exchange, rules_of
from hecang_optim.slotting.tours import (
    Floor,
    History,
    Scratch,
    floor_of,
    history_of,
    length_of_walk,
    scratch_for,
    walk_lengths,
)

Seed = npt.NDArray[np.uint64]

#: Of 1000 tries, how many go to where something of the same walk lies.
_TO_PARTNER = 600
#: How far below its own rank an SKU looks for a place, in ranks, and in shares of its rank.
_NEAR, _SHARE = 20, 2
#: Walks after which an exchange that lengthens them is given up.
_ENOUGH = 12
#: Savings below this are rounding.
_ROUNDING = 1e-9


class Case(NamedTuple):
    """A problem for kernels.

    :ivar ranking: places, the best first (L); ``rank`` is its inverse.
    :ivar there: places sorted by sub-aisle; those of sub-aisle s are ``there[begin[s]:begin[s + 1]]``.
    """

    floor: Floor
    rules: Rules
    history: History
    ranking: Ints
    rank: Ints
    there: Ints
    begin: Ints


class Memory(NamedTuple):
    """What changes in a search beside the state.

    :ivar length: of each walk, as the goods lie.
    :ivar touched: walks looked at by the last :func:`difference`; ``renewed`` their new lengths.
    """

    scratch: Scratch
    length: Floats
    touched: Ints
    renewed: Floats


def case_of(problem: SlottingProblem, walks: Walks, walking: Floats) -> Case:
    """The problem for kernels, with some of its walks.

    :param walking: extra walking to each place (L), lowest first in the ranking.
    """
    places = problem.places
    rules = rules_of(problem)
    ranking = np.argsort(walking + rules.reach, kind="stable")
    rank = np.empty(len(places), dtype=np.int64)
    rank[ranking] = np.arange(len(places))
    sub_aisles = places.layout.aisles * places.layout.blocks
    return Case(
        floor=floor_of(places),
        rules=rules,
        history=history_of(walks, problem.goods.count),
        ranking=ranking,
        rank=rank,
        there=np.argsort(places.sub_aisle, kind="stable"),
        begin=np.searchsorted(np.sort(places.sub_aisle), np.arange(sub_aisles + 1)),
    )


def memory_for(problem: SlottingProblem, case: Case, walks: Walks, place: Ints) -> Memory:
    """Memory for the case, with the walks as goods lie now."""
    return Memory(
        scratch=scratch_for(case.floor, case.history),
        length=walk_lengths(problem.places, place, walks),
        touched=np.empty(len(walks), dtype=np.int64),
        renewed=np.empty(len(walks)),
    )


def seeded(*numbers: int) -> Seed:
    """The state of :func:`below` for these numbers."""
    return np.random.SeedSequence(numbers).generate_state(1, np.uint64) | np.uint64(1)


@kernel
def improve(case: Case, state: State, memory: Memory, seed: Seed, tries: int, doubt: float) -> float:
    """Try so many exchanges; returns walking and effort saved.

    :param doubt: standard errors that an exchange must save, so that it is kept.
    """
    saved = 0.0
    if len(case.history.sku) == 0:
        return saved
    for _ in range(tries):
        sku = _somebody(case.history, seed)
        to = _somewhere(case, state, sku, seed)
        here, other = state.place[sku], state.sku[to]
        if to == here or not exchange(case.rules, state, sku, to):
            continue
        total, error, count = difference(case, state, memory, sku, other, here, to)
        if total < -doubt * error - _ROUNDING:
            take_over(memory, count)
            saved -= total
        else:
            exchange(case.rules, state, sku, here)
    return saved


@kernel
def _somebody(history: History, seed: Seed) -> int:
    """An SKU that is picked: half of the time any, half of the time by its lines."""
    sku = history.sku[below(seed, len(history.sku))]
    if below(seed, 2) == 0:
        for _ in range(8):
            other = below(seed, len(history.first) - 1)
            if history.first[other] < history.first[other + 1]:
                return other
    return int(sku)


@kernel
def _somewhere(case: Case, state: State, sku: int, seed: Seed) -> int:
    """A place to try: near something that was picked on the same walk, or one of a somewhat better rank."""
    history = case.history
    if below(seed, 1000) < _TO_PARTNER:
        first, end = history.first[sku], history.first[sku + 1]
        walk = history.walk[first + below(seed, end - first)]
        first, end = history.start[walk], history.start[walk + 1]
        partner = history.sku[first + below(seed, end - first)]
        sub_aisle = case.rules.sub_aisle[state.place[partner]]
        first, end = case.begin[sub_aisle], case.begin[sub_aisle + 1]
        return int(case.there[first + below(seed, end - first)])
    own = case.rank[state.place[sku]]
    wide = _NEAR + own // _SHARE
    at = own - wide + below(seed, wide + wide // 2)
    return int(case.ranking[max(0, min(len(case.ranking) - 1, at))])


@kernel
def difference(
    case: Case, state: State, memory: Memory, sku: int, other: int, here: int, to: int
) -> tuple[float, float, int]:
    """By how much walking and effort have grown by an exchange that is done: the SKU went from ``here`` to ``to``.

    Gives up where the walks seen so far grow by more than their standard error.

    :param other: who went the other way, -1 for nobody.
    :return: the growth, its standard error, and how many walks are in ``memory.touched``.
    """
    history, floor = case.history, case.floor
    one, end = history.first[sku], history.first[sku + 1]
    two = history.first[other] if other >= 0 else 0
    last = history.first[other + 1] if other >= 0 else 0
    total = (end - one) * (effort(case.rules, sku, to) - effort(case.rules, sku, here))
    if other >= 0:
        total += (last - two) * (effort(case.rules, other, here) - effort(case.rules, other, to))
    squares, count = 0.0, 0
    if floor.aisle[here] == floor.aisle[to] and floor.y[here] == floor.y[to]:
        return total, 0.0, 0
    while one < end or two < last:
        if two >= last or (one < end and history.walk[one] < history.walk[two]):
            walk = history.walk[one]
            one += 1
        elif one >= end or history.walk[two] < history.walk[one]:
            walk = history.walk[two]
            two += 1
        else:  # both on one walk: the same stops as before
            one += 1
            two += 1
            continue
        length = length_of_walk(floor, history, state.place, memory.scratch, walk)
        grown = length - memory.length[walk]
        memory.touched[count] = walk
        memory.renewed[count] = length
        count += 1
        total += grown
        squares += grown * grown
        if count >= _ENOUGH and total > np.sqrt(squares):
            break
    return total, np.sqrt(squares), count


@kernel
def take_over(memory: Memory, count: int) -> None:
    """Make what the last :func:`difference` found the lengths of the walks."""
    for at in range(count):
        memory.length[memory.touched[at]] = memory.renewed[at]


@kernel
def effort(rules: Rules, sku: int, place: int) -> float:
    """Effort of a pick of the SKU at the place, as a length of walking."""
    return float(rules.reach[place] + rules.weight[sku] * rules.lift[place])


@kernel
def below(seed: Seed, bound: int) -> int:
    """A random number from 0 to ``bound - 1`` (xorshift64*)."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % bound
