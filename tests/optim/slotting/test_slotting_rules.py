"""Problems that mean nothing, rules of storage, classes and affinity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout
from hecang_optim.slotting import (
    Goods,
    Places,
    SlottingProblem,
    Walks,
    abc_classes,
    affinity,
    class_based_storage,
    cube_per_order_index,
    evaluate,
    random_storage,
    storage_by_distance,
    xyz_classes,
)


def row_of_places(count: int, **more: object) -> Places:
    """One aisle with a place at each metre; the depot at its front end."""
    layout = AisleLayout.regular(aisles=1, aisle_pitch=1.0, sub_aisle_length=count + 1.0)
    return Places(layout, np.zeros(count, dtype=np.int64), np.arange(1.0, count + 1), **more)  # type: ignore[arg-type]


NO_WALKS = Walks(np.array([0]), np.array([], dtype=np.int64))


def test_lines_of_a_walk_count_once_and_walks_may_come_in_any_order() -> None:
    walks = Walks.of_lines(["b", "a", "b", "b"], [2, 0, 1, 2], weeks=2)
    assert walks.start.tolist() == [0, 1, 3]
    assert walks.sku.tolist() == [0, 1, 2]
    assert walks.lines(4).tolist() == [1, 1, 1, 0]


def test_a_sample_stands_for_its_share_of_the_time() -> None:
    walks = Walks.of_lines(np.repeat(np.arange(10), 2), np.arange(20), weeks=5)
    some = walks.sample(4, seed=1)
    assert (len(some), some.weeks) == (4, 2.0)
    assert {tuple(some.sku[a:b]) for a, b in zip(some.start[:-1], some.start[1:], strict=True)} <= {
        (2 * walk, 2 * walk + 1) for walk in range(10)
    }


def test_what_is_no_problem_is_refused() -> None:
    with pytest.raises(InvalidProblem) as caught:
        Places(
            AisleLayout.regular(aisles=1, aisle_pitch=1.0, sub_aisle_length=5.0), np.array([0, 1]), np.ones(2)
        )
    assert (caught.value.field, caught.value.index) == ("places.aisle", 1)
    with pytest.raises(InvalidProblem, match=r"exceeds the 3 places"):
        SlottingProblem(row_of_places(3), Goods(4), NO_WALKS)
    with pytest.raises(InvalidProblem, match=r"walks\.sku\[0\]: is no SKU"):
        SlottingProblem(row_of_places(3), Goods(2), Walks(np.array([0, 1]), np.array([2])))
    with pytest.raises(InvalidProblem, match=r"walks\.start"):
        Walks(np.array([0, 3]), np.array([1]))
    places = row_of_places(3, room=np.ones((3, 2)))
    problem = SlottingProblem(places, Goods(1, needs=np.ones((1, 1))), NO_WALKS)
    with pytest.raises(InvalidProblem, match=r"goods\.needs"):
        random_storage(problem, 1)
    problem = SlottingProblem(row_of_places(3), Goods(2), NO_WALKS)
    with pytest.raises(InvalidProblem, match="holds two SKUs"):
        evaluate(problem, [1, 1])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_everything_finds_a_place_wherever_that_is_possible(seed: int) -> None:
    # Given sizes and kinds so tight that a greedy choice often blocks somebody
    random = np.random.default_rng(seed)
    count = int(random.integers(2, 12))
    places = row_of_places(
        count, room=random.integers(1, 4, (count, 1)), accepts=random.integers(1, 8, count)
    )
    goods = Goods(
        count - 1, needs=random.integers(1, 4, (count - 1, 1)), kind=random.integers(0, 3, count - 1)
    )
    assert goods.needs is not None
    assert goods.kind is not None
    may = (goods.needs <= places.room.T) & ((places.accepts[None, :] >> goods.kind[:, None]) & 1 == 1)  # type: ignore[union-attr,index]
    possible = np.all(maximum_bipartite_matching(csr_array(may), perm_type="column") >= 0)
    problem = SlottingProblem(places, goods, NO_WALKS)
    # When / then
    if not possible:
        with pytest.raises(InvalidProblem, match="no place is left"):
            random_storage(problem, seed)
        return
    place = random_storage(problem, seed)
    assert len(set(place.tolist())) == count - 1
    assert may[np.arange(count - 1), place].all()


def test_zones_are_not_overloaded_and_enemies_stay_apart() -> None:
    layout = AisleLayout.regular(aisles=4, aisle_pitch=2.0, sub_aisle_length=6.0)
    aisle = np.repeat(np.arange(4), 5)
    places = Places(
        layout, aisle, np.tile(np.arange(1.0, 6), 4), zone=aisle // 2, zone_limit=np.array([9.0, 40.0])
    )
    goods = Goods(10, kind=np.arange(10) % 2, load=np.full(10, 3.0), apart=((0, 1),))
    place = random_storage(SlottingProblem(places, goods, NO_WALKS), 3)
    assert np.bincount(places.zone[place], weights=np.full(10, 3.0))[0] <= 9.0  # type: ignore[index]
    assert not set(aisle[place[::2]]) & set(aisle[place[1::2]])


def test_a_present_place_that_breaks_a_rule_is_named() -> None:
    problem = SlottingProblem(
        row_of_places(3, room=[[1.0], [2.0], [2.0]]), Goods(2, needs=[[1.0], [2.0]]), NO_WALKS
    )  # type: ignore[arg-type]
    with pytest.raises(InvalidProblem) as caught:
        evaluate(problem, [1, 0])
    assert (caught.value.field, caught.value.index) == ("place", 1)


def test_the_most_picked_lies_nearest() -> None:
    walks = Walks.of_lines(np.arange(6), [2, 2, 2, 0, 0, 1])
    problem = SlottingProblem(row_of_places(5), Goods(3), walks)
    assert storage_by_distance(problem).tolist() == [1, 2, 0]
    index = cube_per_order_index([1.0, 0.1, 30.0], walks.lines(3))
    assert index.tolist() == [0.5, 0.1, 10.0]
    assert storage_by_distance(problem, index).tolist() == [1, 0, 2]


def test_classes_lie_one_behind_the_other() -> None:
    problem = SlottingProblem(row_of_places(10), Goods(5), NO_WALKS)
    place = class_based_storage(problem, [1, 0, 1, 0, 2], seed=4)
    assert set(place[[1, 3]]) <= set(range(4))
    assert set(place[[0, 2]]) <= set(range(4, 8))
    assert place[4] >= 8


def test_abc_ends_a_class_where_its_share_is_reached() -> None:
    assert abc_classes([50, 30, 10, 6, 4, 0]).tolist() == [0, 0, 1, 1, 2, 2]
    assert abc_classes([4, 6, 10, 30, 50]).tolist() == [2, 1, 1, 0, 0]
    assert abc_classes([0, 0]).tolist() == [2, 2]
    with pytest.raises(InvalidProblem, match="do not rise"):
        abc_classes([1.0], shares=(0.9, 0.5))


def test_xyz_goes_by_the_coefficient_of_variation() -> None:
    assert xyz_classes([[5, 5, 5], [4, 0, 5], [9, 0, 0], [0, 0, 0]]).tolist() == [0, 1, 2, 2]


def test_affinity_tells_partners_from_chance() -> None:
    walks = Walks.of_lines([0, 0, 1, 1, 2, 2, 3, 4, 4], [0, 1, 0, 1, 0, 1, 2, 0, 2])
    cosine = affinity(walks, 3, "cosine", least=2)
    partner, strength = cosine.of(1)
    assert (partner.tolist(), strength.tolist()) == ([0], [3 / np.sqrt(4 * 3)])
    assert cosine.of(2)[0].tolist() == []
    lift = affinity(walks, 3, "lift", least=1)
    assert lift.of(0)[0].tolist() == [1, 2]
    assert lift.of(0)[1] == pytest.approx([3 * 5 / 12, 1 * 5 / 8])
    assert lift.together.tolist() == [3, 1, 3, 1]
