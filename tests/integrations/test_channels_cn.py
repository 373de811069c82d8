"""Shops on five Chinese platforms, from the buyer's click to the parcel that the platform knows of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.factories import outbound
from tests.integrations.shopfloor import Moment

from hecang.integrations.channels.base import Feature
from hecang.integrations.channels.registry import connectors
from hecang.integrations.models import PlatformRequest
from hecang.integrations.services.channels.confirms import confirms_send
from hecang.integrations.services.channels.pulling import connection_pull
from hecang.integrations.services.channels.rules import pull_from
from hecang.integrations.services.channels.stock import stock_push
from hecang.integrations.services.connections import connection_activate, connection_check, connection_save
from hecang.integrations.services.outside import through
from hecang.integrations.simulators.base import Misbehaviour, SimLine, SimOrder, SimRefund, Simulator
from hecang.integrations.simulators.registry import channel_simulators
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder

pytestmark = pytest.mark.django_db

CODES = ["doudian", "jd", "pinduoduo", "taobao", "xiaohongshu"]
#: Of these, lines have numbers of their own; elsewhere the SKU is what tells them apart.
NUMBERED = {"doudian", "taobao"}


@dataclass
class Shop:
    """One shop on one platform, with the warehouse behind it."""

    code: str
    world: Any
    sim: Simulator
    moment: Moment
    key: int
    stack: ExitStack

    def pass_time(self, span: timedelta) -> None:
        self.moment.now += span
        self.stack.close()
        self.stack.enter_context(clock.at(self.moment.now))

    def place(self, number: str) -> SimOrder:
        """A buyer buys two of SKU-1 and one of SKU-2."""
        lines = [
            SimLine(
                f"{number}{n}" if self.code in NUMBERED else f"7100{n}",
                f"6100{n}", f"7100{n}", f"SKU-{n}", quantity, Decimal("19.90"), f"商品 {n}",
            )
            for n, quantity in ((1, 2), (2, 1))
        ]  # fmt: skip
        now = self.moment.now
        order = SimOrder(
            number, lines, created_at=now, modified_at=now, paid_at=now, discount=Decimal("1.00")
        )
        self.sim.place(order)
        return order

    def pull(self) -> Any:
        self.pass_time(timedelta(minutes=10))
        return connection_pull(connection_id=self.key)

    def sales_order(self, placed: SimOrder) -> SalesOrder:
        return SalesOrder.objects.get(shop=self.world.shop, external_number=placed.number)


@pytest.fixture(params=CODES)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    code = request.param
    moment = Moment()
    with ExitStack() as outer:
        outer.enter_context(clock.at(moment.now))
        ground: Any = outbound.world(goods={"SKU-1": 100, "SKU-2": 100}, hold_remarks=False)
        sim = channel_simulators()[code](clock=moment)
        sim.calls_per_second = 0.0  # type: ignore[misc] - the clock of this test stands still
        outer.enter_context(through(httpx.WSGITransport(app=sim)))
        key = connection_save(
            kind="channel",
            connector=code,
            name=code,
            shop_id=ground.shop.pk,
            settings={
                **sim.credentials(),
                "base_url": "http://platform.test",
                "carrier_codes": {ground.carrier.code: connectors()[code].carriers["SF"]},
            },
            token=sim.token(),
        )
        connection_activate(connection_id=key, is_active=True)
        pull_from(connection_id=key, since=moment.now - timedelta(minutes=10))
        with ExitStack() as inner:
            yield Shop(code, ground, sim, moment, key, inner)


def test_a_connection_is_checked(shop: Shop) -> None:
    assert connection_check(connection_id=shop.key).is_ok


def test_an_order_becomes_a_parcel_that_the_platform_knows_of(shop: Shop) -> None:
    # given an order
    placed = shop.place("260302000000000001")

    # when it is pulled, shipped and told
    shop.pull()
    drain()
    order = shop.sales_order(placed)
    # a pool of numbers does here, which knows no sealed recipients
    SalesOrder.objects.filter(pk=order.pk).update(is_sealed=False)
    shop.world.released()
    shop.world.pick_all()
    [parcel] = shop.world.pack_all(order)
    shop.world.hand_over(parcel)
    sent = confirms_send(connection_id=shop.key)

    # then the platform knows of this parcel, once
    assert (sent.done, sent.refused, sent.failed) == (1, 0, 0)
    [told] = shop.sim.shipments
    assert (told.order_number, told.carrier) == (placed.number, connectors()[shop.code].carriers["SF"])
    assert told.waybill == parcel.waybill.number
    assert shop.sim.orders[placed.number].status == "shipped"


def test_an_order_keeps_what_labels_need(shop: Shop) -> None:
    placed = shop.place("260302000000000002")

    shop.pull()

    order = shop.sales_order(placed)
    assert order.is_sealed
    assert (order.total_amount, order.discount_amount) == (placed.total, Decimal("1.00"))
    assert sorted(order.lines.values_list("external_line", "quantity")) == sorted(
        (line.external_line, line.quantity) for line in placed.lines
    )


def test_an_order_pulled_again_is_the_same(shop: Shop) -> None:
    placed = shop.place("260302000000000003")
    shop.pull()
    shop.sim.change(placed.number, seller_remark="加急")

    shop.pull()

    assert SalesOrder.objects.filter(shop=shop.world.shop).count() == 1
    assert shop.sales_order(placed).seller_remark == "加急"


def test_stock_is_told_to_the_platform(shop: Shop) -> None:
    shop.place("260302000000000004")
    shop.pull()

    stock_push(connection_id=shop.key)

    told = {variant: units for (_product, variant), units in shop.sim.stock.items()}
    assert told == {"71001": 98, "71002": 99}


def test_a_refund_before_shipping_is_heard(shop: Shop) -> None:
    placed = shop.place("260302000000000005")
    shop.pull()
    shop.sim.ask_refund(
        SimRefund(
            "9001", placed.number, external_line=placed.lines[0].external_line, quantity=2,
            amount=Decimal("39.80"), modified_at=shop.moment.now,
        )
    )  # fmt: skip

    shop.pull()

    [wish] = PlatformRequest.objects.filter(connection=shop.key)
    assert (wish.number, wish.before_shipping) == ("9001", True)


def test_a_platform_that_misbehaves_costs_no_order(shop: Shop) -> None:
    # given a platform that fails, throttles, forgets its answers, doubles and shuffles, and forgets the token
    placed = [shop.place(f"2603020000000001{n:02}") for n in range(1, 41)]
    shop.sim.misbehaviour = Misbehaviour(
        errors=0.1, lost_answers=0.1, throttled=0.1, duplicates=0.3, disorder=0.3
    )
    if Feature.REFRESH_TOKEN in connectors()[shop.code].features:
        shop.sim.expire_tokens()

    # when it is asked again and again
    for _time in range(100):
        if SalesOrder.objects.filter(shop=shop.world.shop).count() == len(placed):
            break
        shop.pull()

    # then every order is there, once
    numbers = SalesOrder.objects.filter(shop=shop.world.shop).values_list("external_number", flat=True)
    assert sorted(numbers) == sorted(one.number for one in placed)
