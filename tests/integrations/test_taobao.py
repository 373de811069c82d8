"""The Taobao connector opposite to its simulator."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.integrations.conformance import START, ChannelConformance, Platform, incoming
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    OrderStatus,
    RefundKind,
    StockLevel,
    Window,
)
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.taobao import TaobaoConnector
from hecang.integrations.channels.taobao_messages import sign
from hecang.integrations.channels.taobao_orders import STATUSES, refund, trade_order
from hecang.integrations.channels.values import CHINA
from hecang.integrations.simulators.taobao import TaobaoSimulator, signature
from hecang.kernel.connectors import OutsideError, Refused, Throttled

#: The example of “API calling and signature” (doc 101617); the secret is ``helloworld``.
EXAMPLE = {
    "method": "taobao.item.seller.get",
    "app_key": "12345678",
    "session": "test",
    "timestamp": "2016-01-01 12:00:00",
    "format": "json",
    "v": "2.0",
    "sign_method": "md5",
    "fields": "num_iid,title,nick,price,num",
    "num_iid": "11223344",
}


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("md5", "66987CB115214E59E6EC978214934FB8"),  # published
        ("hmac", "D56D7858309C31B6251083A874D48273"),  # derived from the documented algorithm
        ("hmac-sha256", "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),  # derived
    ],
)
def test_signatures_are_those_of_the_documents(method: str, wanted: str) -> None:
    params = {**EXAMPLE, "sign_method": method}

    assert sign("helloworld", params, method) == wanted
    assert signature(params, method) == wanted


class TestTaobao(ChannelConformance):
    connector = TaobaoConnector
    simulator = TaobaoSimulator
    is_sealed = True
    # One day may be asked for at once; half an hour is what the documents advise.
    refuses_long_windows = False
    tokens_expire = True

    def test_more_than_a_day_is_refused(self, platform: Platform) -> None:
        with pytest.raises(Refused, match="Invalid Arguments"):
            platform.connector.pull_orders(Window(START - timedelta(days=2), START), None)

    @pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
    def test_every_signature_method_is_taken(self, platform: Platform, method: str) -> None:
        settings = platform.settings.model_copy(update={"sign_method": method})

        TaobaoConnector(settings, platform.link).check()

        assert platform.sim.calls["taobao.trades.sold.increment.get"] == 1

    def test_an_order_that_changes_while_pages_are_read_hides_no_other(self, platform: Platform) -> None:
        # given three pages of orders
        settings = platform.settings.model_copy(update={"page_size": 2})
        connector = TaobaoConnector(settings, platform.link)
        for n in range(1, 7):
            platform.sim.place(self.sim_order(platform, n))
        window = Window(START, START + timedelta(minutes=1))

        # when the first order changes after the first answer, so that all others move up by one
        page = connector.pull_orders(window, None)
        met = [order.number for order in page.items]
        platform.clock.move(timedelta(minutes=5))
        platform.sim.change(self.order_number(1), seller_remark="加急")
        while page.cursor is not None:
            page = connector.pull_orders(window, page.cursor)
            met += [order.number for order in page.items]

        # then every order that stayed in the window is met
        assert {self.order_number(n) for n in range(2, 7)} <= set(met)

    def test_trades_that_lists_tell_without_oaid_are_asked_for_in_full(self, platform: Platform) -> None:
        platform.sim.lists_oaid = False
        platform.sim.place(self.sim_order(platform, 1), self.sim_order(platform, 2, status="shipped"))

        orders = {order.number: order for order in self.pull(platform, until=START + timedelta(minutes=1))}

        assert orders[self.order_number(1)].recipient.sealed == {"oaid": f"oaid-{self.order_number(1)}=="}
        assert orders[self.order_number(2)].recipient.sealed == {}  # nothing is printed for it any more
        assert platform.sim.calls["taobao.trade.fullinfo.get"] == 1

    def test_a_trade_maps_to_its_last_cent(self, platform: Platform) -> None:
        placed = self.sim_order(
            platform, 1, discount=Decimal("5.55"), freight=Decimal("8.00"), ship_by=START + timedelta(days=2)
        )
        placed.lines.append(self.sim_line(placed.number, 3, unit_price=Decimal(0), is_gift=True))
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [line.amount for line in order.lines] == [Decimal("18.05"), Decimal("36.10"), Decimal("0.00")]
        assert (order.total, order.discount, order.freight) == (
            Decimal("62.15"), Decimal("5.55"), Decimal("8.00"),
        )  # fmt: skip
        assert [line.is_gift for line in order.lines] == [False, False, True]
        assert order.ship_by == START + timedelta(days=2)
        assert order.currency == "CNY"

    def test_a_presale_is_shipped_after_its_last_step_only(self, platform: Platform) -> None:
        deposit = self.sim_order(platform, 1, status="unpaid", is_presale=True)
        deposit.paid_at = START
        platform.sim.place(deposit, self.sim_order(platform, 2, is_presale=True))

        first = platform.connector.get_order(self.order_number(1))
        second = platform.connector.get_order(self.order_number(2))

        assert first is not None
        assert second is not None
        assert (first.status, first.is_presale, first.tags) == (OrderStatus.UNPAID, True, ["deposit_paid"])
        assert (second.status, second.is_presale) == (OrderStatus.TO_SHIP, True)

    def test_a_second_parcel_of_the_same_line_is_refused(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)]))

        with pytest.raises(Refused) as raised:
            platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)], waybill="SF2"))

        assert raised.value.code == "isv.logistics-offline-service-error:B04"
        assert len(platform.sim.shipments) == 1

    def test_one_level_that_is_refused_does_not_hold_up_the_others(self, platform: Platform) -> None:
        levels = [
            StockLevel(f"k{n}", "61001", f"7{n}", "", n - 1) for n in range(3)
        ]  # the first is below nought

        outcomes = platform.connector.push_stock(levels)

        assert [type(outcome.error) for outcome in outcomes] == [Refused, type(None), type(None)]
        assert platform.sim.stock == {("61001", "71"): 0, ("61001", "72"): 1}
        # all at once, then one by one
        assert platform.sim.calls["taobao.skus.quantity.update"] == 4

    def test_products_without_variants_are_told_by_item(self, platform: Platform) -> None:
        outcomes = platform.connector.push_stock([StockLevel("k", "61001", "", "SKU-1", 12)])

        assert outcomes[0].error is None
        assert platform.sim.stock == {("61001", ""): 12}

    @pytest.mark.parametrize(("stopped", "status"), [(True, "SUCCESS"), (False, "FAIL")])
    def test_aligenius_hears_whether_the_parcel_was_stopped(
        self, platform: Platform, stopped: bool, status: str
    ) -> None:
        placed = self.sim_order(platform, 1)
        asked = self.sim_refund(placed)
        platform.sim.place(placed)
        platform.sim.ask_refund(asked)

        wish = CancelWish(asked.number, placed.number, START, placed.lines[0].external_line)
        platform.connector.answer_cancel(wish, stopped=stopped)

        assert platform.sim.cancel_answers == {asked.number: status}

    def test_messages_mean_what_the_settings_say(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(
            update={"spi_methods": {"shop.cancel": "cancel", "shop.address": "address"}}
        )
        connector = TaobaoConnector(settings, platform.link)
        cancel = platform.sim.spi("shop.cancel", b'{"tid": 12, "refund_id": 34, "oid": 56}')
        move = {"tid": 12, "oaid": "new==", "modifiedAddress": {"province": "江苏省", "city": "苏州市"}}
        address = platform.sim.spi("shop.address", json.dumps(move).encode())

        (wish,) = connector.receive(incoming(cancel)).events
        (change,) = connector.receive(incoming(address)).events

        assert isinstance(wish, CancelWish)
        assert (wish.number, wish.order_number, wish.external_line) == ("34", "12", "56")
        assert isinstance(change, AddressChange)
        assert (change.recipient.province, change.recipient.sealed) == ("江苏省", {"oaid": "new=="})

    def test_headers_that_are_listed_are_signed(self, platform: Platform) -> None:
        push = platform.sim.spi("trade.changed", b'{"tid": 12}')
        changed = replace(push, headers={**push.headers, "x-top-trace": "another"})

        with pytest.raises(OutsideError) as raised:
            platform.connector.receive(incoming(changed))

        assert json.loads(platform.connector.refusal(raised.value).body) == {
            "success": False,
            "errorCode": "sign-check-failure",
            "errorMsg": "Illegal request",
        }

    def test_a_ban_says_how_long_it_lasts(self, platform: Platform) -> None:
        platform.behave(throttled=1.0)

        with pytest.raises(Throttled) as raised:
            platform.connector.check()

        assert raised.value.retry_after == timedelta(seconds=2)

    def test_answers_of_any_shape_are_borne(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1, ship_by=START)
        platform.sim.place(placed)
        platform.connector.get_order(placed.number)
        good = platform.sim._trade(placed, with_oaid=True)
        listed = {
            "trades_sold_increment_get_response": {"trades": {"trade": [good]}, "total_results": 1},
            "trade_fullinfo_get_response": {"trade": good},
            "refunds_receive_get_response": {
                "refunds": {"refund": [platform.sim._refund(self.sim_refund(placed))]}, "total_results": 1,
            },
        }  # fmt: skip
        window = Window(START, START + timedelta(minutes=1))

        for connector in every_twisted(platform, listed):
            for ask in (
                lambda one=connector: one.pull_orders(window, None),
                lambda one=connector: one.pull_refunds(window, None),
                lambda one=connector: one.get_order("1"),
                lambda one=connector: one.confirm_shipment(self.shipment(placed)),
                lambda one=connector: one.push_stock(self.levels(1, 1)),
            ):
                with suppress(OutsideError):  # and nothing else
                    ask()


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_only_paid_trades_may_be_shipped(status: str) -> None:
    trade = {"tid": 1, "status": status, "created": "2026-03-02 09:00:00"}

    order = trade_order(Doc(trade))

    assert order.status == STATUSES[status]
    assert (order.status == OrderStatus.TO_SHIP) == (status == "WAIT_SELLER_SEND_GOODS")


def test_a_status_that_nobody_documented_is_never_shipped() -> None:
    order = trade_order(Doc({"tid": 1, "status": "SOMETHING_NEW", "created": "2026-03-02 09:00:00"}))

    assert (order.status, order.tags) == (OrderStatus.BLOCKED, ["unknown_status"])


def test_a_cash_on_delivery_trade_is_told() -> None:
    order = trade_order(
        Doc({"tid": 1, "type": "cod", "status": "WAIT_SELLER_SEND_GOODS", "created": "2026-03-02 09:00:00"})
    )

    assert (order.status, order.tags) == (OrderStatus.TO_SHIP, ["cod"])
    assert order.created_at == datetime(2026, 3, 2, 9, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("dispute", "kind"),
    [
        ("REFUND", RefundKind.REFUND),
        ("REFUND_AND_RETURN", RefundKind.RETURN),
        ("TMALL_EXCHANGE", RefundKind.EXCHANGE),
        ("OTHERS", RefundKind.RETURN),
    ],
)
def test_refunds_are_told_apart(dispute: str, kind: RefundKind) -> None:
    told = {
        "refund_id": "1", "tid": 2, "oid": 3, "status": "WAIT_SELLER_AGREE", "dispute_type": dispute,
        "has_good_return": True, "modified": "2026-03-02 09:00:00", "order_status": "WAIT_BUYER_CONFIRM_GOODS",
    }  # fmt: skip

    one = refund(Doc(told))

    assert (one.kind, one.before_shipping, one.external_line) == (kind, False, "3")
