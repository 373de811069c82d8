"""From wishes to orders: who would deliver what, by the price lists; the same for the preview and for the deed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hecang.purchasing.models import PurchasePolicy
from hecang.purchasing.selectors.offers import Offer, offers_find


@dataclass(frozen=True, slots=True)
class Wish:
    """Units wanted.

    :param key: whatever names it to the caller (the id of a request or of a suggestion).
    :param supplier_id: from whom; ``None``: from the best.
    """

    key: int
    sku_id: int
    owner_id: int
    warehouse_id: int
    quantity: int
    supplier_id: int | None = None
    needed_on: date | None = None


@dataclass(slots=True)
class PlannedLine:
    """One line of an order to be: wishes for one SKU together, rounded up once."""

    sku_id: int
    wanted: int
    offer: Offer
    keys: list[int] = field(default_factory=list)
    needed_on: date | None = None
    #: What others would deliver, the best first; the chosen one is among them.
    offers: list[Offer] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """It comes after the day on which it is needed."""
        return self.needed_on is not None and self.offer.arrives_on > self.needed_on


@dataclass(slots=True)
class PlannedOrder:
    """What one supplier would deliver to one warehouse for one owner."""

    supplier_id: int
    owner_id: int
    warehouse_id: int
    currency: str
    lines: list[PlannedLine] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return sum((line.offer.amount for line in self.lines), Decimal(0))

    @property
    def is_below_minimum(self) -> bool:
        """The supplier does not deliver so little in one order."""
        least = self.lines[0].offer.min_order_amount
        return least is not None and self.amount < least


@dataclass(frozen=True, slots=True)
class Plan:
    """:param unplanned: keys of wishes that nobody has a price for."""

    orders: list[PlannedOrder]
    unplanned: list[int]


_Place = tuple[int, int, int, int | None]


def purchase_plan(
    *,
    wishes: Sequence[Wish],
    policy: PurchasePolicy,
    choice: str | None = None,
    suppliers: Mapping[int, int] | None = None,
) -> Plan:
    """Group wishes into orders by supplier, owner, warehouse and currency. Writes nothing; one statement.

    :param suppliers: SKU → supplier, where a person chose another one than the best.
    """
    chosen = suppliers or {}
    together: dict[_Place, list[Wish]] = defaultdict(list)
    for wish in wishes:
        supplier = wish.supplier_id or chosen.get(wish.sku_id)
        together[wish.sku_id, wish.owner_id, wish.warehouse_id, supplier].append(wish)
    places = list(together)
    found = offers_find(
        [(place[0], sum(wish.quantity for wish in together[place])) for place in places],
        policy,
        choice=choice,
    )
    orders: dict[tuple[int, int, int, str], PlannedOrder] = {}
    unplanned: list[int] = []
    for place, offers in zip(places, found, strict=True):
        sku_id, owner_id, warehouse_id, supplier = place
        group = together[place]
        offer = next((one for one in offers if supplier in {None, one.supplier_id}), None)
        if offer is None:
            unplanned += [wish.key for wish in group]
            continue
        key = (offer.supplier_id, owner_id, warehouse_id, offer.currency)
        order = orders.setdefault(key, PlannedOrder(*key))
        line = next((one for one in order.lines if one.sku_id == sku_id), None)
        if line is None:
            days = [wish.needed_on for wish in group if wish.needed_on is not None]
            order.lines.append(
                PlannedLine(
                    sku_id=sku_id,
                    wanted=sum(wish.quantity for wish in group),
                    offer=offer,
                    keys=[wish.key for wish in group],
                    needed_on=min(days, default=None),
                    offers=list(offers),
                )
            )
        else:  # some wished for this supplier, others got it as the best
            line.wanted += sum(wish.quantity for wish in group)
            line.keys += [wish.key for wish in group]
            line.offer = _more(line, policy, choice)
    return Plan([orders[key] for key in sorted(orders)], sorted(unplanned))


def _more(line: PlannedLine, policy: PurchasePolicy, choice: str | None) -> Offer:
    """The same supplier's offer for all that is wanted now."""
    offers = offers_find([(line.sku_id, line.wanted)], policy, choice=choice)[0]
    return next(one for one in offers if one.supplier_id == line.offer.supplier_id)
