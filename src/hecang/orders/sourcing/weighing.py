"""What each warehouse would cost an order, part by part: for those who ask why. Pure.

What was known when an order was sourced is kept with it (``order_sourcing``) as compact JSON:

``c``  the warehouses with their offers, as :func:`_offered` writes them; ``m`` units that each had not
``i``  what was wanted, as [SKU, units]; ``t`` what was taken, as [warehouse, SKU, units]
``g``  [SKU, grams of a unit]; ``x`` scarcity prices that counted, as [warehouse, SKU, money]; left out where none

:func:`weigh` works out the costs from that when somebody asks.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from hecang.orders.sourcing.base import Candidate, Offer, OrderDemand, StockView, Take
from hecang.orders.sourcing.costs import UNIT_G, Costs

#: Names of the parts of a cost: freight, handling, further parcels, waiting, lateness, scarcity.
PARTS: Final = ("freight", "handling", "split", "wait", "late", "scarcity")


class Recorder:
    """Writes what was known of many orders of one call; offers that they share are written once.

    :param stock: units that the orders could have had, before any was taken.
    """

    def __init__(self, stock: StockView) -> None:
        self._stock = stock
        self._offered: dict[int, str] = {}

    def record(self, demand: OrderDemand, takes: Sequence[Take]) -> str:
        """What was known of one order, as JSON."""
        key = id(demand.candidates)
        offered = self._offered.get(key)
        if offered is None:
            offered = self._offered[key] = json.dumps(
                [_offered(candidate) for candidate in demand.candidates], separators=(",", ":")
            )
        stock, owner, items = self._stock, demand.owner_id, demand.items
        free = [(stock.of(owner, sku), units) for sku, units in items.items()]
        missing = [
            sum(units - there for mine, units in free if (there := mine.get(candidate[0], 0)) < units)
            for candidate in demand.candidates
        ]
        wanted = _pairs(list(items.items()))
        grams = _pairs([(sku, stock.grams[sku]) for sku in items if sku in stock.grams])
        taken = _pairs([tuple(take) for take in takes])
        scarce = ""
        if stock.prices:
            prices = [
                (warehouse, sku, round(price, 4))
                for sku in items
                for warehouse, price in stock.prices.get((owner, sku), {}).items()
            ]
            scarce = f',"x":{_pairs(prices)}' if prices else ""
        return f'{{"c":{offered},"m":{missing},"i":{wanted},"g":{grams},"t":{taken}{scarce}}}'


def _pairs(rows: Sequence[tuple[Any, ...]]) -> str:
    """Tuples of numbers as JSON."""
    return str(rows).replace("(", "[").replace(")", "]")


def _offered(candidate: Candidate) -> list[Any]:
    offer = candidate.offer
    km = None if candidate.km is None else round(candidate.km)
    if offer is None:
        return [candidate.warehouse_id, km]
    told = [value.isoformat() if isinstance(value, datetime | time) else value for value in offer]
    return [candidate.warehouse_id, km, *told]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One warehouse, as if it shipped everything.

    :param missing: units that it has not.
    :param parts: money by name of :data:`PARTS`.
    """

    candidate: Candidate
    missing: int
    parts: dict[str, float]

    @property
    def warehouse_id(self) -> int:
        return self.candidate.warehouse_id

    @property
    def cost(self) -> float:
        return round(sum(self.parts.values()), 2)


@dataclass(frozen=True, slots=True)
class Weighing:
    """All warehouses of an order, and what was chosen.

    :param taken: warehouse → SKU → units.
    :param parts: of the cost of what was chosen.
    """

    candidates: list[Weighed]
    taken: dict[int, dict[int, int]]
    wanted: dict[int, int]
    parts: dict[str, float]

    @property
    def cost(self) -> float:
        return round(sum(self.parts.values()), 2)

    @property
    def open_units(self) -> int:
        return sum(self.wanted.values()) - sum(sum(items.values()) for items in self.taken.values())


def weigh(record: Mapping[str, Any], money: Costs, due: datetime | None = None) -> Weighing:
    """The costs behind a record.

    :param due: until when the customer was promised to have it.
    """
    wanted = dict(record["i"])
    grams = dict(record["g"])
    prices: dict[int, dict[int, float]] = defaultdict(dict)
    for warehouse, sku, price in record.get("x", []):
        prices[sku][warehouse] = price
    parts = functools.partial(_parts, money=money, due=due, grams=grams, prices=prices)
    candidates = [_candidate(row) for row in record["c"]]
    weighed = [
        Weighed(candidate, missing, parts(candidate, wanted))
        for candidate, missing in zip(candidates, record["m"], strict=True)
    ]
    taken: dict[int, dict[int, int]] = defaultdict(dict)
    for warehouse, sku, units in record["t"]:
        taken[warehouse][sku] = taken[warehouse].get(sku, 0) + units
    by_warehouse = {candidate.warehouse_id: candidate for candidate in candidates}
    chosen = dict.fromkeys(PARTS, 0.0)
    for warehouse, items in taken.items():
        if warehouse in by_warehouse:
            for name, amount in parts(by_warehouse[warehouse], items).items():
                chosen[name] = round(chosen[name] + amount, 2)
    chosen["split"] = round(chosen["split"] + money.split * max(0, len(taken) - 1), 2)
    return Weighing(weighed, dict(taken), wanted, chosen)


def _candidate(row: Sequence[Any]) -> Candidate:
    if len(row) == 2:
        return Candidate(row[0], row[1])
    fields = dict(zip(Offer._fields, row[2:], strict=False))
    for name in ("release_by", "leaves_at", "arrives_at"):
        fields[name] = datetime.fromisoformat(fields[name])
    if fields.get("cutoff"):
        fields["cutoff"] = time.fromisoformat(fields["cutoff"])
    return Candidate(row[0], row[1], Offer(**fields))


def _parts(
    candidate: Candidate,
    items: Mapping[int, int],
    *,
    money: Costs,
    due: datetime | None,
    grams: Mapping[int, int],
    prices: Mapping[int, Mapping[int, float]],
) -> dict[str, float]:
    """The parts of what it costs to ship items from one warehouse."""
    # Only who asks why needs them; whoever writes a record does not.
    from hecang.orders.sourcing.optimised import source_of
    from hecang_optim.sourcing.myopic import freight

    source, offer = source_of(candidate, money, due), candidate.offer
    weight = sum(units * grams.get(sku, UNIT_G) for sku, units in items.items())
    travel, parcels = freight(source, weight)
    parcel = money.parcel if offer is None else offer.parcel_cost
    wait = 0.0 if offer is None else offer.wait_cost
    picking = sum(source.line_price + source.unit_price * units for units in items.values())
    scarce = sum(units * prices.get(sku, {}).get(candidate.warehouse_id, 0.0) for sku, units in items.items())
    amounts = (
        travel, parcel + picking, money.split * (parcels - 1), wait, source.fixed - parcel - wait, scarce,
    )  # fmt: skip
    return {name: round(amount, 2) for name, amount in zip(PARTS, amounts, strict=True)}


def reason(weighing: Weighing) -> tuple[str, Weighed | None, str]:
    """Why the chosen warehouses and not the best of the others: (code, that other one, dearest part of it).

    Codes: ``none`` nothing is there; ``only`` there is no other; ``split`` no single one has everything; ``stock``
    no other has everything; ``equal`` the other costs as much; ``cheapest`` the other is dearer, mostly in the part; ``others`` the other would be
    cheaper, but what it has was needed more by other orders.
    """
    if not weighing.taken:
        return "none", None, ""
    if len(weighing.taken) > 1 and all(one.missing for one in weighing.candidates):
        return "split", None, ""
    others = [one for one in weighing.candidates if one.warehouse_id not in weighing.taken]
    if not others:
        return "only", None, ""
    best = min(others, key=lambda one: (one.missing > 0, one.cost))
    if best.missing:
        return "stock", best, ""
    if best.cost < weighing.cost - 0.005:
        return "others", best, ""
    if best.cost < weighing.cost + 0.005:
        return "equal", best, ""
    return "cheapest", best, max(PARTS, key=lambda name: best.parts[name] - weighing.parts[name])
