"""The JD connector opposite to its simulator."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from tests.integrations.conformance import (
    START,
    ChannelConformance,
    Platform,
    walk,
)
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import (
    CancelWish,
    OrderStatus,
    RefundKind,
    RefundStatus,
    StockLevel,
    Window,
)
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.jd import JdConnector
from hecang.integrations.channels.jd_answers import sign
from hecang.integrations.channels.jd_orders import STATES, order_of, service_bill
from hecang.integrations.simulators.base import SimLine
from hecang.integrations.simulators.jd import JdSimulator, signature
from hecang.kernel.connectors import OutsideError, Refused, Token, TokenExpired

#: The example of the developers' guide (listId 2643); the secret is ``yourappSecret``.
EXAMPLE = {
    "360buy_param_json": '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT",'
    '"page":"1","page_size":"200","start_date":null}',
    "access_token": "yourtoken",
    "app_key": "yourappkey",
    "method": "jingdong.pop.order.search",
    "timestamp": "2021-05-07 09:20:39.683+0800",
    "v": "2.0",
}


def test_the_signature_is_that_of_the_document() -> None:
    assert sign("yourappSecret", EXAMPLE) == "D70825340F4084360B9362B60DFD7930"  # published
    assert signature(EXAMPLE) == "D70825340F4084360B9362B60DFD7930"


class TestJd(ChannelConformance):
    connector = JdConnector
    simulator = JdSimulator
    is_sealed = True
    statuses = {status.value: status for status in OrderStatus if status != OrderStatus.PARTLY_SHIPPED}  # noqa: RUF012
    # A month may be asked for at once.
    refuses_long_windows = False
    # Refunds of lines are told by the reviews of cancellations, not by the order.
    tells_refunding_lines = False

    def sim_line(self, number: str, n: int, **fields: Any) -> SimLine:
        """JD numbers no lines: the SKU is what tells them apart."""
        line = super().sim_line(number, n, **fields)
        line.external_line = line.variant_id
        return line

    def test_more_than_a_month_is_refused(self, platform: Platform) -> None:
        with pytest.raises(Refused, match="时间参数错误"):
            platform.connector.pull_orders(Window(START - timedelta(days=40), START), None)

    def test_a_locked_order_waits(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1, status="blocked"))

        order = platform.connector.get_order(self.order_number(1))

        assert order is not None
        assert order.status is OrderStatus.BLOCKED

    def test_lines_of_the_same_sku_are_told_apart(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1, discount=Decimal("3.00"), freight=Decimal("6.00"))
        placed.lines.append(replace(placed.lines[0], unit_price=Decimal(0)))
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [(line.external_line, line.is_gift) for line in order.lines] == [
            ("71001", False), ("71002", False), ("71001#2", True),
        ]  # fmt: skip
        assert (order.total, order.discount) == (Decimal("62.70"), Decimal("3.00"))

    def test_cancellations_and_services_are_pulled_leg_by_leg(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.sim.ask_refund(self.sim_refund(placed, 1))
        platform.sim.ask_refund(self.sim_refund(placed, 2, status="closed"))
        platform.sim.ask_refund(self.sim_refund(placed, 3, kind="return", before_shipping=False))
        platform.settle()

        pages = list(walk(platform.connector.pull_refunds, Window(START, platform.clock())))

        assert [page.cursor for page in pages] == ["checked:", "services:", None]
        assert [[(one.kind, one.status, one.before_shipping) for one in page.items] for page in pages] == [
            [(RefundKind.REFUND, RefundStatus.OPEN, True)],
            [(RefundKind.REFUND, RefundStatus.CLOSED, True)],
            [(RefundKind.RETURN, RefundStatus.OPEN, False)],
        ]
        assert pages[2].items[0].external_line == placed.lines[0].external_line

    def test_services_are_not_asked_for_without_the_merchants_number(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"vender_id": ""})
        connector = JdConnector(settings, platform.link)

        list(walk(connector.pull_refunds, Window(START, START + timedelta(minutes=1))))

        assert platform.sim.calls["jingdong.asc.query.list"] == 0

    @pytest.mark.parametrize(("stopped", "decision"), [(True, (1, 2)), (False, (2, 1))])
    def test_cancellations_are_decided(
        self, platform: Platform, stopped: bool, decision: tuple[int, int]
    ) -> None:
        placed = self.sim_order(platform, 1)
        asked = self.sim_refund(placed)
        platform.sim.place(placed)
        platform.sim.ask_refund(asked)

        platform.connector.answer_cancel(CancelWish(asked.number, placed.number, START), stopped=stopped)

        assert platform.sim.decisions == {asked.number: decision}

    def test_a_cancellation_that_is_unknown_cannot_be_decided(self, platform: Platform) -> None:
        with pytest.raises(Refused, match="退款单不存在"):
            platform.connector.answer_cancel(CancelWish("1", "2", START), stopped=True)

    def test_another_waybill_for_a_shipped_order_is_refused(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.connector.confirm_shipment(self.shipment(placed))

        with pytest.raises(Refused, match="订单状态"):
            platform.connector.confirm_shipment(self.shipment(placed, waybill="SF2"))

    def test_the_older_method_for_stock_is_spoken_too(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(
            update={"stock_method": "jingdong.stock.write.updateSkuStock"}
        )
        connector = JdConnector(settings, platform.link)
        levels = [StockLevel("a", "6", "71", "", 5), StockLevel("b", "6", "72", "", -1)]
        self.offer(platform, levels)

        outcomes = connector.push_stock(levels)

        assert [type(outcome.error) for outcome in outcomes] == [type(None), Refused]
        assert platform.sim.stock == {("6", "71"): 5, ("6", "72"): 0}

    def test_one_level_that_is_refused_does_not_hold_up_the_others(self, platform: Platform) -> None:
        levels = [StockLevel("a", "6", "71", "", 5), StockLevel("b", "6", "72", "", -1)]
        self.offer(platform, levels)

        outcomes = platform.connector.push_stock(levels)

        assert [type(outcome.error) for outcome in outcomes] == [type(None), Refused]

    def test_a_spent_refresh_token_asks_for_a_person(self, platform: Platform) -> None:
        old = platform.link.token
        platform.connector.refresh_token()
        platform.link.token = Token("", old.refresh)

        with pytest.raises(TokenExpired):
            platform.connector.refresh_token()

    def test_an_access_token_alone_does_until_it_ends(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"refresh_token": SecretStr("")})
        platform.link.token = Token()
        connector = JdConnector(settings, platform.link)

        platform.link.token = connector.refresh_token()
        connector.check()

        with pytest.raises(TokenExpired):  # it is the one that has run out
            connector.refresh_token()

    def test_tokens_are_renewed_a_day_before_they_end(self, platform: Platform) -> None:
        fresh = platform.connector.refresh_token()

        assert fresh.expires_at == platform.clock() + timedelta(days=30) - timedelta(hours=25)

    def test_answers_of_any_shape_are_borne(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        info = platform.sim._info(placed)
        asked = self.sim_refund(placed, before_shipping=False)
        listed = {
            "jingdong_pop_order_search_responce": platform.sim._search(
                {
                    "order_state": "FINISHED_L", "optional_fields": "x", "source_id": "JOS", "page": "1",
                    "page_size": "1", "start_date": "2026-03-02 09:00:00", "end_date": "2026-03-02 10:00:00",
                }
            ),
            "jingdong_pop_order_get_responce": {
                "orderDetailInfo": {"apiResult": {"success": True}, "orderInfo": info}
            },
            "jingdong_asc_query_list_responce": {
                "pageResult": {"totalCount": 1, "data": [platform.sim._service(asked)]}
            },
            "access_token": "a", "expires_in": 10,
        }  # fmt: skip
        window = Window(START, START + timedelta(minutes=1))

        for connector in every_twisted(platform, listed, step=5):
            for ask in (
                lambda one=connector: one.pull_orders(window, None),
                lambda one=connector: one.pull_refunds(window, None),
                lambda one=connector: one.pull_refunds(window, "services:"),
                lambda one=connector: one.get_order("1"),
                lambda one=connector: one.confirm_shipment(self.shipment(placed)),
                lambda one=connector: one.push_stock(self.levels(1, 1)),
                lambda one=connector: one.refresh_token(),
            ):
                with suppress(OutsideError):  # and nothing else
                    ask()


@pytest.mark.parametrize("state", sorted(STATES))
def test_only_orders_that_wait_for_the_shop_may_be_shipped(state: str) -> None:
    order = order_of(Doc({"orderId": 1, "orderState": state, "orderStartTime": "2026-03-02 09:00:00"}))

    assert (order.status == OrderStatus.TO_SHIP) == (state == "WAIT_SELLER_STOCK_OUT")


def test_cash_on_delivery_is_told_with_what_is_still_due() -> None:
    info = {
        "orderId": 1, "orderState": "WAIT_SELLER_STOCK_OUT", "orderStartTime": "2026-03-02 09:00:00",
        "payType": "1-货到付款", "actualPay": "0.00", "shouldPay": "25.00",
    }  # fmt: skip

    order = order_of(Doc(info))

    assert (order.total, order.tags) == (Decimal("25.00"), ["cod"])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("待审核", RefundStatus.OPEN),
        ("待收货", RefundStatus.AGREED),
        ("审核不通过", RefundStatus.CLOSED),
        ("取消", RefundStatus.CLOSED),
        ("完成", RefundStatus.DONE),
    ],
)
def test_services_are_understood_by_the_name_of_their_status(name: str, status: RefundStatus) -> None:
    row = {"serviceId": 1, "orderId": 2, "serviceStatusName": name, "applyTime": 1578664268000}

    assert service_bill(Doc(row)).status is status
