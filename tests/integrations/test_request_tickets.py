"""Tickets about what buyers want on their platform, while that waits for a person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integrations.shopfloor import Shopfloor, shopfloor
from tests.integrations.test_requests import redirect, send, wish

from hecang.integrations.services.channels.inbox import messages_work
from hecang.integrations.services.channels.request_tickets import request_tickets_sync
from hecang.integrations.services.channels.requests import requests_settle
from hecang.integrations.services.channels.rules import channel_rules_change
from hecang.orders.models import SalesOrder, Shop
from hecang.orders.services import order_cancel
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor() as made:
        yield made


def test_a_wish_that_waits_for_a_person_is_a_ticket_until_it_is_settled(floor: Shopfloor) -> None:
    channel_rules_change(connection_id=floor.connection_id, changes={"on_cancel": "hold"})
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    send(floor, wish(floor, placed))
    messages_work()
    # given a shop that wants no tickets, none is opened
    Shop.objects.update(ticket_requests=False)
    assert request_tickets_sync() == 0
    # when it wants them, then there is one, about the order
    Shop.objects.update(ticket_requests=True)
    assert (request_tickets_sync(), request_tickets_sync()) == (1, 0)
    ticket = Ticket.objects.get()
    order = floor.sales_order(placed)
    assert (ticket.kind, ticket.state, ticket.shop_id) == ("buyer_request", "open", order.shop_id)
    assert sorted(link.entity_kind for link in ticket.links.all()) == ["platform_request", "sales_order"]
    # and it ends with the wish
    order_cancel(order_id=order.pk)
    requests_settle()
    assert request_tickets_sync() == 1
    assert Ticket.objects.get().state == "resolved"


def test_an_address_that_came_too_late_is_for_a_person_unless_nothing_is_shipped(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    order = floor.sales_order(placed)
    order_cancel(order_id=order.pk)
    send(floor, redirect(floor, placed))
    messages_work()
    assert request_tickets_sync() == 0
    SalesOrder.objects.filter(pk=order.pk).update(state="shipped")
    assert (request_tickets_sync(), request_tickets_sync()) == (1, 0)
    assert Ticket.objects.get().reason == "The new address for order %(order)s came too late"
