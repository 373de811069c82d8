"""What each warehouse would cost an order, part by part: for those who ask why. Pure.

A weighing is kept as compact JSON with the order (``order_sourcing``):

``c``  the warehouses, each as if it shipped everything: ``w`` warehouse, ``s`` carrier service, ``k`` kilometres,
       ``m`` units that it has not, ``d`` when it leaves, ``a`` when it arrives, and the parts of its cost
``t``  what was taken: warehouse → units; ``o`` units left open
``p``  the parts of the cost of what was chosen, by the names of :data:`PARTS`
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hecang.orders.sourcing.base import OrderDemand, StockView, Take
from hecang.orders.sourcing.costs import UNIT_G, Costs
from hecang.orders.sourcing.optimised import source_of
from hecang_optim.sourcing.myopic import Source, freight

#: Names of the parts of a cost: freight, handling, further parcels, waiting, lateness, scarcity.
PARTS: Final = ("freight", "handling", "split", "wait", "late", "scarcity")

Weighing = dict[str, Any]


def weigh(demand: OrderDemand, takes: Sequence[Take], stock: StockView, money: Costs) -> Weighing:
    """Weigh the warehouses of one order.

    :param takes: what was chosen.
    :param stock: units that the order could have had.
    """
    grams = stock.grams
    weight = sum(units * (grams.get(sku) or UNIT_G) for sku, units in demand.items.items())
    found = []
    by_warehouse = {}
    for candidate in demand.candidates:
        source = source_of(candidate, money, demand.due)
        offer = candidate.offer
        by_warehouse[candidate.warehouse_id] = (source, offer)
        missing = 0
        for sku, units in demand.items.items():
            there = stock.of(demand.owner_id, sku).get(candidate.warehouse_id, 0)
            if there < units:
                missing += units - there
        one: Weighing = {
            "w": candidate.warehouse_id,
            "m": missing,
            "p": _parts(source, offer, demand.owner_id, demand.items, weight, stock.prices, money),
        }
        if candidate.km is not None:
            one["k"] = round(candidate.km)
        if offer is not None:
            if offer.service_id is not None:
                one["s"] = offer.service_id
            one["d"], one["a"] = _minute(offer.leaves_at), _minute(offer.arrives_at)
        found.append(one)
    taken: dict[int, dict[int, int]] = defaultdict(dict)
    for warehouse, sku, units in takes:
        taken[warehouse][sku] = taken[warehouse].get(sku, 0) + units
    chosen = [0.0] * len(PARTS)
    for warehouse, items in taken.items():
        if warehouse in by_warehouse:
            source, offer = by_warehouse[warehouse]
            part = sum(units * (grams.get(sku) or UNIT_G) for sku, units in items.items())
            mine = _parts(source, offer, demand.owner_id, items, part, stock.prices, money)
            chosen = [round(a + b, 2) for a, b in zip(chosen, mine, strict=True)]
    chosen[2] = round(chosen[2] + money.split * max(0, len(taken) - 1), 2)
    shipped = {warehouse: sum(items.values()) for warehouse, items in taken.items()}
    left = sum(demand.items.values()) - sum(shipped.values())
    return {"c": found, "t": {str(key): units for key, units in shipped.items()}, "o": left, "p": chosen}


def _parts(
    source: Source,
    offer: Any,
    owner_id: int,
    items: Mapping[int, int],
    weight: int,
    prices: Mapping[tuple[int, int], Mapping[int, float]],
    money: Costs,
) -> list[float]:
    """The parts of what it costs to ship items from one warehouse, as :data:`PARTS` names them."""
    travel, parcels = freight(source, weight)
    parcel = money.parcel if offer is None else offer.parcel_cost
    wait = 0.0 if offer is None else offer.wait_cost
    picking = sum(source.line_price + source.unit_price * units for units in items.values())
    scarce = 0.0
    if prices:
        scarce = sum(
            units * prices[owner_id, sku].get(source.warehouse, 0.0)
            for sku, units in items.items()
            if (owner_id, sku) in prices
        )
    return [
        round(travel, 2),
        round(parcel + picking, 2),
        round(money.split * (parcels - 1), 2),
        round(wait, 2),
        round(source.fixed - parcel - wait, 2),
        round(scarce, 2),
    ]


def _minute(moment: Any) -> str:
    text: str = moment.isoformat(timespec="minutes")
    return text


def reason(weighing: Weighing) -> tuple[str, int | None, str]:
    """Why the chosen warehouses and not the best of the others: (code, that other warehouse, dearest part).

    Codes: ``none`` nothing is there; ``only`` no other has anything; ``cheapest`` the other is dearer, mostly in the
    part; ``stock`` the other has not everything; ``split`` no single one has everything; ``others`` the other would
    be cheaper, but what it has is left to orders that need it more, or was taken by them.
    """
    taken = {int(key) for key in weighing["t"]}
    if not taken:
        return "none", None, ""
    others = [one for one in weighing["c"] if one["w"] not in taken]
    if len(taken) > 1 and all(one["m"] for one in weighing["c"]):
        return "split", None, ""
    if not others:
        return "only", None, ""
    mine = sum(weighing["p"])
    best = min(others, key=lambda one: (one["m"] > 0, sum(one["p"])))
    if best["m"]:
        cheaper = min(others, key=lambda one: sum(one["p"]))
        return "stock", cheaper["w"], ""
    more = [theirs - ours for theirs, ours in zip(best["p"], weighing["p"], strict=True)]
    if sum(best["p"]) < mine - 0.005:
        return "others", best["w"], ""
    return "cheapest", best["w"], PARTS[max(range(len(PARTS)), key=lambda place: more[place])]
