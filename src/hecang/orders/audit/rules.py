"""The rules that come with Hecang. ``docs/reference/orders.md`` describes each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hecang.kernel.db import columns, fetch
from hecang.orders.audit.base import AuditHold, OrderFacts
from hecang.orders.models import OrderHold
from hecang.partners.selectors import contacts_blocked

Code = OrderHold.Code


class StockShort:
    """Goods are missing, and the shop does not want its orders to travel in parts."""

    code = Code.STOCK_SHORT.value
    after_sourcing = True

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        return [
            AuditHold(order.index, self.code, {"skus": len(order.short), "units": sum(order.short.values())})
            for order in batch
            if order.short and not order.shop.allow_partial
        ]


class AmountLimit:
    """The order is larger than the shop lets pass unseen."""

    code = Code.AMOUNT_LIMIT.value
    after_sourcing = False

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        return [
            AuditHold(order.index, self.code, {"total": str(order.total_amount), "limit": str(limit)})
            for order in batch
            if (limit := order.shop.amount_limit) is not None and order.total_amount > limit
        ]


class AddressComplete:
    """A carrier needs a name, a phone number that can be one, a street, and a city or district."""

    code = Code.ADDRESS_INCOMPLETE.value
    after_sourcing = False

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        holds = []
        for order in batch:
            known = order.region_level in {"district", "city"}
            if order.missing or not known:
                missing = [*order.missing] if known else [*order.missing, "region"]
                holds.append(AuditHold(order.index, self.code, {"missing": missing}))
        return holds


class NotBlocked:
    """Neither the customer nor the recipient's phone is on the black list. One query."""

    code = Code.BLOCKED_CUSTOMER.value
    after_sourcing = False

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        blocked = contacts_blocked(order.phone_hash for order in batch)
        if not blocked and all(order.customer_blocked is None for order in batch):
            return []
        holds = []
        for order in batch:
            if order.customer_blocked is not None:
                holds.append(
                    AuditHold(order.index, self.code, {"by": "customer", "reason": order.customer_blocked})
                )
            elif (reason := blocked.get(order.phone_hash)) is not None:
                holds.append(AuditHold(order.index, self.code, {"by": "phone", "reason": reason}))
        return holds


_TWINS = """
SELECT d.position, twin.id, twin.number
FROM unnest(%s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[])
    AS d (position, content_hash, earliest, latest, self)
CROSS JOIN LATERAL (
    SELECT o.id, o.number FROM sales_order o
    WHERE o.content_hash = d.content_hash AND NOT o.content_hash = ''
      AND o.placed_at BETWEEN d.earliest AND d.latest
      AND o.state <> 'cancelled' AND o.id IS DISTINCT FROM d.self
    ORDER BY o.placed_at DESC LIMIT 1
) AS twin
"""


class NoDuplicate:
    """The same recipient has not ordered the same goods within the shop's hours, in any shop. One query."""

    code = Code.DUPLICATE_SUSPECTED.value
    after_sourcing = False

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        asked = [order for order in batch if order.content_hash and order.shop.duplicate_hours]
        if not asked:
            return []
        rows = []
        for order in asked:
            span = timedelta(hours=order.shop.duplicate_hours)
            rows.append(
                (
                    order.index,
                    order.content_hash,
                    order.placed_at - span,
                    order.placed_at + span,
                    order.order_id,
                )
            )
        holds = {
            index: AuditHold(index, self.code, {"order_id": twin, "number": number})
            for index, twin, number in fetch(_TWINS, columns(rows, 5))
        }
        seen: dict[str, OrderFacts] = {}
        for order in asked:
            first = seen.setdefault(order.content_hash, order)
            if first is order or order.index in holds:
                continue
            if abs(order.placed_at - first.placed_at) <= timedelta(hours=order.shop.duplicate_hours):
                holds[order.index] = AuditHold(order.index, self.code, {"in_same_message": True})
        return list(holds.values())


class NoRemark:
    """The buyer has written something that a person should read, where the shop wants that."""

    code = Code.REMARK.value
    after_sourcing = False

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        return [
            AuditHold(order.index, self.code, {"length": len(order.buyer_remark)})
            for order in batch
            if order.buyer_remark and order.shop.hold_remarks
        ]
