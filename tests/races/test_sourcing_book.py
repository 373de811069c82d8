"""The book sourced again while orders come in, waves are released and people cancel: all laws hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.test import override_settings
from tests.factories import orders
from tests.factories.threads import race

from hecang.config.settings import SOURCING
from hecang.kernel.errors import Conflict, HecangError
from hecang.kernel.outbox import drain
from hecang.orders.models import SourcingRun
from hecang.orders.services import book_resource, order_cancel, orders_intake
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.wave import wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
NAMES = ["A", "B", "C"]


@override_settings(SOURCING={**SOURCING, "gain": 0.1, "seconds": 5.0})
def test_moving_against_intake_waves_and_cancelling() -> None:
    # given orders of Shanghai that came from Guangzhou, and goods that have arrived in Shanghai since
    world = orders.world("SH", "GZ")
    for name in NAMES:
        world.put(name, 60, "GZ")
    ids = [row.order_id for _ in range(30) for row in world.intake(orders.order_in({"A": 1, "B": 1}))]
    drain()
    for name in NAMES:
        world.put(name, 40, "SH")
    drain()

    def look(_dice: random.Random) -> None:
        with suppress(Conflict):  # another look runs
            book_resource()

    def intake(dice: random.Random) -> None:
        batch = [orders.order_in(dict.fromkeys(dice.sample(NAMES, 2), 1)) for _ in range(3)]
        ids.extend(row.order_id for row in orders_intake(shop_id=world.shop.pk, orders=batch).results)

    def release(dice: random.Random) -> None:
        warehouse = world.warehouses[dice.choice(("SH", "GZ"))]
        drain()
        with suppress(HecangError):  # nothing is ready, or others have taken it
            draft = wave_plan(warehouse_id=warehouse.pk, criteria=WaveCriteria(max_orders=5))
            wave_release(wave_id=wave_create(draft=draft))

    def cancel(dice: random.Random) -> None:
        with suppress(HecangError):  # it has been cancelled already
            order_cancel(order_id=dice.choice(ids), reason="race")

    works: list[Callable[[random.Random], None]] = [look, intake, release, cancel, look, release]

    def work(number: int) -> None:
        dice = random.Random(number)
        for _ in range(3):
            works[number % len(works)](dice)

    # when all of that happens at once
    errors = race(work, threads=6)
    # then nothing fails, nothing is promised twice, and what was moved was moved whole
    assert errors == []
    drain()
    orders.assert_lawful()
    assert set(SourcingRun.objects.values_list("state", flat=True)) == {"done"}
    # and in the end a look in peace finds the book as it should be
    book_resource()
    drain()
    orders.assert_lawful()
