"""The Shopify connector opposite to its simulator, and the reader of its query language."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import ValidationError
from tests.integrations.conformance import START, ChannelConformance, Platform, incoming, windows
from tests.integrations.hostile import every_twisted

from hecang.integrations.channels import shopify_queries as queries
from hecang.integrations.channels.base import (
    OrderStatus,
    OrderTouched,
    RefundStatus,
    ShippedLine,
    StockLevel,
    Window,
)
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.shopify import ShopifyConnector
from hecang.integrations.channels.shopify_orders import order_read
from hecang.integrations.simulators.base import SimOrder
from hecang.integrations.simulators.graphql import GraphQLError, answered, cost, parse
from hecang.integrations.simulators.shopify import MOST, ShopifySimulator
from hecang.kernel.connectors import (
    BadSignature,
    Incoming,
    Link,
    OutsideError,
    Refused,
    Throttled,
    Token,
    TokenExpired,
    Unreachable,
)

#: Every question of the connector, as long as it asks.
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (queries.ORDER_PAGE, {"first": queries.ORDERS, "query": "x"}),
    (queries.REFUND_PAGE, {"first": queries.ORDERS, "query": "x"}),
    (queries.ORDER, {"id": "x"}),
    (queries.ORDER_LINES, {"id": "x", "after": "x"}),
    (queries.FULFILLMENT, {"id": "x"}),
    (queries.AVAILABLE, {"ids": ["x"] * queries.VARIANTS, "location": "x"}),
    (queries.VARIANT_PAGE, {"first": queries.VARIANTS}),
    (queries.FULFILL, {"fulfillment": {"notifyCustomer": False}}),
    (queries.SET_AVAILABLE, {"input": {"name": "available"}, "key": "x"}),
    (queries.SHOP, {}),
]


class TestShopify(ChannelConformance):
    connector = ShopifyConnector
    simulator = ShopifySimulator
    refuses_long_windows = False
    # One note, which is the buyer's.
    tells_remarks = False
    # Shopify tells of refunds when the money has gone.
    refund_statuses: ClassVar[dict[str, RefundStatus]] = {"done": RefundStatus.DONE}
    pushes_age = False

    @pytest.fixture
    def platform(self) -> Platform:
        """Time passes with each call, so that the bucket of points fills up again."""
        platform = Platform(self)
        platform.transport._step = timedelta(seconds=5)
        return platform

    def sim_order(self, platform: Platform, n: int = 1, **fields: Any) -> SimOrder:
        # Addresses have no district.
        return super().sim_order(platform, n, **{"district": "", **fields})

    # ---------------------------------------------------------------- cost

    @pytest.mark.parametrize(("question", "variables"), QUESTIONS)
    def test_no_question_costs_more_than_one_may(self, question: str, variables: dict[str, Any]) -> None:
        assert cost(parse(question, variables).selection) <= MOST

    def test_an_empty_bucket_is_told_with_the_time_to_wait(self, platform: Platform) -> None:
        platform.transport.is_paced = False
        platform.sim.place(*(self.sim_order(platform, n) for n in range(1, 30)))

        def ask_on_and_on() -> None:
            for _call in range(40):
                platform.connector.pull_orders(Window(START, START), None)

        with pytest.raises(Throttled) as raised:
            ask_on_and_on()

        assert timedelta(seconds=1) <= raised.value.retry_after <= timedelta(seconds=10)
        platform.clock.move(raised.value.retry_after)
        platform.connector.pull_orders(Window(START, START), None)

    # ---------------------------------------------------------------- orders

    def test_lines_beyond_the_first_come_in_further_answers(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        placed.lines = [self.sim_line(placed.number, n, external_line=f"9{n:03}") for n in range(1, 131)]
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert [line.external_line for line in order.lines] == [line.external_line for line in placed.lines]

    def test_an_order_tells_its_name_currency_and_country(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1))

        order = platform.connector.get_order(self.order_number(1))

        assert order is not None
        assert (order.tags, order.currency) == (["#0001"], "USD")
        assert (order.recipient.country, order.recipient.province) == ("CN", "上海市")

    @pytest.mark.parametrize(
        ("financial", "fulfilment", "meant"),
        [
            ("AUTHORIZED", "UNFULFILLED", OrderStatus.BLOCKED),
            ("PARTIALLY_PAID", "UNFULFILLED", OrderStatus.BLOCKED),
            ("PARTIALLY_REFUNDED", "UNFULFILLED", OrderStatus.TO_SHIP),
            ("PAID", "SCHEDULED", OrderStatus.BLOCKED),
            ("PAID", "SOMETHING_NEW", OrderStatus.BLOCKED),
            ("VOIDED", "UNFULFILLED", OrderStatus.CANCELLED),
            ("REFUNDED", "FULFILLED", OrderStatus.SHIPPED),
            ("PENDING", "UNFULFILLED", OrderStatus.UNPAID),
        ],
    )
    def test_what_is_not_paid_and_free_is_not_to_be_shipped(
        self, financial: str, fulfilment: str, meant: OrderStatus
    ) -> None:
        doc = Doc(
            {
                "id": "gid://shopify/Order/1",
                "createdAt": "2026-01-01T00:00:00Z",
                "displayFinancialStatus": financial,
                "displayFulfillmentStatus": fulfilment,
            }
        )

        assert order_read(doc, [], ship_authorised=False).status is meant

    def test_what_needs_no_shipping_is_left_out(self) -> None:
        def read(*needs: bool) -> tuple[int, OrderStatus]:
            doc = Doc(
                {
                    "id": "gid://shopify/Order/1",
                    "createdAt": "2026-01-01T00:00:00Z",
                    "displayFinancialStatus": "PAID",
                    "displayFulfillmentStatus": "UNFULFILLED",
                }
            )
            lines = [
                Doc(
                    {
                        "id": f"gid://shopify/LineItem/{n}",
                        "quantity": 1,
                        "currentQuantity": 1,
                        "requiresShipping": one,
                    }
                )
                for n, one in enumerate(needs)
            ]
            order = order_read(doc, lines, ship_authorised=False)
            return len(order.lines), order.status

        assert read(True, False) == (1, OrderStatus.TO_SHIP)
        assert read(False) == (1, OrderStatus.DONE)

    def test_authorised_orders_are_shipped_where_the_shop_wants_it(self) -> None:
        doc = Doc(
            {
                "id": "gid://shopify/Order/1",
                "createdAt": "2026-01-01T00:00:00+08:00",
                "displayFinancialStatus": "AUTHORIZED",
                "displayFulfillmentStatus": "UNFULFILLED",
            }
        )

        assert order_read(doc, [], ship_authorised=True).status is OrderStatus.TO_SHIP

    def test_a_refund_names_its_line(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.sim.ask_refund(self.sim_refund(placed, status="done"))
        platform.settle()

        (window,) = windows(platform.connector, START, platform.clock())
        (refund,) = platform.connector.pull_refunds(window, None).items

        assert (refund.external_line, refund.quantity, refund.before_shipping) == (
            placed.lines[0].external_line,
            1,
            True,
        )

    # ---------------------------------------------------------------- shipping

    def test_units_come_from_the_lines_of_fulfilment_orders(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed, [(1, 1)]))

        sent = json.loads(platform.transport.sent[-1].content)["variables"]["fulfillment"]
        assert sent == {
            "lineItemsByFulfillmentOrder": [
                {
                    "fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{placed.number}1",
                    "fulfillmentOrderLineItems": [
                        {
                            "id": f"gid://shopify/FulfillmentOrderLineItem/{placed.lines[1].external_line}7",
                            "quantity": 1,
                        }
                    ],
                }
            ],
            "trackingInfo": {"company": "SF Express", "number": "SF1000000000001"},
            "notifyCustomer": False,
        }

    def test_more_than_waits_there_is_refused(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        shipment = self.shipment(placed, [(1, 1)])
        too_much = replace(shipment, lines=[ShippedLine(placed.lines[1].external_line, "", "", 3)])

        with pytest.raises(Refused) as raised:
            platform.connector.confirm_shipment(too_much)

        assert raised.value.code == "nothing_to_ship"

    def test_orders_of_very_many_lines_go_as_a_whole(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        placed.lines = [self.sim_line(placed.number, n, external_line=f"9{n:03}") for n in range(1, 91)]
        platform.sim.place(placed)

        platform.connector.confirm_shipment(self.shipment(placed))

        assert platform.sim.orders[placed.number].status == "shipped"

    # ---------------------------------------------------------------- stock

    def level(self, quantity: int, n: int = 1) -> StockLevel:
        return StockLevel(f"k{n}", f"6100{n}", f"7100{n}", f"SKU-{n}", quantity)

    def test_what_stands_there_already_is_not_written(self, platform: Platform) -> None:
        platform.sim.stock["61001", "71001"] = 5
        platform.transport.sent.clear()

        platform.connector.push_stock([self.level(5)])

        assert len(platform.transport.sent) == 1

    def test_a_sale_between_reading_and_writing_starts_anew(self, platform: Platform) -> None:
        # given a sale that comes in the middle
        platform.sim.stock["61001", "71001"] = 5
        platform.sim.meanwhile = [(("61001", "71001"), 4)]

        # when stock is set
        outcomes = platform.connector.push_stock([self.level(9)])

        # then it was read again before it was written
        assert [one.error for one in outcomes] == [None]
        assert platform.sim.stock["61001", "71001"] == 9
        froms = [
            json.loads(request.content)["variables"]["input"]["quantities"][0]["changeFromQuantity"]
            for request in platform.transport.sent
            if b"SetAvailable" in request.content
        ]
        assert froms == [5, 4]

    def test_stock_that_never_stands_still_is_given_up_for_now(self, platform: Platform) -> None:
        platform.sim.stock["61001", "71001"] = 5
        twist = iter(range(100, 200))
        wrong = platform.sim._wrong

        def never_still(quantities: list[dict[str, Any]]) -> list[list[Any]]:
            platform.sim.stock["61001", "71001"] = next(twist)
            return wrong(quantities)

        platform.sim._wrong = never_still  # type: ignore[method-assign]

        (outcome,) = platform.connector.push_stock([self.level(9)])

        assert isinstance(outcome.error, Unreachable)
        assert outcome.error.may_retry

    def test_levels_that_are_refused_do_not_keep_others_back(self, platform: Platform) -> None:
        platform.sim.stock["61001", "71001"] = 5
        platform.sim.stock["61003", "71003"] = 5

        outcomes = platform.connector.push_stock([self.level(9), self.level(3, 2), self.level(-1, 3)])

        assert [type(one.error) for one in outcomes] == [type(None), Refused, Refused]
        assert platform.sim.stock["61001", "71001"] == 9

    def test_from_april_2026_the_key_has_to_be_there(self, platform: Platform) -> None:
        platform.sim.stock["61001", "71001"] = 5
        without = queries.SET_AVAILABLE.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
        given = {"name": "available", "reason": "correction", "quantities": []}

        with pytest.raises(Refused, match="@idempotent"):
            platform.connector._ask(without, input=given)

        older = platform.settings.model_copy(update={"version": "2026-01"})
        ShopifyConnector(older, platform.link)._ask(without, input=given)

    def test_what_is_changed_from_has_to_be_said_if_only_as_null(self, platform: Platform) -> None:
        platform.sim.stock["61001", "71001"] = 5
        quantity = {
            "inventoryItemId": "gid://shopify/InventoryItem/710019",
            "locationId": "655441491",
            "quantity": 7,
        }
        given = {"name": "available", "reason": "correction", "quantities": [quantity]}

        with pytest.raises(Refused, match="changeFromQuantity"):
            platform.connector._ask(queries.SET_AVAILABLE, input=given, key="a")
        trusting = platform.settings.model_copy(update={"compare_stock": False})
        ShopifyConnector(trusting, platform.link).push_stock([self.level(7)])

        assert platform.sim.stock["61001", "71001"] == 7
        sent = json.loads(platform.transport.sent[-1].content)["variables"]["input"]["quantities"]
        assert [one["changeFromQuantity"] for one in sent] == [None]

    def test_the_same_key_does_the_same_once(self, platform: Platform) -> None:
        platform.sim.stock["61001", "71001"] = 5
        quantity = {
            "inventoryItemId": "gid://shopify/InventoryItem/710019",
            "locationId": "655441491",
            "quantity": 7,
            "changeFromQuantity": 5,
        }
        given = {"name": "available", "reason": "correction", "quantities": [quantity]}
        platform.connector._ask(queries.SET_AVAILABLE, input=given, key="a")
        platform.sim.stock["61001", "71001"] = 6

        again = platform.connector._ask(queries.SET_AVAILABLE, input=given, key="a").doc(
            "inventorySetQuantities"
        )
        other = {**given, "reason": "other"}
        mismatch = platform.connector._ask(queries.SET_AVAILABLE, input=other, key="a").doc(
            "inventorySetQuantities"
        )

        assert again.docs("userErrors") == []
        assert platform.sim.stock["61001", "71001"] == 6
        assert mismatch.docs("userErrors")[0].text("code") == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"

    def test_without_a_location_no_stock_is_set(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"location_id": ""})

        with pytest.raises(Refused):
            ShopifyConnector(settings, platform.link).push_stock([self.level(1)])

    def test_products_are_listed_by_variant(self, platform: Platform) -> None:
        platform.sim.stock = {("61001", "71001"): 1, ("61002", "71002"): 2}

        page = platform.connector.list_products(None)

        assert [(one.product_id, one.variant_id) for one in page.items] == [
            ("61001", "71001"),
            ("61002", "71002"),
        ]
        assert page.cursor is None

    # ---------------------------------------------------------------- tokens and messages

    def test_a_lasting_token_stays_as_it_is(self, platform: Platform) -> None:
        settings = platform.settings.model_validate(
            {**platform.settings.plain(), "access_token": "shpat_lasting"}
        )
        connector = ShopifyConnector(settings, replace(platform.link, token=Token()))

        assert connector.refresh_token() == Token("shpat_lasting")
        with pytest.raises(TokenExpired):
            connector.check()

    def test_after_a_rotation_the_former_secret_is_good(self, platform: Platform) -> None:
        settings = platform.settings.model_validate({**platform.settings.plain(), "former_secret": "old"})
        message = incoming(platform.sim.message("orders/updated", {"id": 7}, secret="old"))

        received = ShopifyConnector(settings, platform.link).receive(message)

        assert list(received.events) == [OrderTouched("7")]
        with pytest.raises(BadSignature):
            platform.connector.receive(message)

    @pytest.mark.parametrize(
        ("topic", "body", "events"),
        [
            ("orders/cancelled", {"id": 450789469}, [OrderTouched("450789469")]),
            ("refunds/create", {"id": 1, "order_id": 450789469}, [OrderTouched("450789469")]),
            ("fulfillments/update", {"id": 1, "order_id": 450789469}, [OrderTouched("450789469")]),
            ("products/update", {"id": 1}, []),
            ("customers/redact", {"shop_id": 1}, []),
        ],
    )
    def test_messages_touch_their_order(
        self, platform: Platform, topic: str, body: dict[str, Any], events: list[OrderTouched]
    ) -> None:
        received = platform.connector.receive(incoming(platform.sim.message(topic, body)))

        assert (list(received.events), received.reply.status) == (events, 200)

    def test_messages_of_other_shops_are_refused(self, platform: Platform) -> None:
        push = platform.sim.message("orders/updated", {"id": 7})
        other = replace(push, headers={**push.headers, "X-Shopify-Shop-Domain": "other.myshopify.com"})

        with pytest.raises(BadSignature):
            platform.connector.receive(incoming(other))

    # ---------------------------------------------------------------- answers

    @pytest.mark.parametrize(
        ("status", "kind"), [(401, TokenExpired), (403, Refused), (404, Refused), (430, Throttled)]
    )
    def test_what_http_says_is_understood(
        self, platform: Platform, status: int, kind: type[OutsideError]
    ) -> None:
        transport = httpx.MockTransport(lambda _request: httpx.Response(status, json={"errors": "no"}))
        link = Link(httpx.Client(transport=transport), platform.clock, platform.link.token)

        with pytest.raises(kind):
            ShopifyConnector(platform.settings, link).check()

    def test_hostile_answers_are_errors_of_the_outside(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.sim.stock["61001", "71001"] = 1
        data = {
            **platform.connector._ask(queries.ORDER, id=f"gid://shopify/Order/{placed.number}").data,
            **platform.connector._ask(queries.AVAILABLE, ids=["71001"], location="655441491").data,
        }
        data["orders"] = {"nodes": [data["order"]], "pageInfo": {"hasNextPage": False}}
        data["inventorySetQuantities"] = {
            "userErrors": [{"code": "X", "field": ["input", "quantities", "0"]}]
        }

        for connector in every_twisted(platform, {"data": data}, step=37):
            for ask in (
                lambda c=connector: c.get_order(placed.number),
                lambda c=connector: c.pull_orders(Window(START, START), None),
                lambda c=connector: c.pull_refunds(Window(START, START), None),
                lambda c=connector: c.confirm_shipment(self.shipment(placed)),
                lambda c=connector: c.push_stock([self.level(3)]),
                lambda c=connector: c.list_products(None),
                connector.refresh_token,
                connector.check,
            ):
                try:
                    ask()
                except OutsideError:
                    continue


def test_a_message_signed_as_documented_is_taken() -> None:
    """Derived: base64 of HMAC-SHA256 over the raw body; Shopify publishes no complete example."""
    settings = ShopifyConnector.Settings.model_validate({"shop": "a.myshopify.com", "client_secret": "hush"})
    connector = ShopifyConnector(settings, Link(None, None))  # type: ignore[arg-type]
    headers = {
        "x-shopify-hmac-sha256": "QPF8T1ti8Gpf6xXRoKZDI2G/2Fp8v4tKnau8MqDdx3o=",
        "x-shopify-topic": "orders/paid",
    }

    received = connector.receive(Incoming("POST", "/", {}, headers, b'{"id":450789469}'))

    assert list(received.events) == [OrderTouched("450789469")]


@pytest.mark.parametrize("version", ["2025-10", "2026-02", "latest", "unstable"])
def test_versions_before_the_rules_of_2026_are_no_choice(version: str) -> None:
    with pytest.raises(ValidationError):
        ShopifyConnector.Settings.model_validate({"shop": "a", "client_secret": "x", "version": version})


class TestReader:
    WORLD: ClassVar[dict[str, Any]] = {
        "shop": {"id": "1", "name": "S"},
        "things": lambda one: [{"__typename": "A", "a": one.arguments["n"]}, None],
    }

    def ask(self, text: str, **variables: Any) -> Any:
        return answered(parse(text, variables).selection, self.WORLD, "Query")

    def test_only_what_is_asked_for_is_answered(self) -> None:
        assert self.ask("{ shop { name } }") == {"shop": {"name": "S"}}
        assert self.ask(
            "query Q($n: Int!) { mine: things(n: $n) { ... on A { a } ... on B { b } } }", n=3
        ) == {"mine": [{"a": 3}, None]}

    @pytest.mark.parametrize(
        "text",
        [
            "{ shop { name }",
            "{ shop }",
            "{ shop { } }",
            "{ shop { nonsense } }",
            "{ shop { name { x } } }",
            "{ shop(id: 1) { name } }",
            "query Q($n: Int!) { things(n: $n) { a } }",
            "query Q($n: Int) { shop { name } }",
            "{ things(n: $n) { a } }",
            "subscription { shop { name } }",
            "{ shop { name } } { shop { name } }",
            "{ shop ; }",
        ],
    )
    def test_what_is_no_question_is_refused(self, text: str) -> None:
        with pytest.raises(GraphQLError):
            self.ask(text)

    def test_literals_are_values(self) -> None:
        (one,) = parse('{ f(a: {b: [1, "x\\"y", null, true, ENUM]}) { g } }', {}).selection

        assert one.arguments == {"a": {"b": [1, 'x"y', None, True, "ENUM"]}}


def test_amounts_stay_exact() -> None:
    line = {"id": "gid://shopify/LineItem/1", "quantity": 3, "currentQuantity": 3}
    money = {"shopMoney": {"amount": "0.1"}}
    doc = Doc(
        {"id": "gid://shopify/Order/1", "createdAt": "2026-01-01T00:00:00Z", "currentTotalPriceSet": money}
    )

    order = order_read(doc, [Doc({**line, "originalUnitPriceSet": money})], ship_authorised=False)

    assert (order.total, order.lines[0].unit_price) == (Decimal("0.1"), Decimal("0.1"))
