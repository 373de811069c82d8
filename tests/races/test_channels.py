"""Real concurrency on channels: whatever comes at once, every order, parcel and token counts once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from tests.factories.orders import assert_lawful, order_in
from tests.factories.threads import race
from tests.integrations.conformance import incoming
from tests.integrations.shopfloor import Shopfloor, shopfloor

from hecang.integrations.channels.base import Window
from hecang.integrations.models import Connection, PlatformOrder, ShipmentConfirm
from hecang.integrations.services.channels.confirms import confirms_note, confirms_send
from hecang.integrations.services.channels.inbox import message_receive, messages_work
from hecang.integrations.services.channels.intake import orders_apply
from hecang.integrations.services.channels.products import products_pull
from hecang.integrations.services.channels.pulling import connection_pull
from hecang.integrations.services.channels.stock import stock_push, stock_watch
from hecang.integrations.services.leases import leased
from hecang.integrations.services.links import calls_open, take_turn
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor(stock=1000) as made:
        yield made


def page_of(floor: Shopfloor) -> list[object]:
    """What the platform lists."""
    with calls_open(floor.connection) as calls:
        window = Window(floor.moment.now.replace(minute=0), floor.moment.now)
        return list(calls.make(lambda connector: connector.pull_orders(window, None)).items)


def test_the_same_page_at_once_is_taken_in_once(floor: Shopfloor) -> None:
    for _n in range(40):
        floor.place(("SKU-1", 1), ("SKU-2", 2))
    floor.pass_time(minutes=1)
    page = page_of(floor)
    connection = floor.connection

    def apply(number: int) -> None:
        with floor.reached():
            orders_apply(connection=connection, orders=page[number:] + page[:number])  # type: ignore[arg-type]

    errors = race(apply, threads=8)

    assert errors == []
    assert SalesOrder.objects.count() == PlatformOrder.objects.filter(state="imported").count() == 40
    assert floor.world.reserved("SKU-2") == {"SH": 80}
    assert_lawful()


def test_pull_and_push_at_once_bring_each_order_once(floor: Shopfloor) -> None:
    orders = [floor.place(("SKU-1", 1)) for _n in range(30)]
    floor.pass_time(minutes=1)
    pushes = [push for order in orders for push in floor.sim.pushes(order.number)]
    key = floor.connection.inbox_key

    def work(number: int) -> None:
        with floor.reached():
            if number % 2:
                connection_pull(connection_id=floor.connection_id)
            else:
                for push in pushes[number // 2 :: 2]:
                    message_receive(inbox_key=key, message=incoming(push))
            messages_work()

    errors = race(work, threads=8)
    with floor.reached():
        while messages_work():
            pass

    assert errors == []
    assert SalesOrder.objects.count() == 30
    assert floor.world.reserved("SKU-1") == {"SH": 30}
    assert_lawful()


def test_a_token_is_renewed_once_by_many(floor: Shopfloor) -> None:
    floor.sim.expire_tokens()

    def check(_number: int) -> None:
        with floor.reached(), calls_open(Connection.objects.get(pk=floor.connection_id)) as calls:
            calls.make(lambda connector: connector.check())

    errors = race(check, threads=12)

    assert errors == []
    assert floor.sim.tokens == 2
    assert floor.sim.refusals["no such refresh token"] == 0


def test_many_senders_tell_each_parcel_once() -> None:
    with shopfloor(with_floor=True, stock=1000) as floor:
        for _n in range(15):
            floor.place(("SKU-1", 1))
        floor.pull()
        drain()
        floor.world.released()
        floor.world.pick_all()
        parcels = floor.world.pack_all()
        floor.world.hand_over(*parcels)
        floor.misbehave(lost_answers=0.3, seed=3)

        def send(_number: int) -> None:
            with floor.reached():
                confirms_note(parcel_ids=[parcel.pk for parcel in parcels])
                confirms_send(connection_id=floor.connection_id)

        errors = race(send, threads=6)
        assert errors == []
        floor.misbehave()
        floor.pass_time(hours=2)
        with floor.reached():
            confirms_send(connection_id=floor.connection_id)

        assert ShipmentConfirm.objects.filter(state="done").count() == 15
        assert sorted(one.order_number for one in floor.sim.shipments) == sorted(floor.sim.orders)


def test_the_last_number_told_is_the_last_one_true(floor: Shopfloor) -> None:
    floor.place(("SKU-1", 1), ("SKU-2", 1), status="unpaid")
    products_pull(connection_id=floor.connection_id)

    def work(number: int) -> None:
        with floor.reached():
            for _again in range(10):
                if number % 2:
                    floor.world.intake(order_in({"SKU-1": 1, "SKU-2": 2}))
                else:
                    stock_watch()
                    stock_push(connection_id=floor.connection_id)

    errors = race(work, threads=8)
    assert errors == []
    with floor.reached():
        stock_watch()
        stock_push(connection_id=floor.connection_id)

    assert floor.sim.stock == {("PSKU-1", ""): 1000 - 40, ("PSKU-2", ""): 1000 - 80}


def test_a_lease_has_one_holder_and_ends_with_it(floor: Shopfloor) -> None:
    held = []

    def hold(_number: int) -> None:
        with leased(floor.connection_id, "test") as lease:
            if lease is not None:
                held.append(lease)
                with ThreadPoolExecutor(1) as pool:
                    assert pool.submit(_is_free, floor.connection_id).result() is False

    errors = race(hold, threads=8)

    assert errors == []
    assert held
    assert _is_free(floor.connection_id)


def _is_free(connection_id: int) -> bool:
    try:
        with leased(connection_id, "test") as lease:
            return lease is not None
    finally:
        database.close()


def test_calls_of_many_workers_keep_the_pace(floor: Shopfloor) -> None:
    def call(_number: int) -> None:
        for _again in range(5):
            take_turn(floor.connection_id, 200.0)

    errors = race(call, threads=4)

    with database.cursor() as cursor:
        cursor.execute("SELECT tokens FROM connection_pace WHERE connection_id = %s", [floor.connection_id])
        [tokens] = cursor.fetchone()
    assert errors == []
    assert tokens <= 200 - 1
