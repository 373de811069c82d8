"""What carriers are to be told: cancel a number, stop a parcel, push its scans. Queued with the change that
made it true, done without a lock, tried again until the carrier has answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.connectors import AlreadyDone, OutsideError, Refused
from hecang.kernel.errors import StateConflict
from hecang.shipping.carriers.base import CarrierConnector, CarrierFeature, TrackAsk
from hecang.shipping.carriers.gateway import NO_ABILITY, abilities, registered
from hecang.shipping.errors import CarrierCannot, ShippingRecordMissing

LEASE = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(hours=1)
#: After so many tries in vain (three days) a person has to see to it.
MOST_ATTEMPTS = 80
#: Errands of one kind to one carrier that one round takes.
ROUND = 500

#: (carrier, waybill or none, number, the carrier's reference)
ErrandRow = tuple[int, int | None, str, str]

logger = structlog.get_logger("hecang.shipping")


def errands_add(*, kind: str, rows: Sequence[ErrandRow], reason: str = "") -> list[int]:
    """Queue errands in the transaction at hand; those that are queued or done already are left as they are."""
    if not rows:
        return []
    moment = now()
    written = db.fetch(
        """
        INSERT INTO carrier_errand (kind, carrier_id, waybill_id, number, carrier_reference, reason, state,
                                    attempts, retry_at, error, created_by, created_at)
        SELECT %s, r.*, %s, 'waiting', 0, %s, '', %s, %s
          FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS r
        ON CONFLICT (kind, number, carrier_reference) WHERE NOT (state = 'refused') DO NOTHING RETURNING id
        """,
        [kind, reason[:200], moment, current_actor().name[:100], moment, *db.columns(rows, 4)],
    )
    return [row[0] for row in written]


def errands_run(*, errand_ids: Collection[int] | None = None) -> int:
    """Do errands that are due (of these, or of all); how many were done. Holds no lock while it calls."""
    done = 0
    gateway = registered()
    for (carrier_id, kind), ids in _due(errand_ids).items():
        tracks = kind == "subscribe"
        try:
            if gateway is None:
                raise Refused(_("No carrier's system is connected."))
            opened = gateway.tracking(carrier_id) if tracks else gateway.shipping(carrier_id)
            code = abilities([carrier_id]).get(carrier_id, NO_ABILITY).track_code
            with opened as calls:
                for errand_id in ids:
                    errand = _claim(errand_id)
                    if errand is None:
                        continue
                    try:
                        done += _do(errand_id, calls.make, _call(kind, errand, code))
                    except OutsideError as error:
                        _settle(errand_id, error)
                        if error.may_retry:  # the rest stays due; other carriers have their turn
                            break
        except Exception as error:  # the connection itself could not be opened; the other carriers' can
            if not isinstance(error, OutsideError):
                logger.exception("carrier_not_opened", carrier_id=carrier_id)
            for errand_id in ids:
                _settle(errand_id, error)
    return done


def waybill_intercept(*, waybill_id: int, reason: str) -> int:
    """Ask the carrier to stop a parcel on its way and bring it back; the id of the errand.

    Asked at once; where the carrier does not answer, again later. Locks the waybill while it is queued.

    :raises ShippingRecordMissing: no such waybill, or outside the caller's scope.
    :raises StateConflict: it has not left, or has arrived.
    :raises CarrierCannot: the carrier's connection cannot stop parcels; call the carrier.
    """
    errand_id = _intercept_queue(waybill_id, reason)
    errands_run(errand_ids=[errand_id])
    return errand_id


@db.transactional
def _intercept_queue(waybill_id: int, reason: str) -> int:
    row = db.fetch_one(
        """
        SELECT w.number, w.carrier_reference, w.state, w.warehouse_id, s.carrier_id, t.status
          FROM waybill w JOIN carrier_service s ON s.id = w.service_id LEFT JOIN parcel_track t ON t.waybill_id = w.id
         WHERE w.id = %s FOR NO KEY UPDATE OF w
        """,
        (waybill_id,),
    )
    if row is None:
        raise ShippingRecordMissing(_("There is no waybill with the id %(id)s.") % {"id": waybill_id})
    number, reference, state, warehouse_id, carrier_id, status = row
    current_actor().scope.require(warehouse=warehouse_id)
    if state != "handed_over" or status in {"delivered", "returning", "returned", "cancelled"}:
        raise StateConflict(
            _("Only a parcel that is on its way can be stopped; %(number)s is not.") % {"number": number},
            data={"state": state, "status": status},
        )
    if CarrierFeature.INTERCEPT not in abilities([carrier_id]).get(carrier_id, NO_ABILITY).ships:
        raise CarrierCannot(
            _("This carrier's system cannot be asked to stop a parcel; call the carrier."),
            data={"carrier_id": carrier_id, "feature": CarrierFeature.INTERCEPT},
        )
    written = errands_add(kind="intercept", rows=[(carrier_id, waybill_id, number, reference)], reason=reason)
    if not written:
        known = db.fetch_one(
            "SELECT id FROM carrier_errand WHERE kind = 'intercept' AND number = %s AND state <> 'refused'",
            (number,),
        )
        assert known is not None
        return int(known[0])
    audit_record(
        action="intercept",
        entity_kind="waybill",
        entity_id=waybill_id,
        after={"number": number, "reason": reason},
    )
    return written[0]


def _call(kind: str, errand: tuple[Any, ...], track_code: str) -> Callable[[CarrierConnector], None]:
    number, reference, reason, phone_tail = errand
    if kind == "cancel":
        return lambda connector: connector.cancel(number=number, reference=reference)
    if kind == "intercept":
        return lambda connector: connector.intercept(number=number, reference=reference, reason=reason)
    return lambda connector: connector.subscribe(TrackAsk(number, phone_tail=phone_tail, carrier=track_code))


def _do(
    errand_id: int,
    make: Callable[[Callable[[CarrierConnector], None]], None],
    call: Callable[[CarrierConnector], None],
) -> bool:
    try:
        make(call)
    except AlreadyDone:
        _settle(errand_id, None)
        return True
    except NotImplementedError:
        _settle(errand_id, Refused(_("This carrier's system cannot do that; call the carrier.")))
        return False
    except OutsideError:
        raise
    except Exception as error:
        logger.exception("carrier_errand_failed", errand_id=errand_id)
        _settle(errand_id, error)
        return False
    _settle(errand_id, None)
    return True


def _due(errand_ids: Collection[int] | None) -> dict[tuple[int, str], list[int]]:
    wanted = None if errand_ids is None else sorted(errand_ids)
    rows = db.fetch(
        "SELECT carrier_id, kind, id FROM (SELECT carrier_id, kind, id, retry_at,"
        " row_number() OVER (PARTITION BY carrier_id, kind ORDER BY retry_at, id) AS place"
        " FROM carrier_errand WHERE state = 'waiting' AND retry_at <= %s"
        " AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))) AS due WHERE place <= %s ORDER BY retry_at, id",
        (now(), wanted, wanted, ROUND),
    )
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for carrier_id, kind, errand_id in rows:
        found[carrier_id, kind].append(errand_id)
    return found


@db.transactional
def _claim(errand_id: int) -> tuple[Any, ...] | None:
    moment = now()
    return db.fetch_one(
        """
        UPDATE carrier_errand e SET attempts = attempts + 1, retry_at = %s
         WHERE id = %s AND state = 'waiting' AND retry_at <= %s
        RETURNING number, carrier_reference, reason,
                  coalesce((SELECT phone_tail FROM parcel_track t WHERE t.waybill_id = e.waybill_id), '')
        """,
        (moment + LEASE, errand_id, moment),
    )


@db.transactional
def _settle(errand_id: int, error: Exception | None) -> None:
    row = db.fetch_one(
        "SELECT kind, attempts, waybill_id FROM carrier_errand WHERE id = %s AND state = 'waiting' FOR NO KEY UPDATE",
        (errand_id,),
    )
    if row is None:
        return
    kind, attempts, waybill_id = row
    moment = now()
    text = error.message if isinstance(error, OutsideError) else type(error).__name__
    if error is None:
        db.execute(
            "UPDATE carrier_errand SET state = 'done', done_at = %s, error = '' WHERE id = %s",
            (moment, errand_id),
        )
        if kind == "subscribe":
            db.execute("UPDATE parcel_track SET is_subscribed = true WHERE waybill_id = %s", (waybill_id,))
    elif isinstance(error, Refused) or attempts >= MOST_ATTEMPTS:
        db.execute(
            "UPDATE carrier_errand SET state = 'refused', done_at = %s, error = %s WHERE id = %s",
            (moment, text[:500], errand_id),
        )
    else:
        wait = min(timedelta(seconds=30 * 2 ** min(max(attempts - 1, 0), 10)), LONGEST_PAUSE)
        db.execute(
            "UPDATE carrier_errand SET error = %s, retry_at = %s WHERE id = %s",
            (text[:500], moment + wait, errand_id),
        )
