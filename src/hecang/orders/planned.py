"""Orders that somebody above has plans with: the desk's automatic work leaves them alone.

The warehouse puts orders into waves before it releases them; orders cannot see that, so it says so here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

#: Which of these orders are planned for.
Planner = Callable[[Sequence[int]], set[int]]

_planners: list[Planner] = []


def planner_register(planner: Planner) -> None:
    """Ask ``planner`` from now on; once for each function."""
    if planner not in _planners:
        _planners.append(planner)


def orders_planned(order_ids: Sequence[int]) -> set[int]:
    """Those of these orders that anybody has plans with."""
    return {order_id for planner in _planners for order_id in planner(order_ids)}
