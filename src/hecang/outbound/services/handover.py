"""Handover 交接: parcels are scanned onto a carrier's list, and leave the books when it is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.services import ShipMove, allocations_ship
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import NotFound
from hecang.kernel.outbox import emit
from hecang.orders.selectors import order_ship_wishes
from hecang.orders.services import LineShift, order_lines_shift, orders_lock
from hecang.outbound.events import ParcelsShipped
from hecang.outbound.models import Parcel
from hecang.outbound.services.progress import progress_update
from hecang.outbound.services.scans import ScanResult, scans_known, scans_store
from hecang.shipping.selectors import manifest_list
from hecang.shipping.services import (
    TrackFacts,
    manifest_add,
    manifest_close,
    manifest_lock,
    manifest_remove,
    tracks_describe,
)


@dataclass(frozen=True, slots=True)
class LoadScan:
    """One parcel scanned at the dock.

    :param code: number of the parcel or of its waybill.
    """

    scan_id: UUID
    code: str

    def payload(self, manifest_id: int) -> dict[str, Any]:
        """The content that a repetition must equal."""
        return {"manifest_id": manifest_id, "code": self.code}


@dataclass(frozen=True, slots=True)
class _Loadable:
    """A parcel at the dock."""

    id: int
    number: str
    state: str
    warehouse_id: int
    is_stopped: bool
    waybill_id: int | None
    carrier_id: int | None
    manifest_id: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A parcel that must not leave."""

    parcel_id: int
    number: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class HandoverResult:
    """What a handover has done.

    :param refused: parcels taken off the list again: put them aside.
    """

    manifest_id: int
    shipped: tuple[int, ...]
    refused: tuple[Refused, ...]


@transactional
def parcels_load(*, manifest_id: int, scans: Sequence[LoadScan]) -> list[ScanResult]:
    """Put scanned parcels on an open manifest; each scan gets its own answer.

    Refused: unknown codes, parcels without label, of another carrier or warehouse, on another manifest,
    of a stopped order. A parcel that is on this list already is accepted again.

    Locks parcels → manifest → waybills. Constant number of statements. Raises NotFound for the manifest,
    :class:`StateConflict` when it is closed.
    """
    manifest = _manifest(manifest_id)
    scans = list({scan.scan_id: scan for scan in reversed(scans)}.values())[::-1]
    found = _parcels([scan.code for scan in scans])
    known = scans_known("load", {scan.scan_id: scan.payload(manifest_id) for scan in scans})
    results: list[ScanResult] = []
    loading: set[int] = set()
    fresh = {scan.scan_id: scan for scan in scans if scan.scan_id not in known}
    for scan in fresh.values():
        parcel = found.get(scan.code.strip().upper())
        refusal = _refusal(parcel, *manifest)
        if refusal is not None or parcel is None or parcel.waybill_id is None:
            code, message = refusal or ("unknown_parcel", _("Nobody knows this parcel."))
            results.append(ScanResult(scan.scan_id, ok=False, code=code, message=message))
            continue
        loading.add(parcel.waybill_id)
        results.append(
            ScanResult(scan.scan_id, ok=True, data={"parcel_id": parcel.id, "number": parcel.number})
        )
    if loading:
        manifest_add(manifest_id=manifest_id, waybill_ids=sorted(loading))
    scans_store(
        "load", [(result, fresh[result.scan_id].payload(manifest_id), manifest_id) for result in results]
    )
    known |= {result.scan_id: result for result in results}
    return [known[scan.scan_id] for scan in scans]


def _manifest(manifest_id: int) -> tuple[int, int, int]:
    """(id, warehouse, carrier) of a manifest. Raises NotFound, also outside the actor's scope."""
    row = (
        manifest_list(current_actor())
        .filter(id=manifest_id)
        .values_list("id", "warehouse_id", "carrier_id")
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such manifest."))
    return row[0], row[1], row[2]


def _parcels(codes: Sequence[str]) -> dict[str, _Loadable]:
    """Lock the parcels that these codes (numbers of parcels or waybills) mean, by code in capitals."""
    wanted = sorted({code.strip().upper() for code in codes})
    rows = fetch(
        "SELECT p.number, w.number, p.id, p.number, p.state, p.warehouse_id, f.is_stopped, p.waybill_id,"
        " s.carrier_id, w.manifest_id"
        " FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id"
        " LEFT JOIN waybill w ON w.id = p.waybill_id LEFT JOIN carrier_service s ON s.id = w.service_id"
        " WHERE p.id IN (SELECT id FROM parcel WHERE number = ANY(%s) UNION"
        "   SELECT p2.id FROM parcel p2 JOIN waybill w2 ON w2.id = p2.waybill_id WHERE w2.number = ANY(%s))"
        " ORDER BY p.id FOR NO KEY UPDATE OF p",
        [wanted, wanted],
    )
    result = {}
    for number, waybill_number, *facts in rows:
        parcel = _Loadable(*facts)
        result[number.upper()] = parcel
        if waybill_number:
            result[waybill_number.upper()] = parcel
    return result


def _refusal(
    parcel: _Loadable | None, manifest_id: int, warehouse_id: int, carrier_id: int
) -> tuple[str, str] | None:
    """Why a parcel cannot go onto this list, as (code, message)."""
    if parcel is None or parcel.warehouse_id != warehouse_id:
        return "unknown_parcel", _("Nobody knows this parcel here.")
    if parcel.state == Parcel.State.SHIPPED:
        return "already_shipped", _("This parcel has been handed over already.")
    if parcel.state == Parcel.State.CANCELLED:
        return "parcel_cancelled", _("This parcel was cancelled. Put it aside.")
    if parcel.state != Parcel.State.LABELLED:
        return "not_labelled", _("This parcel has no label yet.")
    if parcel.is_stopped:
        return "fulfilment_stopped", _("The order is on hold or being cancelled. Put the parcel aside.")
    if parcel.carrier_id != carrier_id:
        return "wrong_carrier", _("This parcel travels with another carrier.")
    if parcel.manifest_id not in (None, manifest_id):
        return "on_other_manifest", _("This parcel is on another list.")
    return None


@transactional
def manifest_hand_over(*, manifest_id: int, driver: str | None = None) -> HandoverResult:
    """The carrier takes the parcels of a manifest: they leave the books, orders become shipped.

    Parcels whose order is held or being cancelled at this moment are taken off the list and answered as
    refused; the others go. Handing over again changes nothing. Emits ``ParcelsShipped``.

    Locks orders → fulfilments → parcels → manifest → waybills → balances. Constant number of statements.
    Raises :class:`ManifestEmpty` when nothing (more) is on it.
    """
    _manifest(manifest_id)
    parcel_ids = _listed(manifest_id)
    stopped, numbers_of, waybill_of = _lock_chain(parcel_ids)
    manifest_lock(manifest_id=manifest_id)
    # Somebody may have loaded or unloaded until here, nobody can from here on: the list as it is now is
    # what leaves, and every parcel on it has to be judged.
    now_listed = _listed(manifest_id)
    if now_listed != parcel_ids:
        stopped, numbers_of, waybill_of = _lock_chain(now_listed)
    if stopped:
        manifest_remove(manifest_id=manifest_id, waybill_ids=[waybill_of[key] for key in stopped])
    going = sorted(set(numbers_of) - set(stopped))
    if going:
        manifest_close(manifest_id=manifest_id, driver=driver)
        _ship(going)
    return HandoverResult(
        manifest_id=manifest_id,
        shipped=tuple(going),
        refused=tuple(Refused(key, numbers_of[key], *reason) for key, reason in sorted(stopped.items())),
    )


def _listed(manifest_id: int) -> list[int]:
    """Ids of the labelled parcels on a list, by id."""
    rows = fetch(
        "SELECT p.id FROM parcel p JOIN waybill w ON w.id = p.waybill_id"
        " WHERE w.manifest_id = %s AND p.state = 'labelled' ORDER BY p.id",
        [manifest_id],
    )
    return [row[0] for row in rows]


@transactional
def parcels_ship(*, waybill_ids: Sequence[int]) -> tuple[int, ...]:
    """The parcels behind these waybills have left: take them out of the books. Idempotent; returns their ids.

    Unlike :func:`manifest_hand_over` it does not ask for holds: what is gone is gone. An order that was to
    be cancelled learns that these units have left.
    """
    parcel_ids = [
        row[0]
        for row in fetch(
            "SELECT id FROM parcel WHERE waybill_id = ANY(%s) AND state = 'labelled'", [list(waybill_ids)]
        )
    ]
    _, numbers_of, _ = _lock_chain(parcel_ids)
    _ship(sorted(numbers_of))
    return tuple(sorted(numbers_of))


def _lock_chain(
    parcel_ids: Sequence[int],
) -> tuple[dict[int, tuple[str, str]], dict[int, str], dict[int, int]]:
    """Lock orders, fulfilments and parcels of these parcels.

    :return: parcels that must not leave with (code, message); numbers and waybill ids of all that are
        still labelled.
    """
    rows = fetch(
        "SELECT DISTINCT f.id, f.order_id FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id"
        " WHERE p.id = ANY(%s)",
        [list(parcel_ids)],
    )
    orders = orders_lock(order_ids=sorted({row[1] for row in rows}))
    execute(
        "SELECT 1 FROM fulfilment WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [sorted(row[0] for row in rows)],
    )
    parcels = fetch(
        "SELECT p.id, p.number, p.waybill_id, f.order_id FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id"
        " WHERE p.id = ANY(%s) AND p.state = 'labelled' ORDER BY p.id FOR NO KEY UPDATE OF p",
        [list(parcel_ids)],
    )
    stopped = {}
    for key, _number, _waybill, order_id in parcels:
        order = orders[order_id]
        if order.is_cancelling:
            stopped[key] = ("order_cancelling", _("The order is being cancelled. Put the parcel aside."))
        elif order.is_held:
            stopped[key] = ("order_held", _("The order is on hold. Put the parcel aside."))
    return stopped, {row[0]: row[1] for row in parcels}, {row[0]: row[2] for row in parcels}


def _ship(parcel_ids: Sequence[int]) -> None:
    """Take locked, labelled parcels out of the books; tells orders and the world."""
    if not parcel_ids:
        return
    lines = fetch(
        "SELECT pl.parcel_id, pl.fulfilment_line_id, pl.quantity, fl.order_line_id, fl.fulfilment_id, f.order_id"
        " FROM parcel_line pl JOIN fulfilment_line fl ON fl.id = pl.fulfilment_line_id"
        " JOIN fulfilment f ON f.id = fl.fulfilment_id WHERE pl.parcel_id = ANY(%s) ORDER BY pl.id",
        [list(parcel_ids)],
    )
    allocations_ship(
        ships=[
            ShipMove(source_id=line_id, quantity=units, document_id=parcel_id)
            for parcel_id, line_id, units, _, _, _ in lines
        ],
        source_kind="fulfilment_line",
        document_kind="parcel",
    )
    by_line = _summed((line_id, units) for _, line_id, units, _, _, _ in lines)
    execute(
        "UPDATE fulfilment_line l SET allocated = l.allocated - c.units, shipped = l.shipped + c.units"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, units) WHERE l.id = c.id",
        columns(sorted(by_line.items()), 2),
    )
    gone = fetch(
        "UPDATE parcel SET state = 'shipped', shipped_at = %s WHERE id = ANY(%s) RETURNING id, waybill_id",
        [now(), list(parcel_ids)],
    )
    _describe(dict(gone), {row[0]: row[5] for row in lines})
    progress_update(fulfilment_ids={row[4] for row in lines}, batch_ids=[])
    order_lines_shift(
        shifts=[
            LineShift(line_id=line_id, source="allocated", target="shipped", quantity=units)
            for line_id, units in sorted(_summed((row[3], row[2]) for row in lines).items())
        ]
    )
    audit_record_many(
        action="parcel.shipped",
        entity_kind="parcel",
        entries=[(key, {"state": "labelled"}, {"state": "shipped"}) for key in parcel_ids],
    )
    emit(ParcelsShipped(parcel_ids=tuple(parcel_ids), order_ids=tuple(sorted({row[5] for row in lines}))))


def _describe(waybill_of: Mapping[int, int], order_of: Mapping[int, int]) -> None:
    """Tell tracking what was promised, and what carriers ask for before they tell anything."""
    wishes = order_ship_wishes(sorted(set(order_of.values())))
    tracks_describe(
        facts={
            waybill_of[parcel_id]: TrackFacts(wishes[order_id].promised_at, wishes[order_id].phone_tail)
            for parcel_id, order_id in order_of.items()
        }
    )


def _summed(pairs: Any) -> Mapping[int, int]:
    result: dict[int, int] = defaultdict(int)
    for key, units in pairs:
        result[key] += units
    return result
