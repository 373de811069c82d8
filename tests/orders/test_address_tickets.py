"""Tickets about incomplete addresses: in shops that want them, one for each hold, settled with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders

from hecang.orders.models import SalesOrder
from hecang.orders.services import order_change, order_hold_release, shop_change
from hecang.orders.services.address_tickets import address_tickets_sync
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def unaddressed(world: orders.World) -> SalesOrder:
    return world.order({"A": 1}, recipient=orders.recipient(address=""))


def tickets() -> list[tuple[Any, ...]]:
    return list(Ticket.objects.order_by("id").values_list("kind", "key", "state", "resolution"))


def test_a_hold_opens_a_ticket_and_its_release_settles_it() -> None:
    world = orders.world(ticket_address=True)
    world.put("A", 9)
    order = unaddressed(world)
    assert orders.holds(order) == ["address_incomplete"]
    assert (address_tickets_sync(), address_tickets_sync()) == (1, 0)
    ticket = Ticket.objects.get()
    assert (ticket.shop_id, ticket.owner_id) == (world.shop.pk, world.shop.owner_id)
    assert [link.number for link in ticket.links.all()] == [order.number]
    # when the address is completed, which lets the hold fall
    order_change(order_id=order.pk, recipient={"address": "世纪大道 100 号"})
    assert orders.holds(order) == []
    assert address_tickets_sync() == 1
    assert tickets() == [("address", f"address:{order.pk}", "resolved", "corrected")]
    # and a new hold is new trouble
    order_change(order_id=order.pk, recipient={"address": ""})
    assert address_tickets_sync() == 1
    assert [row[2] for row in tickets()] == ["resolved", "open"]


def test_what_a_person_has_ended_stays_ended() -> None:
    world = orders.world(ticket_address=True)
    world.put("A", 9)
    order = unaddressed(world)
    address_tickets_sync()
    Ticket.objects.update(state="closed", resolution="no_trouble", resolved_at=order.created_at)
    assert address_tickets_sync() == 0
    order_hold_release(order_id=order.pk)
    assert address_tickets_sync() == 0


def test_only_in_shops_that_want_it_and_in_few_statements() -> None:
    world = orders.world()
    world.put("A", 50)
    for _time in range(2):
        unaddressed(world)
    assert address_tickets_sync() == 0
    shop_change(shop_id=world.shop.pk, changes={"ticket_address": True})
    with CaptureQueriesContext(connection) as two:
        assert address_tickets_sync() == 2
    for _time in range(9):
        unaddressed(world)
    with CaptureQueriesContext(connection) as nine:
        assert address_tickets_sync() == 9
    assert len(nine) <= len(two) + 1
