"""The Xiaohongshu connector opposite to its simulator."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from tests.integrations.conformance import START, ChannelConformance, Platform
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import OrderStatus, RefundKind, Window
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.xiaohongshu import XiaohongshuConnector, sign
from hecang.integrations.channels.xiaohongshu_orders import STATUSES, order_of
from hecang.integrations.simulators.base import SimLine
from hecang.integrations.simulators.xiaohongshu import XiaohongshuSimulator, _case, signature
from hecang.kernel.connectors import OutsideError, Refused, Throttled, Token, TokenExpired


def test_the_signature_is_the_documented_one() -> None:
    """Derived from the documented algorithm (guides 39 and 40), which comes without an example of its result."""
    wanted = "9f8447d95acaa7869bcc9f7bc4e32c6f"

    assert sign("secret", method="order.getOrderList", app_id="aid", timestamp="1700000000") == wanted
    assert signature("order.getOrderList", "aid", "1700000000", "secret") == wanted


class TestXiaohongshu(ChannelConformance):
    connector = XiaohongshuConnector
    simulator = XiaohongshuSimulator
    is_sealed = True

    def sim_line(self, number: str, n: int, **fields: Any) -> SimLine:
        """Xiaohongshu numbers no lines: the SKU is what tells them apart."""
        line = super().sim_line(number, n, **fields)
        line.external_line = line.variant_id
        return line

    def test_seconds_go_in_and_milliseconds_come_out(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1))

        (order,) = self.pull(platform, START, START + timedelta(minutes=1))

        asked = json.loads(platform.transport.sent[0].content)
        assert (asked["startTime"], asked["endTime"], asked["timeType"]) == (1772413200, 1772413260, 2)
        assert abs(order.created_at - START) < timedelta(seconds=1)

    def test_a_page_that_is_throttled_in_its_middle_goes_on_there(self, platform: Platform) -> None:
        # given more orders than the platform lets be asked for at once
        count = 120
        for n in range(1, count + 1):
            platform.sim.place(self.sim_order(platform, n, lines=1))
        platform.transport.is_paced = False
        window = Window(START, START + timedelta(minutes=1))

        platform.behave(disorder=1.0)  # and tells in another order each time

        # when they are pulled, coming back a second after each refusal
        met: list[str] = []
        cursors: list[str | None] = []
        cursor: str | None = None
        while True:
            try:
                page = platform.connector.pull_orders(window, cursor)
            except Throttled:
                platform.clock.move(timedelta(seconds=1))
                continue
            met += [order.number for order in page.items]
            cursor = page.cursor
            cursors.append(cursor)
            if cursor is None:
                break

        # then each is met, once, and no detail was asked for twice
        assert sorted(met) == [self.order_number(n) for n in range(1, count + 1)]
        assert any(":" in one for one in cursors if one)
        assert platform.sim.calls["order.getOrderDetail"] == count

    def test_money_of_a_sku_is_taken_apart(self, platform: Platform) -> None:
        placed = self.sim_order(
            platform, 1, discount=Decimal("5.55"), freight=Decimal("8.00"), ship_by=START + timedelta(days=2)
        )
        placed.lines.append(self.sim_line(placed.number, 3, unit_price=Decimal(0), is_gift=True))
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [(line.unit_price, line.amount, line.is_gift) for line in order.lines] == [
            (Decimal("19.90"), Decimal("18.05"), False),
            (Decimal("19.90"), Decimal("36.10"), False),
            (Decimal(0), Decimal(0), True),
        ]
        assert (order.total, order.discount, order.freight) == (
            Decimal("62.15"), Decimal("5.55"), Decimal("8.00"),
        )  # fmt: skip
        assert order.ship_by == START + timedelta(days=2)

    def test_a_presale_tells_when_it_may_leave(self, platform: Platform) -> None:
        later = START + timedelta(days=10)
        platform.sim.place(self.sim_order(platform, 1, is_presale=True, ship_after=later))

        order = platform.connector.get_order(self.order_number(1))

        assert order is not None
        assert (order.is_presale, order.ship_after) == (True, later)

    def test_a_second_parcel_of_the_same_sku_is_refused(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)]))

        with pytest.raises(Refused, match="已发货"):
            platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)], waybill="SF2"))

    def test_whole_orders_are_not_unpacked(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed))

        sent = json.loads(platform.transport.sent[-1].content)
        assert (sent["unpack"], sent["expressCompanyName"], "skuIdList" in sent) == (False, "顺丰速运", False)

    def test_a_young_token_is_answered_as_it_is(self, platform: Platform) -> None:
        fresh = platform.connector.refresh_token()

        assert fresh.access == platform.link.token.access
        assert platform.sim.renewals == 0

    def test_a_token_is_renewed_in_its_last_half_hour(self, platform: Platform) -> None:
        platform.clock.move(timedelta(days=7) - timedelta(minutes=10))

        platform.link.token = platform.connector.refresh_token()

        platform.connector.check()
        assert platform.sim.renewals == 1
        assert platform.link.token.refresh_expires_at is not None

    def test_the_first_token_comes_of_the_authorisation(self, platform: Platform) -> None:
        platform.link.token = Token()

        platform.link.token = platform.connector.refresh_token()

        platform.connector.check()
        assert platform.sim.calls["oauth.getAccessToken"] == 1

    def test_a_spent_refresh_token_asks_for_a_person(self, platform: Platform) -> None:
        platform.link.token = Token("", "spent")

        with pytest.raises(TokenExpired):
            platform.connector.refresh_token()

    def test_an_access_token_alone_does_until_it_ends(self, platform: Platform) -> None:
        update = {"authorization_code": SecretStr(""), "access_token": SecretStr(platform.sim.access)}
        platform.link.token = Token()
        connector = XiaohongshuConnector(platform.settings.model_copy(update=update), platform.link)

        platform.link.token = connector.refresh_token()
        connector.check()

        with pytest.raises(TokenExpired):  # it is the one that has run out
            connector.refresh_token()

    def test_refunds_before_and_after_shipping_are_told_apart(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        for n, (kind, before) in enumerate(
            [("refund", True), ("refund", False), ("exchange", False)], start=1
        ):
            platform.sim.ask_refund(self.sim_refund(placed, n, kind=kind, before_shipping=before))

        page = platform.connector.pull_refunds(Window(START, START + timedelta(minutes=1)), None)

        assert [(one.kind, one.before_shipping) for one in page.items] == [
            (RefundKind.REFUND, True), (RefundKind.REFUND, False), (RefundKind.EXCHANGE, False),
        ]  # fmt: skip

    def test_answers_of_any_shape_are_borne(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.connector.confirm_shipment(self.shipment(placed, [(0, 1)]))
        data = platform.sim._whole(placed) | {
            "orderList": [platform.sim._brief(placed)], "total": 1, "totalCount": 1,
            "afterSaleBasicInfos": [_case(self.sim_refund(placed))],
            "accessToken": "a", "accessTokenExpiresAt": 1772413200000,
        }  # fmt: skip
        window = Window(START, START + timedelta(minutes=1))
        good = {"error_code": 0, "success": True, "data": data}
        refused = {**good, "success": False, "error_msg": "x"}

        for connector in (*every_twisted(platform, good, step=3), *every_twisted(platform, refused, step=99)):
            for ask in (
                lambda one=connector: one.pull_orders(window, None),
                lambda one=connector: one.pull_refunds(window, None),
                lambda one=connector: one.get_order("1"),
                lambda one=connector: one.confirm_shipment(self.shipment(placed)),
                lambda one=connector: one.push_stock(self.levels(1, 1)),
                lambda one=connector: one.refresh_token(),
            ):
                with suppress(OutsideError):  # and nothing else
                    ask()


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_only_orders_that_wait_for_the_shop_may_be_shipped(status: str) -> None:
    order = order_of(Doc({"orderId": "P1", "orderStatus": int(status), "createdTime": 1772413200000}))

    assert (order.status in {OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED}) == (status in {"4", "5"})


def test_an_order_whose_cancellation_is_asked_for_stops() -> None:
    told = {
        "orderId": "P1", "orderStatus": 4, "cancelStatus": 1, "createdTime": 1772413200000,
        "skuList": [{"skuId": "s1", "skuQuantity": 1, "skuAfterSaleStatus": 1}],
    }  # fmt: skip

    assert [line.is_refunding for line in order_of(Doc(told)).lines] == [True]


def test_an_exchange_is_tagged() -> None:
    told = {"orderId": "P1", "orderStatus": 4, "orderType": 5, "createdTime": 1772413200000}

    assert order_of(Doc(told)).tags == ["exchange"]
