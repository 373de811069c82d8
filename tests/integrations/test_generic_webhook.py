"""The signed webhook against a site of its own: the suite that every connector passes, and what is its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
import pytest
from django.test import Client, override_settings
from standardwebhooks.webhooks import Webhook
from tests.factories.orders import life
from tests.integrations.conformance import ChannelConformance, Platform, incoming
from tests.integrations.droppers import START, GenericShop, generic_shop

from hecang.integrations.channels.base import AddressChange, CancelWish, ChannelOrder, ChannelRefund
from hecang.integrations.channels.webhook import WebhookChannel, WebhookSettings
from hecang.integrations.models import ShipmentConfirm
from hecang.integrations.services.channels.inbox import messages_work
from hecang.integrations.simulators.base import SimLine, SimOrder, serving
from hecang.integrations.simulators.webhook import SECRET, WebhookSimulator
from hecang.kernel.connectors import BadSignature, Link, Reply, Unreachable
from hecang.orders.models import SalesOrder

OTHER = "whsec_YW5vdGhlci1zZWNyZXQtdGhhdC1pcy1sb25nLWVub3VnaA=="


@pytest.fixture(autouse=True)
def _private() -> Iterator[None]:
    with override_settings(ALLOW_PRIVATE_URLS=True):
        yield


class TestWebhook(ChannelConformance):
    """The webhook keeps what every channel promises."""

    connector = WebhookChannel
    simulator = WebhookSimulator
    #: The SSRF guard looks the host up: one that needs no name server.
    settings: ClassVar[Mapping[str, Any]] = {"base_url": "http://127.0.0.1"}

    def wrong_settings(self, platform: Platform) -> dict[str, Any]:
        return {**platform.settings.plain(), "secret": OTHER}

    def test_an_order_comes_with_all_that_matters(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1, buyer_remark="尽快", seller_remark="老客户")
        placed.lines[1].refunding = True
        platform.sim.place(placed)

        [push] = platform.sim.pushes(placed.number)
        [order] = platform.connector.receive(incoming(push)).events

        assert isinstance(order, ChannelOrder)
        assert (order.number, order.status, order.total) == (placed.number, "to_ship", placed.total)
        assert (order.recipient.name, order.recipient.phone) == (placed.name, placed.phone)
        assert (order.buyer_remark, order.seller_remark) == ("尽快", "老客户")
        assert [line.is_refunding for line in order.lines] == [False, True]
        assert [(line.outer_sku, line.quantity) for line in order.lines] == [("SKU-1", 1), ("SKU-2", 2)]

    def test_wishes_are_understood(self, platform: Platform) -> None:
        now = platform.clock().isoformat()
        said = [
            ("cancel", {"number": "C1", "order": "N-1", "requested_at": now, "reason": "买错了"}),
            ("address", {"number": "A1", "order": "N-1", "requested_at": now, "recipient": {"name": "李雷"}}),
            (
                "refund",
                {"number": "R1", "order": "N-1", "modified_at": now, "kind": "return", "amount": "9.90"},
            ),
        ]

        heard = [
            event
            for kind, data in said
            for event in platform.connector.receive(incoming(platform.sim.push(kind, data))).events
        ]

        assert [type(one) for one in heard] == [CancelWish, AddressChange, ChannelRefund]
        assert {one.order_number for one in heard} == {"N-1"}

    def test_many_orders_may_come_in_one_message(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1), self.sim_order(platform, 2))
        orders = [
            json.loads(push.body)["data"]
            for n in (1, 2)
            for push in platform.sim.pushes(self.order_number(n))
        ]

        received = platform.connector.receive(incoming(platform.sim.push("orders", {"orders": orders})))

        assert [one.number for one in received.events] == [self.order_number(1), self.order_number(2)]  # type: ignore[union-attr]

    def test_answers_are_told_once(self, platform: Platform) -> None:
        wish = CancelWish("C1", "N-1", START)
        change = AddressChange("A1", "N-1", ChannelOrder("N-1", "to_ship", START, START, []).recipient, START)  # type: ignore[arg-type]

        platform.connector.answer_cancel(wish, stopped=True)
        platform.connector.answer_address(change, accepted=False)

        assert platform.sim.answers == {("cancel", "C1"): True, ("address", "A1"): False}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"lines": []}, "data.lines"),
            ({"modified_at": "2026-03-01T09:00:00"}, "data.modified_at"),
            ({"status": "paid"}, "data.status"),
            ({"numbr": "x"}, "data.numbr"),
            ({"total": "-1"}, "data.total"),
            ({"tags": ["x" * 40]}, "data.tags.0"),
        ],
    )
    def test_mistakes_are_named_by_their_field(
        self, platform: Platform, change: dict[str, Any], field: str
    ) -> None:
        platform.sim.place(self.sim_order(platform, 1))
        [push] = platform.sim.pushes(self.order_number(1))
        data = {**json.loads(push.body)["data"], **change}

        with pytest.raises(ValueError, match="validation error") as raised:
            platform.connector.receive(incoming(platform.sim.push("order", data)))
        reply = platform.connector.refusal(raised.value)

        assert reply.status == 422
        assert [one["field"].removeprefix("order.") for one in json.loads(reply.body)["problems"]] == [field]

    def test_both_secrets_count_while_one_is_changed(self, platform: Platform) -> None:
        platform.sim.place(self.sim_order(platform, 1))
        [push] = platform.sim.pushes(self.order_number(1))
        settings = WebhookSettings(secret=OTHER, old_secret=SECRET)  # type: ignore[arg-type]

        received = WebhookChannel(settings, platform.link).receive(incoming(push))

        assert len(received.events) == 1
        alone = WebhookChannel(WebhookSettings(secret=OTHER), platform.link)  # type: ignore[arg-type]
        with pytest.raises(BadSignature):
            alone.receive(incoming(push))

    def test_a_message_from_the_future_is_refused(self, platform: Platform) -> None:
        [push] = self.messages(platform)
        platform.clock.move(-timedelta(minutes=6))

        with pytest.raises(BadSignature):
            platform.connector.receive(incoming(push))


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of Standard Webhooks' own reference libraries, whose secret and signature are published."""
    secret, name, body = (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
    )
    at = datetime.fromtimestamp(1614265330, tz=UTC)

    assert Webhook(secret).sign(name, at, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "short", "whsec_c2hvcnQ=", "ä" * 40])
def test_secrets_that_are_none_are_refused(secret: str) -> None:
    from hecang.kernel.connectors import settings_parse
    from hecang.kernel.errors import InvalidInput

    with pytest.raises(InvalidInput):
        settings_parse(WebhookSettings, {"secret": secret, "base_url": "https://site.example"})


@override_settings(ALLOW_PRIVATE_URLS=False)
@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "https://[::1]/", "http://site.example", "ftp://x", "https://10.0.0.1"]
)
def test_nothing_is_posted_into_private_networks(url: str) -> None:
    link = Link(http=httpx.Client(), now=lambda: START)
    channel = WebhookChannel(WebhookSettings(secret=SECRET, base_url=url), link)  # type: ignore[arg-type]

    with pytest.raises(Unreachable) as raised:
        channel.check()

    assert raised.value.code == "address_refused"


def test_a_site_that_wants_to_hear_nothing_is_told_nothing() -> None:
    link = Link(http=httpx.Client(), now=lambda: START)
    WebhookChannel(WebhookSettings(secret=SECRET), link).check()  # type: ignore[arg-type]


# ------------------------------------------------------------------ through the engine, over real HTTP


class Site:
    """A served site and the shop that is connected to it."""

    def __init__(self, sim: WebhookSimulator, shop: GenericShop) -> None:
        self.sim = sim
        self.shop = shop

    def order(self, number: str, *, sku: str = "SKU-1", quantity: int = 2, **fields: Any) -> SimOrder:
        line = SimLine(f"{number}-1", "", "", sku, quantity)
        now = self.sim.now()
        order = SimOrder(number, [line], created_at=now, modified_at=now, paid_at=now, **fields)
        self.sim.place(order)
        return order

    def push(self, number: str, **change: Any) -> int:
        """Push an order through the public door; the status of the answer."""
        [push] = self.sim.pushes(number)
        push = replace(push, **change)
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in push.headers.items()}
        answer = Client().post(
            f"/api/v1/channels/{self.shop.connection.inbox_key}/push",
            data=push.body, content_type="application/json", **headers,
        )  # fmt: skip
        return answer.status_code


@pytest.fixture
def site() -> Iterator[Site]:
    moment = {"now": lambda: START}
    sim = WebhookSimulator(clock=lambda: moment["now"]())
    with (
        serving(sim) as address,
        generic_shop("webhook", {"secret": SECRET, "base_url": address}, with_floor=True) as shop,
    ):
        moment["now"] = lambda: shop.now
        yield Site(sim, shop)


@pytest.mark.django_db
def test_pushed_order_to_parcel_to_confirmation(site: Site) -> None:
    site.order("W-1")

    statuses = [site.push("W-1"), site.push("W-1")]
    messages_work()
    [parcel] = site.shop.ship("W-1")
    sent = [site.shop.confirm() for _again in range(2)]

    assert statuses == [200, 200]
    assert SalesOrder.objects.count() == 1
    assert life(site.shop.order("W-1")) == [(0, 0, 0, 2, 0)]
    assert [one.done for one in sent] == [1, 0]
    [told] = site.sim.shipments
    assert parcel.waybill is not None
    assert (told.order_number, told.waybill, told.lines) == ("W-1", parcel.waybill.number, (("W-1-1", 2),))


@pytest.mark.django_db
def test_a_lost_answer_does_not_confirm_twice(site: Site) -> None:
    from hecang.integrations.simulators.base import Misbehaviour

    site.order("W-1")
    site.push("W-1")
    messages_work()
    site.shop.ship("W-1")
    site.sim.misbehaviour = Misbehaviour(lost_answers=1.0)
    assert site.shop.confirm().failed == 1

    site.sim.misbehaviour = Misbehaviour()
    site.shop.pass_time(minutes=30)
    sent = site.shop.confirm()

    assert sent.done == 1
    assert len(site.sim.shipments) == 1
    assert ShipmentConfirm.objects.get().state == "done"


@pytest.mark.django_db
def test_what_is_not_signed_leaves_nothing_behind(site: Site) -> None:
    site.order("W-1")

    assert site.push("W-1", headers={}) == 401
    assert site.push("W-1", body=b'{"type":"ping"}') == 401
    messages_work()

    assert SalesOrder.objects.count() == 0


def test_refusals_say_why() -> None:
    link = Link(http=httpx.Client(), now=lambda: START)
    channel = WebhookChannel(WebhookSettings(secret=SECRET), link)  # type: ignore[arg-type]

    assert channel.refusal(BadSignature("no")) == Reply(b'{"error":"signature"}', status=401)
