"""Handover: what is loaded, what may not be, and what the world is told."""

from __future__ import annotations

import pytest
from tests.factories import accounts, facility, shipping

from hecang.accounts.models import AuditEntry
from hecang.kernel.actor import Scope, acting
from hecang.kernel.errors import NotFound, StateConflict
from hecang.kernel.models import OutboxEvent
from hecang.shipping.errors import ManifestEmpty, ShippingRecordMissing, WaybillsNotLoadable
from hecang.shipping.models import Manifest, Waybill
from hecang.shipping.services import (
    manifest_add,
    manifest_close,
    manifest_open,
    manifest_remove,
    waybills_cancel,
)

pytestmark = pytest.mark.django_db


def test_the_open_one_is_answered_again() -> None:
    warehouse = facility.warehouse(aisles=0)
    carrier = shipping.carrier("SF")

    first = manifest_open(warehouse_id=warehouse.pk, carrier_id=carrier.pk, driver="张师傅")
    again = manifest_open(warehouse_id=warehouse.pk, carrier_id=carrier.pk)

    assert first.id == again.id
    assert (again.number[:2], again.state, again.driver, again.parcel_count) == ("MF", "open", "张师傅", 0)
    assert Manifest.objects.count() == 1


def test_unknown_warehouse_or_carrier() -> None:
    warehouse = facility.warehouse(aisles=0)
    with pytest.raises(ShippingRecordMissing):
        manifest_open(warehouse_id=warehouse.pk, carrier_id=4711)


def test_open_fill_close() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    waybills = [shipping.waybill(warehouse, service, weight_g=1000 * n) for n in (1, 2, 3)]
    manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)

    assert manifest_add(manifest_id=manifest.id, waybill_ids=[one.id for one in waybills]) == 3
    assert manifest_add(manifest_id=manifest.id, waybill_ids=[waybills[0].id]) == 0
    assert manifest_remove(manifest_id=manifest.id, waybill_ids=[waybills[2].id, 4711]) == 1
    loaded = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
    closed = manifest_close(manifest_id=manifest.id, driver="李师傅")

    assert (loaded.parcel_count, loaded.weight_g) == (2, 3000)
    assert (closed.state, closed.parcel_count, closed.weight_g, closed.driver) == (
        "closed",
        2,
        3000,
        "李师傅",
    )
    assert closed.closed_at is not None
    assert dict(Waybill.objects.values_list("id", "state")) == {
        waybills[0].id: "handed_over",
        waybills[1].id: "handed_over",
        waybills[2].id: "issued",
    }
    told = OutboxEvent.objects.get(name="shipping.manifest_closed")
    assert told.payload == {
        "manifest_id": manifest.id,
        "warehouse_id": warehouse.pk,
        "carrier_id": service.carrier_id,
        "waybill_ids": [waybills[0].id, waybills[1].id],
    }
    assert list(
        AuditEntry.objects.filter(entity_kind="manifest").order_by("id").values_list("action", flat=True)
    ) == ["open", "close"]


def test_closing_again_changes_nothing_and_tells_nothing() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
    manifest_add(manifest_id=manifest.id, waybill_ids=[shipping.waybill(warehouse, service).id])

    first = manifest_close(manifest_id=manifest.id)
    again = manifest_close(manifest_id=manifest.id, driver="somebody else")

    assert again == first
    assert OutboxEvent.objects.filter(name="shipping.manifest_closed").count() == 1
    with pytest.raises(StateConflict):
        manifest_add(manifest_id=manifest.id, waybill_ids=[])
    assert manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id).id != manifest.id


def test_a_large_manifest_tells_in_pieces() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    shipping.waybill(warehouse, service)
    manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
    template = Waybill.objects.get()
    Waybill.objects.bulk_create(
        Waybill(
            number=f"X{n}", service=service, warehouse=warehouse, reference=f"X{n}", weight_g=1, charged_weight_g=1,
            freight=1, issued_at=template.issued_at, manifest_id=manifest.id,
        )
        for n in range(1001)
    )  # fmt: skip

    manifest_close(manifest_id=manifest.id)

    events = OutboxEvent.objects.filter(name="shipping.manifest_closed").order_by("id")
    assert [len(event.payload["waybill_ids"]) for event in events] == [1000, 1]


def test_nothing_loaded_nothing_handed_over() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)

    with pytest.raises(ManifestEmpty):
        manifest_close(manifest_id=manifest.id)


def test_what_may_not_be_loaded_is_named_and_nothing_is_loaded() -> None:
    here, elsewhere = facility.warehouse(aisles=0), facility.warehouse(aisles=0)
    service, other = shipping.service("SF"), shipping.service("ZTO")
    manifest = manifest_open(warehouse_id=here.pk, carrier_id=service.carrier_id)
    other_manifest = manifest_open(warehouse_id=here.pk, carrier_id=other.carrier_id)
    good = shipping.waybill(here, service)
    cancelled = shipping.waybill(here, service)
    waybills_cancel(waybill_ids=[cancelled.id])
    far = shipping.waybill(elsewhere, service)
    foreign = shipping.waybill(here, other)
    taken = shipping.waybill(here, other)
    manifest_add(manifest_id=other_manifest.id, waybill_ids=[taken.id])

    with pytest.raises(WaybillsNotLoadable) as caught:
        manifest_add(
            manifest_id=manifest.id,
            waybill_ids=[good.id, cancelled.id, far.id, foreign.id, taken.id, taken.id + 1000],
        )

    assert [problem.code for problem in caught.value.problems] == [
        "cancelled",
        "unknown",
        "other_carrier",
        "on_other_manifest",
        "unknown",
    ]
    assert Waybill.objects.filter(manifest=manifest.id).count() == 0


def test_outside_the_data_scope_there_is_no_manifest() -> None:
    warehouse = facility.warehouse(aisles=0)
    carrier = shipping.carrier("SF")
    manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=carrier.pk)
    stranger = accounts.actor_make(scope=Scope(warehouses=frozenset({warehouse.pk + 1})))

    with acting(stranger):
        for attempt in (manifest_add, manifest_remove):
            with pytest.raises(NotFound):
                attempt(manifest_id=manifest.id, waybill_ids=[])
        with pytest.raises(NotFound):
            manifest_close(manifest_id=manifest.id)
        with pytest.raises(NotFound):
            manifest_open(warehouse_id=warehouse.pk, carrier_id=carrier.pk)
