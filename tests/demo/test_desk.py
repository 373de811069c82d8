"""Baskets as orders, and what a clerk does about holds."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hecang.demo.calendar import Calendar
from hecang.demo.desk import decide, order_of
from hecang.demo.history import placed_before
from hecang.demo.people import Person
from hecang.demo.source import Basket, BasketLine

CALENDAR = Calendar(datetime(2026, 3, 5, 6, tzinfo=UTC))
PERSON = Person(7, "HH00007", "王伟", "19900000007", "310115", "人民路 1 号", is_blocked=False)
wall = datetime.fromisoformat


def basket(at: str, *lines: BasketLine, discount: str = "0") -> Basket:
    return Basket(41_351_976_056, 7, 384, wall(at), lines, Decimal(discount))


def test_a_basket_as_its_channel_sends_it() -> None:
    order = order_of(
        basket(
            "2017-12-22 12:00",
            BasketLine(100, 3, Decimal("10.00")),
            BasketLine(101, 1, Decimal("95.00")),
            discount="4",
        ),
        PERSON,
        CALENDAR,
    )

    assert order.external_number == "41351976056"
    assert [(line.sku, line.quantity, line.unit_price, line.amount) for line in order.lines] == [
        ("CJ00000100", 3, Decimal("3.3333"), Decimal("10.00")),
        ("CJ00000101", 1, Decimal("95.0000"), Decimal("95.00")),
    ]
    assert (order.discount_amount, order.freight_amount) == (Decimal(4), Decimal(0))
    assert order.placed_at.isoformat() == "2026-03-04T12:00:00+08:00"
    assert order.promised_at is not None
    assert (order.customer_code, order.recipient.phone, order.recipient.region_code) == (
        "HH00007", "19900000007", "310115",
    )  # fmt: skip


def test_small_orders_pay_freight_and_no_discount_is_larger_than_the_goods() -> None:
    order = order_of(
        basket("2017-12-22 12:00", BasketLine(100, 1, Decimal("10.00")), discount="12"), PERSON, CALENDAR
    )

    assert (order.discount_amount, order.freight_amount) == (Decimal("10.00"), Decimal("8.00"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("stock_short", {"leave"}),
        ("manual", {"leave"}),
        ("blocked_customer", {"cancel", "leave"}),
        ("address_incomplete", {"mend", "leave"}),
        ("amount_limit", {"approve", "leave"}),
        ("remark", {"approve", "leave"}),
        ("duplicate_suspected", {"approve", "leave"}),
    ],
)
def test_a_clerk_clears_some_holds_and_leaves_others(code: str, expected: set[str]) -> None:
    found = Counter(decide([code], str(number)) for number in range(200))

    assert set(found) == expected


def test_the_strictest_hold_decides() -> None:
    for number in map(str, range(100)):
        both = decide(["stock_short", "amount_limit"], number)
        assert both == "leave"
        if decide(["blocked_customer"], number) == "cancel":
            assert decide(["blocked_customer", "stock_short", "address_incomplete"], number) == "cancel"


def test_what_lies_behind_the_busiest_day_becomes_the_year_before() -> None:
    before = basket("2017-12-23 23:59", BasketLine(1, 1, Decimal(1)))
    after = basket("2017-12-31 10:00", BasketLine(1, 1, Decimal(1)))

    assert placed_before(before) is before
    assert placed_before(after).at == wall("2017-01-01 10:00")
    assert CALENDAR.moment(placed_before(after).at) < CALENDAR.started
