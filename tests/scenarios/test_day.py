"""A day in the warehouse, end to end through the services; the books are proved after each."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.factories.outbound import cancel, hold, release_hold, world

from hecang.inventory.models import Movement
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.services import backorders_fill
from hecang.outbound.errors import WaveStarted
from hecang.outbound.models import Batch, Parcel, PickTask, Wave
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.picking import batch_pick
from hecang.outbound.services.putback import putback_confirm
from hecang.outbound.services.sealing import SealIn, parcel_cancel, parcels_seal
from hecang.outbound.services.wave import wave_cancel
from hecang.outbound.services.wave_release import wave_release
from hecang.shipping.services import manifest_close

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


def test_repeating_every_message_changes_nothing() -> None:
    # Given a day that is over, and every message of it kept
    shop = world(goods={"milk": 10})
    shop.order({"milk": 3})
    wave_id = shop.planned()
    wave_release(wave_id=wave_id)
    [task] = shop.tasks()
    pick = shop.scan(task)
    batch_pick(batch_id=task.batch_id, scans=[pick])
    fulfilment = task.fulfilment_line.fulfilment
    pack = PackScan(uuid4(), fulfilment.pk, shop.barcode("milk"), 3)
    packing_scan(scans=[pack])
    seal = SealIn(uuid4(), fulfilment.pk)
    [sealed] = parcels_seal(seals=[seal])
    load = LoadScan(uuid4(), sealed.data["number"])
    manifest_id = shop.manifest()
    parcels_load(manifest_id=manifest_id, scans=[load])
    manifest_hand_over(manifest_id=manifest_id)
    shop.verify()
    entries = Movement.objects.count()

    # When each comes again
    assert wave_release(wave_id=wave_id).repeated
    [picked] = batch_pick(batch_id=task.batch_id, scans=[pick]).results
    [packed] = packing_scan(scans=[pack])
    [again] = parcels_seal(seals=[seal])
    [loaded] = parcels_load(manifest_id=manifest_id, scans=[load])
    done = manifest_hand_over(manifest_id=manifest_id)
    drain()

    # Then the first answers are given and nothing moves
    assert all(result.ok and result.repeated for result in (picked, packed, again, loaded))
    assert again.data == sealed.data
    assert done.shipped == ()
    assert Movement.objects.count() == entries
    assert shop.stock("milk", "A01-01-1") == (7, 0)
    shop.verify()


def test_units_that_are_missing_are_taken_from_elsewhere() -> None:
    # Given an old lot in one place and more in another
    shop = world(goods={"milk": 4})
    shop.put("milk", 10, "A02-01-1")
    order = shop.order({"milk": 4})
    shop.released()
    [task] = shop.tasks()
    assert task.from_location.code == "A01-01-1"

    # When the picker finds only one
    assert shop.pick(task, 1).results[0].ok
    done = shop.pick(task, 0, "short")

    # Then the rest is a new task in the same batch, and what is missing waits to be counted
    [new] = shop.tasks()
    assert done.new_task_ids == (new.pk,)
    assert (new.from_location.code, new.quantity, new.batch_id) == ("A02-01-1", 3, task.batch_id)
    task.refresh_from_db()
    assert (task.state, task.picked, task.short, task.problem) == ("short", 1, 3, "missing")
    assert shop.stock("milk", "A01-01-1", condition="quarantine") == (3, 0)
    assert shop.availability("milk") == (7, 0)
    shop.verify()
    shop.ship_all()
    assert shop.line(order, "milk") == {"shipped": 4}
    shop.verify()


def test_units_that_are_nowhere_are_backordered_and_follow_in_a_second_parcel() -> None:
    # Given all there is on one shelf
    shop = world(goods={"milk": 4, "bread": 1})
    order = shop.order({"milk": 4, "bread": 1})
    shop.released()
    milk = next(task for task in shop.tasks() if task.sku == shop.skus["milk"])

    # When three are missing
    shop.pick(milk, 1)
    shop.pick(milk, 3, "short")

    # Then they are cut here and backordered at the order; the rest is shipped
    assert shop.line(order, "milk") == {"allocated": 1, "backordered": 3}
    first = shop.fulfilment(order)
    assert shop.fulfilment_line(first, "milk") == {"quantity": 4, "allocated": 1, "picked": 1, "cut": 3}
    shop.verify()
    shop.ship_all()
    order.refresh_from_db()
    first.refresh_from_db()
    assert (order.state, first.state, first.unit_count) == ("partially_shipped", "shipped", 2)
    shop.verify()

    # When goods come in and the backorder is filled
    shop.put("milk", 5, "A02-01-1")
    backorders_fill()
    drain()

    # Then there is a second fulfilment for the rest, and it leaves like any other
    second = shop.fulfilments(order)[1]
    assert (second.state, second.unit_count) == ("ready", 3)
    shop.released()
    shop.ship_all()
    order.refresh_from_db()
    assert order.state == "shipped"
    assert shop.line(order, "milk") == {"shipped": 4}
    shop.verify()


def test_damaged_units_go_to_the_place_for_them_and_are_replaced() -> None:
    shop = world(goods={"milk": 4})
    shop.put("milk", 10, "A02-01-1")
    order = shop.order({"milk": 2})
    shop.released()
    [task] = shop.tasks()

    done = shop.pick(task, 1, "damaged")

    assert done.results[0].ok
    assert shop.stock("milk", "DAMAGED", condition="damaged") == (1, 0)
    assert sorted((t.quantity - t.picked - t.short, t.pk in done.new_task_ids) for t in shop.tasks()) == [
        (1, False),
        (1, True),
    ]
    shop.verify()
    shop.ship_all()
    assert shop.line(order, "milk") == {"shipped": 2}
    shop.verify()


def test_a_shortage_at_release_is_backordered_there() -> None:
    # Given an order whose goods are too near their end to be shipped
    shop = world()
    milk = shop.sku("milk", is_expiry_tracked=True, shelf_life_days=100, min_remaining_days=30)
    [lot] = lot_get_or_create_many(lots=[LotIn(milk.pk, "OLD", None, clock.today() + timedelta(days=10))])
    shop.put("milk", 5, lot_id=lot)
    shop.put("bread", 5, "A01-02-1")
    order = shop.order({"milk": 2, "bread": 1})

    release = shop.released()

    assert (release.units, release.short_units) == (1, 2)
    assert shop.line(order, "milk") == {"backordered": 2}
    assert shop.availability("milk") == (5, 0)
    shop.verify()
    shop.ship_all()
    order.refresh_from_db()
    assert order.state == "partially_shipped"
    shop.verify()


def test_the_first_to_expire_goes_first() -> None:
    shop = world()
    milk = shop.sku("milk", is_expiry_tracked=True, shelf_life_days=100)
    lots = lot_get_or_create_many(
        lots=[
            LotIn(milk.pk, code, None, clock.today() + timedelta(days=days))
            for code, days in (("B", 50), ("A", 20))
        ]
    )
    shop.put("milk", 5, "A01-01-1", lot_id=lots[0])
    shop.put("milk", 5, "A02-01-1", lot_id=lots[1])
    shop.order({"milk": 7})

    shop.released()

    assert [(task.lot.code, task.quantity) for task in shop.tasks()] in (
        [("A", 5), ("B", 2)],
        [("B", 2), ("A", 5)],
    )
    shop.ship_all()
    shop.verify()


def test_a_held_order_is_not_released_packed_or_handed_over() -> None:
    # Given three orders: one held before the wave, one during picking, one after sealing
    shop = world(goods={"milk": 10})
    early, walking, sealed = shop.orders([{"milk": 1}, {"milk": 1}, {"milk": 1}])
    wave_id = shop.planned()
    hold(early)

    # When the wave is released, then the first leaves it again
    release = wave_release(wave_id=wave_id)
    assert release.dropped == (shop.fulfilment(early).pk,)
    assert shop.line(early, "milk") == {"reserved": 1}

    # When the second is held during the walk: the walk ends, packing refuses
    hold(walking)
    shop.pick_all()
    [refused] = shop.box(shop.fulfilment(walking), {"milk": 1})
    assert (refused.ok, refused.code) == (False, "fulfilment_stopped")
    [parcel] = shop.pack_all(sealed)

    # When the third is held after loading, then it stays behind
    manifest_id = shop.manifest()
    shop.load(manifest_id, parcel)
    hold(sealed)
    done = manifest_hand_over(manifest_id=manifest_id)
    assert (done.shipped, [(one.parcel_id, one.code) for one in done.refused]) == (
        (),
        [(parcel.pk, "order_held")],
    )
    shop.verify()

    # When the holds are gone, all goes on
    for order in (early, walking, sealed):
        release_hold(order)
    shop.released()
    shop.pick_all()
    shop.pack_all()
    shop.hand_over(*Parcel.objects.filter(state="labelled"))
    for order in (early, walking, sealed):
        order.refresh_from_db()
        assert order.state == "shipped"
    shop.verify()


def test_an_order_is_cancelled_before_its_wave() -> None:
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 3})

    cancel(order)

    order.refresh_from_db()
    assert (order.state, shop.fulfilment(order).state) == ("cancelled", "cancelled")
    assert shop.availability("milk") == (10, 0)
    shop.verify()


def test_an_order_is_cancelled_between_planning_and_release() -> None:
    shop = world(goods={"milk": 10})
    order, other = shop.orders([{"milk": 3}, {"milk": 2}])
    wave_id = shop.planned()

    cancel(order)
    release = wave_release(wave_id=wave_id)

    assert release.units == 2
    assert shop.line(other, "milk") == {"allocated": 2}
    shop.verify()


def test_an_order_is_cancelled_during_picking() -> None:
    # Given one line picked and one still on the shelf
    shop = world(goods={"milk": 10, "bread": 10})
    order, other = shop.orders([{"milk": 3, "bread": 2}, {"bread": 1, "milk": 1}])
    shop.released()
    mine = [task for task in shop.tasks() if task.fulfilment_line.fulfilment == shop.fulfilment(order)]
    milk = next(task for task in mine if task.sku == shop.skus["milk"])
    shop.pick(milk)

    cancel(order)

    # Then the open task is gone, the allocation released, and the picked goods go back to their shelf
    order.refresh_from_db()
    assert (order.state, shop.fulfilment(order).state) == ("cancelled", "cancelled")
    assert shop.availability("bread") == (9, 0)
    [putback] = PickTask.objects.filter(kind="putback")
    assert (putback.quantity, putback.from_location.code, putback.to_location.code) == (
        3,
        "STAGE-1",
        "A01-01-1",
    )
    assert shop.availability("milk") == (6, 0)
    shop.verify()
    putback_confirm(task_id=putback.pk)
    putback_confirm(task_id=putback.pk)
    assert shop.availability("milk") == (9, 0)
    shop.verify()

    # And the other order of the batch goes on; a late scan for the cancelled one is refused
    bread = next(task for task in mine if task.sku == shop.skus["bread"])
    late = shop.pick(bread)
    assert [(result.ok, result.code) for result in late.results] == [(False, "task_cancelled")]
    shop.ship_all()
    other.refresh_from_db()
    assert other.state == "shipped"
    shop.verify()


def test_an_order_is_cancelled_after_packing() -> None:
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 3})
    shop.released()
    shop.pick_all()
    [parcel] = shop.pack_all()
    manifest_id = shop.manifest()
    shop.load(manifest_id, parcel)

    cancel(order)

    order.refresh_from_db()
    parcel.refresh_from_db()
    assert (order.state, parcel.state, parcel.waybill.state) == ("cancelled", "cancelled", "cancelled")
    assert parcel.waybill.manifest_id is None
    [putback] = PickTask.objects.filter(kind="putback", state="open")
    putback_confirm(task_id=putback.pk, location_code="A02-02-1")
    assert shop.stock("milk", "A02-02-1") == (3, 0)
    assert shop.availability("milk") == (10, 0)
    shop.verify()


def test_what_has_left_is_not_cancelled_any_more() -> None:
    # Given a part that has left and a part that waits for goods and is allocated later
    shop = world(goods={"milk": 2})
    order = shop.order({"milk": 5})
    shop.released()
    shop.ship_all()
    shop.put("milk", 3, "A02-01-1")
    backorders_fill()
    drain()
    shop.released()

    cancel(order)

    # Then the rest is taken back, and the order ends as shipped
    order.refresh_from_db()
    assert shop.line(order, "milk") == {"shipped": 2, "cancelled": 3}
    assert order.state == "shipped"
    assert [fulfilment.state for fulfilment in shop.fulfilments(order)] == ["shipped", "cancelled"]
    assert shop.availability("milk") == (3, 0)
    shop.verify()


def test_a_fulfilment_travels_in_two_parcels() -> None:
    shop = world(goods={"milk": 10, "bread": 4})
    order = shop.order({"milk": 5, "bread": 1})
    shop.released()
    shop.pick_all()
    fulfilment = shop.fulfilment(order)

    # When the first box is full after two bottles, and leaves alone
    shop.box(fulfilment, {"milk": 2})
    first = Parcel.objects.get(id=shop.seal(fulfilment).data["parcel_id"])
    fulfilment.refresh_from_db()
    assert fulfilment.state == "picked"
    shop.hand_over(first)
    order.refresh_from_db()
    assert order.state == "partially_shipped"
    shop.verify()

    # Then the rest follows
    [second] = shop.pack_all()
    fulfilment.refresh_from_db()
    assert (fulfilment.state, second.unit_count) == ("packed", 4)
    shop.hand_over(second)
    order.refresh_from_db()
    assert order.state == "shipped"
    shop.verify()


def test_a_parcel_is_opened_again() -> None:
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 2})
    shop.released()
    shop.pick_all()
    [parcel] = shop.pack_all()

    parcel_cancel(parcel_id=parcel.pk)
    parcel_cancel(parcel_id=parcel.pk)

    fulfilment = shop.fulfilment(order)
    assert (fulfilment.state, shop.fulfilment_line(fulfilment, "milk").get("packed")) == ("picked", None)
    shop.verify()
    [again] = shop.pack_all()
    shop.hand_over(again)
    shop.verify()


def test_a_wave_is_undone_before_anybody_picks() -> None:
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 3})
    wave_id = shop.planned()
    wave_release(wave_id=wave_id)

    wave_cancel(wave_id=wave_id)
    wave_cancel(wave_id=wave_id)

    fulfilment = shop.fulfilment(order)
    assert (fulfilment.state, fulfilment.wave_id, fulfilment.batch_id) == ("ready", None, None)
    assert shop.line(order, "milk") == {"reserved": 3}
    assert shop.availability("milk") == (10, 3)
    shop.verify()
    shop.released()
    shop.ship_all()
    shop.verify()


def test_a_wave_that_is_being_picked_cannot_be_undone() -> None:
    shop = world(goods={"milk": 10})
    shop.order({"milk": 3})
    wave_id = shop.planned()
    wave_release(wave_id=wave_id)
    shop.pick(shop.tasks()[0], 1)

    with pytest.raises(WaveStarted):
        wave_cancel(wave_id=wave_id)


def test_a_carrier_that_takes_the_parcels_ships_the_stock_whoever_closes_the_list() -> None:
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 3})
    shop.released()
    shop.pick_all()
    [parcel] = shop.pack_all()
    manifest_id = shop.manifest()
    shop.load(manifest_id, parcel)

    manifest_close(manifest_id=manifest_id)
    drain()

    order.refresh_from_db()
    assert order.state == "shipped"
    shop.verify()


def test_goods_that_vanish_before_the_wave_shrink_the_fulfilment() -> None:
    # Given two orders for all there is
    shop = world(goods={"milk": 5})
    first, second = shop.orders([{"milk": 3}, {"milk": 2}])

    # When two break on the shelf
    stock_post(
        entries=[
            PostingIn(
                sku_id=shop.skus["milk"].pk, owner_id=shop.owner.pk, quantity=2, reason="adjustment",
                from_location_id=shop.at("A01-01-1").pk, to_location_id=shop.at("V-ADJUSTMENT").pk,
            )
        ]
    )  # fmt: skip
    drain()

    # Then the later one loses its promise, and its fulfilment ends
    assert shop.line(first, "milk") == {"reserved": 3}
    assert shop.line(second, "milk") == {"backordered": 2}
    assert shop.fulfilment(second).state == "cancelled"
    shop.verify()


def test_a_shop_that_ships_nothing_in_parts_waits_for_all() -> None:
    # Given one order that lacks life in its milk, and one whose bread is missing on the shelf
    shop = world(allow_partial=False)
    milk = shop.sku("milk", is_expiry_tracked=True, shelf_life_days=100, min_remaining_days=30)
    [lot] = lot_get_or_create_many(lots=[LotIn(milk.pk, "OLD", None, clock.today() + timedelta(days=10))])
    shop.put("milk", 5, lot_id=lot)
    shop.put("bread", 3, "A01-02-1")
    shop.put("soap", 3, "A01-03-1")
    first, second = shop.orders([{"milk": 2, "bread": 1}, {"bread": 1, "soap": 1}])

    release = shop.released()
    drain()

    # Then the first leaves the wave whole, still reserved, and its order is held
    assert (release.units, release.dropped) == (2, (shop.fulfilment(first).pk,))
    assert shop.line(first, "bread") == {"reserved": 1}
    first.refresh_from_db()
    assert (first.is_held, shop.fulfilment(first).is_stopped) == (True, True)
    shop.verify()

    # And the second is not packed until a person has decided
    bread = next(task for task in shop.tasks() if task.sku == shop.skus["bread"])
    shop.pick(bread, 1, "short")
    shop.pick_all()
    drain()
    second.refresh_from_db()
    assert second.is_held
    [refused] = shop.box(shop.fulfilment(second), {"soap": 1})
    assert refused.code == "fulfilment_stopped"
    shop.verify()
