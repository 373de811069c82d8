"""Whatever is ordered, the packing holds; and where one carton is refused for good, it is refused rightly."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.packing import (
    Carton,
    Freight,
    Item,
    Order,
    Rules,
    Turning,
    choose_carton,
    choose_cartons,
    faults,
)

EDGE = st.integers(5, 120)
ITEM = st.builds(
    Item,
    length_mm=EDGE,
    width_mm=EDGE,
    height_mm=EDGE,
    weight_g=st.integers(0, 900),
    quantity=st.integers(0, 6),
    turning=st.sampled_from(Turning),
    fragile=st.booleans(),
    max_load_g=st.none() | st.integers(0, 2_000),
    group=st.integers(0, 3),
)
LOOSE = st.builds(
    lambda weight, quantity: Item(0, 0, 0, weight, quantity), st.integers(0, 500), st.integers(0, 5)
)
CARTON = st.builds(
    Carton,
    length_mm=st.integers(60, 300),
    width_mm=st.integers(60, 200),
    height_mm=st.integers(60, 200),
    max_weight_g=st.integers(500, 6_000),
    tare_g=st.integers(0, 300),
    price=st.integers(0, 50),
    padding_mm=st.integers(0, 10),
    overhang_mm=st.sampled_from((0, 0, 0, 15)),
)
RULES = st.builds(
    Rules,
    support=st.sampled_from((0.5, 0.7, 0.85, 1.0)),
    incompatible=st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=2),
    freight=st.none() | st.builds(Freight, st.integers(0, 300), st.sampled_from((0, 5_000, 6_000))),
    effort=st.integers(1, 120),
    seed=st.integers(0, 9),
)


@given(
    items=st.lists(ITEM | LOOSE, max_size=6),
    cartons=st.lists(CARTON, min_size=1, max_size=4),
    rules=RULES,
    limit=st.none() | st.integers(500, 5_000),
)
@settings(max_examples=250, deadline=None)
def test_no_packing_has_a_fault(
    items: list[Item], cartons: list[Carton], rules: Rules, limit: int | None
) -> None:
    order = Order(tuple(items), limit)

    [packing] = choose_cartons([order], cartons, rules)

    assert faults(order, packing, cartons, rules) == []
    if not any(carton.overhang_mm for carton in cartons):  # over a pallet's edge, edges alone do not tell
        for kind, _count in packing.left_out:
            assert not any(_takes(carton, items[kind], limit) for carton in cartons)


def _takes(carton: Carton, item: Item, limit: int | None) -> bool:
    """Whether a unit alone goes in, from the definition."""
    if item.weight_g > carton.max_weight_g or (limit is not None and item.weight_g + carton.tare_g > limit):
        return False
    edges = (item.length_mm, item.width_mm, item.height_mm)
    ways = {
        Turning.ANY: list(permutations(edges)),
        Turning.UPRIGHT: [edges, (edges[1], edges[0], edges[2])],
        Turning.FIXED: [edges],
    }[item.turning]
    room = (carton.length_mm, carton.width_mm, carton.height_mm)
    return any(
        all(edge + 2 * carton.padding_mm <= inner for edge, inner in zip(way, room, strict=True))
        for way in ways
    )


@given(
    first=st.tuples(EDGE, EDGE, EDGE),
    second=st.tuples(EDGE, EDGE, EDGE),
    room=st.tuples(st.integers(60, 160), st.integers(60, 160), st.integers(60, 160)),
)
@settings(max_examples=200, deadline=None)
def test_two_units_share_a_carton_whenever_they_can(
    first: tuple[int, int, int], second: tuple[int, int, int], room: tuple[int, int, int]
) -> None:
    # Two boxes go in together exactly where, in some orientations, they lie one beside the other along an axis.
    ways = [
        (one, other)
        for one in permutations(first)
        for other in permutations(second)
        if all(max(a, b) <= inner for a, b, inner in zip(one, other, room, strict=True))
    ]
    beside = any(
        one[axis] + other[axis] <= room[axis] and (axis < 2 or _one_covers(one, other))
        for one, other in ways
        for axis in range(3)
    )

    carton = Carton(*room, max_weight_g=9_000)
    packing = choose_carton([Item(*first), Item(*second)], [carton], Rules(support=1.0))

    assert (len(packing.cartons) == 1 and not packing.left_out) == beside


def _one_covers(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether one of two can lie on the other with its whole base."""
    return (one[0] <= other[0] and one[1] <= other[1]) or (other[0] <= one[0] and other[1] <= one[1])


@given(cuts=st.tuples(st.integers(50, 150), st.integers(40, 120)), turn=st.permutations(range(3)))
@settings(max_examples=40, deadline=None)
def test_a_carton_cut_into_four_is_put_together_again(cuts: tuple[int, int], turn: list[int]) -> None:
    room = (200, 160, 120)
    pieces = [(x, y, room[2]) for x in (cuts[0], room[0] - cuts[0]) for y in (cuts[1], room[1] - cuts[1])]
    items = [Item(*(piece[axis] for axis in turn)) for piece in pieces]
    carton = Carton(*room, max_weight_g=9_000)

    packing = choose_carton(items, [carton], Rules(effort=20_000))

    assert [one.fill for one in packing.cartons] == [1.0]
    assert faults(Order(tuple(items)), packing, [carton], Rules()) == []
