"""Gathering facts for rules: for a whole batch at once, and only those that a rule mentions.

What an order carries in itself costs nothing. The rest comes in groups of one statement each: what SKUs are
like, what channels shops belong to, customers and their credit, and the history of a phone number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from hecang.catalog.selectors import SkuTraits, sku_traits
from hecang.kernel.db import columns, fetch
from hecang.orders.audit.subjects import Subject
from hecang.orders.selectors.credit import credit_open
from hecang.partners.selectors import CreditRef, credits_of, region_names

DESK: Final = ZoneInfo("Asia/Shanghai")
#: Orders to one phone number that are looked at.
HISTORY: Final = 200
ZERO: Final = Decimal(0)


class History(NamedTuple):
    """Orders that went to a phone number before."""

    orders: int = 0
    cancelled: int = 0
    day: int = 0
    month: int = 0
    day_amount: Decimal = ZERO
    day_shops: int = 0


class CustomerFacts(NamedTuple):
    code: str = ""
    is_blocked: bool = False


@dataclass(slots=True)
class Background:
    """What the database said about a batch."""

    traits: Mapping[int, SkuTraits] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)
    customers: Mapping[int, CustomerFacts] = field(default_factory=dict)
    credits: Mapping[int, CreditRef] = field(default_factory=dict)
    open_amounts: Mapping[int, Decimal] = field(default_factory=dict)
    history: Mapping[int, History] = field(default_factory=dict)
    regions: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


Facts = dict[str, Any]
_NO_HISTORY: Final = History()
_NO_CUSTOMER: Final = CustomerFacts()
_NOWHERE: Final = ("", "", "")

# Parts of a split order and what is sent again are not bought anew; a merged order is paid with the one it is in.
_HISTORY = """
SELECT d.position, h.orders, h.cancelled, h.day, h.month, h.day_amount, h.day_shops
FROM unnest(%s::int[], %s::text[], %s::timestamptz[], %s::bigint[]) AS d (position, phone_hash, at, self)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.bought) AS orders,
        count(*) FILTER (WHERE p.bought AND p.state = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE p.bought AND p.placed_at > d.at - interval '1 day') AS day,
        count(*) FILTER (WHERE p.bought AND p.placed_at > d.at - interval '30 days') AS month,
        coalesce(sum(p.total_amount) FILTER (WHERE p.placed_at > d.at - interval '1 day' AND p.state <> 'merged'), 0)
            AS day_amount,
        count(DISTINCT p.shop_id) FILTER (WHERE p.placed_at > d.at - interval '1 day') AS day_shops
    FROM (
        SELECT o.state, o.placed_at, o.total_amount, o.shop_id, o.origin_id IS NULL AS bought FROM sales_order o
        WHERE o.phone_hash = d.phone_hash AND NOT o.phone_hash = '' AND o.placed_at <= d.at
            AND o.id IS DISTINCT FROM d.self
        ORDER BY o.placed_at DESC LIMIT 200
    ) AS p
) AS h
WHERE h.orders > 0
"""
_CHANNELS = (
    "SELECT s.id, c.code FROM shop s JOIN channel c ON c.id = s.channel_id WHERE s.id = ANY(%s::bigint[])"
)
_CUSTOMERS = "SELECT id, code, is_blocked FROM customer WHERE id = ANY(%s::bigint[])"

_TRAITS: Final = frozenset({"order.weight_g", "lines", "quantity"})


def facts_gather(subjects: Sequence[Subject], names: Collection[str]) -> list[Facts]:
    """The named facts of each subject, in their order. At most six statements for any number of subjects."""
    wanted = sorted(names)
    background = _background(subjects, wanted)
    makers = [(name, MAKERS[name]) for name in wanted]
    return [{name: make(subject, background) for name, make in makers} for subject in subjects]


def _background(subjects: Sequence[Subject], names: Sequence[str]) -> Background:
    background = Background()
    groups = {name.partition(".")[0] for name in names}
    if _TRAITS & set(names):
        background.traits = sku_traits(line.sku_id for subject in subjects for line in subject.lines)
    if "order.channel" in names:
        background.channels = dict(fetch(_CHANNELS, [sorted({subject.shop_id for subject in subjects})]))
    if "customer" in groups:
        _customers(subjects, names, background)
    if groups & {"buyer", "history", "risk"}:
        background.history = _history(subjects)
    if "region" in groups:
        codes = {subject.region_code for subject in subjects if subject.region_code}
        background.regions = region_names(codes)
    return background


def _customers(subjects: Sequence[Subject], names: Sequence[str], background: Background) -> None:
    ids = sorted({subject.customer_id for subject in subjects if subject.customer_id is not None})
    if not ids:
        return
    background.customers = {row[0]: CustomerFacts(*row[1:]) for row in fetch(_CUSTOMERS, [ids])}
    if "customer.credit_limit" in names:
        background.credits = credits_of(ids)
    if "customer.open_amount" in names:
        background.open_amounts = {key: row.amount for key, row in credit_open(ids).items()}


def _history(subjects: Sequence[Subject]) -> dict[int, History]:
    """Stored orders of each phone number, and earlier ones of this very batch."""
    known = [subject for subject in subjects if subject.phone_hash]
    if not known:
        return {}
    rows = [(subject.index, subject.phone_hash, subject.placed_at, subject.order_id) for subject in known]
    found = {row[0]: History(*row[1:]) for row in fetch(_HISTORY, columns(rows, 4))}
    by_phone: dict[str, list[Subject]] = {}
    for subject in known:
        if subject.order_id is None:
            by_phone.setdefault(subject.phone_hash, []).append(subject)
    for batch in by_phone.values():
        for place, subject in enumerate(batch[1:], 1):
            found[subject.index] = _with(
                found.get(subject.index, _NO_HISTORY), subject, batch[:place][-HISTORY:]
            )
    return found


def _with(history: History, subject: Subject, earlier: Sequence[Subject]) -> History:
    def since(at: datetime) -> list[Subject]:
        return [one for one in earlier if at < one.placed_at <= subject.placed_at]

    day = since(subject.placed_at - timedelta(days=1))
    return History(
        history.orders + len(earlier),
        history.cancelled,
        history.day + len(day),
        history.month + len(since(subject.placed_at - timedelta(days=30))),
        history.day_amount + sum((one.total for one in day), ZERO),
        max(history.day_shops, len({one.shop_id for one in day})),
    )


# ------------------------------------------------------------------ single facts


def _lines(subject: Subject, background: Background) -> list[dict[str, Any]]:
    made = []
    for line in subject.lines:
        traits = background.traits[line.sku_id]
        made.append(
            {
                "sku": traits.code, "category": traits.category, "temperature": traits.temperature,
                "hazard": traits.hazard, "kind": line.kind, "quantity": line.quantity, "price": line.unit_price,
                "amount": line.amount, "weight_g": traits.weight_g * line.quantity,
            }
        )  # fmt: skip
    return made


def _quantity(subject: Subject, background: Background) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in subject.lines:
        code = background.traits[line.sku_id].code
        units[code] = units.get(code, 0) + line.quantity
    return units


def _weight(subject: Subject, background: Background) -> int:
    return sum(background.traits[line.sku_id].weight_g * line.quantity for line in subject.lines)


def _missing(subject: Subject, _background: Background) -> list[str]:
    whole = subject.region_code and not subject.region_code.endswith("0000")
    return [*subject.missing] if whole else [*subject.missing, "region"]


def _of(subject: Subject, background: Background) -> History:
    return background.history.get(subject.index, _NO_HISTORY)


def _customer(subject: Subject, background: Background) -> CustomerFacts:
    return background.customers.get(subject.customer_id or 0, _NO_CUSTOMER)


def _credit_limit(subject: Subject, background: Background) -> Decimal:
    credit = background.credits.get(subject.customer_id or 0)
    return ZERO if credit is None else credit.limit_amount


def _region(subject: Subject, background: Background) -> tuple[str, str, str]:
    return background.regions.get(subject.region_code, _NOWHERE)


def _share(history: History) -> Decimal:
    return Decimal(history.cancelled) / history.orders if history.orders else ZERO


def _signals(subject: Subject, background: Background) -> list[str]:
    history = _of(subject, background)
    return [name for name, (_points, found) in SIGNALS.items() if found(subject, history)]


def _score(subject: Subject, background: Background) -> int:
    return min(100, sum(SIGNALS[name][0] for name in _signals(subject, background)))


#: Signals of fraud: name → (points, whether it is there). The score is their sum, at most 100.
SIGNALS: Final[dict[str, tuple[int, Callable[[Subject, History], bool]]]] = {
    "new_and_large": (30, lambda subject, history: history.orders == 0 and subject.total >= 1000),
    "burst": (25, lambda _subject, history: history.day >= 3),
    "often_cancelled": (
        30,
        lambda _subject, history: history.orders >= 3 and _share(history) > Decimal("0.5"),
    ),
    "many_shops": (10, lambda _subject, history: history.day_shops >= 2),
    "gaps_in_recipient": (15, lambda subject, _history: bool(subject.missing)),
    "one_sku_in_bulk": (15, lambda subject, _history: any(line.quantity >= 20 for line in subject.lines)),
    "at_night": (5, lambda subject, _history: subject.placed_at.astimezone(DESK).hour < 5),
}

MAKERS: Final[dict[str, Callable[[Subject, Background], Any]]] = {
    "order.total": lambda subject, _: subject.total,
    "order.goods": lambda subject, _: subject.goods,
    "order.discount": lambda subject, _: subject.discount,
    "order.freight": lambda subject, _: subject.freight,
    "order.lines": lambda subject, _: len(subject.lines),
    "order.units": lambda subject, _: sum(line.quantity for line in subject.lines),
    "order.skus": lambda subject, _: len({line.sku_id for line in subject.lines}),
    "order.weight_g": _weight,
    "order.kind": lambda subject, _: subject.kind,
    "order.tags": lambda subject, _: list(subject.tags),
    "order.shop": lambda subject, _: subject.shop_code,
    "order.channel": lambda subject, background: background.channels.get(subject.shop_id, ""),
    "order.currency": lambda subject, _: subject.currency,
    "order.priority": lambda subject, _: subject.priority,
    "order.hour": lambda subject, _: subject.placed_at.astimezone(DESK).hour,
    "order.weekday": lambda subject, _: subject.placed_at.astimezone(DESK).isoweekday(),
    "order.remark": lambda subject, _: subject.buyer_remark,
    "order.seller_remark": lambda subject, _: subject.seller_remark,
    "region.code": lambda subject, _: subject.region_code,
    "region.province": lambda subject, background: _region(subject, background)[0],
    "region.city": lambda subject, background: _region(subject, background)[1],
    "region.district": lambda subject, background: _region(subject, background)[2],
    "recipient.missing": _missing,
    "recipient.sealed": lambda subject, _: subject.is_sealed,
    "recipient.address": lambda subject, _: subject.address,
    "customer.known": lambda subject, _: subject.customer_id is not None,
    "customer.code": lambda subject, background: _customer(subject, background).code,
    "customer.blocked": lambda subject, background: _customer(subject, background).is_blocked,
    "customer.credit_limit": _credit_limit,
    "customer.open_amount": lambda subject, background: background.open_amounts.get(
        subject.customer_id or 0, ZERO
    ),
    "buyer.is_new": lambda subject, background: _of(subject, background).orders == 0,
    "buyer.orders": lambda subject, background: _of(subject, background).orders,
    "buyer.cancelled": lambda subject, background: _of(subject, background).cancelled,
    "buyer.cancelled_share": lambda subject, background: _share(_of(subject, background)),
    "history.orders_24h": lambda subject, background: _of(subject, background).day,
    "history.orders_30d": lambda subject, background: _of(subject, background).month,
    "history.amount_24h": lambda subject, background: _of(subject, background).day_amount,
    "history.shops_24h": lambda subject, background: _of(subject, background).day_shops,
    "lines": _lines,
    "quantity": _quantity,
    "stock.short_units": lambda subject, _: sum(subject.short.values()),
    "stock.short_skus": lambda subject, _: len(subject.short),
    "stock.warehouses": lambda subject, _: len(subject.sources),
    "stock.one_warehouse": lambda subject, _: not subject.short and len(subject.sources) == 1,
    "risk.score": _score,
    "risk.signals": _signals,
}
