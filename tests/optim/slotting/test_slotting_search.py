"""Re-slotting and the best moves: honest savings, kept rules, and the optimum where it can be known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout
from hecang_optim.slotting import (
    Goods,
    Places,
    SlottingProblem,
    Walks,
    best_moves,
    distance_from_depot,
    evaluate,
    extra_walking,
    random_storage,
    reslot,
    storage_by_distance,
    storage_by_extra_walking,
    walk_lengths,
)


def small_warehouse(aisles: int = 4, bays: int = 5, levels: int = 1) -> Places:
    layout = AisleLayout.regular(aisles=aisles, blocks=2, aisle_pitch=3.0, sub_aisle_length=bays + 1.0)
    aisle, block, bay, level = (axis.ravel() for axis in np.indices((aisles, 2, bays, levels)))
    return Places(
        layout,
        aisle,
        block * (bays + 1.0) + bay + 1.0,
        reach=np.where(level == 0, 0.0, 1.0),
        lift=np.where(level == 0, 0.0, 0.5),
    )


def families(count: int, walks: int, seed: int) -> Walks:
    """Orders that ask for four SKUs of one family of eight; low SKUs of a family most."""
    random = np.random.default_rng(seed)
    family = random.integers(0, count // 8, walks)
    sku = family[:, None] * 8 + np.minimum(random.geometric(0.3, (walks, 4)) - 1, 7)
    return Walks.of_lines(np.repeat(np.arange(walks), 4), sku.ravel())


def follow(place: np.ndarray, moves: list) -> np.ndarray:
    after = place.copy()
    for move in moves:
        assert after[move.sku] == move.origin
        after[move.sku] = move.target
        if move.other >= 0:
            assert after[move.other] == move.target
            after[move.other] = move.origin
        else:
            assert np.count_nonzero(after == move.target) == 1
    return after


def test_walks_are_exact_tours() -> None:
    places = small_warehouse()
    # The first place of aisle 0 and the last of aisle 3: along the front (or the back) and up, and back again.
    lengths = walk_lengths(places, np.array([0, len(places) - 1]), Walks.of_lines([0, 1, 1], [0, 0, 1]))
    assert lengths.tolist() == [2.0, 2 * 9.0 + 2 * 11.0]
    assert distance_from_depot(places)[[0, -1]].tolist() == [2.0, 40.0]


def test_extra_walking_is_what_one_more_stop_adds() -> None:
    places = small_warehouse(bays=4)
    walks = families(24, 15, seed=1)
    place = random_storage(SlottingProblem(places, Goods(24), walks), 1)
    extra = extra_walking(places, place, walks)
    before = walk_lengths(places, place, walks)
    for probe in range(len(places)):
        stops = [[*walks.sku[a:b], 24] for a, b in zip(walks.start[:-1], walks.start[1:], strict=True)]
        more = Walks.of_lines(
            np.repeat(np.arange(len(stops)), [len(one) for one in stops]), np.concatenate(stops)
        )
        assert extra[probe] == pytest.approx(
            np.mean(walk_lengths(places, np.append(place, probe), more) - before)
        )
    assert extra_walking(places, place, Walks(np.array([0]), np.array([], dtype=np.int64))).tolist() == (
        distance_from_depot(places).tolist()
    )


def test_no_exchange_is_left_that_saves_more_than_chance_explains() -> None:
    layout = AisleLayout.regular(aisles=3, aisle_pitch=2.0, sub_aisle_length=4.0)
    places = Places(layout, np.repeat(np.arange(3), 2), np.tile([1.0, 3.0], 3))
    walks = Walks.of_lines(np.repeat(np.arange(30), 2), np.tile([0, 1, 2, 3, 0, 1, 4, 0, 0, 4], 6))
    problem = SlottingProblem(places, Goods(5), walks)
    found = reslot(problem, Budget(rounds=20))
    before = walk_lengths(places, found.place, walks)
    for sku in range(5):
        for target in range(6):
            after = np.where(found.place == target, found.place[sku], found.place)
            after[sku] = target
            grown = walk_lengths(places, after, walks) - before
            assert grown.sum() >= -np.sqrt((grown**2).sum())
    best = min(evaluate(problem, place[:5]).cost for place in permutations(range(6)))
    assert best <= found.cost <= 1.1 * best


def test_re_slotting_saves_on_walks_it_has_not_seen() -> None:
    places = small_warehouse(aisles=6)
    learned, later = families(56, 600, seed=1), families(56, 600, seed=2)
    problem = SlottingProblem(places, Goods(56), learned)
    heard: list[float] = []
    found = reslot(problem, Budget(rounds=40), on_improvement=heard.append)
    by_distance = evaluate(problem, storage_by_distance(problem), later).walking
    by_extra = evaluate(problem, storage_by_extra_walking(problem), later).walking
    chance = evaluate(problem, random_storage(problem, 1), later).walking
    judged = evaluate(problem, found.place, later).walking
    assert judged < by_extra <= by_distance < chance
    assert judged < 0.8 * chance
    assert heard == sorted(heard, reverse=True)
    assert heard[-1] == pytest.approx(found.cost)


def test_the_same_seed_gives_the_same_places() -> None:
    problem = SlottingProblem(small_warehouse(), Goods(32), families(32, 200, seed=3))
    one, other = (reslot(problem, Budget(rounds=5), seed=7).place for _ in range(2))
    assert one.tolist() == other.tolist()


def test_present_places_are_kept_where_nothing_better_is_found() -> None:
    problem = SlottingProblem(small_warehouse(), Goods(32), families(32, 200, seed=3))
    good = reslot(problem, Budget(rounds=60))
    again = reslot(problem, Budget(rounds=0), present=good.place)
    assert again.place.tolist() == good.place.tolist()


def test_heavy_goods_come_to_waist_height() -> None:
    places = small_warehouse(levels=2)
    weight = np.where(np.arange(40) % 2 == 0, 10.0, 0.1)
    walks = Walks.of_lines(np.arange(400), np.arange(400) % 40)
    found = reslot(SlottingProblem(places, Goods(40, weight=weight), walks), Budget(rounds=60))
    level = places.reach[found.place]  # type: ignore[index]
    assert level[weight > 1].sum() == 0
    assert found.effort == pytest.approx(10 * ((level > 0) * (1.0 + 0.5 * weight)).sum())


def test_rules_hold_after_a_search() -> None:
    places = small_warehouse(aisles=5)
    tight = Places(
        places.layout,
        places.aisle,
        places.y,
        room=np.where(np.arange(len(places)) % 2 == 0, 2.0, 1.0)[:, None],
        zone=places.aisle // 3,
        zone_limit=np.array([14.0, 99.0]),
    )
    goods = Goods(
        24,
        needs=np.where(np.arange(24) < 10, 2.0, 1.0)[:, None],
        kind=np.arange(24) % 3 // 2,
        apart=((0, 1),),
    )
    problem = SlottingProblem(tight, goods, families(24, 300, seed=4))
    found = reslot(problem, Budget(rounds=30))
    moves = best_moves(problem, random_storage(problem, 2), 10)
    for place in (found.place, follow(random_storage(problem, 2), moves)):
        evaluate(problem, place)  # checks size and kind, zones and sub-aisles in their final state
        assert len(set(place.tolist())) == 24
        assert np.count_nonzero(tight.zone[place] == 0) <= 14  # type: ignore[index]
        sub = tight.sub_aisle[place]
        assert goods.kind is not None
        assert not set(sub[goods.kind == 0]) & set(sub[goods.kind == 1])
        assert (goods.needs[:, 0] <= tight.room[place, 0]).all()  # type: ignore[index]


def test_savings_of_moves_add_up_to_what_is_walked_less() -> None:
    problem = SlottingProblem(small_warehouse(aisles=6), Goods(48), families(48, 500, seed=5))
    present = random_storage(problem, 1)
    moves = best_moves(problem, present, 12, handling=3.0)
    after = follow(present, moves)
    saved = evaluate(problem, present).cost - evaluate(problem, after).cost
    assert len(moves) == 12
    assert sum(move.saving for move in moves) == pytest.approx(saved)
    assert all(move.saving > move.error for move in moves)
    assert {move.cost for move in moves} <= {3.0, 6.0}
    assert all(move.payback_days == 7 * move.cost / move.saving for move in moves)


def test_moves_that_do_not_pay_are_left_out() -> None:
    problem = SlottingProblem(small_warehouse(), Goods(32), families(32, 100, seed=5))
    present = random_storage(problem, 1)
    assert best_moves(problem, present, 5, handling=1e9) == []
    assert best_moves(problem, present, 0) == []
    assert best_moves(problem, present, 5, budget=Budget(rounds=0)) == []
    with pytest.raises(InvalidProblem, match="handling"):
        best_moves(problem, present, 5, handling=-1.0)
