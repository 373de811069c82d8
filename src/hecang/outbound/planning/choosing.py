"""Which of the orders that are ready go now, and which wait for the next wave: each with its reason.

Pure; a thin layer over ``hecang_optim.batching.selection``, which is loaded when it is first asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np

from hecang.outbound.planning.base import WaveProblem
from hecang.outbound.planning.geometry import Geometry

#: Orders more urgent than usual have a priority below this.
USUAL_PRIORITY: Final = 100
#: Walking with a cart.
MM_A_SECOND: Final = 1_000
#: Seconds to pick a line without walking, and for an order apart from its lines.
LINE_S: Final = 15.0
ORDER_S: Final = 20.0


class Verdict(StrEnum):
    """Why an order is released or kept; the codes of ``hecang_optim.batching.selection.Reason``."""

    DUE_NOW = "due_now"
    OVERDUE = "overdue"
    PRIORITY = "priority"
    FILLS_TOUR = "fills_tour"
    CAPACITY_LEFT = "capacity_left"
    LATER_DENSER = "later_cutoff_denser"
    NO_CAPACITY = "no_capacity"
    NOT_YET = "not_released_yet"


RELEASING: Final = frozenset(
    {Verdict.DUE_NOW, Verdict.OVERDUE, Verdict.PRIORITY, Verdict.FILLS_TOUR, Verdict.CAPACITY_LEFT}
)


@dataclass(frozen=True, slots=True)
class Urgency:
    """What of an order speaks for releasing it. Arrays of it go by the problem's orders.

    :param ship_by: when it must have left; ``None``: no such time.
    :param priority: smaller is more urgent.
    :param since: when it became ready.
    """

    ship_by: datetime | None
    priority: int
    since: datetime


@dataclass(frozen=True, slots=True)
class FloorState:
    """The floor at this moment.

    :param pickers: who pick until the next wave.
    :param next_wave_s: seconds until then.
    :param load_s: seconds of work that is released and not done.
    """

    pickers: int
    next_wave_s: int
    load_s: int


@dataclass(frozen=True, slots=True)
class OrderVerdict:
    """One order's reason and the figures behind it.

    :param slack_s: seconds to spare if it waits for the next wave, negative if that is too late; ``None``: no
        due time.
    :param walk_now_s, walk_later_s: its share of the walking now, and as it is expected to be later.
    """

    released: bool
    reason: Verdict
    slack_s: int | None
    work_s: int
    walk_now_s: int
    walk_later_s: int


@dataclass(frozen=True, slots=True)
class WaveChoice:
    """What the optimiser chose.

    :param verdicts: for every order that was looked at, by its id.
    :param released_s: seconds of work that the chosen ones make.
    :param capacity_s: seconds that the pickers have until the next wave besides the load they have.
    """

    floor: FloorState
    verdicts: Mapping[int, OrderVerdict]
    released_s: int
    capacity_s: int

    def counts(self) -> dict[Verdict, int]:
        """Orders by reason, in the order of :class:`Verdict`."""
        found = Counter(verdict.reason for verdict in self.verdicts.values())
        return {reason: found[reason] for reason in Verdict if reason in found}


def choose(
    problem: WaveProblem,
    urgency: Sequence[Urgency],
    floor: FloorState,
    *,
    now: datetime,
    max_orders: int,
    max_lines: int,
) -> WaveChoice:
    """Decide which of the problem's orders are released now.

    As many orders are expected until the next wave as became ready in a time of that length before now.
    """
    from hecang_optim.batching import selection

    stops = _stops(problem)
    waiting = np.array([max(0.0, (now - one.since).total_seconds()) for one in urgency], dtype=np.float64)
    due = [(one.ship_by - now).total_seconds() if one.ship_by else np.inf for one in urgency]
    done = selection.select_orders(
        selection.Candidates(
            due_s=np.array(due, dtype=np.float64),
            lines=np.maximum(1, problem.order_lines),
            value=np.array([USUAL_PRIORITY / max(1, one.priority) for one in urgency], dtype=np.float64),
            waiting_s=waiting,
            urgent=np.array([one.priority < USUAL_PRIORITY for one in urgency], dtype=bool),
            available_s=np.zeros(len(urgency)),
            stop_order=stops[0],
            stop_place=stops[1],
        ),
        selection.Floor(
            pickers=floor.pickers,
            next_wave_s=float(floor.next_wave_s),
            load_s=float(floor.load_s),
            order_s=ORDER_S,
            line_s=LINE_S,
            visit_s=visit_seconds(problem.geometry),
            cart_orders=problem.cart.slots,
            arrivals=float((waiting <= floor.next_wave_s).sum()),
            max_orders=max_orders,
            max_lines=max_lines,
        ),
    )
    reasons = [Verdict(done.reason(at).value) for at in range(len(urgency))]
    verdicts = {
        int(problem.order_id[at]): OrderVerdict(
            released=reason in RELEASING,
            reason=reason,
            slack_s=round(float(done.slack_s[at])) if np.isfinite(done.slack_s[at]) else None,
            work_s=round(float(done.work_s[at])),
            walk_now_s=round(float(done.walk_now_s[at])),
            walk_later_s=round(float(done.walk_later_s[at])),
        )
        for at, reason in enumerate(reasons)
    }
    return WaveChoice(floor, verdicts, round(done.released_s), round(done.capacity_s))


def _stops(problem: WaveProblem) -> tuple[np.ndarray, np.ndarray]:
    """Each order and sub-aisle that it visits, once."""
    known = problem.pick_location >= 0
    geometry = problem.geometry
    width = geometry.sub_aisle_count
    if not known.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    pairs = np.unique(problem.pick_order[known] * width + geometry.sub_aisle_of(problem.pick_location[known]))
    return pairs // width, pairs % width


def visit_seconds(geometry: Geometry) -> float:
    """Seconds to walk through a sub-aisle and over to the next one, on the average of the warehouse."""
    ways = [
        (section.cross_y[-1] - section.cross_y[0]) / section.blocks
        + (section.aisle_x[-1] - section.aisle_x[0]) / max(1, len(section.aisle_x) - 1)
        for section in geometry.sections
        for _ in section.aisle_x
    ]
    return sum(ways) / len(ways) / MM_A_SECOND if ways else 0.0
