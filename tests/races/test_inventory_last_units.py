"""Sixteen buyers, a hundred units, two thousand attempts: exactly a hundred are sold."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.factories import inventory as make
from tests.factories.threads import race

from hecang.inventory.services import (
    ReservationRow,
    availability_lock,
    reservations_create,
    reservations_write,
)
from hecang.inventory.verify import inventory_verify
from hecang.kernel.db import run_in_transaction
from hecang.kernel.errors import StockShort

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

BUYERS = 16
ATTEMPTS = 2000
UNITS = 100


def test_single_orders_sell_exactly_what_is_there() -> None:
    place = make.place(quantity=UNITS)
    outcomes: list[str] = []

    def buy(number: int) -> None:
        for attempt in range(ATTEMPTS // BUYERS):
            try:
                reservations_create(requests=[place.wish(1, source_id=number * 1000 + attempt + 1)])
            except StockShort:
                outcomes.append("short")
            else:
                outcomes.append("sold")

    assert race(buy, threads=BUYERS) == []
    assert Counter(outcomes) == {"sold": UNITS, "short": ATTEMPTS - UNITS}
    assert place.availability() == (UNITS, UNITS)
    assert inventory_verify().differences == 0


def test_bulk_and_single_together_sell_exactly_what_is_there() -> None:
    place = make.place(quantity=UNITS)
    sold: list[tuple[str, int]] = []

    def bulk(first_source: int) -> int:
        """Three units wanted: takes what the lock shows to be free."""
        free = availability_lock([place.key])[place.key].free  # type: ignore[index]
        rows = [ReservationRow(*place.key, 1, first_source + offset) for offset in range(min(3, free))]
        return reservations_write(rows=rows, source_kind="test")

    def buy(number: int) -> None:
        for attempt in range(ATTEMPTS // BUYERS):
            source = number * 10_000 + attempt * 10 + 1
            if number % 2:
                sold.append(("bulk", run_in_transaction(lambda source=source: bulk(source))))  # type: ignore[misc]
            else:
                outcome = reservations_create(requests=[place.wish(2, source_id=source)], partial=True)
                sold.append(("single", outcome.granted[0]))

    assert race(buy, threads=BUYERS) == []
    assert sum(units for _way, units in sold) == UNITS
    assert {way for way, units in sold if units} == {"bulk", "single"}
    assert place.availability() == (UNITS, UNITS)
    assert inventory_verify().differences == 0
