"""Everybody at once in the warehouse: real threads, real connections, and books that stay right."""

from __future__ import annotations

import random
from uuid import uuid4

import pytest
from tests.factories.outbound import World, world
from tests.factories.threads import race

from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.orders.services import order_cancel
from hecang.outbound.errors import BatchTaken
from hecang.outbound.models import Batch, Fulfilment, Parcel, PickTask, Wave
from hecang.outbound.planning.base import Cart
from hecang.outbound.services.cancelling import fulfilments_pull
from hecang.outbound.services.fulfilments import fulfilments_sync
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.pick_judging import Outcome
from hecang.outbound.services.picking import batch_claim_next, batch_pick
from hecang.outbound.services.putback import putback_confirm
from hecang.outbound.services.sealing import SealIn, parcels_seal
from hecang.outbound.services.wave_release import wave_release

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_waves_released_at_once_over_the_same_stock_never_allocate_a_unit_twice() -> None:
    # Given eight waves of ten orders each for the same two SKUs, in two places each
    shop = world(goods={"milk": 60, "bread": 60})
    shop.put("milk", 60, "A02-01-1")
    shop.put("bread", 60, "A02-02-1")
    waves = []
    for _ in range(8):
        shop.orders([{"milk": 1, "bread": 1}] * 5 + [{"bread": 1, "milk": 1}] * 5)
        waves.append(shop.planned())

    errors = race(lambda number: wave_release(wave_id=waves[number]), threads=8)

    assert errors == []
    assert sum(task.quantity for task in shop.tasks()) == 160
    assert shop.availability("milk") == (40, 0)
    shop.verify()
    shop.ship_all()
    shop.verify()


def test_one_wave_released_by_many_is_released_once() -> None:
    shop = world(goods={"milk": 60})
    shop.orders([{"milk": 1}] * 10)
    wave_id = shop.planned()
    repeated: list[bool] = []

    errors = race(lambda _: repeated.append(wave_release(wave_id=wave_id).repeated), threads=8)

    assert errors == []
    assert sorted(repeated) == [False] + [True] * 7
    assert sum(task.quantity for task in shop.tasks()) == 10
    shop.verify()


def test_two_programs_that_scan_the_same_batch_pick_every_unit_once() -> None:
    # Given one batch, and every scan sent by eight devices under the same id and under ids of their own
    shop = world(goods={"milk": 60, "bread": 60})
    shop.orders([{"milk": 2, "bread": 1}] * 6)
    shop.released()
    tasks = shop.tasks()
    batch_id = tasks[0].batch_id
    assert batch_id is not None
    same = [shop.scan(task) for task in tasks]
    own = [[shop.scan(task, 1) for task in tasks] for _ in range(8)]

    def work(number: int) -> None:
        chosen = random.Random(number)
        scans = [*same, *own[number]]
        chosen.shuffle(scans)
        for start in range(0, len(scans), 5):
            batch_pick(batch_id=batch_id, scans=scans[start : start + 5])

    errors = race(work, threads=8)

    assert errors == []
    assert shop.tasks() == []
    assert shop.stock("milk", "STAGE-1") == (12, 12)
    assert shop.stock("bread", "STAGE-1") == (6, 6)
    assert Batch.objects.get(id=batch_id).state == "picked"
    shop.verify()


def test_pickers_who_ask_for_work_at_once_get_different_batches() -> None:
    from tests.factories.accounts import user_make

    from hecang.kernel.actor import Actor, acting

    shop = world(goods={f"s{n}": 50 for n in range(5)})
    shop.orders([{f"s{n}": 1, f"s{(n + 1) % 5}": 1} for n in range(5)] * 4)
    shop.released(cart=Cart(slots=2))
    users = [user_make(f"picker{n}", roles=["operator"]) for n in range(8)]
    got: dict[int, int | None] = {}

    def work(number: int) -> None:
        actor = Actor(kind="user", name=f"p{number}", user_id=users[number].pk, permissions=frozenset({"*"}))
        with acting(actor):
            got[number] = batch_claim_next(warehouse_id=shop.warehouse.pk)

    errors = race(work, threads=8)

    assert errors == []
    assert len(set(got.values())) == 8
    taken = next(iter(got.items()))
    other = Actor(kind="user", name="x", user_id=users[(taken[0] + 1) % 8].pk, permissions=frozenset({"*"}))
    task = PickTask.objects.filter(batch_id=taken[1], state="open").first()
    assert task is not None
    assert taken[1] is not None
    with acting(other), pytest.raises(BatchTaken):
        batch_pick(batch_id=taken[1], scans=[shop.scan(task)])


def pick_something(shop: World, chosen: random.Random) -> None:
    """One unit of some open task; now and then it is missing or damaged."""
    rows = list(
        PickTask.objects.filter(kind="pick", state="open").select_related("from_location", "sku")[:40]
    )
    if rows:
        task = chosen.choice(rows)
        assert task.batch_id is not None
        outcome = chosen.choice(OUTCOMES)
        batch_pick(batch_id=task.batch_id, scans=[shop.scan(task, 1, outcome)])


def pack_something(shop: World, chosen: random.Random) -> None:
    """One item into some parcel, right or wrong; perhaps seal it."""
    rows = list(Fulfilment.objects.filter(state="picked")[:20])
    if rows:
        fulfilment = chosen.choice(rows)
        packing_scan(
            scans=[PackScan(uuid4(), fulfilment.pk, shop.barcode(chosen.choice(list(shop.skus))), 1)]
        )
        if chosen.random() < 0.5:
            parcels_seal(seals=[SealIn(uuid4(), fulfilment.pk)])


def ship_something(shop: World, _chosen: random.Random) -> None:
    """Whatever has a label."""
    rows = list(Parcel.objects.filter(state="labelled")[:10])
    if not rows:
        return
    try:
        target = shop.manifest()
        parcels_load(manifest_id=target, scans=[LoadScan(uuid4(), parcel.number) for parcel in rows])
        manifest_hand_over(manifest_id=target)
    except HecangError:
        return  # closed by somebody else at this moment


def cancel_something(_shop: World, chosen: random.Random) -> None:
    """Some order, and put back what lies around."""
    order_id = chosen.choice(list(SalesOrder.objects.values_list("id", flat=True)))
    try:
        order_cancel(order_id=order_id, reason="race")
    except HecangError:
        return  # shipped already
    fulfilments_pull(order_ids=[order_id])
    for task in PickTask.objects.filter(kind="putback", state="open")[:2]:
        putback_confirm(task_id=task.pk)


OUTCOMES: list[Outcome] = ["picked"] * 12 + ["short", "damaged"]
STEPS = [
    pick_something, pick_something, pick_something, pack_something, pack_something, ship_something, cancel_something,
]  # fmt: skip


def test_cancel_against_pick_pack_and_ship() -> None:
    # Given thirty orders in one wave
    shop = world(goods={"milk": 100, "bread": 100, "soap": 100})
    shop.put("milk", 20, "A02-01-1")
    orders = shop.orders([{"milk": 2, "bread": 1, "soap": 1}] * 30)
    shop.released()

    def work(number: int) -> None:
        chosen = random.Random(number)
        for _ in range(40):
            step = STEPS[number % len(STEPS)] if chosen.random() < 0.7 else chosen.choice(STEPS)
            if step is cancel_something and chosen.random() < 0.6:
                step = pick_something
            step(shop, chosen)

    errors = race(work, threads=10)

    assert errors == []
    shop.verify()
    # When the floor is cleared
    shop.pick_all()
    shop.pack_all()
    if parcels := list(Parcel.objects.filter(state="labelled")):
        shop.hand_over(*parcels)
    drain()
    shop.verify()
    # Then every order has ended, or waits for goods that were short
    for order in SalesOrder.objects.filter(id__in=[order.pk for order in orders]):
        assert order.state in {"shipped", "cancelled", "partially_shipped", "approved"}, order.state
        assert not order.is_cancelling
    assert not PickTask.objects.filter(kind="pick", state="open").exists()


def test_fulfilments_are_made_once_however_often_they_are_asked_for() -> None:
    shop = world(goods={"milk": 100})
    orders = shop.orders([{"milk": 1}] * 20, deliver=False)

    errors = race(lambda _: fulfilments_sync(order_ids=[order.pk for order in orders]), threads=8)

    assert errors == []
    assert Fulfilment.objects.count() == 20
    drain()
    assert Fulfilment.objects.count() == 20
    shop.verify()


def test_pickers_who_end_the_last_batches_of_a_wave_at_once_end_the_wave() -> None:
    # Given waves of eight batches, one for each order, whose last scans are of different goods
    names = [f"goods {number}" for number in range(8)]
    shop = world(goods={"bread": 60, **dict.fromkeys(names, 10)})
    for _ in range(5):
        shop.orders([{"bread": 1, name: 1} for name in names])
        wave_id = shop.planned(cart=Cart(slots=1))
        wave_release(wave_id=wave_id)
        for task in shop.tasks():
            if task.sku == shop.skus["bread"]:
                shop.pick(task)
        tasks = shop.tasks()
        assert len({task.batch_id for task in tasks}) == len(tasks) == 8

        # When eight pickers finish at the same moment
        assert race(lambda number, tasks=tasks: shop.pick(tasks[number]), threads=8) == []  # type: ignore[misc]

        # Then the last one ends the wave
        assert set(Batch.objects.filter(wave=wave_id).values_list("state", flat=True)) == {"picked"}
        assert Wave.objects.get(pk=wave_id).state == "done"
        shop.verify()
