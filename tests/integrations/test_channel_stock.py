"""What platforms are told of stock: the share of the shop, as it is right before it is sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.factories import catalog
from tests.factories.orders import order_in
from tests.integrations.shopfloor import Shopfloor, connect, shopfloor

from hecang.integrations.models import PlatformProduct, PlatformStock
from hecang.integrations.services.channels.products import MappingIn, products_map, products_pull
from hecang.integrations.services.channels.rules import channel_rules_change
from hecang.integrations.services.channels.stock import stock_push, stock_reconcile, stock_watch
from hecang.orders.services import orders_cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor() as made:
        made.place(("SKU-1", 1), ("SKU-2", 1), status="unpaid")  # the shop offers both
        products_pull(connection_id=made.connection_id)
        yield made


def told(floor: Shopfloor) -> dict[str, int]:
    """Have the platform told, and see what it knows, by product."""
    stock_watch()
    stock_push(connection_id=floor.connection_id)
    return {product: quantity for (product, _variant), quantity in floor.sim.stock.items()}


def test_what_is_offered_is_told(floor: Shopfloor) -> None:
    assert told(floor) == {"PSKU-1": 100, "PSKU-2": 100}


def test_an_order_lowers_what_is_told(floor: Shopfloor) -> None:
    told(floor)

    floor.world.intake(order_in({"SKU-1": 30}))

    assert told(floor) == {"PSKU-1": 70, "PSKU-2": 100}


def test_goods_that_come_in_raise_it(floor: Shopfloor) -> None:
    told(floor)

    floor.world.put("SKU-2", 5)

    assert told(floor) == {"PSKU-1": 100, "PSKU-2": 105}


def test_what_has_not_changed_is_not_told_again(floor: Shopfloor) -> None:
    told(floor)
    calls = floor.sim.calls["stock"]

    told(floor)

    assert floor.sim.calls["stock"] == calls
    assert not PlatformStock.objects.exclude(told_version__gte=1).exists()


def test_percent_buffer_and_quota_share_it_out(floor: Shopfloor) -> None:
    for rules, expected in (
        ({"stock_percent": 50}, 50),
        ({"stock_buffer": 10}, 40),
        ({"stock_quota": 25}, 25),
        ({"stock_percent": 0, "stock_quota": None}, 0),
        ({"stock_percent": 100, "stock_buffer": 0}, 100),
    ):
        channel_rules_change(connection_id=floor.connection_id, changes=rules)

        assert told(floor)["PSKU-1"] == expected, rules


def test_a_product_may_have_rules_of_its_own(floor: Shopfloor) -> None:
    PlatformProduct.objects.filter(outer_sku="SKU-1").update(stock_percent=10, stock_buffer=3, stock_quota=6)

    assert told(floor) == {"PSKU-1": 6, "PSKU-2": 100}


def test_a_pack_counts_whole_packs(floor: Shopfloor) -> None:
    product = PlatformProduct.objects.get(outer_sku="SKU-1")
    products_map(mappings=[MappingIn(product.pk, floor.world.skus["SKU-1"].pk, units=3)])

    assert told(floor)["PSKU-1"] == 33


def test_a_kit_is_as_many_as_its_components_make_up(floor: Shopfloor) -> None:
    kit = catalog.sku("KIT-1", kind="kit")
    for name, units in (("SKU-1", 2), ("SKU-2", 5)):
        kit.components.create(component=floor.world.skus[name], quantity=units)
    floor.place(("KIT-1", 1), status="unpaid")
    products_pull(connection_id=floor.connection_id)
    assert told(floor)["PKIT-1"] == 20

    floor.world.intake(order_in({"SKU-2": 41}))

    assert told(floor) == {"PSKU-1": 100, "PSKU-2": 59, "PKIT-1": 11}


def test_a_level_whose_answer_was_lost_is_told_again(floor: Shopfloor) -> None:
    floor.misbehave(lost_answers=1.0)
    told(floor)
    assert PlatformStock.objects.filter(sent=None).count() == 2

    floor.world.intake(order_in({"SKU-1": 30}))
    floor.misbehave()
    floor.pass_time(minutes=5)

    assert told(floor) == {"PSKU-1": 70, "PSKU-2": 100}
    assert floor.connection.failures == 0


def test_what_a_platform_sells_it_counts_itself_and_is_told_anew(floor: Shopfloor) -> None:
    # Given a platform that is told 20 of 100, and takes 15 from what it shows when they are bought there
    channel_rules_change(connection_id=floor.connection_id, changes={"stock_quota": 20})
    assert told(floor)["PSKU-1"] == 20
    order = floor.place(("SKU-1", 15))
    floor.sim.stock["PSKU-1", ""] = 5

    # When the order comes in, then it is told 20 again, though that is the number that it was told last
    floor.pull()
    assert told(floor)["PSKU-1"] == 20

    # And so it is when the platform takes the sale back
    floor.pass_time(seconds=10)
    floor.sim.change(order.number, status="cancelled")
    floor.sim.stock["PSKU-1", ""] = 35
    floor.pull()
    assert told(floor)["PSKU-1"] == 20


def test_the_daily_pass_puts_right_what_the_platform_has_lost(floor: Shopfloor) -> None:
    told(floor)
    floor.sim.stock["PSKU-1", ""] = 7
    assert told(floor)["PSKU-1"] == 7

    stock_reconcile(connection_id=floor.connection_id)

    assert told(floor)["PSKU-1"] == 100


def test_two_shops_share_the_same_goods(floor: Shopfloor) -> None:
    from tests.factories.orders import shop

    channel_rules_change(connection_id=floor.connection_id, changes={"stock_percent": 40})
    other = connect(shop("SECOND").pk, floor.sim, "Second")
    products_pull(connection_id=other)
    channel_rules_change(connection_id=other, changes={"stock_percent": 60})
    stock_watch()

    assert stock_push(connection_id=floor.connection_id) == 2
    first = dict(floor.sim.stock)
    assert stock_push(connection_id=other) == 2

    assert first["PSKU-1", ""] == 40
    assert floor.sim.stock["PSKU-1", ""] == 60


def test_batches_are_as_large_as_the_platform_takes(floor: Shopfloor) -> None:
    for n in range(45):
        floor.world.put(f"MORE-{n}", 5)
        floor.place((f"MORE-{n}", 1), status="unpaid")
    products_pull(connection_id=floor.connection_id)

    assert len(told(floor)) == 47
    assert floor.sim.calls["stock"] == 3
    assert floor.sim.refusals == {}


def test_a_number_of_old_is_told_again_after_an_answer_was_lost(floor: Shopfloor) -> None:
    """The platform may have taken the number in between: what was told before it counts no longer."""
    told(floor)
    order = floor.world.intake(order_in({"SKU-1": 30}))[0]
    floor.misbehave(lost_answers=1.0)
    assert told(floor)["PSKU-1"] == 70

    orders_cancel(order_ids=[order.order_id], reason="")
    floor.misbehave()
    floor.pass_time(minutes=5)

    assert told(floor)["PSKU-1"] == 100
