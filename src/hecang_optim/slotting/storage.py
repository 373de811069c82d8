"""Whole warehouses at once: random storage, storage by class, by distance, and by what a stop adds to a walk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.slotting.model import SlottingProblem, whole
from hecang_optim.slotting.placing import place_in_order
from hecang_optim.slotting.ranking import distance_from_depot, extra_walking
from hecang_optim.slotting.rules import empty_state, rules_of
from hecang_optim.slotting.tours import walk_lengths

#: How often goods are placed by what a stop adds to the walks of the placing before.
_ROUNDS = 3
#: Walks that judge a placing: at most, and times the states of the tour program (3,032 for five blocks).
_JUDGES, _JUDGES_BY_STATES = 2000, 500_000


def random_storage(problem: SlottingProblem, seed: int) -> Ints:
    """Every SKU somewhere, by chance; as a warehouse gets that puts goods to the next free place.

    :return: place of each SKU (n).
    :raises InvalidProblem: no place is left that may hold some SKU.
    """
    chance = np.random.default_rng(seed)
    skus, places = chance.permutation(problem.goods.count), chance.permutation(len(problem.places))
    return place_in_order(rules_of(problem), skus, places).place


def class_based_storage(problem: SlottingProblem, classes: npt.ArrayLike, seed: int) -> Ints:
    """The first class nearest to the depot, then the next; within the region of a class by chance.

    Regions share the places in proportion to the goods of each class. Where a region has no place for some SKU, it
    goes to the regions behind, then to those before.

    :param classes: of each SKU, such as from :func:`~hecang_optim.slotting.classes.abc_classes` (n).
    :return: place of each SKU (n).
    :raises InvalidProblem: no place is left that may hold some SKU.
    """
    wanted = whole(classes, "classes", problem.goods.count)
    require_each(wanted >= 0, "classes", "is negative")
    chance = np.random.default_rng(seed)
    places = np.argsort(distance_from_depot(problem.places), kind="stable")
    sizes = np.bincount(wanted)
    ends = np.cumsum(sizes)[:-1] * len(places) // max(len(wanted), 1)
    regions = [chance.permutation(region) for region in np.split(places, ends)]
    rules = rules_of(problem)
    state = empty_state(rules)
    for one in range(len(sizes)):
        skus = chance.permutation(np.flatnonzero(wanted == one))
        place_in_order(rules, skus, np.concatenate([*regions[one:], *regions[:one][::-1]]), state)
    return state.place


def storage_by_distance(problem: SlottingProblem, order: npt.ArrayLike | None = None) -> Ints:
    """The most often picked SKU at the place nearest to the depot, and so on (Heskett's rule).

    :param order: what to go by instead of lines, lowest first, such as the
        :func:`~hecang_optim.slotting.classes.cube_per_order_index` (n).
    :return: place of each SKU (n).
    :raises InvalidProblem: no place is left that may hold some SKU.
    """
    first = -problem.lines if order is None else np.asarray(order, dtype=np.float64)
    require_each(np.arange(problem.goods.count) < first.size, "order", "has no entry for this SKU")
    return _by_rank(problem, np.argsort(first, kind="stable"), distance_from_depot(problem.places))


def storage_by_extra_walking(problem: SlottingProblem, seed: int = 0) -> Ints:
    """The most often picked SKU where one more stop adds least to the walks of the past, and so on.

    A place far from the depot is a good one where walks come by anyway. Where they come by depends on where the
    goods lie: so goods are placed again by the walks of the placing before, a few times, and the best is kept.

    :return: place of each SKU (n).
    :raises InvalidProblem: no place is left that may hold some SKU.
    """
    places, walks = problem.places, problem.walks
    skus = np.argsort(-problem.lines, kind="stable")
    best = _by_rank(problem, skus, distance_from_depot(places))
    judges = walks.sample(min(_JUDGES, _JUDGES_BY_STATES // places.layout.grid.states), seed)
    least = walk_lengths(places, best, judges).sum()
    place = best
    for turn in range(_ROUNDS):
        place = _by_rank(problem, skus, extra_walking(places, place, walks, seed + turn))
        walked = walk_lengths(places, place, judges).sum()
        if walked < least:
            best, least = place, walked
    return best


def _by_rank(problem: SlottingProblem, skus: Ints, walking: Floats) -> Ints:
    """The first SKU to the place with the least walking and reach, and so on."""
    rules = rules_of(problem)
    places = np.argsort(walking + rules.reach, kind="stable")
    return place_in_order(rules, skus, places).place
