"""Asking carriers where parcels are, and judging those of which nobody tells anything."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import structlog
from django.utils.translation import gettext as _

from hecang.kernel import db
from hecang.kernel.clock import now
from hecang.kernel.connectors import OutsideError, Refused
from hecang.kernel.db import run_in_transaction
from hecang.kernel.outbox import emit
from hecang.shipping.carriers.base import CarrierFeature, TrackAsk, TrackStatus
from hecang.shipping.carriers.gateway import NO_ABILITY, Ability, CarrierGateway, abilities, registered
from hecang.shipping.errors import CarrierCannot, CarrierSilent
from hecang.shipping.events import ParcelTroubled
from hecang.shipping.services.errands import errands_add
from hecang.shipping.services.lanes import lane_table
from hecang.shipping.services.tracks import track_events_record
from hecang.shipping.tracking.schedule import next_pull
from hecang.shipping.tracking.silence import Lane

#: Seconds that one round asks at most, and parcels that one statement judges.
ROUND_SECONDS = 240
#: Between two questions of people about one parcel.
SOONEST = timedelta(minutes=10)
#: Refusals in a row after which a carrier is left alone for this round: it is not the parcels.
MOST_REFUSALS = 5
JUDGED = 5000

logger = structlog.get_logger("hecang.shipping")


def tracks_pull(*, seconds: float = ROUND_SECONDS) -> int:
    """Periodic: ask about parcels that are due, carrier by carrier; how many scans were new.

    A batch's next time is written before it is asked about: whatever happens to the answer, nobody is asked
    too often. Holds no lock while it asks.
    """
    gateway = registered()
    if gateway is None:
        return 0
    new = 0
    asked = [one for one in sorted(abilities().items()) if CarrierFeature.TRACK in one[1].tracks]
    for carrier_id, ability in asked:  # each its part of the time: a slow one has not that of the others
        until = time.monotonic() + seconds / len(asked)
        new += _pull_carrier(gateway, carrier_id, ability, until)
    return new


def _pull_carrier(gateway: CarrierGateway, carrier_id: int, ability: Ability, until: float) -> int:
    new = 0
    try:
        with gateway.tracking(carrier_id) as calls:
            refused = 0
            while time.monotonic() < until and (asks := _claim(carrier_id, ability)):
                try:
                    events = calls.make(lambda connector, asks=asks: connector.track(asks))  # type: ignore[misc]
                except (
                    Refused
                ) as error:  # of these parcels, as a rule: a wrong phone number, an unknown carrier
                    refused += 1
                    if refused >= MOST_REFUSALS:
                        raise
                    logger.info("tracks_pull_refused", carrier_id=carrier_id, code=error.code)
                    continue
                refused = 0
                new += track_events_record(events=events, source="pull").new
    except OutsideError as error:
        logger.info("tracks_pull_failed", carrier_id=carrier_id, error=type(error).__name__, code=error.code)
    except Exception:
        logger.exception("tracks_pull_failed", carrier_id=carrier_id)
    return new


def _claim(carrier_id: int, ability: Ability) -> list[TrackAsk]:
    """The next parcels to ask about, with their next time written."""
    return run_in_transaction(lambda: _claimed(carrier_id, ability))


def _claimed(carrier_id: int, ability: Ability) -> list[TrackAsk]:
    moment = now()
    rows = db.fetch(
        """
        SELECT t.id, w.number, t.phone_tail, t.status, t.handed_over_at, t.is_subscribed
          FROM parcel_track t JOIN waybill w ON w.id = t.waybill_id
         WHERE t.carrier_id = %s AND t.pull_at <= %s ORDER BY t.pull_at, t.id LIMIT %s
         FOR NO KEY UPDATE OF t SKIP LOCKED
        """,
        (carrier_id, moment, ability.track_batch),
    )
    if not rows:
        return []
    times = []
    for key, _number, _tail, status, handed_over_at, is_subscribed in rows:
        wait = next_pull(
            TrackStatus(status), age=moment - (handed_over_at or moment), is_subscribed=is_subscribed
        )
        times.append((key, None if wait is None else moment + wait))
    db.execute(
        "UPDATE parcel_track t SET pull_at = n.pull_at FROM unnest(%s::bigint[], %s::timestamptz[]) AS n (id, pull_at)"
        " WHERE t.id = n.id",
        db.columns(times, 2),
    )
    return [TrackAsk(row[1], phone_tail=row[2], carrier=ability.track_code) for row in rows]


def track_refresh(*, waybill_id: int) -> int:
    """Ask the carrier about one parcel now; how many scans were new. Holds no lock while it asks.

    At most every ten minutes: asked sooner, nothing happens.

    :raises CarrierCannot: no connection follows parcels of the carrier.
    :raises CarrierSilent: it did not answer.
    """
    row = db.fetch_one(
        "SELECT t.carrier_id, w.number, t.phone_tail FROM parcel_track t JOIN waybill w ON w.id = t.waybill_id"
        " WHERE t.waybill_id = %s",
        (waybill_id,),
    )
    if row is None:
        return 0
    gateway = registered()
    ability = abilities([row[0]]).get(row[0], NO_ABILITY)
    if gateway is None or CarrierFeature.TRACK not in ability.tracks:
        raise CarrierCannot(
            _("No connection follows parcels of this carrier."),
            data={"carrier_id": row[0], "feature": CarrierFeature.TRACK},
        )
    moment = now()
    asked = db.execute(
        "UPDATE parcel_track SET asked_at = %s WHERE waybill_id = %s AND (asked_at IS NULL OR asked_at < %s)",
        (moment, waybill_id, moment - SOONEST),
    )
    if not asked:
        return 0
    ask = TrackAsk(row[1], phone_tail=row[2], carrier=ability.track_code)
    try:
        with gateway.tracking(row[0]) as calls:
            events = calls.make(lambda connector: connector.track([ask]))
    except OutsideError as error:
        raise CarrierSilent(_("The carrier gave no answer: %(error)s") % {"error": error.message}) from error
    return track_events_record(events=events, source="pull").new


@db.transactional
def tracks_subscribe() -> int:
    """Periodic: queue a subscription for parcels whose scans their carrier pushes on demand; how many."""
    carriers = [
        carrier_id
        for carrier_id, ability in abilities().items()
        if CarrierFeature.SUBSCRIBE in ability.tracks
    ]
    if not carriers:
        return 0
    rows = db.fetch(
        """
        SELECT t.carrier_id, t.waybill_id, w.number, w.carrier_reference
          FROM parcel_track t JOIN waybill w ON w.id = t.waybill_id
         WHERE t.carrier_id = ANY(%s) AND NOT t.is_subscribed AND t.handed_over_at > %s
           AND t.status NOT IN ('delivered', 'returned', 'cancelled')
           AND NOT EXISTS (SELECT 1 FROM carrier_errand e WHERE e.waybill_id = t.waybill_id AND e.kind = 'subscribe')
         ORDER BY t.id LIMIT 2000
        """,
        (carriers, now() - timedelta(days=3)),
    )
    return len(errands_add(kind="subscribe", rows=[tuple(row) for row in rows]))


def tracks_judge() -> int:
    """Periodic: parcels that were silent for too long for their lane are stalled, and in the end lost; how many.

    Emits ``ParcelTroubled``.
    """
    judged = 0
    for kind, column, before in (("lost", "lost_at", ("", "stalled")), ("stalled", "stall_at", ("",))):
        while count := run_in_transaction(lambda k=kind, c=column, b=before: _judge(k, c, b)):  # type: ignore[misc]
            judged += count
            if count < JUDGED:
                break
    return judged


def _judge(kind: str, column: str, before: tuple[str, ...]) -> int:
    moment = now()
    rows = db.fetch(
        f"""
        SELECT t.id, t.waybill_id, w.number, w.reference, t.service_id, t.warehouse_id, t.region_code, t.status,
               coalesce(t.last_event_at, t.handed_over_at, t.status_at), t.trouble
          FROM parcel_track t JOIN waybill w ON w.id = t.waybill_id
         WHERE t.{column} <= %s ORDER BY t.{column} LIMIT %s FOR NO KEY UPDATE OF t SKIP LOCKED
        """,  # noqa: S608 - own column names
        (moment, JUDGED),
    )
    if not rows:
        return 0
    lanes = [Lane(row[4], row[5], row[6]) for row in rows]
    table = lane_table(lanes)
    updates: list[tuple[Any, ...]] = []
    for row, lane in zip(rows, lanes, strict=True):
        why = table.patience(row[7], lane).why() | {
            "status": row[7],
            "silent_hours": round((moment - row[8]).total_seconds() / 3600),
        }
        updates.append((row[0], kind if row[9] in before else row[9], json.dumps(why)))
    db.execute(
        f"""
        UPDATE parcel_track t SET {column} = NULL, trouble = n.trouble,
               trouble_at = CASE WHEN n.trouble = t.trouble THEN t.trouble_at ELSE %s END,
               trouble_why = CASE WHEN n.trouble = t.trouble THEN t.trouble_why ELSE n.why END
          FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) AS n (id, trouble, why) WHERE t.id = n.id
        """,  # noqa: S608 - own column names
        [moment, *db.columns(updates, 3)],
    )
    emit(
        *(
            ParcelTroubled(row[1], row[2], row[3], kind, moment.isoformat())
            for row in rows
            if row[9] in before
        )
    )
    return len(rows)
