"""Wave selection: the rules one by one, what holds for any problem, and the best choice found by trying all."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.batching.selection import (
    RELEASED,
    Candidates,
    Floor,
    Reason,
    Selection,
    select_orders,
)
from hecang_optim.errors import InvalidProblem

HOUR = 3600.0
NEVER = float("inf")


def orders(
    due_h: list[float],
    *,
    places: list[list[int]] | None = None,
    lines: list[int] | None = None,
    value: list[float] | None = None,
    waiting_h: list[float] | None = None,
    urgent: list[bool] | None = None,
    available_h: list[float] | None = None,
) -> Candidates:
    """Orders by the hours until they are due; each to a sub-aisle of its own unless told."""
    count = len(due_h)
    visited = places if places is not None else [[order] for order in range(count)]
    pairs = [(order, place) for order, mine in enumerate(visited) for place in mine]
    return Candidates(
        due_s=np.array(due_h, dtype=np.float64) * HOUR,
        lines=np.array(lines or [1] * count, dtype=np.int64),
        value=np.array(value or [1.0] * count, dtype=np.float64),
        waiting_s=np.array(waiting_h or [0.0] * count, dtype=np.float64) * HOUR,
        urgent=np.array(urgent or [False] * count, dtype=bool),
        available_s=np.array(available_h or [0.0] * count, dtype=np.float64) * HOUR,
        stop_order=np.array([pair[0] for pair in pairs], dtype=np.int64),
        stop_place=np.array([pair[1] for pair in pairs], dtype=np.int64),
    )


def floor(**changes: float) -> Floor:
    """One picker and a wave every hour; an order takes 600 s of handling and no walking unless told."""
    usual = {
        "pickers": 1, "next_wave_s": HOUR, "lead_s": 0.0, "order_s": 600.0, "line_s": 0.0, "visit_s": 0.0,
        "busy": 0.0, "reserve": 0.0,
    }  # fmt: skip
    return Floor(**{**usual, **changes})  # type: ignore[arg-type]


def reasons(selection: Selection) -> list[Reason]:
    return [selection.reason(order) for order in range(selection.code.size)]


def test_an_order_that_would_be_late_by_the_next_wave_goes_now() -> None:
    done = select_orders(orders([0.9, NEVER, NEVER], places=[[0], [1], [1]]), floor(visit_s=60, arrivals=40))

    assert reasons(done) == [Reason.DUE_NOW, Reason.LATER_DENSER, Reason.LATER_DENSER]
    assert done.slack_s[0] == pytest.approx(-0.1 * HOUR)


def test_orders_due_together_go_now_as_far_as_they_would_not_fit_later() -> None:
    # Given nine orders of ten minutes due in two hours: six fit into the second hour, three do not
    given_orders = orders([2.0] * 9, places=[[0]] * 9)

    done = select_orders(given_orders, floor())

    assert reasons(done).count(Reason.DUE_NOW) == 3


def test_a_full_floor_takes_no_more() -> None:
    done = select_orders(orders([9.0, 9.0]), floor(load_s=HOUR))

    assert (done.released.size, set(reasons(done))) == (0, {Reason.NO_CAPACITY})
    assert done.capacity_s == 0


def test_what_cannot_be_on_time_goes_as_early_as_possible_but_after_what_can() -> None:
    # Given room for six orders: six that can be on time only now, and one that is late already
    done = select_orders(orders([0.0] + [1.0] * 6), floor())

    assert reasons(done) == [Reason.NO_CAPACITY] + [Reason.DUE_NOW] * 6
    assert reasons(select_orders(orders([0.0] + [1.0] * 5), floor()))[0] is Reason.OVERDUE


def test_urgent_orders_go_as_long_as_there_is_room() -> None:
    done = select_orders(orders([NEVER] * 3, urgent=[False, True, False]), floor(visit_s=60, arrivals=9e9))

    assert reasons(done)[1] is Reason.PRIORITY


def test_an_order_that_lies_where_the_wave_goes_anyway_comes_along_and_another_waits() -> None:
    # Given four orders that must go, one in the same sub-aisle, and two elsewhere, where more are expected
    given_orders = orders([0.9] * 4 + [NEVER] * 3, places=[[0]] * 5 + [[1]] * 2)

    done = select_orders(given_orders, floor(order_s=300, visit_s=600, cart_orders=4, arrivals=70))

    assert reasons(done) == [Reason.DUE_NOW] * 4 + [Reason.FILLS_TOUR] + [Reason.LATER_DENSER] * 2
    figures = (done.walk_now_s[4], done.walk_now_s[5], done.walk_later_s[5])
    assert [round(float(seconds)) for seconds in figures] == [150, 600, 251]


def test_where_nothing_is_expected_nothing_waits_for_fellows() -> None:
    done = select_orders(orders([9.0] * 3), floor(visit_s=600))

    assert done.counts() == {Reason.FILLS_TOUR: 3}


def test_pickers_who_would_stand_idle_are_given_what_costs_least() -> None:
    # Given pickers with nothing to do, and orders that a later wave would take more cheaply
    given_orders = orders([NEVER] * 4, places=[[0, 1], [0, 1], [0], [0, 1]])

    done = select_orders(
        given_orders, floor(visit_s=600, cart_orders=9, busy=0.2, order_s=1000, arrivals=400)
    )

    assert done.counts() == {Reason.CAPACITY_LEFT: 1, Reason.LATER_DENSER: 3}
    assert done.reason(2) is Reason.CAPACITY_LEFT  # the one with the shortest way


def test_an_order_that_has_waited_long_does_not_wait_for_fellows() -> None:
    given_orders = orders([9.0] * 4, places=[[0], [0], [0], [0]], waiting_h=[9.0, 0.0, 0.0, 0.0])

    done = select_orders(given_orders, floor(visit_s=100, cart_orders=4, patience_s=HOUR))

    assert done.reason(0) is Reason.FILLS_TOUR


def test_an_order_that_may_not_go_yet_is_kept_and_takes_later_capacity() -> None:
    # Given six orders that may go only later and are due in two hours, and one that may go now
    given_orders = orders([2.0] * 7, available_h=[0.5] * 6 + [0.0], places=[[0]] * 7)

    done = select_orders(given_orders, floor())

    assert reasons(done) == [Reason.NOT_YET] * 6 + [Reason.DUE_NOW]


def test_limits_of_orders_and_lines_hold_for_all_reasons() -> None:
    given_orders = orders([0.5, 0.6, 0.7, 0.8], lines=[1, 3, 1, 1])
    small = {"order_s": 60.0}

    assert select_orders(given_orders, floor(max_orders=2, **small)).released.tolist() == [0, 1]
    assert select_orders(given_orders, floor(max_lines=3, **small)).released.tolist() == [0]


def test_each_order_explains_itself_in_figures() -> None:
    done = select_orders(orders([0.9, 9.0], places=[[0], [0]]), floor(visit_s=600, cart_orders=2))

    assert done.explain(1) == {
        "reason": "fills_tour", "slack_s": 8 * HOUR, "work_s": 900.0, "walk_now_s": 300.0, "walk_later_s": 600.0,
    }  # fmt: skip
    assert done.counts() == {Reason.DUE_NOW: 1, Reason.FILLS_TOUR: 1}


def test_nothing_to_choose_from_is_no_error() -> None:
    done = select_orders(orders([]), floor())

    assert (done.released.tolist(), done.counts()) == ([], {})


@pytest.mark.parametrize(
    ("changed", "field", "index"),
    [
        ({"lines": [1, 0]}, "candidates.lines", 1),
        ({"value": [0.0, 1.0]}, "candidates.value", 0),
        ({"waiting_h": [1.0, -1.0]}, "candidates.waiting_s", 1),
        ({"due_h": [1.0, float("nan")]}, "candidates.due_s", 1),
        ({"places": [[0], [-1]]}, "candidates.stop_place", 1),
        ({"lines": [1]}, "candidates.lines", None),
    ],
)
def test_bad_orders_are_named(changed: dict[str, list[float]], field: str, index: int | None) -> None:
    given_orders = orders(**{"due_h": [1.0, 1.0], **changed})  # type: ignore[arg-type]

    with pytest.raises(InvalidProblem) as caught:
        select_orders(given_orders, floor())

    assert (caught.value.field, caught.value.index) == (field, index)


@pytest.mark.parametrize(
    ("name", "value"),
    [("pickers", 0), ("next_wave_s", 0.0), ("busy", 1.5), ("reserve", 1.0), ("load_s", -1.0)],
)
def test_a_bad_floor_is_named(name: str, value: float) -> None:
    with pytest.raises(InvalidProblem) as caught:
        select_orders(orders([1.0]), floor(**{name: value}))

    assert caught.value.field == f"floor.{name}"


def best_on_time(due: list[float], work: list[float], value: list[float], pickers: int, load: float) -> float:
    """The best value of orders that can all be on time, by trying every set."""
    best = 0.0
    for size in range(len(due) + 1):
        for chosen in itertools.combinations(sorted(range(len(due)), key=lambda order: due[order]), size):
            total = load
            for order in chosen:
                total += work[order]
                if total > pickers * due[order] + 1e-6:
                    break
            else:
                best = max(best, sum(value[order] for order in chosen))
    return best


some_orders = st.lists(
    st.tuples(
        st.sampled_from([0.2, 0.5, 1.0, 1.5, 2.5]), st.integers(1, 6), st.sampled_from([1.0, 2.0, 5.0])
    ),
    min_size=1,
    max_size=9,
)


@settings(deadline=None, max_examples=60)
@given(some_orders, st.integers(1, 2), st.sampled_from([0.0, 900.0]))
def test_the_value_that_is_on_time_lies_between_the_best_and_its_bound(
    drawn: list[tuple[float, int, float]], pickers: int, load: float
) -> None:
    due, lines, value = (list(column) for column in zip(*drawn, strict=True))
    given_orders = orders(due, lines=lines, value=value)

    done = select_orders(given_orders, floor(pickers=pickers, load_s=load, order_s=0.0, line_s=600.0))

    best = best_on_time([d * HOUR for d in due], [600.0 * n for n in lines], value, pickers, load)
    assert done.on_time <= best <= done.on_time_bound + 1e-6
    # Whole orders leave gaps: at most one order's worth for each due time.
    assert done.on_time >= done.on_time_bound - max(value) * len(set(due)) - 1e-6


@settings(deadline=None, max_examples=60)
@given(some_orders, st.integers(1, 2))
def test_orders_of_one_size_are_chosen_exactly(drawn: list[tuple[float, int, float]], pickers: int) -> None:
    due, _, value = (list(column) for column in zip(*drawn, strict=True))

    done = select_orders(orders(due, value=value), floor(pickers=pickers, order_s=1000.0))

    assert done.on_time == best_on_time([d * HOUR for d in due], [1000.0] * len(due), value, pickers, 0.0)


def random_problem(seed: int, count: int) -> Candidates:
    rng = np.random.default_rng(seed)
    places = [sorted(set(rng.integers(0, 12, rng.integers(1, 5)).tolist())) for _ in range(count)]
    return orders(
        rng.choice([0.3, 0.9, 2.0, 4.0, NEVER], count).tolist(),
        places=places,
        lines=rng.integers(1, 9, count).tolist(),
        value=rng.choice([1.0, 3.0], count).tolist(),
        waiting_h=rng.uniform(0, 5, count).tolist(),
        urgent=(rng.random(count) < 0.1).tolist(),
        available_h=np.where(rng.random(count) < 0.1, 1.0, 0.0).tolist(),
    )


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 120), st.integers(1, 6), st.sampled_from([0.0, 4000.0]))
def test_what_holds_for_any_problem(seed: int, count: int, pickers: int, load: float) -> None:
    given_orders = random_problem(seed, count)
    settings_ = Floor(pickers=pickers, next_wave_s=HOUR, load_s=load, lead_s=600.0, max_orders=50)

    done = select_orders(given_orders, settings_)
    again = select_orders(given_orders, settings_)

    released = set(done.released.tolist())
    assert np.array_equal(done.code, again.code)
    assert len(released) == done.released.size <= 50
    assert released == {order for order, reason in enumerate(reasons(done)) if reason in RELEASED}
    assert not any(given_orders.available_s[order] > 0 for order in released)
    assert given_orders.due_s[done.released].tolist() == sorted(given_orders.due_s[done.released])
    assert done.released_s == pytest.approx(done.work_s[done.released].sum())
    # No more than the pickers can do, but for the last order of each group.
    assert done.released_s <= done.capacity_s + done.work_s.max() + 1e-6
    assert done.on_time <= done.on_time_bound + 1e-6
    assert (done.slack_s == given_orders.due_s - 600.0 - HOUR).all()


def test_more_pickers_keep_no_order_waiting_for_capacity() -> None:
    given_orders = random_problem(7, 100)

    done = select_orders(given_orders, Floor(pickers=1000, next_wave_s=HOUR, lead_s=0.0, busy=1.0))

    assert Reason.NO_CAPACITY not in reasons(done)
    assert set(reasons(done)) & {Reason.LATER_DENSER} == set()
