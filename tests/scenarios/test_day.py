"""A day in the warehouse, end to end through the services; the books are proved after each."""

from __future__ import annotations

import pytest
from tests.factories.outbound import world

from hecang.inventory.models import Movement
from hecang.outbound.models import Batch, Wave

pytestmark = pytest.mark.django_db


def test_an_order_becomes_a_parcel_and_leaves() -> None:
    # Given goods and an order for a part of them
    shop = world(goods={"milk": 10, "bread": 5})
    order = shop.order({"milk": 3, "bread": 1})
    fulfilment = shop.fulfilment(order)
    assert (fulfilment.state, fulfilment.line_count, fulfilment.unit_count) == ("ready", 2, 4)
    assert fulfilment.weight_g == 2_000
    assert fulfilment.service is not None

    # When it is released, picked, packed and handed over
    release = shop.released()
    assert (release.units, release.short_units, release.dropped) == (4, 0, ())
    assert shop.line(order, "milk") == {"allocated": 3}
    assert shop.stock("milk", "A01-01-1") == (10, 3)
    assert shop.availability("milk") == (7, 0)
    shop.verify()
    shop.pick_all()
    fulfilment.refresh_from_db()
    assert fulfilment.state == "picked"
    assert shop.stock("milk", "STAGE-1") == (3, 3)
    assert shop.stock("milk", "A01-01-1") == (7, 0)
    shop.verify()
    [parcel] = shop.pack_all()
    assert (parcel.state, parcel.unit_count, parcel.weight_g) == ("labelled", 4, 2_000)
    shop.verify()
    done = shop.hand_over(parcel)

    # Then stock, order, fulfilment, batch and wave are at their end
    assert (done.shipped, done.refused) == ((parcel.pk,), ())
    order.refresh_from_db()
    fulfilment.refresh_from_db()
    assert (order.state, fulfilment.state) == ("shipped", "shipped")
    assert shop.line(order, "milk") == {"shipped": 3}
    assert shop.stock("milk", "STAGE-1") == (0, 0)
    assert Batch.objects.get().state == "picked"
    assert Wave.objects.get().state == "done"
    assert Movement.objects.filter(reason="ship").count() == 2
    shop.verify()
