"""Which orders are picked together, and which to release now.

Describe the floor, the orders, the cart and the pickers as a :class:`BatchingProblem` and call :func:`plan_batches`. The
:class:`BatchPlan` has for each batch its orders, the length of its shortest tour, who picks it and when.

======================================  ===================================================================
:func:`plan_batches`                    the best plan that a budget allows; up to some 200 orders with a lower
                                        bound, often proven to be the best
:func:`plan_quickly`                    a good plan in about a second, always the same: moves are counted
                                        (:class:`Effort`), not seconds
:func:`plan_first_come`,                by a rule, for waves of any size: in their sequence, or those that go
:func:`plan_by_signature`               to the same aisles together
:func:`plan_by_seeds`,                  by a rule that measures tours, up to some thousand orders
:func:`plan_by_savings`
:func:`select_orders`                   before all of this: which of the :class:`Candidates` to release to the
                                        :class:`Floor` now, each with its :class:`Reason`
``drawing.draw_batches``                pictures
======================================  ===================================================================

Metres, seconds; weights and volumes in the unit of the cart. What the kernels are is in modules with an underscore.

Sources: Gademann & van de Velde, "Order batching to minimize total travel time in a parallel-aisle warehouse" (IIE
Transactions 37, 2005); Henn & Wäscher (2012); Muter & Öncan (2015); Valle, Beasley & da Cunha (2017); Wahlen & Gschwind
(2023); and those named in the modules.
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
from hecang_optim.batching.quick import Effort, plan_quickly
from hecang_optim.batching.selection import RELEASED, Candidates, Floor, Reason, Selection, select_orders

__all__ = [
    "RELEASED",
    "BatchPlan",
    "BatchingProblem",
    "Candidates",
    "Cart",
    "Effort",
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
    "plan_quickly",
    "select_orders",
]
