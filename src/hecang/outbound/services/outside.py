"""Shipping that somebody else has done: a warehouse that another system runs tells which parcels have left.

The goods leave our books the way that they always leave: through a wave, picks, a sealed parcel and a handover, in
one transaction and with the units that were told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound, StateConflict
from hecang.orders.services import orders_hold, orders_lock
from hecang.outbound.models import Fulfilment, FulfilmentState, Parcel, PickTask
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.pick_judging import PickScan
from hecang.outbound.services.picking import batch_pick
from hecang.outbound.services.scans import ScanResult
from hecang.outbound.services.sealing import SealIn, parcels_seal
from hecang.outbound.services.wave import wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release
from hecang.shipping.services import manifest_open
from hecang.shipping.services.entering import waybill_enter

_LEFT = """
SELECT l.sku_id, s.code, sum(l.quantity - l.packed - l.cut)::bigint FROM fulfilment_line l JOIN sku s ON s.id = l.sku_id
WHERE l.fulfilment_id = %s GROUP BY l.sku_id, s.code
"""


@dataclass(frozen=True, slots=True)
class OutsideParcel:
    """A parcel that has left.

    :param key: what it is known by; the same key is the same parcel.
    :param units: SKU → base units in it.
    """

    key: str
    units: Mapping[int, int]
    service_id: int
    carrier_id: int
    waybill: str
    weight_g: int = 0


@transactional
def fulfilment_ship_outside(*, fulfilment_id: int, parcel: OutsideParcel) -> int:
    """Book a parcel that has left from a warehouse which another system runs; the id of our parcel.

    Releases and picks the fulfilment where that has not been done, packs the units told, and hands them over under
    the number told. Everything of one warehouse takes turns here. Idempotent by key. Emits ``ParcelsShipped``.

    Locks the warehouse's turn, then orders → fulfilments → wave → batches → tasks → balances → parcels → manifest.

    :raises NotFound: no such fulfilment. :raises StateConflict: it is stopped, cancelled or shipped, its goods are not
        in the books, or it never had these units.
    """
    row = (
        Fulfilment.objects.filter(pk=fulfilment_id)
        .values_list("warehouse_id", "order_id", "region_code")
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such fulfilment."))
    warehouse_id, order_id, region_code = row
    current_actor().scope.require(warehouse=warehouse_id)
    # One at a time: all of them use the same staging place and the same manifest.
    execute("SELECT pg_advisory_xact_lock(hashtextextended('outside', %s))", [warehouse_id])
    orders_lock(order_ids=[order_id])
    if (known := _known(_scan(parcel.key, "seal"))) is not None:
        return known
    state = _state(fulfilment_id)
    if state == FulfilmentState.READY:
        draft = wave_plan(warehouse_id=warehouse_id, criteria=WaveCriteria(fulfilment_ids=(fulfilment_id,)))
        wave_release(wave_id=wave_create(draft=draft))
    _pick_all(fulfilment_id, parcel.key)
    _pack(fulfilment_id, parcel)
    number = fetch_one(
        "SELECT number FROM parcel WHERE fulfilment_id = %s AND state = 'open'", [fulfilment_id]
    )
    assert number is not None
    waybill_enter(
        number=parcel.waybill,
        reference=number[0],
        service_id=parcel.service_id,
        warehouse_id=warehouse_id,
        region_code=region_code,
        weight_g=parcel.weight_g,
    )
    seal = SealIn(
        _scan(parcel.key, "seal"), fulfilment_id, weight_g=parcel.weight_g or None, accept_weight=True
    )
    _require(parcels_seal(seals=[seal]))
    manifest = manifest_open(warehouse_id=warehouse_id, carrier_id=parcel.carrier_id)
    _require(parcels_load(manifest_id=manifest.id, scans=[LoadScan(_scan(parcel.key, "load"), number[0])]))
    manifest_hand_over(manifest_id=manifest.id)
    made = Parcel.objects.get(number=number[0])
    if made.state != Parcel.State.SHIPPED:
        raise StateConflict(_("The order is held or being cancelled; its parcel cannot be booked out now."))
    return made.pk


def fulfilment_short_outside(*, fulfilment_id: int, note: str) -> None:
    """The other system will not ship the rest of a fulfilment: the order is held, so that a person decides."""
    rest = sum(units for _sku, _code, units in fetch(_LEFT, [fulfilment_id]))
    if rest > 0:
        order_id = Fulfilment.objects.values_list("order_id", flat=True).get(pk=fulfilment_id)
        orders_hold(order_ids=[order_id], note=note[:200], detail={"short_outside": rest})


def _scan(key: str, step: str) -> UUID:
    """The same id for the same step of the same parcel."""
    return uuid5(NAMESPACE_URL, f"hecang:outside:{key}:{step}")


def _known(scan_id: UUID) -> int | None:
    row = fetch_one(
        "SELECT (result -> 'data' ->> 'parcel_id')::bigint FROM scan WHERE scan_id = %s AND kind = 'seal'",
        [scan_id],
    )
    return row[0] if row is not None else None


def _state(fulfilment_id: int) -> str:
    state, is_stopped, number = Fulfilment.objects.values_list("state", "is_stopped", "number").get(
        pk=fulfilment_id
    )
    if is_stopped or state in (FulfilmentState.SHIPPED, FulfilmentState.CANCELLED):
        raise StateConflict(
            _("Nothing of %(number)s can leave: it is stopped, cancelled or shipped.") % {"number": number},
            code="cannot_ship",
        )
    return state


def _pick_all(fulfilment_id: int, key: str) -> None:
    tasks = PickTask.objects.filter(
        fulfilment_line__fulfilment=fulfilment_id, kind="pick", state="open"
    ).select_related("from_location", "sku")
    by_batch: dict[int, list[PickScan]] = {}
    for task in tasks.order_by("pk"):
        scan = PickScan(
            _scan(key, f"pick:{task.pk}"),
            task.pk,
            task.from_location.code,
            task.sku.code,
            task.quantity - task.picked - task.short,
        )
        by_batch.setdefault(task.batch_id or 0, []).append(scan)
    for batch_id, scans in sorted(by_batch.items()):
        _require(batch_pick(batch_id=batch_id, scans=scans).results)


def _pack(fulfilment_id: int, parcel: OutsideParcel) -> None:
    codes = {sku: (code, left) for sku, code, left in fetch(_LEFT, [fulfilment_id])}
    scans = []
    for sku, units in sorted(parcel.units.items()):
        code, left = codes.get(sku, ("", 0))
        if units > left:
            raise StateConflict(
                _("More units were told than are left to ship (%(units)s of %(left)s).")
                % {"units": units, "left": left},
                code="too_many_units",
            )
        scans.append(PackScan(_scan(parcel.key, f"pack:{sku}"), fulfilment_id, code, units))
    _require(packing_scan(scans=scans))


def _require(results: list[ScanResult]) -> None:
    bad = next((one for one in results if not one.ok), None)
    if bad is not None:
        raise StateConflict(bad.message or bad.code, code=bad.code or "cannot_ship")
