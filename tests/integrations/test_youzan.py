"""The Youzan connector opposite to its simulator."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import md5
from urllib.parse import quote

import pytest
from tests.integrations.conformance import START, ChannelConformance, Platform, incoming
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import OrderStatus, OrderTouched, Window
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.youzan import YouzanConnector, _checked
from hecang.integrations.simulators.youzan import CLIENT_ID, CLIENT_SECRET, YouzanSimulator
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    Incoming,
    Link,
    OutsideError,
    Refused,
    Throttled,
    Token,
    TokenExpired,
)


class TestYouzan(ChannelConformance):
    connector = YouzanConnector
    simulator = YouzanSimulator
    is_sealed = True
    # Youzan allows three months; the connector asks for an hour at a time.
    refuses_long_windows = False
    # Nothing that is signed says when.
    pushes_age = False

    def test_more_than_three_months_are_refused(self, platform: Platform) -> None:
        platform.clock.move(timedelta(days=100))

        with pytest.raises(Refused):
            platform.connector.pull_orders(Window(START, START + timedelta(days=95)), None)

    def test_lists_lag_and_the_delay_covers_it(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1))

        assert self.pull(platform, START, platform.clock() + timedelta(seconds=1)) == []
        platform.settle()
        assert [order.number for order in self.pull(platform)] == [self.order_number(1)]

    def test_only_orders_that_something_happened_to_are_asked_for_alone(self, platform: Platform) -> None:
        platform.sim.place(*(self.sim_order(platform, n) for n in range(1, 6)))
        platform.sim.change(self.order_number(3), modified_at=START + timedelta(minutes=5))
        platform.clock.move(timedelta(minutes=10))

        self.pull(platform)

        asked = [
            json.loads(request.content)["tid"]
            for request in platform.transport.sent
            if "trade.get/" in request.url.path
        ]
        assert asked == [self.order_number(3)]

    def test_parts_go_by_line_numbers(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed, [(1, 2)]))

        sent = json.loads(platform.transport.sent[-1].content)
        assert (sent["oids"], sent["out_stype"], sent["is_no_express"]) == (
            placed.lines[1].external_line,
            "7",
            0,
        )
        order = platform.connector.get_order(placed.number)
        assert order is not None
        assert order.status is OrderStatus.PARTLY_SHIPPED

    def test_the_rest_of_a_line_cannot_be_told_of(self, platform: Platform) -> None:
        """Youzan takes whole lines: the second parcel of one line is answered as done before."""
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)]))

        with pytest.raises(AlreadyDone):
            platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)], waybill="SF2"))

    def test_sf_parcels_carry_the_senders_number(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"sender_mobile": "13900000000"})
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        YouzanConnector(settings, platform.link).confirm_shipment(self.shipment(placed))

        assert json.loads(platform.transport.sent[-1].content)["outer_sender"] == {
            "sender_mobile": "13900000000"
        }

    def test_a_token_is_kept_until_it_has_to_be_new(self, platform: Platform) -> None:
        first = platform.link.token
        platform.link.token = Token()

        again = platform.connector.refresh_token()
        platform.link.token = again
        new = platform.connector.refresh_token()

        assert again.access == first.access
        assert new.access != first.access
        assert new.expires_at is not None
        assert timedelta(0) <= platform.clock() + timedelta(days=7) - new.expires_at < timedelta(seconds=1)

    def test_an_app_of_the_market_needs_its_refresh_token(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"authorisation": "refresh_token"})

        with pytest.raises(TokenExpired):
            YouzanConnector(settings, replace(platform.link, token=Token("a"))).refresh_token()

    def test_discounts_are_what_goods_cost_less(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1, discount=Decimal("9.70"), freight=Decimal("5.00"))
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert (order.total, order.discount, order.freight) == (
            Decimal("55.00"),
            Decimal("9.70"),
            Decimal("5.00"),
        )

    def test_messages_of_refunds_touch_their_order(self, platform: Platform) -> None:
        old = platform.sim.message("trade_refund_BuyerCreated", "E1", quote('{"tid":"E1","refund_id":"9"}'))
        new = platform.sim.message("youzan_trade_RefundCreated", "9", {"tid": "E2", "refund_id": "9"})

        events = [list(platform.connector.receive(incoming(one)).events) for one in (old, new)]

        assert events == [[OrderTouched("E1")], [OrderTouched("E2")]]

    @pytest.mark.parametrize("more", [{"test": True}, {"kdt_id": 1}])
    def test_tests_and_other_shops_are_answered_and_dropped(
        self, platform: Platform, more: dict[str, object]
    ) -> None:
        message = platform.sim.message("trade_TradeBuyerPay", "E1", "", **more)

        received = platform.connector.receive(incoming(message))

        assert (received.events, received.reply.body) == ((), b'{"code":0,"msg":"success"}')

    def test_hostile_answers_are_errors_of_the_outside(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        good = {"code": 200, "success": True, "data": platform.connector._detail(placed.number).data}
        listed = {
            **good,
            "data": {
                **good["data"],
                "total_results": 1,
                "full_order_info_list": [good["data"]],
                "refunds": [good],
            },
        }

        for connector in every_twisted(platform, listed, step=23):
            for ask in (
                lambda c=connector: c.get_order(placed.number),
                lambda c=connector: c.pull_orders(Window(START, START), None),
                lambda c=connector: c.pull_refunds(Window(START, START), None),
                lambda c=connector: c.confirm_shipment(self.shipment(placed)),
                connector.refresh_token,
                connector.check,
            ):
                try:
                    ask()
                except OutsideError:
                    continue


def test_a_message_signed_as_documented_is_taken() -> None:
    """Derived: md5(client_id + body + client_secret); the platform publishes no complete example."""
    settings = YouzanSimulator().credentials()
    connector = YouzanConnector(YouzanConnector.Settings.model_validate(settings), Link(None, None))  # type: ignore[arg-type]
    body = b'{"type":"trade_TradeClose","id":"E1","kdt_id":56232}'
    signature = md5(CLIENT_ID.encode() + body + CLIENT_SECRET.encode()).hexdigest()

    taken = connector.receive(Incoming("POST", "/", {}, {"event-sign": signature.upper()}, body))

    assert list(taken.events) == [OrderTouched("E1")]
    with pytest.raises(BadSignature):
        connector.receive(Incoming("POST", "/", {}, {"event-sign": signature}, body + b" "))


@pytest.mark.parametrize("code", [4101, 500100004, 123000042])
def test_all_ways_of_saying_too_fast_are_understood(code: int) -> None:
    with pytest.raises(Throttled):
        _checked(Doc({"code": code, "success": False, "message": "请求被限流"}))
