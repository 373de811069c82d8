"""Shortages: a ticket and a suggestion while orders wait, and none when they got their goods."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders
from tests.factories.accounts import api_client

from hecang.inventory.models import SupplySuggestion
from hecang.kernel.outbox import drain
from hecang.notifications.services import teams_ensure
from hecang.orders.models import SalesOrder
from hecang.orders.services import order_cancel, orders_intake
from hecang.orders.services.shortages import shortages_sync
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_the_loop_from_shortage_to_supply() -> None:
    # given two orders for more than there is
    world = orders.world("SH", "GZ")
    world.put("A", 3, "SH")
    orders_intake(shop_id=world.shop.pk, orders=[orders.order_in({"A": 5}), orders.order_in({"A": 4})])
    drain()
    # then one ticket and one suggestion tell of six units, to be bought
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.state, ticket.team.code) == ("shortage", "open", "purchasing")
    assert (ticket.detail["units"], ticket.detail["orders"]) == (6, 2)
    suggestion = SupplySuggestion.objects.get()
    assert (suggestion.quantity, suggestion.order_count, suggestion.source, suggestion.ticket_id) == (
        6, 2, "purchase", ticket.pk,
    )  # fmt: skip
    # when a part comes in
    world.put("A", 2, "SH")
    drain()
    ticket.refresh_from_db()
    suggestion.refresh_from_db()
    assert (ticket.state, ticket.detail["units"], suggestion.quantity) == ("open", 4, 4)
    # when all of it is there
    world.put("A", 4, "GZ")
    drain()
    # then orders have their goods, and ticket and suggestion are settled
    assert not SalesOrder.objects.filter(is_short=True).exists()
    ticket.refresh_from_db()
    suggestion.refresh_from_db()
    assert (ticket.state, ticket.resolution) == ("resolved", "resupplied")
    assert suggestion.settled_at is not None


def test_cancelled_orders_want_nothing() -> None:
    world = orders.world("SH")
    world.sku("A")
    orders_intake(shop_id=world.shop.pk, orders=[orders.order_in({"A": 5})])
    drain()
    assert Ticket.objects.get().state == "open"
    order_cancel(order_id=SalesOrder.objects.get().pk, reason="buyer")
    drain()
    assert Ticket.objects.get().state == "resolved"


def test_told_twice_changes_nothing_and_costs_the_same_for_many() -> None:
    teams_ensure(["purchasing"])
    world = orders.world("SH")

    def statements(names: list[str]) -> int:
        for name in names:
            world.sku(name)
        orders_intake(shop_id=world.shop.pk, orders=[orders.order_in(dict.fromkeys(names, 1))])
        ids = [world.skus[name].pk for name in names]
        with CaptureQueriesContext(connection) as found:
            assert shortages_sync(sku_ids=ids) == len(names)
        assert shortages_sync(sku_ids=ids) == 0
        return len(found)

    assert statements(["A", "B"]) == statements([f"S{n}" for n in range(20)])
    assert set(Ticket.objects.values_list("occurrences", flat=True)) == {1}


def test_the_list_of_suggestions() -> None:
    world = orders.world("SH")
    world.sku("A")
    orders_intake(shop_id=world.shop.pk, orders=[orders.order_in({"A": 5})])
    drain()
    rows = api_client(roles=["purchaser"]).get("/supply-suggestions", {"open": "true"}).json()["items"]
    assert [(row["sku"]["code"], row["quantity"], row["source"]) for row in rows] == [("A", 5, "purchase")]
    assert api_client(owner_ids=[10**9]).get("/supply-suggestions").json()["items"] == []
