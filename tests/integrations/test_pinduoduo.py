"""The Pinduoduo connector opposite to its simulator."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from tests.integrations.conformance import START, ChannelConformance, Platform
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import OrderStatus, RefundKind, StockLevel, Window
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.pinduoduo import PinduoduoConnector, sign
from hecang.integrations.channels.pinduoduo_orders import order_of
from hecang.integrations.simulators.base import SimLine
from hecang.integrations.simulators.pinduoduo import PinduoduoSimulator, _refund, signature
from hecang.kernel.connectors import OutsideError, Refused, Token, TokenExpired

#: The example of the platform's document on signatures; the secret is ``testSecret``.
EXAMPLE = {
    "access_token": "asd78172s8ds9a921j9qqwda12312w1w21211",
    "client_id": "1",
    "data_type": "XML",
    "order_status": "1",
    "page": "1",
    "page_size": "10",
    "timestamp": "1480411125",
    "type": "pdd.order.number.list.get",
}
GOOD = {
    "order_sn": "260302-1",
    "order_status": 1,
    "refund_status": 1,
    "confirm_status": 1,
    "group_status": 1,
    "risk_control_status": 0,
    "created_time": "2026-03-02 09:00:00",
}


def test_the_signature_is_that_of_the_document() -> None:
    assert sign("testSecret", EXAMPLE) == "E4DE3ED21002510DED352819E7AE6775"  # published
    assert signature(EXAMPLE) == "E4DE3ED21002510DED352819E7AE6775"


class TestPinduoduo(ChannelConformance):
    connector = PinduoduoConnector
    simulator = PinduoduoSimulator
    is_sealed = True
    statuses = {status.value: status for status in OrderStatus if status != OrderStatus.PARTLY_SHIPPED}  # noqa: RUF012
    # A refund concerns the whole order.
    tells_refunding_lines = False

    def order_number(self, n: int) -> str:
        return f"260302-{n:015d}"

    def sim_line(self, number: str, n: int, **fields: Any) -> SimLine:
        """Pinduoduo numbers no lines: the SKU is what tells them apart."""
        line = super().sim_line(number, n, **fields)
        line.external_line = line.variant_id
        return line

    def test_what_ended_less_than_three_minutes_ago_is_refused(self, platform: Platform) -> None:
        now = platform.clock()

        with pytest.raises(Refused, match="3分钟"):
            platform.connector.pull_orders(Window(now - timedelta(minutes=10), now), None)

    def test_an_order_under_refund_is_told_line_by_line(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        placed.lines[0].refunding = True
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert order.status is OrderStatus.TO_SHIP
        assert [line.is_refunding for line in order.lines] == [True, True]
        with pytest.raises(Refused, match="订单状态不允许发货"):
            platform.connector.confirm_shipment(self.shipment(placed))

    def test_gifts_and_amounts(self, platform: Platform) -> None:
        placed = self.sim_order(
            platform, 1, lines=1, discount=Decimal("2.00"), freight=Decimal("5.00"),
            ship_by=START + timedelta(days=1),
        )  # fmt: skip
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [line.amount for line in order.lines] == [Decimal("17.90")]
        assert (order.total, order.discount, order.freight) == (
            Decimal("22.90"), Decimal("2.00"), Decimal("5.00"),
        )  # fmt: skip
        assert order.ship_by == START + timedelta(days=1)

        placed.lines.append(replace(placed.lines[0], unit_price=Decimal(0), is_gift=True))
        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [(line.external_line, line.is_gift) for line in order.lines] == [
            ("71001", False), ("71001#2", True),
        ]  # fmt: skip

    def test_tokens_of_a_recipient_are_kept(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert order.recipient.sealed == {
            "order_sn": placed.number,
            "receiver_name": f"~cipher-name-{placed.number}~",
            "receiver_address": f"~cipher-address-{placed.number}~",
        }
        assert (order.recipient.name, order.recipient.phone) == ("王**", "139****0001")

    def test_a_refund_after_shipping_does_not_stop_anything(self, platform: Platform) -> None:
        sent, waiting = self.sim_order(platform, 1, status="shipped"), self.sim_order(platform, 2)
        platform.sim.place(sent, waiting)
        platform.sim.ask_refund(self.sim_refund(sent, before_shipping=False))
        platform.sim.ask_refund(self.sim_refund(waiting))
        platform.sim.ask_refund(self.sim_refund(sent, 2, kind="return", before_shipping=False))
        platform.settle()
        window = Window(START, platform.clock() - platform.connector.limits.delay)

        page = platform.connector.pull_refunds(window, None)

        assert sorted((one.order_number, one.kind, one.before_shipping) for one in page.items) == [
            (sent.number, RefundKind.REFUND, False),
            (sent.number, RefundKind.RETURN, False),
            (waiting.number, RefundKind.REFUND, True),
        ]

    def test_products_without_variants_are_told_by_the_merchants_code(self, platform: Platform) -> None:
        outcomes = platform.connector.push_stock([StockLevel("k", "61001", "", "SKU-1", 12)])

        assert outcomes[0].error is None
        assert platform.sim.stock == {("61001", ""): 12}
        assert b"outer_id=SKU-1" in platform.transport.sent[-1].content

    def test_a_spent_refresh_token_asks_for_a_person(self, platform: Platform) -> None:
        old = platform.link.token
        fresh = platform.connector.refresh_token()
        platform.link.token = Token("", old.refresh)

        assert fresh.refresh_expires_at is not None
        with pytest.raises(TokenExpired, match="已失效"):
            platform.connector.refresh_token()

    def test_an_access_token_alone_does_until_it_ends(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"refresh_token": SecretStr("")})
        platform.link.token = Token()
        connector = PinduoduoConnector(settings, platform.link)

        platform.link.token = connector.refresh_token()
        connector.check()

        with pytest.raises(TokenExpired):  # it is the one that has run out
            connector.refresh_token()

    def test_answers_of_any_shape_are_borne(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        info = platform.sim._info(placed)
        refund = _refund(self.sim_refund(placed))
        listed = {
            "order_sn_increment_get_response": {"order_sn_list": [info], "total_count": 1},
            "order_info_get_response": {"order_info": info},
            "refund_increment_get_response": {"refund_list": [refund], "total_count": 1},
            "logistics_online_send_response": {"is_success": True},
            "pop_auth_token_refresh_response": {"access_token": "a", "expires_at": 1772413200},
        }
        window = Window(START, START + timedelta(minutes=1))

        for connector in every_twisted(platform, listed, step=5):
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


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, OrderStatus.TO_SHIP),
        ({"order_status": 2}, OrderStatus.SHIPPED),
        ({"order_status": 3}, OrderStatus.DONE),
        ({"order_status": 9}, OrderStatus.BLOCKED),
        ({"risk_control_status": 1}, OrderStatus.BLOCKED),
        ({"group_status": 0, "pay_time": "2026-03-02 09:00:00"}, OrderStatus.BLOCKED),
        ({"group_status": 0}, OrderStatus.UNPAID),
        ({"group_status": 2}, OrderStatus.CANCELLED),
        ({"confirm_status": 2}, OrderStatus.CANCELLED),
        ({"refund_status": 4}, OrderStatus.CANCELLED),
        ({"refund_status": 4, "order_status": 2}, OrderStatus.SHIPPED),
        ({"refund_status": 2}, OrderStatus.TO_SHIP),  # its lines are not to be shipped
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 1}}, OrderStatus.UNPAID),
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 2}}, OrderStatus.TO_SHIP),
    ],
)
def test_only_what_is_confirmed_and_without_risk_may_be_shipped(
    told: dict[str, Any], status: OrderStatus
) -> None:
    assert order_of(Doc({**GOOD, **told})).status is status


def test_what_the_platform_promises_the_buyer_becomes_tags() -> None:
    told = {
        "order_tag_list": [{"name": "no_trace_delivery", "value": 1}, {"name": "duoduo_wholesale", "value": 0}],
        "free_sf": 1, "step_order_info": {"step_trade_status": 1},
    }  # fmt: skip

    assert order_of(Doc({**GOOD, **told})).tags == ["deposit_paid", "free_sf", "no_trace_delivery"]
