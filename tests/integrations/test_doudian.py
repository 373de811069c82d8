"""The Doudian connector opposite to its simulator."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr
from tests.integrations.conformance import START, ChannelConformance, Platform, incoming
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import (
    AddressChange,
    OrderStatus,
    OrderTouched,
    RefundKind,
    ShippedLine,
    StockLevel,
    Window,
)
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.doudian import DoudianConnector, param_json, sign
from hecang.integrations.channels.doudian_orders import STATUSES, order_of
from hecang.integrations.simulators.doudian import DoudianSimulator, _case, signature
from hecang.kernel.connectors import AlreadyDone, OutsideError, Refused, Token, TokenExpired
from hecang.orders.services import RecipientIn


def test_the_signature_is_the_documented_one() -> None:
    """Derived from the documented algorithm; the platform publishes no example with its secret."""
    wanted = "24803a0be8c4c932a212ed45cc933b0fb0202021019288ceb7d4511c254a8d7e"
    body = param_json({"size": 10, "page": 0})
    given = {"app_key": "ak", "method": "order.searchList", "timestamp": "1700000000"}

    assert body == '{"page":0,"size":10}'
    assert sign("secret", body=body, **given) == wanted
    assert signature(body=body.encode(), secret="secret", **given) == wanted


def test_keys_are_sorted_at_every_level_and_nothing_is_escaped() -> None:
    assert param_json({"b": {"d": "<&>", "c": "上海"}, "a": [1]}) == '{"a":[1],"b":{"c":"上海","d":"<&>"}}'


class TestDoudian(ChannelConformance):
    connector = DoudianConnector
    simulator = DoudianSimulator
    is_sealed = True
    # Ninety days may be asked for at once.
    refuses_long_windows = False
    # Messages carry no time: they only say what to ask for.
    pushes_age = False

    def test_more_than_ninety_days_ago_is_refused(self, platform: Platform) -> None:
        since = START - timedelta(days=100)

        with pytest.raises(Refused, match="90天"):
            platform.connector.pull_orders(Window(since, since + timedelta(minutes=1)), None)

    def test_the_buyer_paid_what_the_bank_did_not(self, platform: Platform) -> None:
        placed = self.sim_order(
            platform, 1, discount=Decimal("5.55"), freight=Decimal("8.00"), ship_by=START + timedelta(days=2)
        )
        placed.lines[1].is_gift = True
        placed.lines[1].unit_price = Decimal(0)
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert (order.total, order.discount, order.freight) == (
            Decimal("22.35"), Decimal("5.55"), Decimal("8.00"),
        )  # fmt: skip
        assert [(line.amount, line.is_gift) for line in order.lines] == [
            (Decimal("14.35"), False), (Decimal("0.00"), True),
        ]  # fmt: skip
        assert order.ship_by == START + timedelta(days=2)

    def test_ciphers_and_masks_of_a_recipient_are_kept(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert order.recipient.sealed == {
            "encrypt_post_receiver": f"##name-{placed.number}##",
            "encrypt_post_tel": f"$$tel-{placed.number}$$",
            "encrypt_detail": f"#address-{placed.number}##",
            "open_address_id": f"#place-{placed.number}",
        }
        assert (order.recipient.name, order.recipient.address) == ("王**", "世纪***")

    def test_units_of_one_line_may_go_in_two_parcels(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed, [(0, 1), (1, 1)], key="p1"))
        status = platform.sim.orders[placed.number].status
        platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)], key="p2", waybill="SF2"))

        assert (status, platform.sim.orders[placed.number].status) == ("partly_shipped", "shipped")

    def test_the_same_parcel_under_another_key_has_been_told_already(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.connector.confirm_shipment(self.shipment(placed))

        with pytest.raises(AlreadyDone):
            platform.connector.confirm_shipment(self.shipment(placed, key="another"))

        other = self.shipment(placed, key="another", waybill="SF2")
        with pytest.raises(Refused) as raised:
            platform.connector.confirm_shipment(other)
        assert not isinstance(raised.value, AlreadyDone)

    def test_parcels_without_lines_are_told_as_whole_orders(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed, [], completes_order=True))

        assert platform.sim.calls["order.logisticsAdd"] == 1
        assert platform.sim.orders[placed.number].status == "shipped"

    def test_more_units_than_are_left_are_refused(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        shipment = self.shipment(placed)
        wrong = replace(shipment, lines=[ShippedLine(placed.lines[0].external_line, "", "", 9)])

        with pytest.raises(Refused, match="发货数量有误"):
            platform.connector.confirm_shipment(wrong)

    def test_one_level_that_is_refused_does_not_hold_up_the_others(self, platform: Platform) -> None:
        levels = [
            StockLevel(f"k{n}", "61001", f"7{n}", "", n - 1) for n in range(3)
        ]  # the first is below nought

        outcomes = platform.connector.push_stock(levels)

        assert [type(outcome.error) for outcome in outcomes] == [Refused, type(None), type(None)]
        assert platform.sim.stock == {("61001", "71"): 0, ("61001", "72"): 1}

    @pytest.mark.parametrize(("accepted", "answer"), [(True, 0), (False, 1005)])
    def test_a_wish_for_another_address_is_heard_and_answered(
        self, platform: Platform, accepted: bool, answer: int
    ) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        place = {"province": {"name": "江苏省"}, "city": {"name": "苏州市"}, "encrypt_detail": "#new##"}
        data = {
            "p_id": int(placed.number), "apply_time": 1772413200, "post_receiver_msg": {"name": "x"},
            "receiver_msg": {"addr": json.dumps(place), "encrypt_name": "##n##", "encrypt_tel": "$$t$$"},
        }  # fmt: skip

        (change,) = platform.connector.receive(incoming(platform.sim.message("111", json.dumps(data)))).events
        assert isinstance(change, AddressChange)
        platform.connector.answer_address(change, accepted=accepted)

        assert change.recipient == RecipientIn(
            province="江苏省", city="苏州市", country="CN",
            sealed={
                "encrypt_post_receiver": "##n##", "encrypt_post_tel": "$$t$$", "encrypt_detail": "#new##",
            },
        )  # fmt: skip
        assert platform.sim.address_answers == {placed.number: answer}

    def test_messages_are_answered_to_the_letter(self, platform: Platform) -> None:
        received = platform.connector.receive(incoming(platform.sim.message("101", '{"p_id": 12}')))

        assert list(received.events) == [OrderTouched("12")]
        assert json.loads(received.reply.body) == {"code": 0, "msg": "success"}

    def test_a_message_for_another_app_is_refused(self, platform: Platform) -> None:
        push = platform.sim.message("101", '{"p_id": 12}')

        with pytest.raises(OutsideError, match="not signed"):
            platform.connector.receive(incoming(replace(push, headers={**push.headers, "app-id": "another"})))

    def test_the_first_token_is_fetched_by_the_shops_number(self, platform: Platform) -> None:
        platform.link.token = Token()

        platform.link.token = platform.connector.refresh_token()

        platform.connector.check()
        assert platform.sim.calls["token.create"] == 1

    def test_a_spent_refresh_token_falls_back_to_the_shops_number_or_a_person(
        self, platform: Platform
    ) -> None:
        platform.link.token = Token("old", "spent")
        alone = DoudianConnector(platform.settings.model_copy(update={"shop_id": ""}), platform.link)

        with pytest.raises(TokenExpired):
            alone.refresh_token()
        assert platform.connector.refresh_token().access == platform.sim.access

    def test_an_access_token_alone_does_until_it_ends(self, platform: Platform) -> None:
        update = {"shop_id": "", "access_token": SecretStr(platform.sim.access)}
        platform.link.token = Token()
        connector = DoudianConnector(platform.settings.model_copy(update=update), platform.link)

        platform.link.token = connector.refresh_token()
        connector.check()

        with pytest.raises(TokenExpired):  # it is the one that has run out
            connector.refresh_token()

    def test_refunds_before_and_after_shipping_are_told_apart(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.sim.ask_refund(self.sim_refund(placed, 1))
        platform.sim.ask_refund(self.sim_refund(placed, 2, before_shipping=False))
        platform.sim.ask_refund(self.sim_refund(placed, 3, kind="return", before_shipping=False))

        page = platform.connector.pull_refunds(Window(START, START + timedelta(minutes=1)), None)

        assert [(one.kind, one.before_shipping, one.external_line) for one in page.items] == [
            (RefundKind.REFUND, True, placed.lines[0].external_line),
            (RefundKind.REFUND, False, placed.lines[0].external_line),
            (RefundKind.RETURN, False, placed.lines[0].external_line),
        ]

    def test_answers_of_any_shape_are_borne(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        order = platform.sim._order(placed)
        data = {
            "shop_order_list": [order],
            "shop_order_detail": order,
            "items": [_case(self.sim_refund(placed))],
            "total": 1, "access_token": "a", "expires_in": 5,
        }  # fmt: skip
        window = Window(START, START + timedelta(minutes=1))

        for connector in every_twisted(platform, {"code": 10000, "data": data}, step=5):
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

    def test_messages_of_any_shape_are_borne(self, platform: Platform) -> None:
        for data in (
            "",
            "x",
            "[]",
            '{"p_id": []}',
            '{"p_id": 1, "receiver_msg": 1, "post_receiver_msg": 1}',
            "1",
        ):
            with suppress(OutsideError):
                platform.connector.receive(incoming(platform.sim.message("1", data)))


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_only_orders_that_wait_for_the_shop_may_be_shipped(status: str) -> None:
    order = order_of(Doc({"order_id": "1", "order_status": int(status), "create_time": 1772413200}))

    assert (order.status in {OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED}) == (status in {"2", "101"})


def test_a_status_that_nobody_documented_is_never_shipped() -> None:
    order = order_of(Doc({"order_id": "1", "order_status": 77, "create_time": 1772413200}))

    assert (order.status, order.tags) == (OrderStatus.BLOCKED, ["unknown_status"])
