"""A day in the warehouse, event by event, to compare policies before anybody walks.

Orders come, are released, batched and routed by the policy under test; people with their own speeds walk the tours,
get in each other's way in the aisles, wait for refills, bring carts to packing stations with queues; putaway and
other tasks compete for the same people. Time is simulated, chance is seeded: the same arguments give the same day.

Begin with :func:`simulate` (one day) or :func:`compare` (several policies on the same days, with intervals)::

    layout = AisleLayout.regular(aisles=10, blocks=2, aisle_pitch=4.0, sub_aisle_length=20.0)
    floor = Floor.of(layout, picks)                       # locations 0, 1, … are the places of ``picks``
    scenario = Scenario(
        floor=floor,
        orders=PoissonOrders((120.0,) * 8, RandomBaskets(weights)),   # or replay(...): real ones
        workers=(Worker(),) * 10,
        packing=Packing(stations=4),
        congestion=Congestion.NARROW,
    )
    alone = Policy("one at a time", planner(location_of, one_by_one, rule(layout, picks, "s_shape")))
    carts = Policy("carts", planner(location_of, first_come(orders=8), shortest(layout, picks)), Waveless())
    compared = compare([alone, carts], scenario, replications=10)
    compared.ratio("orders_per_hour", "carts", "one at a time")       # Interval(mean, low, high)

A *policy* is a name, a planner, a release rule (:class:`Periodic`, :class:`BySize`, :class:`Waveless`) and a
dispatcher. A *planner* is any ``plan(orders) -> batches``: it gets the released orders and returns each of them in
one :class:`Batch`: ids of its orders, stops in walking order (location, lines picked there), and the corners of the
walk (or ``None``: the shortest way from stop to stop, from and to the depot). Where each SKU lies is the planner's
own knowledge, so policies may differ in it. :func:`planner` makes one from a grouping and a routing.

To ask what the same people can do at most, let all orders wait at second 0 and compare ``orders_per_hour``.

=====================  =====================================================================================
``Scenario``           floor, orders, workers, handling times, packing, congestion, pick faces, other tasks
``Policy``             planner, release rule, dispatcher (``most_urgent``, ``nearest_task``, ``looking_ahead``)
``Report``             throughput, cycle times, walking, utilisation, queues, lateness; ``Report.log`` for a replay
``Comparison``         means, paired differences and ratios with confidence intervals
=====================  =====================================================================================

Sources: Law, *Simulation Modeling and Analysis* (5th ed. 2015), ch. 10 to 11 (paired t intervals, common random
numbers); Gue, Meller & Skufca, "The effects of pick density on order picking areas with narrow aisles" (IIE
Transactions 38, 2006); Parikh & Meller, "A note on worker blocking in narrow-aisle order picking systems" (IIE
Transactions 41, 2009); SimPy for the events.
"""

from hecang_optim.simulation.comparing import Comparison, Interval, compare, interval
from hecang_optim.simulation.day import simulate
from hecang_optim.simulation.demand import PoissonOrders, RandomBaskets, next_cut_off, replay
from hecang_optim.simulation.dispatching import looking_ahead, most_urgent, nearest_task
from hecang_optim.simulation.floor import Floor, Leg
from hecang_optim.simulation.log import LOG, NOBODY, Event
from hecang_optim.simulation.model import (
    PICK,
    REPLENISH,
    Batch,
    BySize,
    Congestion,
    Dispatcher,
    FloorTask,
    Gamma,
    Handling,
    OpenJob,
    Order,
    Packing,
    Periodic,
    PickFaces,
    Planner,
    Policy,
    Release,
    Scenario,
    Situation,
    Stop,
    Waveless,
    Worker,
    WorkerState,
)
from hecang_optim.simulation.planning import (
    Grouper,
    Router,
    batch_of,
    first_come,
    one_by_one,
    planner,
    rule,
    shortest,
)
from hecang_optim.simulation.report import Report, Times

__all__ = [
    "LOG",
    "NOBODY",
    "PICK",
    "REPLENISH",
    "Batch",
    "BySize",
    "Comparison",
    "Congestion",
    "Dispatcher",
    "Event",
    "Floor",
    "FloorTask",
    "Gamma",
    "Grouper",
    "Handling",
    "Interval",
    "Leg",
    "OpenJob",
    "Order",
    "Packing",
    "Periodic",
    "PickFaces",
    "Planner",
    "PoissonOrders",
    "Policy",
    "RandomBaskets",
    "Release",
    "Report",
    "Router",
    "Scenario",
    "Situation",
    "Stop",
    "Times",
    "Waveless",
    "Worker",
    "WorkerState",
    "batch_of",
    "compare",
    "first_come",
    "interval",
    "looking_ahead",
    "most_urgent",
    "nearest_task",
    "next_cut_off",
    "one_by_one",
    "planner",
    "replay",
    "rule",
    "shortest",
    "simulate",
]
