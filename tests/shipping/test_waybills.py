"""Waybill numbers: one a parcel, in order, never twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts, facility, shipping

from hecang.accounts.models import AuditEntry
from hecang.kernel.actor import Scope, acting
from hecang.kernel.errors import InvalidInput, NotFound, StateConflict
from hecang.kernel.models import OutboxEvent
from hecang.shipping.errors import (
    ServiceDoesNotReach,
    ShippingRecordMissing,
    WaybillPoolEmpty,
    WaybillPoolOverlap,
    WaybillReferenceTaken,
)
from hecang.shipping.models import CarrierService, Waybill, WaybillPool
from hecang.shipping.services import (
    WaybillRequest,
    manifest_add,
    manifest_close,
    manifest_open,
    waybills_cancel,
)
from hecang.shipping.services import waybills_issue as issue
from hecang.shipping.services.tables import PoolRow, pool_save_many

pytestmark = pytest.mark.django_db


def requests(
    service: CarrierService, warehouse_id: int, *references: str, weight_g: int = 1500
) -> list[WaybillRequest]:
    return [WaybillRequest(one, service.pk, warehouse_id, "310115", weight_g) for one in references]


def test_numbers_come_in_order_with_charged_weight_and_freight() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF", volumetric_divisor=6000)

    issued = issue(
        requests=[
            WaybillRequest("PC-1", service.pk, warehouse.pk, "310115", 1500),
            WaybillRequest("PC-2", service.pk, warehouse.pk, "310115", 1500, volume_mm3=18_000_000),
        ]
    )

    assert [
        (one.number, one.reference, one.charged_weight_g, one.freight, one.created) for one in issued
    ] == [
        ("SF000000000001", "PC-1", 1500, Decimal("12.00"), True),
        ("SF000000000002", "PC-2", 3000, Decimal("14.00"), True),
    ]
    stored = Waybill.objects.get(number="SF000000000002")
    assert (stored.state, stored.routing_code, stored.weight_g) == ("issued", "31-01-15", 1500)
    assert AuditEntry.objects.filter(entity_kind="waybill", action="issue").count() == 2


def test_asking_again_gives_the_same_and_uses_no_number() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    first = issue(requests=requests(service, warehouse.pk, "PC-1", "PC-2"))

    again = issue(requests=requests(service, warehouse.pk, "PC-2", "PC-3", "PC-1", weight_g=9000))

    assert [one.number for one in again] == [first[1].number, "SF000000000003", first[0].number]
    assert [one.created for one in again] == [False, True, False]
    assert WaybillPool.objects.get().next_number == 4


def test_another_service_under_the_same_reference_is_refused_until_cancelled() -> None:
    warehouse = facility.warehouse(aisles=0)
    one, other = shipping.service("SF"), shipping.service("ZTO")
    waybill = issue(requests=requests(one, warehouse.pk, "PC-1"))[0]

    with pytest.raises(WaybillReferenceTaken):
        issue(requests=requests(other, warehouse.pk, "PC-1"))

    assert waybills_cancel(waybill_ids=[waybill.id]) == 1
    assert issue(requests=requests(other, warehouse.pk, "PC-1"))[0].number == "ZTO000000000001"


def test_a_used_up_pool_issues_nothing_and_says_what_is_left() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF", numbers=2)

    with pytest.raises(WaybillPoolEmpty) as caught:
        issue(requests=requests(service, warehouse.pk, "PC-1", "PC-2", "PC-3"))

    assert caught.value.data == {"service": "SF", "service_id": service.pk, "wanted": 3, "left": 2}
    assert not Waybill.objects.exists()
    assert WaybillPool.objects.get().next_number == 1


def test_several_pools_are_used_up_one_after_the_other() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF", numbers=2)
    shipping.pool(service, prefix="SX", first=500, size=10, digits=4)
    shipping.pool(service, prefix="OFF", is_active=False)

    issued = issue(requests=requests(service, warehouse.pk, "PC-1", "PC-2", "PC-3"))

    assert [one.number for one in issued] == ["SF000000000001", "SF000000000002", "SX0500"]


def test_the_alert_is_told_once_when_the_threshold_is_crossed() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF", numbers=0)
    pool = shipping.pool(service, size=10, alert_below=8)

    for reference in ("PC-1", "PC-2", "PC-3", "PC-4"):
        issue(requests=requests(service, warehouse.pk, reference))

    told = OutboxEvent.objects.filter(name="shipping.waybill_pool_low")
    assert [event.payload for event in told] == [
        {"pool_id": pool.pk, "service_id": service.pk, "remaining": 7}
    ]


def test_a_parcel_that_the_service_cannot_take_is_named_and_nothing_is_issued() -> None:
    warehouse = facility.warehouse(aisles=0)
    local = shipping.service("LOCAL", rate=None, max_weight_g=5000)
    shipping.rate_rule(local, "31")

    with pytest.raises(ServiceDoesNotReach) as caught:
        issue(
            requests=[
                WaybillRequest("PC-1", local.pk, warehouse.pk, "310115", 5000),
                WaybillRequest("PC-2", local.pk, warehouse.pk, "310115", 5001),
                WaybillRequest("PC-3", local.pk, warehouse.pk, "440106", 100),
            ]
        )

    assert [problem.loc for problem in caught.value.problems] == ["requests.1", "requests.2"]
    assert not Waybill.objects.exists()


@pytest.mark.parametrize("references", [("PC-1", "PC-1"), ("",)])
def test_references_must_be_distinct_and_not_empty(references: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        issue(requests=requests(CarrierService(pk=1), 1, *references))


def test_outside_the_data_scope_there_is_nothing() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    waybill = shipping.waybill(warehouse, service)
    stranger = accounts.actor_make(scope=Scope(warehouses=frozenset({warehouse.pk + 1})))

    with acting(stranger):
        with pytest.raises(NotFound):
            issue(requests=requests(service, warehouse.pk, "PC-1"))
        with pytest.raises(NotFound):
            waybills_cancel(waybill_ids=[waybill.id])


def test_queries_do_not_grow_with_requests() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    counts = []
    for size in (10, 100):
        with CaptureQueriesContext(connection) as queries:
            issue(requests=requests(service, warehouse.pk, *(f"PC-{size}-{n}" for n in range(size))))
        counts.append(len([query for query in queries if "SAVEPOINT" not in (query["sql"] or "")]))

    assert counts[0] == counts[1]


class TestCancel:
    def test_it_leaves_the_manifest_and_stays_cancelled(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        service = shipping.service("SF")
        waybill = shipping.waybill(warehouse, service)
        manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
        manifest_add(manifest_id=manifest.id, waybill_ids=[waybill.id])

        assert waybills_cancel(waybill_ids=[waybill.id]) == 1
        assert waybills_cancel(waybill_ids=[waybill.id]) == 0

        stored = Waybill.objects.get()
        assert (stored.state, stored.manifest_id) == ("cancelled", None)

    def test_what_is_handed_over_cannot_be_cancelled(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        service = shipping.service("SF")
        gone, here = shipping.waybill(warehouse, service), shipping.waybill(warehouse, service)
        manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
        manifest_add(manifest_id=manifest.id, waybill_ids=[gone.id])
        manifest_close(manifest_id=manifest.id)

        with pytest.raises(StateConflict):
            waybills_cancel(waybill_ids=[gone.id, here.id])

        assert Waybill.objects.get(pk=here.id).state == "issued"

    def test_unknown_ones_are_named(self) -> None:
        with pytest.raises(ShippingRecordMissing) as caught:
            waybills_cancel(waybill_ids=[4711])

        assert caught.value.data == {"waybill_ids": [4711]}


class TestPools:
    def test_entering_a_range_again_changes_nothing(self) -> None:
        service = shipping.service("SF", numbers=0)
        row = PoolRow(service.pk, "SF", 1000, 1999)

        first = pool_save_many(rows=[row])
        WaybillPool.objects.update(next_number=1500)

        assert pool_save_many(rows=[row]) == first
        assert WaybillPool.objects.get().next_number == 1500

    @pytest.mark.parametrize(("start", "end"), [(500, 1000), (1999, 2500), (1200, 1300), (1, 9999)])
    def test_ranges_of_one_prefix_must_not_overlap(self, start: int, end: int) -> None:
        service = shipping.service("SF", numbers=0)
        pool_save_many(rows=[PoolRow(service.pk, "SF", 1000, 1999)])

        with pytest.raises(WaybillPoolOverlap):
            pool_save_many(rows=[PoolRow(service.pk, "SF", start, end)])
        assert len(pool_save_many(rows=[PoolRow(service.pk, "SG", start, end)])) == 1

    def test_a_range_must_fit_its_digits(self) -> None:
        service = shipping.service("SF", numbers=0)
        with pytest.raises(InvalidInput):
            pool_save_many(rows=[PoolRow(service.pk, "SF", 1, 1000, digits=3)])
        with pytest.raises(InvalidInput):
            pool_save_many(rows=[PoolRow(service.pk, "SF", 10, 9)])
