"""Audit 审单: the rules that look at an order before it may go to a warehouse. The interface of a rule.

A rule looks at many orders at once and says which of them a person has to look at, and why. It may ask the
database, but only in statements whose number does not grow with the orders. It changes nothing: the service
that asked it writes the holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol


class ShopRules(NamedTuple):
    """What a shop wants its orders to be audited by; see :class:`~hecang.orders.models.Shop`."""

    allow_partial: bool
    amount_limit: Decimal | None
    duplicate_hours: int
    hold_remarks: bool
    auto_approve: bool


@dataclass(slots=True)
class OrderFacts:
    """What rules may know of one order. Names, numbers and addresses in clear are not among it.

    :param index: names the order within the batch.
    :param missing: parts of the recipient that are missing or implausible: ``name``, ``phone``, ``address``.
    :param region_level: ``district``, ``city``, ``province``, or empty where the region is unknown.
    :param phone_hash: keyed hash of the recipient's phone, or empty.
    :param customer_blocked: why the customer is on the black list; ``None`` where it is not.
    :param content_hash: digest of recipient and goods; empty where the recipient is unknown.
    :param skus: ids of its SKUs, without gifts.
    :param short: SKU id → units that no warehouse has; known once the order has been sourced.
    :param order_id: set where an order that exists already is audited again.
    """

    index: int
    shop: ShopRules
    placed_at: datetime
    total_amount: Decimal
    missing: tuple[str, ...] = ()
    region_level: str = ""
    phone_hash: str = ""
    customer_blocked: str | None = None
    content_hash: str = ""
    buyer_remark: str = ""
    short: Mapping[int, int] = field(default_factory=dict)
    order_id: int | None = None
    shop_id: int = 0
    skus: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AuditHold:
    """A person has to look at this order.

    :param code: one of :class:`~hecang.orders.models.OrderHold.Code`.
    :param detail: facts for the desk, JSON-able, without personal data.
    """

    index: int
    code: str
    detail: dict[str, Any]


class AuditRule(Protocol):
    """One question asked of every order."""

    #: The hold that this rule places.
    code: str
    #: Asked after sourcing, and again when sourcing had to be repeated; other rules are asked before.
    after_sourcing: bool

    def evaluate(self, batch: Sequence[OrderFacts]) -> list[AuditHold]:
        """The holds of this batch; at most one an order."""
        ...
