"""Many packers, one number range."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.factories import facility, shipping

from hecang.kernel.db import run_in_transaction
from hecang.shipping.models import Waybill, WaybillPool
from hecang.shipping.services import (
    WaybillRequest,
    manifest_add,
    manifest_close,
    manifest_open,
    waybills_cancel,
    waybills_issue,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

THREADS = 16


def at_once(work: Callable[[int], object]) -> list[object]:
    """Run ``work(0)`` … ``work(15)`` in threads that start together, each with its own connection."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> object:
        barrier.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


class Rollback(Exception):
    """Ends a transaction on purpose."""


def test_no_number_goes_out_twice_and_none_is_lost() -> None:
    warehouse = facility.warehouse(aisles=0)
    services = [shipping.service("SF"), shipping.service("ZTO")]

    def pack(packer: int) -> list[str]:
        mine: list[str] = []
        for turn in range(20):
            # In another order for each packer: deadlocks would show.
            order = services if packer % 2 else services[::-1]
            requests = [
                WaybillRequest(f"PC-{packer}-{turn}-{one.code}-{n}", one.pk, warehouse.pk, "310115", 1000)
                for one in order
                for n in range(3)
            ]

            def issue(turn: int = turn, requests: list[WaybillRequest] = requests) -> None:
                issued = waybills_issue(requests=requests)
                if turn % 5 == 4:
                    raise Rollback
                mine.extend(one.number for one in issued)

            with contextlib.suppress(Rollback):
                run_in_transaction(issue)
        return mine

    numbers = [number for one in at_once(pack) for number in one]  # type: ignore[attr-defined]

    expected = THREADS * 16 * 6
    assert len(numbers) == expected
    assert len(set(numbers)) == expected
    assert set(Waybill.objects.values_list("number", flat=True)) == set(numbers)
    # What was rolled back gave its numbers back: the ranges have no hole.
    for service in services:
        assert WaybillPool.objects.get(service=service).next_number == expected // 2 + 1
        assert {number for number in numbers if number.startswith(service.code)} == {
            f"{service.code}{n:012d}" for n in range(1, expected // 2 + 1)
        }


def test_the_same_parcel_asked_for_at_once_gets_one_waybill() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    requests = [WaybillRequest(f"PC-{n}", service.pk, warehouse.pk, "310115", 1000) for n in range(50)]

    answers = at_once(lambda _packer: [one.number for one in waybills_issue(requests=requests)])

    assert Waybill.objects.count() == 50
    assert len({tuple(answer) for answer in answers}) == 1  # type: ignore[arg-type]
    assert WaybillPool.objects.get().next_number == 51


def test_load_cancel_and_close_at_once_agree_in_the_end() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    waybills = [shipping.waybill(warehouse, service).id for _n in range(160)]
    manifest_add(
        manifest_id=manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id).id,
        waybill_ids=waybills[:1],
    )

    def work(hand: int) -> object:
        mine = waybills[hand * 10 : hand * 10 + 10]
        for waybill in mine:
            manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
            try:
                manifest_add(manifest_id=manifest.id, waybill_ids=[waybill])
                if hand % 4 == 0:
                    waybills_cancel(waybill_ids=[waybill])
                if hand % 4 == 1 and waybill == mine[5]:
                    manifest_close(manifest_id=manifest.id)
            except Exception as error:
                if type(error).__name__ not in {"StateConflict", "WaybillsNotLoadable"}:
                    raise
        return None

    at_once(work)

    from hecang.shipping.models import Manifest

    for manifest in Manifest.objects.all():
        states = list(manifest.waybills.values_list("state", flat=True))
        if manifest.state == Manifest.State.CLOSED:
            assert set(states) == {"handed_over"}
            assert manifest.parcel_count == len(states)
        else:
            assert set(states) <= {"issued"}
    assert not Waybill.objects.filter(state="cancelled", manifest__isnull=False).exists()
    assert not Waybill.objects.filter(state="handed_over", manifest=None).exists()
