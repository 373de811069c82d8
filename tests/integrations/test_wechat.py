"""The WeChat shop connector opposite to its simulator."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integrations.conformance import START, ChannelConformance, Platform, incoming
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import AddressChange, OrderTouched, Window
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.wechat import WechatConnector
from hecang.integrations.channels.wechat_crypto import opened, signature
from hecang.integrations.channels.wechat_orders import order_read
from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.wechat import APP_ID, MESSAGE_KEY, WechatSimulator, seal
from hecang.kernel.connectors import BadSignature, OutsideError, Refused, TokenExpired


class TestWechat(ChannelConformance):
    connector = WechatConnector
    simulator = WechatSimulator
    is_sealed = True
    # Orders may span seven days and after-sales one; the connector asks for one day at a time.
    refuses_long_windows = False

    def test_orders_over_more_than_seven_days_are_refused(self, platform: Platform) -> None:
        with pytest.raises(Refused, match="too long"):
            platform.connector.pull_orders(Window(START, START + timedelta(days=8)), None)

    def test_a_token_is_not_taken_from_others(self, platform: Platform) -> None:
        before = platform.link.token

        after = platform.connector.refresh_token()

        assert after.access == before.access
        assert json.loads(platform.transport.sent[-1].content)["force_refresh"] is False
        assert after.expires_at == platform.clock() + timedelta(hours=2)

    def test_without_a_token_nothing_is_asked(self, platform: Platform) -> None:
        platform.link.token = replace(platform.link.token, access="")

        with pytest.raises(TokenExpired):
            platform.connector.check()

        assert platform.sim.calls["/channels/ec/basics/info/get"] == 0

    def test_parcels_are_told_by_article(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)]))

        sent = json.loads(platform.transport.sent[-1].content)
        assert sent["delivery_list"] == [
            {
                "delivery_id": "SF",
                "waybill_id": "SF1000000000001",
                "deliver_type": 1,
                "product_infos": [{"product_id": "61002", "sku_id": "71002", "product_cnt": 1}],
            }
        ]

    def test_products_are_listed_by_sku(self, platform: Platform) -> None:
        platform.sim.stock = {(f"{100 + n}", f"{900 + n}{m}"): 0 for n in range(31) for m in range(2)}

        first = platform.connector.list_products(None)
        second = platform.connector.list_products(first.cursor)

        found = [(one.product_id, one.variant_id) for one in (*first.items, *second.items)]
        assert found == sorted(platform.sim.stock)
        assert first.items[0].title == "商品 100 / 9000"
        assert second.cursor is None

    def test_the_platforms_question_is_answered(self, platform: Platform) -> None:
        reply = platform.connector.receive(incoming(platform.sim.question())).reply

        assert (reply.body, reply.content_type) == (b"4375120948345356249", "text/plain")

    def test_a_strangers_question_is_not_answered(self, platform: Platform) -> None:
        asked = platform.sim.question()

        with pytest.raises(BadSignature):
            platform.connector.receive(incoming(replace(asked, query={**asked.query, "nonce": "8"})))

    def test_a_buyers_other_address_is_fetched_and_answered(self, platform: Platform) -> None:
        # given a buyer who moves
        platform.sim.place(self.sim_order(platform, 1))
        message = platform.sim.want_address(self.order_number(1), "南京西路 1 号")

        # when the message comes
        (wish,) = platform.connector.receive(incoming(message)).events

        # then the new address is there, sealed, and the buyer can be answered once
        assert isinstance(wish, AddressChange)
        assert wish.recipient.address.startswith("南京")
        assert wish.recipient.sealed["hash_code"]
        platform.connector.answer_address(wish, accepted=True)
        assert platform.sim.addresses == {self.order_number(1): "accepted"}
        with pytest.raises(Refused):
            platform.connector.answer_address(wish, accepted=False)

    def test_a_wish_whose_order_does_not_come_is_no_loss(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1))
        message = platform.sim.want_address(self.order_number(1), "南京西路 1 号")
        platform.behave(errors=1.0)

        received = platform.connector.receive(incoming(message))

        assert list(received.events) == [OrderTouched(self.order_number(1))]

    def test_after_sales_touch_their_order(self, platform: Platform) -> None:
        told = {"finder_shop_aftersale_status_update": {"status": "x", "order_id": "42"}}
        message = platform.sim.message("channels_ec_aftersale_update", told)

        assert list(platform.connector.receive(incoming(message)).events) == [OrderTouched("42")]

    def test_what_concerns_no_order_is_taken_and_dropped(self, platform: Platform) -> None:
        received = platform.connector.receive(incoming(platform.sim.message("product_spu_listing", {})))

        assert (received.events, received.reply.body) == ([], b"success")

    @pytest.mark.parametrize(
        "body", [b"", b"{}", b"[]", b"<xml/>", b'{"Encrypt": 7}', b'{"Encrypt": "AAAA"}']
    )
    def test_bodies_that_are_not_sealed_are_refused(self, platform: Platform, body: bytes) -> None:
        with pytest.raises(BadSignature):
            platform.connector.receive(incoming(Push("POST", {"timestamp": "1"}, {}, body)))

    def test_hostile_answers_are_errors_of_the_outside(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        order = platform.connector._order(placed.number)
        assert order is not None
        good = {
            "errcode": 0,
            "order": order.data,
            "order_id_list": [placed.number],
            "after_sale_order_id_list": ["1"],
            "product_ids": ["1"],
            "product": {"product_id": "1", "skus": [{"sku_id": "2", "sku_attrs": [{"attr_value": "x"}]}]},
            "after_sale_order": {"order_id": "1", "update_time": 1, "product_info": {}},
        }

        for connector in every_twisted(platform, good, step=19):
            for ask in (
                lambda c=connector: c.get_order(placed.number),
                lambda c=connector: c.pull_orders(Window(START, START), None),
                lambda c=connector: c.pull_refunds(Window(START, START), None),
                lambda c=connector: c.confirm_shipment(self.shipment(placed)),
                lambda c=connector: c.list_products(None),
                connector.refresh_token,
                connector.check,
            ):
                try:
                    ask()
                except OutsideError:
                    continue


def test_units_whose_refund_is_done_are_not_ordered_any_more() -> None:
    def line(**counts: int) -> tuple[int, bool]:
        product = {"product_id": "1", "sku_id": "2", "sku_cnt": 5, **counts}
        doc = Doc({"order_id": "1", "create_time": 1, "order_detail": {"product_infos": [product]}})
        (read,) = order_read(doc).lines
        return read.quantity, read.is_refunding

    assert line() == (5, False)
    assert line(finish_aftersale_sku_cnt=2) == (3, False)
    assert line(finish_aftersale_sku_cnt=5) == (5, True)
    assert line(on_aftersale_sku_cnt=1) == (5, True)


def test_a_message_opens_with_its_key_alone() -> None:
    sealed = seal(b'{"a":1}', MESSAGE_KEY, APP_ID)

    assert opened(sealed, MESSAGE_KEY, APP_ID) == b'{"a":1}'
    with pytest.raises(BadSignature):
        opened(sealed, MESSAGE_KEY, "wx-other")
    with pytest.raises(BadSignature):
        opened(sealed, MESSAGE_KEY[:-1] + ("A" if MESSAGE_KEY[-1] != "A" else "E"), APP_ID)


#: Published: the example in Tencent's own sample code of WXBizMsgCrypt (there inside XML; the cipher is the same).
CIPHER = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9"
    "FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3y"
    "t+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v"
    "6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_published_signature_and_cipher() -> None:
    signed = signature("spamtest", "1409735669", "1320562132", CIPHER)
    plain = opened(CIPHER, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2")

    assert signed == "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
    assert b"<Content><![CDATA[abcdteT]]></Content>" in plain
