"""Handover: the list of parcels that a carrier takes, opened, filled and closed.

Locks: the manifest, then its waybills by id. Totals are written once, when it is closed; while it is
open they are counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.errors import Problem, StateConflict
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.shipping.errors import ManifestEmpty, ShippingRecordMissing, WaybillsNotLoadable
from hecang.shipping.events import ManifestClosed
from hecang.shipping.models import Manifest, Waybill
from hecang.shipping.services.tracks import tracks_begin

#: Waybills in one event.
EVENT_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class ManifestView:
    """A manifest with its totals; weight in grams."""

    id: int
    number: str
    warehouse_id: int
    carrier_id: int
    state: str
    parcel_count: int
    weight_g: int
    opened_at: datetime
    closed_at: datetime | None
    driver: str


@db.transactional
def manifest_open(*, warehouse_id: int, carrier_id: int, driver: str = "") -> ManifestView:
    """The open manifest of a warehouse and carrier; makes one where there is none.

    Asked again, by anybody, it answers with the same one: two scanners at a dock load one list.

    :raises ShippingRecordMissing: no such warehouse or carrier, or outside the caller's scope.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    known = db.fetch_one(
        "SELECT (SELECT count(*) FROM warehouse WHERE id = %s), (SELECT count(*) FROM carrier WHERE id = %s)",
        (warehouse_id, carrier_id),
    )
    if known != (1, 1):
        raise ShippingRecordMissing(_("There is no such warehouse or carrier."))
    if (row := _open_one(warehouse_id, carrier_id)) is None:
        inserted = db.fetch_one(
            """
            INSERT INTO manifest (number, warehouse_id, carrier_id, state, parcel_count, weight_g, opened_at, driver)
            VALUES (%s, %s, %s, 'open', 0, 0, %s, %s)
            ON CONFLICT (warehouse_id, carrier_id) WHERE state = 'open' DO NOTHING
            RETURNING id
            """,
            (numbers("manifest")[0], warehouse_id, carrier_id, now(), driver),
        )
        if inserted is not None:
            audit_record(
                action="open",
                entity_kind="manifest",
                entity_id=inserted[0],
                after={"warehouse_id": warehouse_id, "carrier_id": carrier_id},
            )
        row = _open_one(warehouse_id, carrier_id)
        if row is None:  # opened and closed by others in this very moment
            raise StateConflict(_("The manifest was closed at this moment; try again."))
    return _view(row[0])


@db.transactional
def manifest_add(*, manifest_id: int, waybill_ids: Collection[int]) -> int:
    """Put waybills on an open manifest; how many were not on it before. All or none.

    :raises ShippingRecordMissing: no such manifest, or outside the caller's scope.
    :raises StateConflict: it is closed.
    :raises WaybillsNotLoadable: one is unknown, cancelled, with the carrier, on another manifest, or of
        another warehouse or carrier; ``problems`` names each.
    """
    manifest = _lock(manifest_id)
    _require_open(manifest)
    ids = sorted(set(waybill_ids))
    rows = db.fetch(
        """
        SELECT w.id, w.number, w.state, w.warehouse_id, s.carrier_id, w.manifest_id
          FROM waybill w JOIN carrier_service s ON s.id = w.service_id
         WHERE w.id = ANY(%s) ORDER BY w.id FOR NO KEY UPDATE OF w
        """,
        (ids,),
    )
    _require_loadable(manifest, ids, rows)
    added = [row[0] for row in rows if row[5] is None]
    if added:
        db.execute("UPDATE waybill SET manifest_id = %s WHERE id = ANY(%s)", (manifest_id, added))
    return len(added)


@db.transactional
def manifest_remove(*, manifest_id: int, waybill_ids: Collection[int]) -> int:
    """Take waybills off an open manifest; how many were on it. Others are left as they are."""
    _require_open(_lock(manifest_id))
    ids = [
        row[0]
        for row in db.fetch(
            "SELECT id FROM waybill WHERE id = ANY(%s) AND manifest_id = %s ORDER BY id FOR NO KEY UPDATE",
            (sorted(set(waybill_ids)), manifest_id),
        )
    ]
    if ids:
        db.execute("UPDATE waybill SET manifest_id = NULL WHERE id = ANY(%s)", (ids,))
    return len(ids)


@db.transactional
def manifest_close(*, manifest_id: int, driver: str | None = None) -> ManifestView:
    """The carrier has taken the parcels: waybills are handed over, totals written, the world is told.

    Emits :class:`ManifestClosed`, on which outbound ships the stock. Closing a closed one changes
    nothing and answers the same.

    :param driver: who signed; ``None`` leaves what was entered when it was opened.
    :raises ShippingRecordMissing: no such manifest, or outside the caller's scope.
    :raises ManifestEmpty: nothing is on it.
    """
    manifest = _lock(manifest_id)
    if manifest["state"] == Manifest.State.CLOSED:
        return _view(manifest_id)
    rows = db.fetch(
        "SELECT id, weight_g FROM waybill WHERE manifest_id = %s AND state = 'issued' ORDER BY id FOR NO KEY UPDATE",
        (manifest_id,),
    )
    if not rows:
        raise ManifestEmpty(_("No parcel is on manifest %(number)s yet; load one first.") % manifest)
    ids = [row[0] for row in rows]
    totals = {"parcel_count": len(ids), "weight_g": sum(row[1] for row in rows)}
    db.execute("UPDATE waybill SET state = %s WHERE id = ANY(%s)", (Waybill.State.HANDED_OVER, ids))
    tracks_begin(waybill_ids=ids)
    db.execute(
        "UPDATE manifest SET state = %s, parcel_count = %s, weight_g = %s, closed_at = %s, driver = %s WHERE id = %s",
        (
            Manifest.State.CLOSED,
            totals["parcel_count"],
            totals["weight_g"],
            now(),
            manifest["driver"] if driver is None else driver,
            manifest_id,
        ),
    )
    audit_record(
        action="close",
        entity_kind="manifest",
        entity_id=manifest_id,
        before={"state": manifest["state"]},
        after={"state": Manifest.State.CLOSED, **totals},
    )
    emit(
        *(
            ManifestClosed(
                manifest_id=manifest_id,
                warehouse_id=manifest["warehouse_id"],
                carrier_id=manifest["carrier_id"],
                waybill_ids=tuple(ids[start : start + EVENT_CHUNK]),
            )
            for start in range(0, len(ids), EVENT_CHUNK)
        )
    )
    return _view(manifest_id)


@db.transactional
def manifest_lock(*, manifest_id: int) -> None:
    """Keep everybody from loading, unloading or closing a manifest until the transaction ends.

    :raises ShippingRecordMissing: no such manifest, or outside the caller's scope.
    """
    _lock(manifest_id)


def _open_one(warehouse_id: int, carrier_id: int) -> tuple[Any, ...] | None:
    return db.fetch_one(
        "SELECT id FROM manifest WHERE warehouse_id = %s AND carrier_id = %s AND state = 'open'",
        (warehouse_id, carrier_id),
    )


def _lock(manifest_id: int) -> dict[str, Any]:
    row = db.fetch_one(
        "SELECT id, number, warehouse_id, carrier_id, state, driver FROM manifest WHERE id = %s FOR NO KEY UPDATE",
        (manifest_id,),
    )
    if row is None:
        raise _missing(manifest_id)
    manifest = dict(zip(("id", "number", "warehouse_id", "carrier_id", "state", "driver"), row, strict=True))
    current_actor().scope.require(warehouse=manifest["warehouse_id"])
    return manifest


def _require_open(manifest: dict[str, Any]) -> None:
    if manifest["state"] != Manifest.State.OPEN:
        raise StateConflict(
            _("Manifest %(number)s is handed over; open a new one.") % manifest,
            data={"manifest_id": manifest["id"], "state": manifest["state"]},
        )


def _require_loadable(manifest: dict[str, Any], ids: list[int], rows: list[tuple[Any, ...]]) -> None:
    found = {row[0]: row for row in rows}
    problems = [
        Problem(message=reason, code=code, loc=f"waybill_ids.{index}")
        for index, waybill_id in enumerate(ids)
        for code, reason in [_obstacle(manifest, found.get(waybill_id))]
        if code
    ]
    if problems:
        raise WaybillsNotLoadable(
            _("Some parcels may not go on manifest %(number)s.") % manifest, problems=problems
        )


def _obstacle(manifest: dict[str, Any], row: tuple[Any, ...] | None) -> tuple[str, str]:
    """Code and text of what forbids loading; two empty strings where nothing does."""
    if row is None or row[3] != manifest["warehouse_id"]:
        return "unknown", _("There is no such waybill in this warehouse.")
    number = {"number": row[1]}
    if row[2] == Waybill.State.CANCELLED:
        return "cancelled", _("Waybill %(number)s is cancelled.") % number
    if row[5] not in (None, manifest["id"]):
        return "on_other_manifest", _("Waybill %(number)s is on another manifest.") % number
    if row[2] == Waybill.State.HANDED_OVER:
        return "handed_over", _("Waybill %(number)s is already with the carrier.") % number
    if row[4] != manifest["carrier_id"]:
        return "other_carrier", _("Waybill %(number)s belongs to another carrier.") % number
    return "", ""


def _view(manifest_id: int) -> ManifestView:
    row = db.fetch_one(
        """
        SELECT m.id, m.number, m.warehouse_id, m.carrier_id, m.state,
               CASE m.state WHEN 'open' THEN loaded.parcels ELSE m.parcel_count END,
               CASE m.state WHEN 'open' THEN loaded.weight_g ELSE m.weight_g END,
               m.opened_at, m.closed_at, m.driver
          FROM manifest m
               CROSS JOIN LATERAL (SELECT count(*) AS parcels, coalesce(sum(weight_g), 0)::bigint AS weight_g
                                     FROM waybill WHERE manifest_id = m.id AND m.state = 'open') loaded
         WHERE m.id = %s
        """,
        (manifest_id,),
    )
    if row is None:
        raise _missing(manifest_id)
    return ManifestView(*row)


def _missing(manifest_id: int) -> ShippingRecordMissing:
    return ShippingRecordMissing(
        _("There is no manifest with the id %(id)s.") % {"id": manifest_id}, data={"manifest_id": manifest_id}
    )
