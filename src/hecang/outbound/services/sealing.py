"""Closing a parcel: carton, weight, waybill, label; and opening it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.services import serials_unclaim
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.outbound import states
from hecang.outbound.models import Parcel, ParcelLine
from hecang.outbound.services.labelling import labels_take, parcel_numbers, parcels_order
from hecang.outbound.services.packing import fulfilments_lock, refusal_of
from hecang.outbound.services.progress import progress_update
from hecang.outbound.services.scans import ScanResult, scans_known, scans_store
from hecang.shipping.services import waybill_orders_abandon, waybills_cancel

#: A parcel may differ from what it should weigh by the larger of these two.
WEIGHT_TOLERANCE_G = 50
WEIGHT_TOLERANCE_PART = 0.05


@dataclass(frozen=True, slots=True)
class SealIn:
    """A packer closes the open parcel of a fulfilment.

    :param carton_id: the carton used; ``None`` where the goods travel in their own packing.
    :param weight_g: what the scale shows; ``None`` where there is no scale: then the weight is computed.
    :param accept_weight: take the weight though it differs from what is expected.
    """

    scan_id: UUID
    fulfilment_id: int
    carton_id: int | None = None
    weight_g: int | None = None
    accept_weight: bool = False

    def payload(self) -> dict[str, Any]:
        """The content that a repetition must equal."""
        return {
            "fulfilment_id": self.fulfilment_id,
            "carton_id": self.carton_id,
            "weight_g": self.weight_g,
            "accept_weight": self.accept_weight,
        }


@dataclass(frozen=True, slots=True)
class _Open:
    """The open parcel of a fulfilment."""

    id: int
    number: str
    units: int
    goods_weight_g: int
    volume_mm3: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Carton:
    id: int
    tare_g: int
    max_weight_g: int
    volume_mm3: int


def parcels_seal(*, seals: Sequence[SealIn]) -> list[ScanResult]:
    """Close open parcels, take waybills for them, and count their units as packed.

    One transaction; after it, where waybills come from carriers' systems, those are called, and what they
    answer is written in.

    Each seal gets its own answer. Refused (nothing changed): an empty parcel, an unknown carton, a weight
    that differs from what is expected by more than 50 g and 5 % (known only if every weight inside was
    measured; ``accept_weight`` overrides), a stopped order. A parcel that gets no waybill (no service
    reaches, numbers used up) is sealed all the same and answered with ``label_error``;
    ``labelling.parcels_label`` tries again.

    Locks fulfilments → parcels → waybill pools. Constant number of statements. Emits ``ParcelsLabelled``.
    """
    seals = list({seal.scan_id: seal for seal in reversed(seals)}.values())[::-1]
    results = _take(seals)
    ordering = [result.data["parcel_id"] for result in results if result.data.get("is_ordering")]
    if not ordering:
        return results
    labels = parcels_order(parcel_ids=ordering)
    return [
        replace(result, data={**result.data, **labels[result.data["parcel_id"]]})
        if result.data.get("is_ordering")
        else result
        for result in results
    ]


@transactional
def _take(seals: Sequence[SealIn]) -> list[ScanResult]:
    standing = fulfilments_lock({seal.fulfilment_id for seal in seals})
    known = scans_known("seal", {seal.scan_id: seal.payload() for seal in seals})
    fresh = [seal for seal in seals if seal.scan_id not in known]
    if fresh:
        results = _seal(fresh, standing)
        payloads = {seal.scan_id: seal for seal in fresh}
        scans_store(
            "seal",
            [
                (result, payloads[result.scan_id].payload(), payloads[result.scan_id].fulfilment_id)
                for result in results
            ],
        )
        known |= {result.scan_id: result for result in results}
    return [known[seal.scan_id] for seal in seals]


def _seal(seals: Sequence[SealIn], standing: dict[int, tuple[str, bool]]) -> list[ScanResult]:
    parcels = _open_parcels(sorted(standing))
    cartons = _cartons(seals)
    results: list[ScanResult] = []
    accepted: list[tuple[SealIn, _Open, int, int]] = []
    for seal in seals:
        parcel = parcels.get(seal.fulfilment_id)
        refused = _refused(seal, standing.get(seal.fulfilment_id), parcel, cartons)
        if refused is not None or parcel is None:
            results.append(
                refused or _no(seal, "parcel_empty", _("Nothing has been scanned into the parcel."))
            )
            continue
        tare = cartons[seal.carton_id].tare_g if seal.carton_id else 0
        expected = parcel.goods_weight_g + tare
        accepted.append((seal, parcel, expected, seal.weight_g or max(expected, 1)))
        del parcels[seal.fulfilment_id]  # a second seal in the same call finds nothing open
        results.append(
            ScanResult(seal.scan_id, ok=True, data={"parcel_id": parcel.id, "number": parcel.number})
        )
    if not accepted:
        return results
    _write_sealed(accepted)
    labels = labels_take(parcel_ids=[parcel.id for _, parcel, _, _ in accepted])
    told = {parcel.id: labels[parcel.id] for _, parcel, _, _ in accepted}
    return [
        replace(result, data={**result.data, **told[result.data["parcel_id"]]}) if result.ok else result
        for result in results
    ]


def _open_parcels(fulfilment_ids: Sequence[int]) -> dict[int, _Open]:
    """Lock and read the open parcels that have something inside; two statements."""
    rows = fetch(
        "SELECT id, fulfilment_id, number FROM parcel WHERE fulfilment_id = ANY(%s) AND state = 'open'"
        " ORDER BY id FOR NO KEY UPDATE",
        [list(fulfilment_ids)],
    )
    contents: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for parcel_id, *content in ParcelLine.objects.filter(parcel_id__in=[row[0] for row in rows]).values_list(
        "parcel_id",
        "quantity",
        "fulfilment_line__unit_weight_g",
        "fulfilment_line__unit_volume_mm3",
        "fulfilment_line__sku__is_estimated",
    ):
        contents[parcel_id].append(tuple(content))
    return {
        fulfilment_id: _Open(
            id=parcel_id,
            number=number,
            units=sum(units for units, _, _, _ in contents[parcel_id]),
            goods_weight_g=sum(units * weight for units, weight, _, _ in contents[parcel_id]),
            volume_mm3=sum(units * volume for units, _, volume, _ in contents[parcel_id]),
            is_exact=all(weight > 0 and not estimated for _, weight, _, estimated in contents[parcel_id]),
        )
        for parcel_id, fulfilment_id, number in rows
        if contents[parcel_id]
    }


def _cartons(seals: Sequence[SealIn]) -> dict[int, _Carton]:
    from hecang.shipping.models import Carton

    wanted = {seal.carton_id for seal in seals if seal.carton_id}
    rows = Carton.objects.filter(id__in=wanted, is_active=True).values_list(
        "id", "tare_g", "max_weight_g", "length_mm", "width_mm", "height_mm"
    )
    return {row[0]: _Carton(row[0], row[1], row[2], row[3] * row[4] * row[5]) for row in rows}


def _refused(
    seal: SealIn, standing: tuple[str, bool] | None, parcel: _Open | None, cartons: dict[int, _Carton]
) -> ScanResult | None:
    """Why this parcel cannot be sealed so; ``None`` if it can."""
    if standing is None:
        return _no(seal, "unknown_fulfilment", _("There is no such fulfilment."))
    if refusal := refusal_of(*standing):
        return _no(seal, *refusal)
    if parcel is None:
        return _no(seal, "parcel_empty", _("Nothing has been scanned into the parcel."))
    if seal.carton_id and seal.carton_id not in cartons:
        return _no(seal, "carton_unknown", _("There is no such carton in use. Choose another."))
    if seal.weight_g is None or seal.accept_weight or not parcel.is_exact:
        return None
    expected = parcel.goods_weight_g + (cartons[seal.carton_id].tare_g if seal.carton_id else 0)
    tolerance = max(WEIGHT_TOLERANCE_G, int(expected * WEIGHT_TOLERANCE_PART))
    if abs(seal.weight_g - expected) > tolerance:
        return _no(
            seal, "weight_mismatch",
            _("The parcel weighs %(weight)s g, but %(expected)s g were expected. Check what is inside.")
            % {"weight": seal.weight_g, "expected": expected},
            {"weight_g": expected, "tolerance_g": tolerance},
        )  # fmt: skip
    return None


def _no(seal: SealIn, code: str, message: str, expected: dict[str, Any] | None = None) -> ScanResult:
    return ScanResult(seal.scan_id, ok=False, code=code, message=message, expected=expected or {})


def _write_sealed(accepted: Sequence[tuple[SealIn, _Open, int, int]]) -> None:
    """State, carton and weights of the parcels; packed units of the lines; states of the fulfilments."""
    parcel_ids = [parcel.id for _, parcel, _, _ in accepted]
    execute(
        "UPDATE parcel p SET state = 'sealed', carton_id = c.carton_id, expected_weight_g = c.expected,"
        " weight_g = c.weight, packed_by = %s, sealed_at = %s"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::integer[], %s::integer[]) AS c (id, carton_id, expected, weight)"
        " WHERE p.id = c.id",
        [
            current_actor().name[:100],
            now(),
            *columns(
                (
                    (parcel.id, seal.carton_id, expected, weight)
                    for seal, parcel, expected, weight in accepted
                ),
                4,
            ),
        ],
    )
    _count_packed(parcel_ids, 1)
    progress_update(fulfilment_ids=[seal.fulfilment_id for seal, _, _, _ in accepted], batch_ids=[])
    audit_record_many(
        action="parcel.sealed",
        entity_kind="parcel",
        entries=[
            (parcel.id, {"state": "open"}, {"state": "sealed", "number": parcel.number, "weight_g": weight})
            for _, parcel, _, weight in accepted
        ],
    )


def _count_packed(parcel_ids: Sequence[int], sign: int) -> None:
    execute(
        "UPDATE fulfilment_line l SET packed = l.packed + %s * c.units FROM ("
        "   SELECT fulfilment_line_id AS id, sum(quantity)::bigint AS units FROM parcel_line"
        "   WHERE parcel_id = ANY(%s) GROUP BY 1) c WHERE l.id = c.id",
        [sign, list(parcel_ids)],
    )


@transactional
def parcel_cancel(*, parcel_id: int) -> None:
    """Open a parcel again: its waybill is cancelled, its units lie on the packing table. Idempotent.

    Locks fulfilment → parcel → waybill. Raises :class:`StateConflict` for a parcel that has left.
    """
    found = fetch_one("SELECT fulfilment_id, warehouse_id FROM parcel WHERE id = %s", [parcel_id])
    if found is None:
        raise NotFound(_("There is no such parcel."))
    current_actor().scope.require(warehouse=found[1])
    execute("SELECT 1 FROM fulfilment WHERE id = %s FOR NO KEY UPDATE", [found[0]])
    row = fetch_one(
        "SELECT number, state, waybill_id FROM parcel WHERE id = %s FOR NO KEY UPDATE", [parcel_id]
    )
    assert row is not None
    number, state, waybill_id = row
    if state == Parcel.State.CANCELLED:
        return
    states.require("parcel", state, Parcel.State.CANCELLED, what=number)
    if state != Parcel.State.OPEN:
        _count_packed([parcel_id], -1)
    if waybill_id is not None:
        waybills_cancel(waybill_ids=[waybill_id])
    waybill_orders_abandon(references=[number])
    execute("UPDATE parcel SET state = 'cancelled' WHERE id = %s", [parcel_id])
    serials_unclaim(kind="parcel", ids=[parcel_id])
    progress_update(fulfilment_ids=[found[0]], batch_ids=[])
    audit_record_many(
        action="parcel.cancelled",
        entity_kind="parcel",
        entries=[(parcel_id, {"state": state}, {"state": "cancelled", "number": number})],
    )


def parcels_unlabel(*, fulfilment_ids: Sequence[int]) -> list[int]:
    """Cancel the waybills of labelled parcels (the address changed); they are sealed again. Returns ids.

    Numbers that are being ordered at carriers' systems for the old address are not wanted any more, either.

    Expects the fulfilments to be locked. Locks parcels → waybills.
    """
    rows = fetch(
        "WITH target AS (SELECT id, waybill_id FROM parcel WHERE fulfilment_id = ANY(%s) AND state = 'labelled'"
        " ORDER BY id FOR NO KEY UPDATE)"
        " UPDATE parcel p SET state = 'sealed', waybill_id = NULL FROM target WHERE p.id = target.id"
        " RETURNING p.id, target.waybill_id",
        [list(fulfilment_ids)],
    )
    waybills_cancel(waybill_ids=sorted(row[1] for row in rows))
    waybill_orders_abandon(references=parcel_numbers(fulfilment_ids))
    audit_record_many(
        action="parcel.label_withdrawn",
        entity_kind="parcel",
        entries=[(row[0], {"state": "labelled", "waybill_id": row[1]}, {"state": "sealed"}) for row in rows],
    )
    return [row[0] for row in rows]
