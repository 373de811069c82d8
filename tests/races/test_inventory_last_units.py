"""Sixteen buyers, a hundred units, two thousand attempts: exactly a hundred are sold."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection, transaction
from tests.factories import inventory as make
from tests.factories.threads import race

from hecang.inventory.services import (
    ReservationRow,
    availability_lock,
    reservations_create,
    reservations_try,
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


def test_a_lost_try_lets_its_locks_go_and_a_won_one_keeps_them() -> None:
    # given two keys of which one has too little
    plenty, scarce = make.place(quantity=UNITS), make.place(quantity=1)

    def is_free() -> bool:
        found: list[bool] = []

        def ask(_number: int) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM (SELECT id FROM availability WHERE sku_id = %s FOR UPDATE SKIP LOCKED) AS a",
                    [plenty.key[1]],
                )
                found.append(cursor.fetchone() == (1,))

        assert race(ask, threads=1) == []
        return found[0]

    with transaction.atomic():
        lost = [ReservationRow(*plenty.key, 1, 1), ReservationRow(*scarce.key, 2, 2)]
        assert reservations_try(rows=lost, source_kind="test") is False
        assert is_free()
        assert reservations_try(rows=lost[:1], source_kind="test") is True
        assert not is_free()
    assert is_free()
