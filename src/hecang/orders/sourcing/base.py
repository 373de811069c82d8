"""Sourcing 寻源分仓: which warehouse ships what of an order. The interface that every strategy has.

A strategy is pure: it gets the demands of many orders and a view of the stock, and answers with a plan for
each. It asks no database and no clock, so it can be tested, replayed and spread over machines; it runs
before anything is locked. Whatever it takes is taken from the view, so that two orders of one call are
never promised the same unit. The plan is checked again under the lock, and the orders whose stock somebody
else has taken in the meantime are planned once more. See ``docs/reference/sourcing.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import NamedTuple, Protocol


class Offer(NamedTuple):
    """What shipping from a warehouse to a region costs, and how long it takes. Money in the installation's currency.

    :param service_id: the carrier service whose rate this is; ``None``: estimated by distance.
    :param first_price: for a parcel of up to ``first_g``, ``step_price`` for each begun ``step_g`` beyond.
    :param parcel_g: grams of the heaviest parcel.
    :param parcel_cost: handling of a parcel, a line (``line_cost``) and a unit (``unit_cost``).
    :param leaves_at: when an order released now is handed to the carrier: cut-off, calendar and capacity.
    :param lead_hours: from there to the recipient; 0 where nobody knows.
    :param wait_cost: money for arriving later than from the quickest warehouse.
    :param is_certain: false where the days until then belong to a year whose holidays are not published.
    :param cutoff: of the service; ``None``: as the warehouse has it.
    """

    service_id: int | None
    first_price: float
    step_price: float
    first_g: int
    step_g: int
    parcel_g: int
    parcel_cost: float
    line_cost: float
    unit_cost: float
    release_by: datetime
    leaves_at: datetime
    lead_hours: int
    arrives_at: datetime
    wait_cost: float
    is_certain: bool
    cutoff: time | None = None


class Candidate(NamedTuple):
    """A warehouse as one order sees it.

    :param km: distance to the recipient, ``None`` where either place is unknown.
    :param offer: what shipping from there costs; ``None``: a usual tariff by distance.
    """

    warehouse_id: int
    km: float | None
    offer: Offer | None = None


class Take(NamedTuple):
    """Units of one SKU from one warehouse."""

    warehouse_id: int
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderDemand:
    """What one order needs.

    :param key: names the order within the call.
    :param owner_id: whose goods.
    :param items: SKU id → units, positive; the lines of one SKU are summed.
    :param candidates: warehouses in the order of preference: nearest first, unknown distances last. Shared
        between orders: do not change.
    :param due: until when the customer was promised to have it.
    """

    key: int
    owner_id: int
    items: dict[int, int]
    candidates: Sequence[Candidate]
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourcingPlan:
    """What one order gets, and what it has to wait for.

    For each SKU: units in ``takes`` + units in ``short`` = units demanded.
    """

    key: int
    takes: list[Take]
    short: dict[int, int] = field(default_factory=dict)


class StockView:
    """Units that can be promised, per owner, SKU and warehouse; taking from it leaves less for the next.

    :param rows: (warehouse id, SKU id, owner id, units).
    :param prices: (owner id, SKU id) → warehouse id → money that a unit is worth to the other orders of the book.
    :param grams: SKU id → grams of a unit, where they are known.
    """

    __slots__ = ("_free", "grams", "prices")

    def __init__(
        self,
        rows: Iterable[tuple[int, int, int, int]] = (),
        prices: Mapping[tuple[int, int], Mapping[int, float]] | None = None,
        grams: Mapping[int, int] | None = None,
    ) -> None:
        self.prices = prices or {}
        self.grams = grams or {}
        self._free: dict[tuple[int, int], dict[int, int]] = {}
        for warehouse_id, sku_id, owner_id, units in rows:
            self._free.setdefault((owner_id, sku_id), {})[warehouse_id] = units

    def of(self, owner_id: int, sku_id: int) -> Mapping[int, int]:
        """Units by warehouse; a warehouse that never had the SKU is missing. Do not change it."""
        return self._free.get((owner_id, sku_id), _NOTHING)

    def copy(self) -> StockView:
        """The same units, to be taken from without the other noticing."""
        other = StockView((), self.prices, self.grams)
        other._free = {key: dict(units) for key, units in self._free.items()}
        return other

    def take(self, owner_id: int, take: Take) -> None:
        """Leave so much less for the next. Raises ValueError if there is not as much."""
        free = self._free.get((owner_id, take.sku_id), {})
        left = free.get(take.warehouse_id, 0) - take.quantity
        if left < 0:
            raise ValueError(f"the view does not have {take.quantity} of SKU {take.sku_id}")
        free[take.warehouse_id] = left


_NOTHING: Mapping[int, int] = {}


class SourcingStrategy(Protocol):
    """Decides for many orders at once. Choose one by ``settings.STRATEGIES["orders.sourcing"]``."""

    def plan(self, demands: Sequence[OrderDemand], stock: StockView) -> list[SourcingPlan]:
        """One plan a demand, in the order of ``demands`` (the more urgent come first).

        Every take has been taken from ``stock`` when this returns. An order that cannot be served in full
        gets what there is; the rest is ``short`` (backordered, or the order waits, as its shop wants it).
        """
        ...
