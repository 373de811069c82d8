"""The rules that come with Hecang. ``docs/reference/orders.md`` describes each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

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


# The same goods to the same recipient, in whichever shop; and the same SKUs to the same phone in another shop.
_TWINS = """
SELECT d.position, twin.id, twin.number, twin.placed_at, s.code, twin.content_hash = d.content_hash,
    twin.phone_hash <> '' AND twin.phone_hash = d.phone_hash, twin.total_amount = d.total, twin.shop_id = d.shop
FROM unnest(%s::int[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bigint[],
        %s::numeric[], %s::text[])
    AS d (position, content_hash, phone_hash, earliest, latest, self, shop, total, skus)
CROSS JOIN LATERAL (
    (
        SELECT o.* FROM sales_order o
        WHERE o.content_hash = d.content_hash AND NOT o.content_hash = ''
            AND o.placed_at BETWEEN d.earliest AND d.latest
            AND o.state <> 'cancelled' AND o.id IS DISTINCT FROM d.self
        ORDER BY o.placed_at DESC LIMIT 1
    ) UNION ALL (
        SELECT o.* FROM sales_order o
        WHERE o.phone_hash = d.phone_hash AND NOT o.phone_hash = ''
            AND o.placed_at BETWEEN d.earliest AND d.latest
            AND o.state <> 'cancelled' AND o.id IS DISTINCT FROM d.self AND o.shop_id <> d.shop
            AND d.skus = (
                SELECT string_agg(sku_id::text, ',' ORDER BY sku_id) FROM (
                    SELECT DISTINCT l.sku_id FROM sales_order_line l WHERE l.order_id = o.id AND l.kind <> 'gift'
                ) AS bought
            )
        ORDER BY o.placed_at DESC LIMIT 1
    )
    LIMIT 1
) AS twin
JOIN shop s ON s.id = twin.shop_id
"""


class NoDuplicate:
    """Nobody has ordered the same within the shop's hours, in any shop of any channel. One query.

    The same is: the same recipient (by phone and name, or by the platform's token where it keeps them sealed)
    and the same goods in the same quantities; or, in another shop, the same phone and the same SKUs.
    """

    code = Code.DUPLICATE_SUSPECTED.value
    after_sourcing = False

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        asked = [
            order
            for order in batch
            if (order.content_hash or order.phone_hash) and order.shop.duplicate_hours
        ]
        if not asked:
            return []
        placed = {order.index: order.placed_at for order in asked}
        holds: dict[int, AuditHold] = {}
        for index, key, number, at, shop, lines, phone, amount, same_shop in fetch(
            _TWINS, columns(map(self._row, asked), 9)
        ):
            detail = {
                "order_id": key, "number": number, "shop": shop, "same_shop": same_shop,
                "minutes": _minutes(placed[index], at),
                "matches": _matches(lines=lines, phone=phone, amount=amount),
            }  # fmt: skip
            holds[index] = AuditHold(index, self.code, detail)
        self._within(asked, holds)
        return list(holds.values())

    @staticmethod
    def _row(order: OrderFacts) -> tuple[object, ...]:
        span = timedelta(hours=order.shop.duplicate_hours)
        return (
            order.index, order.content_hash, order.phone_hash, order.placed_at - span, order.placed_at + span,
            order.order_id, order.shop_id, order.total_amount, ",".join(map(str, sorted(order.skus))),
        )  # fmt: skip

    def _within(self, asked: Sequence[OrderFacts], holds: dict[int, AuditHold]) -> None:
        """Duplicates of an earlier order of the same call."""
        same: dict[str, OrderFacts] = {}
        near: dict[tuple[str, frozenset[int]], OrderFacts] = {}
        for order in asked:
            first = same.setdefault(order.content_hash, order) if order.content_hash else order
            if first is order and order.phone_hash:
                other = near.setdefault((order.phone_hash, order.skus), order)
                first = other if other.shop_id != order.shop_id else order
            if first is order or order.index in holds:
                continue
            if abs(order.placed_at - first.placed_at) <= timedelta(hours=order.shop.duplicate_hours):
                detail = {
                    "in_same_message": True, "same_shop": first.shop_id == order.shop_id,
                    "minutes": _minutes(order.placed_at, first.placed_at),
                    "matches": _matches(
                        lines=order.content_hash != "" and first.content_hash == order.content_hash,
                        phone=order.phone_hash != "" and first.phone_hash == order.phone_hash,
                        amount=first.total_amount == order.total_amount,
                    ),
                }  # fmt: skip
                holds[order.index] = AuditHold(order.index, self.code, detail)


def _matches(*, lines: bool, phone: bool, amount: bool) -> list[str]:
    """What two orders have in common, as codes."""
    found = ["recipient", "lines"] if lines else ["skus"]
    return [*found, *(["phone"] if phone else []), *(["amount"] if amount else [])]


def _minutes(one: datetime, other: datetime) -> int:
    return round(abs((one - other).total_seconds()) / 60)


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
