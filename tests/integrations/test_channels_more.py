"""Shops on five more platforms, from the buyer's click to the parcel that the platform knows of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.factories import outbound
from tests.integrations.conformance import incoming
from tests.integrations.shopfloor import Moment
from tests.integrations.test_channels_cn import Shop

from hecang.integrations.channels.registry import connectors
from hecang.integrations.models import Connection, PlatformRequest
from hecang.integrations.services.channels.confirms import confirms_send
from hecang.integrations.services.channels.inbox import message_receive, messages_work
from hecang.integrations.services.channels.rules import pull_from
from hecang.integrations.services.channels.stock import stock_push
from hecang.integrations.services.connections import connection_activate, connection_check, connection_save
from hecang.integrations.services.outside import through
from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund
from hecang.integrations.simulators.registry import channel_simulators
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder

pytestmark = pytest.mark.django_db

CODES = ["kuaishou", "shopify", "wechat", "woocommerce", "youzan"]
#: These tell recipients in clear.
CLEAR = {"shopify", "woocommerce"}


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
                "base_url": "https://platform.test",
                "carrier_codes": {ground.carrier.code: connectors()[code].carriers["SF"]},
            },
            token=sim.token(),
        )
        connection_activate(connection_id=key, is_active=True)
        pull_from(connection_id=key, since=moment.now - timedelta(minutes=10))
        with ExitStack() as inner:
            yield Shop(code, ground, sim, moment, key, inner)


def place(shop: Shop, number: str, **fields: Any) -> SimOrder:
    """A buyer buys two of SKU-1 and one of SKU-2."""
    lines = [
        SimLine(f"{number}{n}", f"6100{n}", f"7100{n}", f"SKU-{n}", quantity, Decimal("19.90"), f"商品 {n}")
        for n, quantity in ((1, 2), (2, 1))
    ]
    now = shop.moment.now
    order = SimOrder(
        number, lines, created_at=now, modified_at=now, paid_at=now, discount=Decimal("1.00"), **fields
    )
    shop.sim.place(order)
    return order


def test_a_connection_is_checked(shop: Shop) -> None:
    assert connection_check(connection_id=shop.key).is_ok


def test_an_order_becomes_a_parcel_that_the_platform_knows_of(shop: Shop) -> None:
    # given an order
    placed = place(shop, "26030200000000001")

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


def test_an_order_keeps_what_labels_and_books_need(shop: Shop) -> None:
    placed = place(shop, "26030200000000002")

    shop.pull()

    order = shop.sales_order(placed)
    assert order.is_sealed is (shop.code not in CLEAR)
    assert (order.total_amount, order.discount_amount) == (placed.total, Decimal("1.00"))
    assert order.currency == {"shopify": "USD", "woocommerce": "EUR"}.get(shop.code, "CNY")
    assert sorted(order.lines.values_list("external_line", "quantity")) == [
        (line.external_line, line.quantity) for line in placed.lines
    ]


def test_an_order_pulled_again_is_the_same(shop: Shop) -> None:
    placed = place(shop, "26030200000000003")
    shop.pull()
    shop.sim.change(placed.number, buyer_remark="加急")

    shop.pull()

    assert SalesOrder.objects.filter(shop=shop.world.shop).count() == 1
    assert shop.sales_order(placed).buyer_remark == "加急"


def test_a_message_brings_its_order_at_once(shop: Shop) -> None:
    placed = place(shop, "26030200000000004")
    inbox = Connection.objects.get(pk=shop.key).inbox_key

    replies = [
        message_receive(inbox_key=inbox, message=incoming(push)) for push in shop.sim.pushes(placed.number)
    ]
    messages_work()

    assert {reply.status for reply in replies} == {200}
    assert shop.sales_order(placed).external_number == placed.number


def test_stock_is_told_to_the_platform(shop: Shop) -> None:
    place(shop, "26030200000000005")
    shop.pull()

    stock_push(connection_id=shop.key)

    told = {variant: units for (_product, variant), units in shop.sim.stock.items()}
    assert told == {"71001": 98, "71002": 99}


def test_a_refund_before_shipping_is_heard(shop: Shop) -> None:
    placed = place(shop, "26030200000000006")
    shop.pull()
    shop.sim.ask_refund(
        SimRefund(
            "9001", placed.number, external_line=placed.lines[0].external_line, quantity=2,
            amount=Decimal("39.80"), modified_at=shop.moment.now,
            status="done" if shop.code in CLEAR else "open",
        )
    )  # fmt: skip
    shop.sim.change(placed.number)

    shop.pull()

    [wish] = PlatformRequest.objects.filter(connection=shop.key)
    assert (wish.number, wish.before_shipping) == ("9001", True)


def test_a_token_that_ends_is_renewed_on_the_way(shop: Shop) -> None:
    placed = place(shop, "26030200000000007")
    shop.sim.expire_tokens()

    shop.pull()

    assert shop.sales_order(placed).external_number == placed.number
