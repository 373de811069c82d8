"""What was planned for new orders, as it is told: when they will arrive, and why from there."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.orders.services.expectations import expectation, promise_of, supply_expected
from hecang.orders.services.intake.drafts import Draft
from hecang.orders.services.offers import Offers
from hecang.orders.sourcing import OrderDemand, SourcingPlan, StockView
from hecang.orders.sourcing.weighing import Recorder


def promises_settle(
    drafts: Sequence[Draft],
    demands: Sequence[OrderDemand],
    plans: Sequence[SourcingPlan],
    offers: Offers,
    stock: StockView,
) -> None:
    """Leave in the drafts what is expected, what the customer is told, and the weighing of their warehouses.

    A statement where something is short. Pre-sales that wait for their release are left out.

    :param stock: as it was before the plans took from it.
    """
    supply = supply_expected(
        {
            sku
            for draft, plan in zip(drafts, plans, strict=True)
            if not draft.awaits_release
            for sku in plan.short
        }
    )
    recorder = Recorder(stock)
    for draft, demand, plan in zip(drafts, demands, plans, strict=True):
        if draft.awaits_release:
            continue
        found = expectation(offers, demand, plan, supply, draft.order.ship_after)
        draft.expected_at = found.arrives_at
        draft.promised_at = draft.order.promised_at or promise_of(found)
        draft.weighing = recorder.record(demand, plan.takes)
