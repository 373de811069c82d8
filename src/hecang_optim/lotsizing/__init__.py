"""How much to order, and when; how much to keep in reserve. For one SKU or for a hundred thousand at once.

Every function takes columns, one number per SKU (or one number for all), and returns columns. Time is counted in
periods of the caller's choice, quantities in units of the SKU, costs in any money.

Begin with :func:`protection_demand`: forecast, error and lead time become the demand that a stock level must
last for, a :class:`Demand`. (A forecast that knows its error over the interval goes to :func:`fit_demand`.) Then:

=================================================  =====================================================
:func:`level_by_cycle_service`                     safety stock and level: cycles without a stock-out (alpha)
:func:`order_up_to_by_fill_rate`                   (R,S): share of demand met from the shelf (beta)
:func:`reorder_point_by_fill_rate`                 (r,Q): the same
:func:`newsvendor`, :func:`newsvendor_from_history`  best level by cost; (R,S) where orders cost nothing
:func:`economic_order_quantity`                    the lot by the cost of ordering and holding
:func:`economic_order_quantity_with_discounts`     the same with all-units discounts
:func:`plan_lots`                                  demand known by period: Wagner–Whitin, exact
:func:`min_max`, :func:`min_max_of`                (s,S), exact for counted demand
:func:`min_max_by_formula`                         (s,S) for masses of SKUs
:func:`lot_and_point`                              (r,Q), exact for counted demand
:func:`order_due`, :func:`round_up_order`          what to order today; minimum quantities and packs
=================================================  =====================================================

Sources: Silver, Pyke & Thomas (2017), "Inventory and Production Management in Supply Chains"; Wagelmans, van
Hoesel & Kolen (1992); Zheng & Federgruen (1991); Federgruen & Zheng (1992); Ehrhardt & Mosier (1984); Syntetos &
Boylan (2006). Each function names its own.
"""

from hecang_optim.lotsizing.demand import Demand, Family, choose_family, fit_demand
from hecang_optim.lotsizing.eoq import (
    OrderQuantity,
    economic_order_quantity,
    economic_order_quantity_with_discounts,
)
from hecang_optim.lotsizing.lot_and_point import LotAndPoint, lot_and_point
from hecang_optim.lotsizing.min_max import MinMax, min_max, min_max_by_formula, min_max_of
from hecang_optim.lotsizing.newsvendor import NewsvendorOrder, newsvendor, newsvendor_from_history
from hecang_optim.lotsizing.rounding import order_due, round_up_order
from hecang_optim.lotsizing.service import (
    StockLevel,
    level_by_cycle_service,
    order_up_to_by_fill_rate,
    protection_demand,
    reorder_point_by_fill_rate,
)
from hecang_optim.lotsizing.wagner_whitin import LotPlan, plan_lots

__all__ = [
    "Demand",
    "Family",
    "LotAndPoint",
    "LotPlan",
    "MinMax",
    "NewsvendorOrder",
    "OrderQuantity",
    "StockLevel",
    "choose_family",
    "economic_order_quantity",
    "economic_order_quantity_with_discounts",
    "fit_demand",
    "level_by_cycle_service",
    "lot_and_point",
    "min_max",
    "min_max_by_formula",
    "min_max_of",
    "newsvendor",
    "newsvendor_from_history",
    "order_due",
    "order_up_to_by_fill_rate",
    "plan_lots",
    "protection_demand",
    "reorder_point_by_fill_rate",
    "round_up_order",
]
