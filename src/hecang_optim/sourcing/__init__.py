"""Which warehouse ships what: freight, handling, splits, delay, backorders and scarce goods, weighed together.

========================  ============================================================================
:func:`solve`             all orders together, with a proven bound; call this first. Ten thousand orders
                          by column generation, more in portions at common prices
:func:`solve_one_by_one`  the same orders one after the other at prices of an earlier batch
:func:`decide`,           one order at once, in plain Python (nothing is compiled): from sources and
:class:`FastPath`         needs, or from the arrays of a network and the prices of the last batch
:func:`scarcity_prices`   what a unit is worth where it is, from the demand that is still to come
:func:`explain`           why an order comes from there: alternatives, their cost, what stands in their way
:func:`nearest_with_all`, the rules that others use, for comparison
:func:`cheapest_first`
``drawing``               pictures of flows and costs
========================  ============================================================================

Sources: Acimovic & Graves, *Making better fulfillment decisions on the fly in an online retail environment*
(Manufacturing & Service Operations Management 17, 2015): the cost of an order now plus the value of the stock it
takes, from the duals of a linear program; Xu, Allgor & Graves, *Benefits of reevaluating real-time order fulfillment
decisions* (MSOM 11, 2009): deciding batches again; Jasin & Sinha, *An LP-based correlated rounding scheme for
multi-item e-commerce order fulfillment* (Operations Research 63, 2015): multi-line orders and splits; Held, Wolfe &
Crowder, *Validation of subgradient optimization* (Mathematical Programming 6, 1974).
"""

from hecang_optim.sourcing.costs import COMPONENTS
from hecang_optim.sourcing.explaining import Explanation, Obstacle, Option, explain
from hecang_optim.sourcing.myopic import Decision, Need, Source, decide
from hecang_optim.sourcing.problem import UNLIMITED, Network, Orders, Problem, departures
from hecang_optim.sourcing.rules import cheapest_first, nearest_with_all
from hecang_optim.sourcing.scarcity import scarcity_prices
from hecang_optim.sourcing.single import FastPath
from hecang_optim.sourcing.solution import Prices, Shipment, Solution
from hecang_optim.sourcing.solving import solve, solve_one_by_one

__all__ = [
    "COMPONENTS",
    "UNLIMITED",
    "Decision",
    "Explanation",
    "FastPath",
    "Need",
    "Network",
    "Obstacle",
    "Option",
    "Orders",
    "Prices",
    "Problem",
    "Shipment",
    "Solution",
    "Source",
    "cheapest_first",
    "decide",
    "departures",
    "explain",
    "nearest_with_all",
    "scarcity_prices",
    "solve",
    "solve_one_by_one",
]
