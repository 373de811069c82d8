"""The WooCommerce connector opposite to its simulator: over HTTPS with keys, over HTTP with signatures."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import httpx
import pytest
from tests.integrations.conformance import START, ChannelConformance, Platform, incoming, windows
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels.base import OrderStatus, OrderTouched, RefundStatus, StockLevel, Window
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.woocommerce import WoocommerceConnector
from hecang.integrations.channels.woocommerce_oauth import base_string, signature
from hecang.integrations.channels.woocommerce_orders import order_read
from hecang.integrations.simulators.base import SimOrder
from hecang.integrations.simulators.woocommerce import WoocommerceSimulator
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    Incoming,
    Link,
    OutsideError,
    Refused,
    Unreachable,
)


class TestWoocommerce(ChannelConformance):
    connector = WoocommerceConnector
    simulator = WoocommerceSimulator
    settings: ClassVar[dict[str, Any]] = {"base_url": "https://shop.test"}
    refuses_long_windows = False
    # The shop's own notes are not the order's.
    tells_remarks = False
    # Orders that have left in part are still “processing”; completed is as far as it goes.
    statuses: ClassVar[dict[str, OrderStatus]] = {
        **{one.value: one for one in OrderStatus if one is not OrderStatus.PARTLY_SHIPPED},
        "shipped": OrderStatus.DONE,
    }
    # Refunds are known when they are made.
    refund_statuses: ClassVar[dict[str, RefundStatus]] = {"done": RefundStatus.DONE}
    pushes_age = False

    def sim_order(self, platform: Platform, n: int = 1, **fields: Any) -> SimOrder:
        # Addresses have no district.
        return super().sim_order(platform, n, **{"district": "", **fields})

    # ---------------------------------------------------------------- orders

    def test_an_order_tells_currency_country_and_buyer(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1))

        order = platform.connector.get_order(self.order_number(1))

        assert order is not None
        assert (order.currency, order.buyer) == ("EUR", "buyer1@example.com")
        assert (order.recipient.country, order.recipient.province) == ("CN", "上海市")

    def test_times_are_gmt_whatever_the_shop_shows(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert order.modified_at == placed.modified_at

    def test_refunds_are_asked_for_only_where_there_are_any(self, platform: Platform) -> None:
        first, second = self.sim_order(platform, 1), self.sim_order(platform, 2)
        platform.sim.place(first, second)
        platform.sim.ask_refund(self.sim_refund(second, status="done", quantity=1))
        platform.settle()

        orders = self.pull(platform)

        asked = [
            request.url.path for request in platform.transport.sent if request.url.path.endswith("/refunds")
        ]
        assert asked == [f"/wp-json/wc/v3/orders/{second.number}/refunds"]
        assert [line.is_refunding for line in orders[1].lines] == [True, False]

    def test_a_refund_of_a_part_leaves_the_rest_to_be_shipped(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        line = placed.lines[1].external_line
        platform.sim.ask_refund(self.sim_refund(placed, status="done", external_line=line, quantity=1))

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [(one.quantity, one.is_refunding) for one in order.lines] == [(1, False), (1, False)]

    def test_a_refund_after_completion_stops_nothing(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1, status="done")
        platform.sim.place(placed)
        platform.sim.ask_refund(self.sim_refund(placed, status="done"))
        platform.settle()

        (window,) = windows(platform.connector, START, platform.clock())
        (refund,) = platform.connector.pull_refunds(window, None).items

        assert (refund.before_shipping, refund.external_line) == (False, placed.lines[0].external_line)

    def test_states_of_plugins_are_blocked_until_they_are_explained(self) -> None:
        doc = Doc({"id": 1, "date_created_gmt": "2026-01-01T00:00:00", "status": "partially-paid"})

        assert order_read(doc, [], {}).status is OrderStatus.BLOCKED
        assert order_read(doc, [], {}).tags == ["unknown_status"]
        assert order_read(doc, [], {"partially-paid": OrderStatus.UNPAID}).status is OrderStatus.UNPAID

    @pytest.mark.parametrize(
        ("address", "name"),
        [
            ({"first_name": "小明", "last_name": "王", "country": "CN"}, "王小明"),
            ({"first_name": "Ada", "last_name": "Lovelace", "country": "GB"}, "Ada Lovelace"),
            ({"first_name": "Xiaoming", "last_name": "Wang", "country": "CN"}, "Xiaoming Wang"),
        ],
    )
    def test_names_are_put_together_as_people_write_them(self, address: dict[str, str], name: str) -> None:
        doc = Doc(
            {"id": 1, "date_created_gmt": "2026-01-01T00:00:00", "billing": {"address_1": "x", **address}}
        )

        assert order_read(doc, [], {}).recipient.name == name

    def test_unit_prices_are_before_discounts_and_with_tax(self) -> None:
        line = {
            "id": 1, "quantity": 3, "subtotal": "30.00", "subtotal_tax": "6.00", "total": "27.00", "total_tax": "5.40",
        }  # fmt: skip
        doc = Doc({"id": 1, "date_created_gmt": "2026-01-01T00:00:00", "line_items": [line]})

        (read,) = order_read(doc, [], {}).lines

        assert (read.unit_price, read.amount) == (Decimal("12.00"), Decimal("32.40"))

    # ---------------------------------------------------------------- shipping

    def test_the_customer_is_told_and_the_order_completed(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed))

        assert platform.sim.notes[placed.number] == [
            {
                "id": 1,
                "note": "Shipped by SF Express, tracking number SF1000000000001.",
                "customer_note": True,
            }
        ]
        assert platform.sim.orders[placed.number].status == "shipped"

    def test_the_last_parcel_completes_the_order(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed, [(0, 1)]))
        before = platform.sim.orders[placed.number].status
        platform.connector.confirm_shipment(
            self.shipment(placed, [(1, 2)], waybill="SF2", completes_order=True)
        )

        assert (before, platform.sim.orders[placed.number].status) == ("partly_shipped", "shipped")
        assert [one.waybill for one in platform.sim.shipments] == ["SF1000000000001", "SF2"]

    def test_a_number_within_another_is_not_the_same(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        for waybill in ("SF12", "SF1"):
            platform.connector.confirm_shipment(self.shipment(placed, [(0, 1)], waybill=waybill))

        assert [one.waybill for one in platform.sim.shipments] == ["SF12", "SF1"]

    def test_the_extension_takes_numbers_of_its_own(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"shipping": "tracking"})
        connector = WoocommerceConnector(settings, platform.link)
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        connector.confirm_shipment(self.shipment(placed))
        with pytest.raises(AlreadyDone):
            connector.confirm_shipment(self.shipment(placed))

        assert platform.sim.trackings[placed.number] == [
            {
                "custom_tracking_provider": "SF Express",
                "tracking_number": "SF1000000000001",
                "date_shipped": "2026-03-02",
            }
        ]
        assert platform.sim.notes == {}

    def test_a_note_without_the_number_gets_it(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"note_text": "Sent with {carrier}."})
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        WoocommerceConnector(settings, platform.link).confirm_shipment(self.shipment(placed))

        assert platform.sim.notes[placed.number][0]["note"] == "Sent with SF Express. SF1000000000001"

    # ---------------------------------------------------------------- stock and products

    def test_products_and_variations_go_in_batches_of_their_own(self, platform: Platform) -> None:
        platform.sim.stock = {("1", ""): 0, ("2", ""): 0, ("3", "31"): 0, ("3", "32"): 0}
        levels = [
            StockLevel("a", "1", "", "", 11), StockLevel("b", "3", "31", "", 31), StockLevel("c", "2", "", "", 12),
            StockLevel("d", "3", "32", "", 32), StockLevel("e", "3", "99", "", 1),
        ]  # fmt: skip

        outcomes = platform.connector.push_stock(levels)

        assert [type(one.error) for one in outcomes] == [type(None)] * 4 + [Refused]
        assert platform.sim.stock == {("1", ""): 11, ("2", ""): 12, ("3", "31"): 31, ("3", "32"): 32}
        assert [request.url.path for request in platform.transport.sent] == [
            "/wp-json/wc/v3/products/batch",
            "/wp-json/wc/v3/products/3/variations/batch",
        ]

    def test_products_of_many_variations_are_listed_whole(self, platform: Platform) -> None:
        platform.sim.stock = {("3", str(1000 + n)): 0 for n in range(230)}

        page = platform.connector.list_products(None)

        assert [one.variant_id for one in page.items] == [str(1000 + n) for n in range(230)]

    def test_full_pages_without_a_count_are_no_answer(self, platform: Platform) -> None:
        answer = httpx.Response(200, json=[{"id": 1}] * 100)
        link = Link(httpx.Client(transport=httpx.MockTransport(lambda _request: answer)), platform.clock)

        with pytest.raises(OutsideError) as raised:
            WoocommerceConnector(platform.settings, link).check()

        assert raised.value.code == "malformed"

    def test_products_are_listed_with_their_variations(self, platform: Platform) -> None:
        platform.sim.stock = {("1", ""): 0, ("3", "31"): 0, ("3", "32"): 0}

        page = platform.connector.list_products(None)

        assert [(one.product_id, one.variant_id, one.outer_sku) for one in page.items] == [
            ("1", "", "P-1"),
            ("3", "31", "V-31"),
            ("3", "32", "V-32"),
        ]

    # ---------------------------------------------------------------- webhooks

    def test_a_ping_is_answered(self, platform: Platform) -> None:
        received = platform.connector.receive(incoming(platform.sim.ping()))

        assert (received.events, received.reply.status) == ([], 200)

    def test_what_is_no_order_is_taken_and_dropped(self, platform: Platform) -> None:
        received = platform.connector.receive(incoming(platform.sim.message("product.updated", {"id": 1})))

        assert received.events == []

    def test_without_a_secret_nothing_is_taken(self, platform: Platform) -> None:
        plain = {**platform.settings.plain(), "webhook_secret": ""}
        connector = WoocommerceConnector(platform.settings.model_validate(plain), platform.link)

        with pytest.raises(BadSignature):
            connector.receive(incoming(platform.sim.message("order.updated", {"id": 1})))

    # ---------------------------------------------------------------- authorisation and answers

    def test_the_secret_may_go_in_the_query_where_headers_are_dropped(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"authorisation": "query"})

        WoocommerceConnector(settings, platform.link).check()

        sent = platform.transport.sent[-1]
        assert "authorization" not in sent.headers
        assert sent.url.params["consumer_key"] == settings.consumer_key

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (httpx.Response(301, headers={"Location": "https://elsewhere.test"}), Refused),
            (httpx.Response(403, text="<html>blocked by a firewall</html>"), Refused),
            (httpx.Response(200, text="<html>maintenance</html>"), Unreachable),
            (httpx.Response(503, text="busy"), Unreachable),
        ],
    )
    def test_what_hosts_say_in_its_place_is_understood(
        self, platform: Platform, answer: httpx.Response, kind: type[OutsideError]
    ) -> None:
        link = Link(httpx.Client(transport=httpx.MockTransport(lambda _request: answer)), platform.clock)

        with pytest.raises(kind):
            WoocommerceConnector(platform.settings, link).check()

    def test_hostile_answers_are_errors_of_the_outside(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.sim.ask_refund(self.sim_refund(placed, status="done"))
        order = platform.connector._order(placed.number)
        assert order is not None
        (refund,) = platform.connector._refunds(order)
        level = StockLevel("a", "1", "", "", 1)

        for good in (
            [{**order.data, **refund.data}],
            {**order.data, "update": [{"id": 1, "error": {"code": "x"}}]},
        ):
            for connector in every_twisted(platform, good, step=31):
                for ask in (
                    lambda c=connector: c.get_order(placed.number),
                    lambda c=connector: c.pull_orders(Window(START, START), None),
                    lambda c=connector: c.pull_refunds(Window(START, START), None),
                    lambda c=connector: c.confirm_shipment(self.shipment(placed)),
                    lambda c=connector: c.push_stock([level]),
                    lambda c=connector: c.list_products(None),
                    connector.check,
                ):
                    try:
                        ask()
                    except OutsideError:
                        continue


class TestWoocommerceSigned(TestWoocommerce):
    """The same over plain HTTP, where every call is signed and no secret is sent."""

    settings: ClassVar[dict[str, Any]] = {"base_url": "http://shop.test"}
    test_the_secret_may_go_in_the_query_where_headers_are_dropped = None

    def test_no_secret_is_sent(self, platform: Platform) -> None:
        platform.connector.check()

        sent = platform.transport.sent[-1]
        secret = platform.settings.consumer_secret.get_secret_value()
        assert secret not in str(sent.url)
        assert "authorization" not in sent.headers

    def test_a_call_cannot_be_played_again(self, platform: Platform) -> None:
        platform.connector.check()
        sent = platform.transport.sent[-1]

        again = httpx.Client(transport=platform.transport).get(sent.url)

        assert again.status_code == 401
        assert json.loads(again.content)["message"].startswith("Invalid nonce")


def test_published_signature() -> None:
    """Published: the example of OAuth Core 1.0a, appendix A.5 (with a token, which WooCommerce has none of)."""
    params = {
        "oauth_consumer_key": "dpf43f3p2l4k3l03",
        "oauth_token": "nnch734d00sl2jdk",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1191242096",
        "oauth_nonce": "kllo9940pd9333jh",
        "oauth_version": "1.0",
        "file": "vacation.jpg",
        "size": "original",
    }
    url = "http://photos.example.net/photos"

    assert base_string("get", url, params) == (
        "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03"
        "%26oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096"
        "%26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal"
    )
    assert (
        signature("GET", url, params, "kd94hf93k423kf44&pfkkdhi9sl3r4s00", "sha1")
        == "tR3+Ty81lMeYAr/Fid0kMTYa/WM="
    )


def test_a_message_signed_as_documented_is_taken() -> None:
    """Derived: base64 of HMAC-SHA256 over the raw body; WooCommerce publishes no complete example."""
    given = {
        "base_url": "https://a.test",
        "consumer_key": "ck",
        "consumer_secret": "cs",
        "webhook_secret": "hush",
    }
    connector = WoocommerceConnector(WoocommerceConnector.Settings.model_validate(given), Link(None, None))  # type: ignore[arg-type]
    headers = {
        "x-wc-webhook-signature": "v2qkQ3PH+DA6mf67I22HN9LaN34TY+kqpxodbjov9bE=",
        "x-wc-webhook-topic": "order.created",
    }
    message = Incoming("POST", "/", {}, headers, b'{"id":727}')

    assert list(connector.receive(message).events) == [OrderTouched("727")]
    with pytest.raises(BadSignature):
        connector.receive(replace(message, body=b'{"id":728}'))
