"""A new place for everything: the full re-slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy.typing as npt

from hecang_optim.arrays import Ints
from hecang_optim.budget import Budget
from hecang_optim.slotting.model import SlottingProblem, Walks
from hecang_optim.slotting.ranking import extra_walking
from hecang_optim.slotting.rules import rules_of, state_of
from hecang_optim.slotting.search import case_of, improve, memory_for, seeded
from hecang_optim.slotting.storage import storage_by_extra_walking
from hecang_optim.slotting.tours import walk_lengths

#: Walks that the search looks at: at most, and times the states of the tour program (3,032 for five blocks).
_WALKS, _WALKS_BY_STATES = 40_000, 1_500_000
#: Standard errors that an exchange must save.
DOUBT = 1.0
#: Exchanges tried between two looks at the budget.
_TRIES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Slotting:
    """Where everything lies, and what the walks of the past would have cost there.

    :param place: of each SKU (n).
    :param walking: length a week, exact tours.
    :param effort: of reaching and lifting, as a length of walking a week.
    """

    place: Ints
    walking: float
    effort: float

    @property
    def cost(self) -> float:
        """Walking and effort a week."""
        return self.walking + self.effort


def reslot(
    problem: SlottingProblem,
    budget: Budget,
    *,
    present: npt.ArrayLike | None = None,
    seed: int = 0,
    on_improvement: Callable[[float], None] | None = None,
) -> Slotting:
    """A new place for every SKU, with short walks and little effort.

    Begins with :func:`~hecang_optim.slotting.storage.storage_by_extra_walking`, or with the present places where
    they are better, and goes on with exchanges until the budget is spent. The same seed and a budget of rounds give
    the same result; a round is 200 exchanges tried.

    :param budget: for the exchanges; the beginning is always done (about a second for 5,000 SKUs in one or two
        blocks).
    :param present: where each SKU lies now (n), if that may stay.
    :param on_improvement: told the cost a week of what the search has now, as estimated from the walks it uses.
    :raises InvalidProblem: no place is left that may hold some SKU; a present place that may not hold its SKU.
    """
    start = storage_by_extra_walking(problem, seed)
    if present is not None:
        now = evaluate(problem, present)
        if now.cost <= evaluate(problem, start).cost:
            start = now.place
    most = min(_WALKS, _WALKS_BY_STATES // problem.places.layout.grid.states)
    walks = problem.walks.sample(most, seed)
    case = case_of(problem, walks, extra_walking(problem.places, start, walks, seed))
    state = state_of(case.rules, start)
    memory = memory_for(problem, case, walks, start)
    randomness = seeded(seed)
    cost = evaluate(problem, start, walks).cost if on_improvement else 0.0
    while len(walks.sku) and not budget.spent():
        saved = improve(case, state, memory, randomness, _TRIES, DOUBT)
        budget.count()
        if on_improvement and saved > 0.0:
            cost -= saved / walks.weeks
            on_improvement(cost)
    return evaluate(problem, state.place)


def evaluate(problem: SlottingProblem, place: npt.ArrayLike, walks: Walks | None = None) -> Slotting:
    """What walks cost with goods at these places, by exact tours.

    :param place: of each SKU (n).
    :param walks: others than those of the problem, such as those of later weeks.
    :raises InvalidProblem: a place that does not exist, is taken twice, or may not hold its SKU.
    """
    rules = rules_of(problem)
    where = state_of(rules, place).place
    judged = problem.walks if walks is None else walks
    picks = judged.lines(problem.goods.count)
    effort = float(picks @ (rules.reach[where] + rules.weight * rules.lift[where]))
    walking = float(walk_lengths(problem.places, where, judged).sum())
    return Slotting(where, walking / judged.weeks, effort / judged.weeks)
