"""What pickers find damaged becomes a ticket of the warehouse."""

from __future__ import annotations

import pytest
from tests.factories.outbound import world

from hecang.kernel.outbox import drain
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_damage_found_in_picking_opens_one_ticket_for_the_product() -> None:
    # given an order that is being picked
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 3})
    shop.released()
    [task] = shop.tasks()
    # when two of its units are found damaged, one after the other
    shop.pick(task, 1, "damaged")
    shop.pick(task, 1, "damaged")
    drain()
    # then the warehouse has one ticket that names product, place and order
    ticket = Ticket.objects.get(kind="damage")
    assert (ticket.team.code, ticket.state, ticket.detail["sku"]) == ("warehouse", "open", "milk")
    assert set(ticket.links.values_list("entity_kind", "number")) == {
        ("sku", "milk"),
        ("sales_order", order.number),
    }
    shop.verify()
