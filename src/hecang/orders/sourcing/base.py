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
from typing import NamedTuple, Protocol


class Candidate(NamedTuple):
    """A warehouse as one order sees it.

    :param km: distance to the recipient, ``None`` where either place is unknown.
    """

    warehouse_id: int
    km: float | None


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
    """

    key: int
    owner_id: int
    items: dict[int, int]
    candidates: Sequence[Candidate]


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
    """

    __slots__ = ("_free",)

    def __init__(self, rows: Iterable[tuple[int, int, int, int]] = ()) -> None:
        self._free: dict[tuple[int, int], dict[int, int]] = {}
        for warehouse_id, sku_id, owner_id, units in rows:
            self._free.setdefault((owner_id, sku_id), {})[warehouse_id] = units

    def of(self, owner_id: int, sku_id: int) -> Mapping[int, int]:
        """Units by warehouse; a warehouse that never had the SKU is missing. Do not change it."""
        return self._free.get((owner_id, sku_id), _NOTHING)

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
