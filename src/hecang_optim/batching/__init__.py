"""Which orders are picked together, and which to release now.

Begin with :func:`plan_batches`: the best plan that a budget allows, with the exact tour of each batch, who picks it and
when, and, up to some 200 orders, a lower bound. The rules alone: :func:`plan_first_come`, :func:`plan_by_seeds`,
:func:`plan_by_savings`, :func:`plan_by_signature` (for waves of any size).

:func:`select_orders` decides which orders to release to the floor now, before they are put together.

Sources: Gademann & van de Velde (2005); Henn & Wäscher (2012); Muter & Öncan (2015); Valle, Beasley & da Cunha (2017);
Wahlen & Gschwind (2023); and those named in the modules.
"""

from hecang_optim.batching.model import BatchingProblem, Cart, Orders, Weights, Work
from hecang_optim.batching.plan import BatchPlan, Statistics
from hecang_optim.batching.planner import (
    plan_batches,
    plan_by_savings,
    plan_by_seeds,
    plan_by_signature,
    plan_first_come,
)
from hecang_optim.batching.selection import Candidates, Floor, Reason, Selection, select_orders

__all__ = [
    "BatchPlan",
    "BatchingProblem",
    "Candidates",
    "Cart",
    "Floor",
    "Orders",
    "Reason",
    "Selection",
    "Statistics",
    "Weights",
    "Work",
    "plan_batches",
    "plan_by_savings",
    "plan_by_seeds",
    "plan_by_signature",
    "plan_first_come",
    "select_orders",
]
