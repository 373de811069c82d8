"""The order desk: orders come in from the channels, a clerk deals with what the audit holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from hecang.demo import people
from hecang.demo.calendar import Calendar
from hecang.demo.chance import draw, one_in
from hecang.demo.context import DayContext
from hecang.demo.people import Person
from hecang.demo.products import sku_code
from hecang.demo.source import Basket
from hecang.kernel.outbox import drain
from hecang.orders.models import OrderHold, Shop
from hecang.orders.services import (
    LineIn,
    OrderIn,
    RecipientIn,
    order_change,
    orders_approve,
    orders_cancel,
    orders_intake_mixed,
)

#: Orders in one message of a channel, and how many of the first message come a second time.
MESSAGE, REPEATED = 200, 50
FREE_FREIGHT_FROM = Decimal(99)
FREIGHT = Decimal("8.00")
_PRICE = Decimal("0.0001")

Decision = Literal["approve", "mend", "cancel", "leave"]


@dataclass(frozen=True, slots=True)
class Held:
    """An order on hold: what it is known by, and the codes of its holds."""

    order_id: int
    external_number: str
    codes: frozenset[str]


def order_of(basket: Basket, person: Person, calendar: Calendar) -> OrderIn:
    """A basket as the order that its channel sends."""
    placed_at = calendar.moment(basket.at)
    goods = sum((line.gross for line in basket.lines), Decimal(0))
    return OrderIn(
        external_number=str(basket.id),
        placed_at=placed_at,
        lines=[
            LineIn(
                sku=sku_code(line.product_id),
                quantity=line.quantity,
                unit_price=(line.gross / line.quantity).quantize(_PRICE),
                amount=line.gross,
            )
            for line in basket.lines
        ],
        recipient=RecipientIn(
            name=person.name, phone=person.phone, region_code=person.region_code, address=person.address
        ),
        buyer=f"buyer_{person.household_id:05d}",
        customer_code=person.code,
        discount_amount=min(basket.discount, goods),
        freight_amount=Decimal(0) if goods - basket.discount >= FREE_FREIGHT_FROM else FREIGHT,
        priority=50 if one_in(15, "express", basket.id) else 100,
        buyer_remark=people.remark_of(basket.id),
        promised_at=placed_at + timedelta(hours=48),
    )


def take_in(context: DayContext, baskets: Sequence[Basket], persons: Mapping[int, Person]) -> None:
    """Every basket as an order, message by message; the first message comes twice, as happens."""
    shops = dict(Shop.objects.values_list("code", "id"))
    pairs = [
        (
            shops[people.shop_of(basket.store_id)],
            order_of(basket, persons[basket.household_id], context.calendar),
        )
        for basket in baskets
    ]
    with context.board.stage(context.title("Orders come in")) as ticker, context.acting_as("desk"):
        created = 0
        for message in ticker.chunks(pairs, MESSAGE):
            created += orders_intake_mixed(orders=message).created
        again = orders_intake_mixed(orders=pairs[:REPEATED])
        context.tally.repeated_orders += len(again.results)
        context.tally.repeated_doubled += again.created
        drain()
        lines = sum(len(order.lines) for _shop, order in pairs)
        ticker.note(f"{len(pairs):,} orders, {lines:,} lines; {created:,} new")


def audit(context: DayContext) -> None:
    """A clerk looks at everything that is held, clears what can be cleared and leaves the rest."""
    with (
        context.board.stage(context.title("A clerk audits what is held")) as ticker,
        context.acting_as("desk"),
    ):
        held = _held(context.externals)
        groups: dict[Decision, list[int]] = defaultdict(list)
        for one in held:
            groups[decide(one.codes, one.external_number)].append(one.order_id)
        for order_id in groups["mend"]:
            _mend_address(order_id)
        if approved := groups["approve"] + groups["mend"]:
            orders_approve(order_ids=approved, note="已与客户核对")
        if groups["cancel"]:
            orders_cancel(order_ids=groups["cancel"], reason="客户在黑名单")
        drain()
        ticker.note(
            f"{len(held)} held: {len(approved)} cleared ({len(groups['mend'])} addresses mended),"
            f" {len(groups['cancel'])} cancelled, {len(groups['leave'])} left"
        )


def decide(codes: Iterable[str], external_number: str) -> Decision:
    """What the clerk does about an order; the strictest of its holds counts."""
    decisions = {_decide_one(code, external_number) for code in codes}
    for strict in ("cancel", "leave", "mend"):
        if strict in decisions:
            return strict
    return "approve"


def _decide_one(code: str, external_number: str) -> Decision:
    lot = draw(f"clerk {code}", external_number) % 10
    if code == OrderHold.Code.BLOCKED_CUSTOMER:
        return "cancel" if lot < 6 else "leave"
    if code == OrderHold.Code.ADDRESS_INCOMPLETE:
        return "mend" if lot < 6 else "leave"
    if code in {OrderHold.Code.AMOUNT_LIMIT, OrderHold.Code.REMARK}:
        return "approve" if lot < 8 else "leave"
    if code == OrderHold.Code.DUPLICATE_SUSPECTED:
        return "approve" if lot < 5 else "leave"
    return "leave"  # short stock waits; what people hold by hand is theirs


def _mend_address(order_id: int) -> None:
    """The customer told the missing part on the phone."""
    order_change(order_id=order_id, recipient={"address": f"人民路 {order_id % 300 + 1} 号 2 栋 301 室"})


def _held(externals: Sequence[str]) -> list[Held]:
    codes: dict[tuple[int, str], set[str]] = defaultdict(set)
    rows = OrderHold.objects.filter(
        order__external_number__in=list(externals), released_at=None, order__is_cancelling=False
    )
    for order_id, external, code in rows.values_list("order_id", "order__external_number", "code"):
        codes[order_id, external].add(code)
    return [
        Held(order_id, external, frozenset(found)) for (order_id, external), found in sorted(codes.items())
    ]
