"""One container: nothing overlaps, sticks out, floats or is turned the wrong way; and it is well filled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.packing.loading import BoxType, Container, Loading, LoadingProblem, load_container


def violations(loading: Loading) -> list[str]:
    """Everything wrong with a loading, found without any code of the package's own."""
    wrong = [
        finding
        for index in range(len(loading.boxes))
        for finding in (*wrong_by_itself(loading, index), *wrong_among_others(loading, index))
    ]
    for index, kind in enumerate(loading.problem.boxes):
        if sum(box.kind == index for box in loading.boxes) > kind.quantity:
            wrong.append(f"too many of {index}")
    limit = loading.problem.container.weight_limit_g
    if limit is not None and loading.weight_g > limit:
        wrong.append("too heavy")
    return wrong


def wrong_by_itself(loading: Loading, index: int) -> Iterator[str]:
    box, room = loading.boxes[index], loading.problem.container
    if min(box.x, box.y, box.z) < 0:
        yield f"{index} lies outside"
    if box.x + box.along > room.length or box.y + box.across > room.width or box.z + box.up > room.height:
        yield f"{index} sticks out"
    kind = loading.problem.boxes[box.kind]
    sides = (kind.length, kind.width, kind.height)
    ways = set()
    for axis in range(3):
        first, second = (sides[other] for other in range(3) if other != axis)
        if kind.vertical[axis]:
            ways.add((first, second, sides[axis]))
        if kind.vertical[axis] and kind.turnable:
            ways.add((second, first, sides[axis]))
    if (box.along, box.across, box.up) not in ways:
        yield f"{index} is turned"


def wrong_among_others(loading: Loading, index: int) -> Iterator[str]:
    box = loading.boxes[index]
    base = box.along * box.across
    resting = 0 if box.z else base
    for other_index, other in enumerate(loading.boxes):
        common_x = min(box.x + box.along, other.x + other.along) - max(box.x, other.x)
        common_y = min(box.y + box.across, other.y + other.across) - max(box.y, other.y)
        common_z = min(box.z + box.up, other.z + other.up) - max(box.z, other.z)
        if other_index < index and min(common_x, common_y, common_z) > 0:
            yield f"{index} overlaps {other_index}"
        if box.z and other.z + other.up == box.z and min(common_x, common_y) > 0:
            resting += common_x * common_y
            if other_index > index:
                yield f"{index} is loaded before {other_index}, on which it stands"
    if resting < loading.problem.support * base:
        yield f"{index} is not supported"


def mixed(
    seed: int, types: int, *, support: float = 0.0, weight_limit_g: int | None = None
) -> LoadingProblem:
    """Boxes of about the volume of the container, as the published problems have them."""
    draw = np.random.default_rng(seed)
    room = Container(587, 233, 220, weight_limit_g)
    quantities = [0] * types
    sides = [
        (int(draw.integers(30, 121)), int(draw.integers(25, 101)), int(draw.integers(20, 81)))
        for _ in range(types)
    ]
    volume = 0
    while True:
        kind = int(draw.integers(types))
        volume += int(np.prod(sides[kind]))
        if volume > room.volume:
            break
        quantities[kind] += 1
    boxes = [
        BoxType(*side, quantity, (bool(draw.integers(2)), bool(draw.integers(2)), True), weight_g=1000)
        for side, quantity in zip(sides, quantities, strict=True)
    ]
    return LoadingProblem(room, tuple(boxes), support)


problems = st.builds(
    LoadingProblem,
    container=st.builds(
        Container,
        st.integers(1, 30),
        st.integers(1, 30),
        st.integers(1, 30),
        st.none() | st.integers(0, 60),
    ),
    boxes=st.lists(
        st.builds(
            BoxType,
            st.integers(1, 20),
            st.integers(1, 20),
            st.integers(1, 20),
            st.integers(0, 8),
            st.tuples(st.booleans(), st.booleans(), st.booleans()).filter(any),
            st.booleans(),
            st.integers(0, 9),
            st.none() | st.floats(0, 1e6),
        ),
        max_size=5,
    ).map(tuple),
    support=st.sampled_from([0.0, 0.7, 1.0]),
)


@settings(max_examples=40, deadline=None)
@given(problem=problems, seed=st.integers(0, 3))
def test_any_loading_is_a_possible_one(problem: LoadingProblem, seed: int) -> None:
    loading = load_container(problem, Budget(rounds=30), seed)

    assert violations(loading) == []
    assert [left >= 0 for left in loading.left_over] == [True] * len(problem.boxes)


@pytest.mark.parametrize(
    ("types", "support", "least"), [(3, 0.0, 0.85), (20, 0.0, 0.9), (60, 0.0, 0.9), (20, 1.0, 0.85)]
)
def test_a_container_of_mixed_boxes_is_well_filled(types: int, support: float, least: float) -> None:
    loading = load_container(mixed(5, types, support=support), Budget(rounds=150))

    assert violations(loading) == []
    assert loading.utilisation >= least


@pytest.mark.parametrize("support", [0.0, 1.0])
def test_boxes_that_fill_the_container_exactly_are_all_loaded(support: float) -> None:
    """Given the eight pieces of a cut cube, when there is room for exactly these, then none is left."""
    cuts = ((4, 6), (3, 7), (2, 8))
    boxes = tuple(BoxType(x, y, z, 1, (False, False, True), turnable=False) for x, y, z in product(*cuts))

    loading = load_container(LoadingProblem(Container(10, 10, 10), boxes, support), Budget(rounds=2000))

    assert violations(loading) == []
    assert loading.utilisation == 1.0


def test_a_box_stands_only_on_sides_that_may_be_down() -> None:
    upright = BoxType(10, 10, 30, 4, (False, False, True))

    assert load_container(LoadingProblem(Container(30, 30, 20), (upright,)), Budget(rounds=9)).boxes == ()
    assert len(load_container(LoadingProblem(Container(20, 20, 30), (upright,)), Budget(rounds=9)).boxes) == 4


def test_a_box_that_may_not_turn_keeps_its_length_along_the_container() -> None:
    box = BoxType(30, 10, 10, 1, (False, False, True), turnable=False)

    assert load_container(LoadingProblem(Container(20, 30, 10), (box,)), Budget(rounds=9)).boxes == ()
    assert len(load_container(LoadingProblem(Container(30, 20, 10), (box,)), Budget(rounds=9)).boxes) == 1


def test_the_weight_limit_holds() -> None:
    loading = load_container(mixed(7, 10, weight_limit_g=20_500), Budget(rounds=20))

    assert len(loading.boxes) == 20
    assert violations(loading) == []


def test_value_is_what_counts_where_it_is_given() -> None:
    big, small = BoxType(10, 10, 10, 1, value=5.0), BoxType(5, 5, 5, 8, value=1.0)

    loading = load_container(LoadingProblem(Container(10, 10, 10), (big, small)), Budget(rounds=100))

    assert loading.value == 8.0
    assert loading.left_over == (1, 0)


def test_the_same_seed_and_rounds_give_the_same_loading() -> None:
    problem = mixed(3, 12)

    assert load_container(problem, Budget(rounds=60), 4) == load_container(problem, Budget(rounds=60), 4)


def test_improvements_are_told_as_they_come_and_the_last_is_the_result() -> None:
    told: list[float] = []

    loading = load_container(mixed(9, 8), Budget(rounds=200), on_improvement=told.append)

    assert told == sorted(set(told))
    assert told[-1] == loading.value


def test_a_cancelled_search_returns_what_it_has() -> None:
    asked = iter([False] * 3 + [True] * 1000)

    loading = load_container(mixed(2, 8), Budget(rounds=10**9, cancelled=lambda: next(asked)))

    assert loading.boxes
    assert violations(loading) == []


def test_sides_in_millimetres_of_a_real_container_are_no_burden() -> None:
    """Given sides without a common divisor, in a container of 12 m, then it is filled all the same."""
    boxes = (BoxType(601, 397, 283, 900, weight_g=9_000), BoxType(1203, 811, 557, 60, weight_g=80_000))

    loading = load_container(LoadingProblem(Container(12_031, 2_352, 2_393), boxes, 1.0), Budget(rounds=10))

    assert violations(loading) == []
    assert loading.utilisation > 0.8


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"length": 0}, "boxes.length[0]"),
        ({"quantity": -1}, "boxes.quantity[0]"),
        ({"weight_g": -1}, "boxes.weight_g[0]"),
        ({"vertical": (False, False, False)}, "boxes.vertical[0]"),
        ({"value": float("nan")}, "boxes.value[0]"),
    ],
)
def test_figures_without_a_meaning_are_refused(change: dict[str, object], field: str) -> None:
    figures = {"length": 1, "width": 1, "height": 1, "quantity": 1} | change

    with pytest.raises(InvalidProblem) as refused:
        LoadingProblem(Container(5, 5, 5), (BoxType(**figures),))  # type: ignore[arg-type]

    assert str(refused.value).startswith(field)
