"""A buyer's page: who sees it, what it shows, what can be done on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders
from tests.factories.accounts import ApiClient, api_client, user_make
from tests.factories.outbound import world as floor

from hecang.accounts.models import AuditEntry
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.portal.models import DeliveryWish, PortalLink
from hecang.portal.selectors.page import order_page
from hecang.portal.services.asking import MOST_CALLS
from hecang.portal.services.links import link_make, links_ensure
from hecang.portal.services.shops import ShopPolicy, policy_save
from hecang.tickets.models import Ticket, TicketEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> SalesOrder:
    world = orders.world()
    world.sku("milk")
    world.put("milk", 10)
    to = orders.recipient(phone="13812345678", name="张三丰")
    return world.order({"milk": 2}, number="B-1", recipient=to)


def allow(order: SalesOrder, **fields: Any) -> None:
    policy_save(
        shop_id=order.shop_id, policy=ShopPolicy(**{"may_cancel": True, "may_change_address": True, **fields})
    )


def path(order: SalesOrder) -> str:
    return "/track/" + link_make(order_id=order.pk).rsplit("/", 1)[1]


class TestLinks:
    def test_a_link_is_the_same_each_time_and_nobody_can_guess_it(self, order: SalesOrder) -> None:
        first, second = link_make(order_id=order.pk), links_ensure(order_ids=[order.pk])[order.pk]

        assert first == second
        assert len(first.rsplit("/", 1)[1]) == 32
        assert PortalLink.objects.get().token_hash not in first

    def test_it_leads_nowhere_when_expired_revoked_or_switched_off(self, order: SalesOrder) -> None:
        address = path(order)
        assert ApiClient().get(address).status_code == 200

        with clock.shifted(timedelta(days=181)):
            assert ApiClient().get(address).json()["code"] == "link_unknown"
        new = api_client().post(f"/orders/{order.pk}/tracking-link/revoke").json()["address"]
        assert ApiClient().get(address).status_code == 404
        assert ApiClient().get("/track/" + new.rsplit("/", 1)[1]).status_code == 200
        allow(order, is_on=False)
        assert ApiClient().get("/track/" + new.rsplit("/", 1)[1]).status_code == 404

    def test_staff_get_links_of_their_own_shops_only(self, order: SalesOrder) -> None:
        stranger = api_client(roles=["customer_service"], shop_ids=[orders.shop("OTHER").pk])

        assert stranger.post(f"/orders/{order.pk}/tracking-link").status_code == 404
        assert api_client(roles=["operator"]).post(f"/orders/{order.pk}/tracking-link").status_code == 403

    def test_staff_see_what_the_buyer_wants(self, order: SalesOrder) -> None:
        staff = api_client(roles=["customer_service"])
        address = f"/orders/{order.pk}/delivery-wish"
        assert staff.get(address).json() == {"code": "", "note": "", "at": None, "has_link": False}
        ApiClient().post(path(order) + "/wish", {"code": "doorstep", "note": "behind the bin"})
        told = staff.get(address).json()
        assert (told["code"], told["note"], told["has_link"]) == ("doorstep", "behind the bin", True)
        assert api_client(roles=["operator"]).get(address).status_code == 403


class TestPage:
    def test_it_shows_nothing_in_clear(self, order: SalesOrder) -> None:
        answer = ApiClient().get(path(order))

        page = answer.json()
        assert (page["number"], page["step"], page["recipient"]) == ("B-1", "preparing", "张** 138****5678")
        assert page["items"] == [{"name": "Product milk", "quantity": 2, "shipped": 0, "cancelled": 0}]
        assert "13812345678" not in answer.content.decode()
        assert "世纪大道" not in answer.content.decode()

    def test_parcels_show_their_carrier_and_contents(self) -> None:
        shop = floor(goods={"milk": 10})
        made = shop.order({"milk": 2})
        shop.released()
        shop.pick_all()
        [parcel] = shop.pack_all(made)
        page = order_page(made.pk)

        assert page.step == "packing"
        [shown] = page.parcels
        assert (shown.number, shown.status, shown.waybill) == (parcel.number, "packed", parcel.waybill.number)
        assert [(item.name, item.quantity) for item in shown.items] == [("Product milk", 2)]

    def test_the_number_of_statements_does_not_grow(self, order: SalesOrder) -> None:
        with CaptureQueriesContext(connection) as queries:
            order_page(order.pk)

        assert len(queries) == 3


class TestAsking:
    def test_the_address_changes_for_whoever_knows_the_phone(self, order: SalesOrder) -> None:
        allow(order)
        body = {"phone_tail": "5678", "address": "张江路 5 号 301 室", "region_code": "310115"}

        assert ApiClient().post(path(order) + "/address", body).status_code == 200

        drain()
        recipient = api_client().get(f"/orders/{order.pk}/recipient").json()
        assert recipient["address"].endswith("张江路 5 号 301 室")
        entry = AuditEntry.objects.get(action="orders.order.changed")
        assert (entry.actor_kind, entry.actor) == ("buyer", "buyer")

    def test_wrong_digits_change_nothing_and_lock_the_link_in_the_end(self, order: SalesOrder) -> None:
        allow(order)
        address = path(order)
        codes = [
            ApiClient().post(address + "/cancel", {"phone_tail": "0000"}).json()["code"] for _ in range(6)
        ]

        assert codes == ["not_you"] * 5 + ["link_locked"]
        assert ApiClient().post(address + "/cancel", {"phone_tail": "5678"}).json()["code"] == "link_locked"
        order.refresh_from_db()
        assert order.state == "approved"
        with clock.shifted(timedelta(hours=2)):
            assert ApiClient().post(address + "/cancel", {"phone_tail": "5678"}).json() == {
                "result": "cancelled"
            }

    def test_cancelling_frees_the_stock(self, order: SalesOrder) -> None:
        allow(order)

        assert (
            ApiClient().post(path(order) + "/cancel", {"phone_tail": "5678", "reason": "不要了"}).status_code
            == 200
        )

        order.refresh_from_db()
        assert order.state == "cancelled"
        orders.assert_lawful()

    def test_shops_allow_it_or_not(self, order: SalesOrder) -> None:
        page = ApiClient().get(path(order)).json()
        answer = ApiClient().post(path(order) + "/cancel", {"phone_tail": "5678"})

        assert (page["cancel"], page["address"], page["wishes"]) == ("elsewhere", "elsewhere", True)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late")

    def test_wishes_and_calls_for_help_reach_people(self, order: SalesOrder) -> None:
        address = path(order)
        ApiClient().post(address + "/wish", {"code": "pickup_point", "note": "丰巢"})
        page = ApiClient().post(address + "/wish", {"code": "doorstep"}).json()
        for text in ("什么时候到？", "还没到"):
            assert (
                ApiClient().post(address + "/help", {"phone_tail": "5678", "text": text}).status_code == 204
            )

        assert page["wish"] == {"code": "doorstep", "note": ""}
        assert DeliveryWish.objects.count() == 1
        ticket = Ticket.objects.get()
        assert (ticket.kind, ticket.shop_id, ticket.occurrences) == ("buyer_request", order.shop_id, 2)
        said = TicketEntry.objects.filter(ticket=ticket, action="comment").order_by("pk")
        assert [(one.actor, one.body) for one in said] == [("buyer", "什么时候到？"), ("buyer", "还没到")]

    def test_calls_for_help_have_an_end_and_call_nobody_by_name(self, order: SalesOrder) -> None:
        user_make(username="boss")
        answers = [
            ApiClient().post(path(order) + "/help", {"phone_tail": "5678", "text": "@boss"}).status_code
            for _n in range(MOST_CALLS + 1)
        ]

        assert answers == [204] * MOST_CALLS + [429]
        assert not TicketEntry.objects.exclude(mentions=[]).exists()

    @pytest.mark.parametrize("body", [{"phone_tail": "56"}, {"phone_tail": "abcd"}, {}])
    def test_bad_input_is_told(self, order: SalesOrder, body: dict[str, str]) -> None:
        assert ApiClient().post(path(order) + "/cancel", body).status_code == 422


def test_the_policy_of_a_shop_is_audited(order: SalesOrder) -> None:
    client = api_client(roles=["order_desk"])

    answer = client.put(
        f"/shops/{order.shop_id}/portal", {"may_cancel": True, "contact": "电话 400-000-0000"}
    )

    assert answer.json() == {
        "is_on": True, "may_cancel": True, "may_change_address": False, "may_wish": True, "contact": "电话 400-000-0000",
    }  # fmt: skip
    assert AuditEntry.objects.get(action="portal.policy.changed").after["may_cancel"] is True
