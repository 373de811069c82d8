"""A small day of orders over all simulated channels at once, over real HTTP, and its judgement."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from benchmarks.channel_day.clerk import shops_authorise
from benchmarks.channel_day.floor import Floor
from benchmarks.channel_day.judging import all_quiet, judge, pulled_to, queues
from benchmarks.channel_day.plan import Plan, hastened
from benchmarks.channel_day.street import Street
from benchmarks.channel_day.world import World, build
from hecang.integrations.models import Connection
from hecang.integrations.services.channels.stock import stock_reconcile_all
from hecang.integrations.simulators.base import serving
from hecang.kernel import clock, outbox, pumps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
#: A bound against waiting for ever; nothing here measures speed.
PATIENCE = 120


@contextmanager
def workers(errors: list[str]) -> Iterator[None]:
    """What ``hecang worker`` does, in threads of this process: events to handlers, and every pump."""
    ended = threading.Event()

    def forever(turn: Callable[[], Any]) -> None:
        try:
            while not ended.is_set():
                try:
                    turn()
                except Exception as error:
                    errors.append(repr(error))
                ended.wait(0.1)
        finally:
            connection.close()

    def deliver() -> None:
        for name in outbox.backlog():
            outbox.deliver(name)

    def pump(one: pumps.Pump) -> Callable[[], None]:
        def turn() -> None:
            if one.waiting():
                one.work()

        return turn

    turns = [deliver] + [
        pump(one) for one in pumps.declared().values() if one.name.startswith("integrations.")
    ]
    threads = [threading.Thread(target=forever, args=(turn,), daemon=True) for turn in turns]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(30)


def until(is_true: Callable[[], bool], why: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, why()
        time.sleep(0.5)


def behind() -> object:
    """The queues, and the connections that do not work: what a person would look at."""
    return queues(), list(
        Connection.objects.filter(failures__gt=0).values(
            "connector", "failures", "last_error", "last_error_at", "retry_at"
        )
    )


def a_day(plan: Plan) -> tuple[World, Mapping[str, Any]]:
    """The whole day, from the first number of stock told to rest; what the platforms know then."""
    street = Street(plan)
    errors: list[str] = []
    try:
        world = build(plan, street.open())
        floors = [Floor(key) for key in world.site.warehouse_ids]
        with serving(get_wsgi_application()) as door, workers(errors):
            until(lambda: not queues()["stock"], queues)
            street.begin({code: f"{door}{shop.inbox}" for code, shop in world.shops.items()})
            while not street.status()["is_over"]:
                for floor in floors:
                    floor.turn()
                shops_authorise(world, street.consent)
                time.sleep(0.1)
            over = clock.now()
            until(lambda: not shops_authorise(world, street.consent) and pulled_to(over), behind)
            until(lambda: not sum(floor.turn() for floor in floors) and all_quiet(), queues)
            stock_reconcile_all()
            until(all_quiet, queues)
        assert street.errors == []
        return world, street.testimony()
    finally:
        street.close()


def broken(plan: Plan, world: World, testimony: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {one.law: one.broken for one in judge(plan, world, testimony).broken}


def test_every_order_once_no_oversell_every_parcel_told_once(settings: Any) -> None:
    # Given ten platforms, one stock, and a day on which everything goes wrong that can
    plan = Plan(orders=160, seconds=9.0, skus=30, scarce=6, quota=20)
    settings.STRATEGIES = {**settings.STRATEGIES, "outbound.wave_planner": "seed_s_shape"}

    # When it is over and everything has come to rest
    with hastened(plan.factor):
        world, testimony = a_day(plan)

    # Then every law holds
    assert broken(plan, world, testimony) == {}
    figures = judge(plan, world, testimony).figures
    assert sum(figures["placed"].values()) == plan.orders
    assert figures["parcels"] > plan.orders // 2
    assert figures["messages"] > 0

    # And the judge is awake: whatever a platform knew differently would be a broken law
    there = testimony["taobao"]
    lost, heard = copy.deepcopy(there["orders"]), list(there["shipments"])
    lost["999"] = ["to_ship", True, False, False]
    product = next(iter(there["stock"]))
    for changed, law in (
        ({"orders": lost}, "every order that was paid for and stands is a sales order"),
        ({"shipments": heard[1:]}, "what counts as confirmed, the platform has heard"),
        ({"shipments": [*heard, heard[0]]}, "the platform has heard of no parcel twice"),
        ({"stock": {**there["stock"], product: 7_777}}, "every platform shows what may be sold"),
    ):
        assert law in broken(plan, world, {**testimony, "taobao": {**there, **changed}})
