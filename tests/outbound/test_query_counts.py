"""The number of statements does not depend on the number of rows."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories.outbound import World, world

from hecang.kernel.actor import SYSTEM
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Fulfilment, FulfilmentLine, Parcel, PickTask, Wave
from hecang.outbound.planning.base import Cart
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.selectors.detail import batch_detail, wave_detail
from hecang.outbound.services.cancelling import fulfilments_pull
from hecang.outbound.services.fulfilments import fulfilments_sync
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.picking import batch_pick
from hecang.outbound.services.sealing import SealIn, parcels_seal
from hecang.outbound.services.wave import wave_cancel, wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release

pytestmark = pytest.mark.django_db
BIG = Cart(slots=200, max_lines=2_000, max_weight_g=5_000_000)


def counted(work: Callable[[], object]) -> int:
    """Statements that ``work`` runs."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def stocked(orders: int) -> tuple[World, list[SalesOrder]]:
    """Orders for two SKUs each, of which one lies in two places."""
    shop = world(goods={"milk": 2_000, "bread": 2_000})
    shop.put("milk", 10, "A02-01-1")
    return shop, shop.orders([{"milk": 2, "bread": 1}] * orders, deliver=False)


def day(orders: int) -> dict[str, int]:
    """A day of so many orders: step → statements."""
    shop, made = stocked(orders)
    steps: dict[str, int] = {}
    steps["sync"] = counted(lambda: fulfilments_sync(order_ids=[order.pk for order in made]))
    drain()
    criteria = WaveCriteria(cart=BIG)
    draft = None

    def plan() -> None:
        nonlocal draft
        draft = wave_plan(warehouse_id=shop.warehouse.pk, criteria=criteria)

    steps["plan"] = counted(plan)
    assert draft is not None
    steps["create"] = counted(lambda: wave_create(draft=draft))
    wave_id = Wave.objects.latest("id").pk
    steps["planned_detail"] = counted(lambda: wave_detail(SYSTEM, wave_id))
    steps["release"] = counted(lambda: wave_release(wave_id=wave_id))
    steps["cancel_wave"] = counted(lambda: wave_cancel(wave_id=wave_id))
    wave_id = wave_create(draft=wave_plan(warehouse_id=shop.warehouse.pk, criteria=criteria))
    wave_release(wave_id=wave_id)
    steps["wave_detail"] = counted(lambda: wave_detail(SYSTEM, wave_id))
    [batch_id] = set(PickTask.objects.filter(kind="pick", state="open").values_list("batch_id", flat=True))
    steps["batch_detail"] = counted(lambda: batch_detail(SYSTEM, batch_id))
    scans = [shop.scan(task) for task in shop.tasks()]
    trouble = [scan for scan in scans if scan.sku_barcode == shop.barcode("bread")][: orders // 5]
    scans = [scan for scan in scans if scan not in trouble]
    for task in PickTask.objects.filter(id__in=[scan.task_id for scan in trouble[: orders // 10]]):
        trouble[[scan.task_id for scan in trouble].index(task.pk)] = shop.scan(task, 0, "short")
    trouble = [
        scan if scan.outcome == "short" else shop.scan(PickTask.objects.get(id=scan.task_id), 1, "damaged")
        for scan in trouble
    ]
    steps["short"] = counted(lambda: batch_pick(batch_id=batch_id, scans=trouble))
    steps["pick"] = counted(lambda: batch_pick(batch_id=batch_id, scans=scans))
    shop.pick_all()
    picked = list(Fulfilment.objects.filter(state="picked"))
    lines = FulfilmentLine.objects.filter(fulfilment__in=picked, picked__gt=0).select_related("sku")
    boxing = [
        PackScan(uuid4(), line.fulfilment_id, shop.barcode(line.sku.code), line.picked) for line in lines
    ]
    steps["pack"] = counted(lambda: packing_scan(scans=boxing))
    steps["seal"] = counted(lambda: parcels_seal(seals=[SealIn(uuid4(), one.pk) for one in picked]))
    parcels = list(Parcel.objects.filter(state="labelled"))
    assert len(parcels) == len(picked)
    manifest_id = shop.manifest()
    loads = [LoadScan(uuid4(), parcel.number) for parcel in parcels[: orders // 2]]
    steps["load"] = counted(lambda: parcels_load(manifest_id=manifest_id, scans=loads))
    steps["hand_over"] = counted(lambda: manifest_hand_over(manifest_id=manifest_id))
    rest = [parcel.fulfilment.order_id for parcel in parcels[orders // 2 :]]
    SalesOrder.objects.filter(id__in=rest).update(is_cancelling=True)
    steps["pull"] = counted(lambda: fulfilments_pull(order_ids=rest))
    shop.verify()
    return steps


def test_a_day_of_a_hundred_orders_runs_the_statements_of_a_day_of_ten() -> None:
    with transaction.atomic():
        small = day(10)
        transaction.set_rollback(True)
    large = day(100)

    # From a hundred rows on inventory writes by COPY, which is one statement more.
    assert {
        step: count - small[step] for step, count in large.items() if count - small[step] not in (0, 1)
    } == {}
    assert large["release"] <= 45
    assert large["pick"] <= 32
