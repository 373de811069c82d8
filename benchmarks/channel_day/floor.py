"""The warehouses at work while orders still come in: waves, picking, packing, handover, over and over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from hecang.catalog.models import Barcode
from hecang.kernel.db import fetch
from hecang.kernel.errors import HecangError
from hecang.orders.services import orders_approve
from hecang.outbound.errors import WaveEmpty
from hecang.outbound.models import Batch, Fulfilment, Parcel, PickTask, Wave, WaveState
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.labelling import parcels_label
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.pick_judging import PickScan
from hecang.outbound.services.picking import batch_pick
from hecang.outbound.services.putback import putback_confirm
from hecang.outbound.services.sealing import SealIn, parcels_seal
from hecang.outbound.services.wave import wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release
from hecang.shipping.models import CarrierService
from hecang.shipping.services import manifest_open

#: Fulfilments of a wave; scans of one message; fulfilments packed and parcels loaded in one go.
WAVE, MESSAGE, TABLE, LOAD = 200, 100, 100, 200
#: Waves of one round: parcels leave while others still wait.
WAVES = 2
OPEN_BATCHES = (Batch.State.RELEASED, Batch.State.PICKING)
_TO_PACK = """
SELECT l.fulfilment_id, b.code, sum(l.picked - l.packed - coalesce(o.quantity, 0))::bigint
FROM fulfilment_line l JOIN fulfilment f ON f.id = l.fulfilment_id AND f.state = 'picked' AND NOT f.is_stopped
JOIN barcode b ON b.sku_id = l.sku_id AND b.is_primary
LEFT JOIN LATERAL (
    SELECT sum(pl.quantity)::bigint AS quantity FROM parcel_line pl JOIN parcel p ON p.id = pl.parcel_id
    WHERE pl.fulfilment_line_id = l.id AND p.state = 'open'
) o ON true
WHERE l.fulfilment_id = ANY(%s::bigint[]) GROUP BY 1, 2 HAVING sum(l.picked - l.packed - coalesce(o.quantity, 0)) > 0
ORDER BY 1, 2
"""
#: What a clerk clears after a look at the evidence; what buyers and platforms want stopped stays.
CLEARED = ["duplicate_suspected", "address_incomplete"]


@dataclass
class Floor:
    """One warehouse. Every step asks the database what is still to do.

    :param refused: scans and steps that came too late, since the order had been stopped: expected, and counted.
    """

    warehouse_id: int
    shipped: int = 0
    refused: int = 0

    def turn(self) -> int:
        """One round over everything that is ready; parcels that left."""
        before = self.shipped
        clear_holds()
        self._release()
        for batch_id in Batch.objects.filter(
            state__in=OPEN_BATCHES, wave__warehouse_id=self.warehouse_id
        ).order_by("id").values_list("id", flat=True):  # fmt: skip
            self._walk(batch_id)
        self._put_back()
        self._pack()
        self._hand_over()
        return self.shipped - before

    def _release(self) -> None:
        for _wave in range(WAVES):
            waiting = Wave.objects.filter(warehouse_id=self.warehouse_id, state=WaveState.PLANNED).first()
            try:
                wave_id = (
                    waiting.pk
                    if waiting
                    else wave_create(
                        draft=wave_plan(
                            warehouse_id=self.warehouse_id, criteria=WaveCriteria(max_orders=WAVE)
                        )
                    )
                )
                wave_release(wave_id=wave_id)
            except WaveEmpty:
                return
            except HecangError:
                self.refused += 1
                return

    def _walk(self, batch_id: int) -> None:
        for _again in range(100):
            tasks = PickTask.objects.filter(
                batch_id=batch_id, kind=PickTask.Kind.PICK, state=PickTask.State.OPEN
            )
            rows = list(
                tasks.order_by("sequence", "id").values_list(
                    "id", "from_location__code", "sku_id", "quantity", "picked", "short"
                )[:MESSAGE]
            )
            if not rows:
                return
            codes = _barcodes({row[2] for row in rows})
            scans = [
                PickScan(
                    scan_id=uuid4(),
                    task_id=key,
                    location_code=place,
                    sku_barcode=codes[sku],
                    quantity=wanted - picked - short,
                )
                for key, place, sku, wanted, picked, short in rows
            ]
            answers = batch_pick(batch_id=batch_id, scans=scans).results
            self.refused += sum(not answer.ok for answer in answers)
            if not any(answer.ok for answer in answers):
                return

    def _put_back(self) -> None:
        for task_id in PickTask.objects.filter(
            kind=PickTask.Kind.PUTBACK, state=PickTask.State.OPEN, warehouse_id=self.warehouse_id
        ).values_list("id", flat=True):  # fmt: skip
            self._tried(lambda one=task_id: putback_confirm(task_id=one))  # type: ignore[misc]

    def _pack(self) -> None:
        ready = list(
            Fulfilment.objects.filter(state="picked", is_stopped=False, warehouse_id=self.warehouse_id)
            .order_by("id")
            .values_list("id", flat=True)
        )
        for start in range(0, len(ready), TABLE):
            self._fill(ready[start : start + TABLE])
        late = Parcel.objects.filter(warehouse_id=self.warehouse_id, state=Parcel.State.SEALED)
        if keys := list(late.values_list("id", flat=True)):
            # Recipients that only their platform can read want its own waybills; without a connection to those a
            # person has to say how they travel.
            service = CarrierService.objects.values_list("id", flat=True).order_by("id").first()
            self._tried(lambda: parcels_label(parcel_ids=keys, service_id=service))

    def _fill(self, fulfilment_ids: Sequence[int]) -> None:
        """Everything of each into one box, and the box closed."""
        left: dict[int, list[tuple[str, int]]] = {}
        for key, code, units in fetch(_TO_PACK, [list(fulfilment_ids)]):
            left.setdefault(key, []).append((code, units))
        if not left:
            return
        scans = [PackScan(uuid4(), key, code, units) for key, rows in left.items() for code, units in rows]
        self.refused += sum(not answer.ok for answer in packing_scan(scans=scans))
        seals = [SealIn(uuid4(), key) for key in left]
        self.refused += sum(not answer.ok for answer in parcels_seal(seals=seals))

    def _hand_over(self) -> None:
        ready = list(
            Parcel.objects.filter(warehouse_id=self.warehouse_id, state=Parcel.State.LABELLED)
            .order_by("id")
            .values_list("number", "waybill__service__carrier_id")
        )
        if not ready:
            return
        manifest = manifest_open(warehouse_id=self.warehouse_id, carrier_id=ready[0][1])
        for start in range(0, len(ready), LOAD):
            scans = [LoadScan(uuid4(), number) for number, _carrier in ready[start : start + LOAD]]
            self.refused += sum(
                not answer.ok for answer in parcels_load(manifest_id=manifest.id, scans=scans)
            )
        done = manifest_hand_over(manifest_id=manifest.id)
        self.shipped += len(done.shipped)
        self.refused += len(done.refused)

    def _tried(self, step: Callable[[], object]) -> None:
        try:
            step()
        except HecangError:
            self.refused += 1


def clear_holds() -> int:
    """A clerk looks at what is held on suspicion, and lets it go; how many orders."""
    rows = fetch(
        "SELECT order_id FROM order_hold WHERE released_at IS NULL GROUP BY order_id"
        " HAVING bool_and(code = ANY(%s::text[])) ORDER BY order_id LIMIT 500",
        [CLEARED],
    )
    if rows:
        orders_approve(order_ids=[row[0] for row in rows])
    return len(rows)


def _barcodes(sku_ids: set[int]) -> dict[int, str]:
    return dict(Barcode.objects.filter(sku_id__in=sku_ids, is_primary=True).values_list("sku_id", "code"))
