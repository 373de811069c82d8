"""What is known of parcels on their way: begun at handover, moved by scans, ended by arrival.

Locks: tracks by id, before any scan of theirs is written. So the scans that a fold sees are all there are.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hecang.kernel import db
from hecang.kernel.clock import now
from hecang.kernel.outbox import emit
from hecang.shipping.carriers.base import CarrierFeature, TrackEvent, TrackStatus
from hecang.shipping.carriers.gateway import abilities
from hecang.shipping.events import ParcelTracked, ParcelTroubled
from hecang.shipping.services.choosing import tariff_lead_hours
from hecang.shipping.services.lanes import lane_table
from hecang.shipping.tracking.machine import FINAL, Folded, Scan, fold
from hecang.shipping.tracking.schedule import next_pull
from hecang.shipping.tracking.silence import Lane

#: A scan later than this from now is a mistake of the carrier's clock.
FUTURE = timedelta(days=1)
#: The first question after handover.
FIRST_PULL = timedelta(hours=2)
_RANK = {status: rank for rank, status in enumerate(TrackStatus)}


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What only the order's side knows of a parcel; ``None`` and empty leave what is there."""

    promised_at: datetime | None = None
    phone_tail: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of some scans: ``unknown`` are of numbers that are not ours."""

    new: int
    known: int
    unknown: int


@db.transactional
def tracks_begin(*, waybill_ids: Collection[int]) -> None:
    """The carrier has these parcels: follow them. Idempotent; a constant number of statements."""
    rows = db.fetch(
        """
        SELECT w.id, s.carrier_id, w.service_id, w.warehouse_id, w.region_code, s.lead_days
          FROM waybill w JOIN carrier_service s ON s.id = w.service_id WHERE w.id = ANY(%s) ORDER BY w.id
        """,
        (sorted(waybill_ids),),
    )
    if not rows:
        return
    moment = now()
    followed = _followed({row[1] for row in rows})
    lanes = [Lane(row[2], row[3], row[4]) for row in rows]
    table = lane_table(lanes)
    expected = tariff_lead_hours([row[2:5] for row in rows], {row[2]: row[5] for row in rows})
    begun = []
    for row, lane, hours in zip(rows, lanes, expected, strict=True):
        patience = table.patience(TrackStatus.CREATED, lane)
        is_followed = row[1] in followed
        begun.append(
            (
                *row[:5],
                moment + timedelta(hours=hours),
                moment + patience.stall if is_followed else None,
                moment + patience.lost if is_followed else None,
                moment + FIRST_PULL if followed.get(row[1]) else None,
            )
        )
    db.execute(
        """
        INSERT INTO parcel_track (waybill_id, carrier_id, service_id, warehouse_id, region_code, expected_at, stall_at,
                                  lost_at, pull_at, phone_tail, status, status_at, event_count, attempts,
                                  handed_over_at, trouble, trouble_why, is_subscribed)
        SELECT r.*, '', 'created', %s, 0, 0, %s, '', '{}', false
          FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[],
                      %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]) AS r
        ON CONFLICT (waybill_id) DO UPDATE SET
               handed_over_at = coalesce(parcel_track.handed_over_at, excluded.handed_over_at),
               expected_at = coalesce(parcel_track.expected_at, excluded.expected_at)
        """,
        [moment, moment, *db.columns(begun, 9)],
    )


def tracks_end(*, waybill_ids: Collection[int]) -> None:
    """The waybills are cancelled: nothing is awaited of them. Expects the waybills to be locked."""
    db.execute(
        "UPDATE parcel_track SET status = 'cancelled', status_at = %s, stall_at = NULL, lost_at = NULL, pull_at = NULL"
        " WHERE waybill_id = ANY(%s)",
        (now(), sorted(waybill_ids)),
    )


@db.transactional
def tracks_describe(*, facts: Mapping[int, TrackFacts]) -> None:
    """Say what customers were told and what carriers ask for, by waybill. One statement."""
    db.execute(
        """
        UPDATE parcel_track t SET promised_at = coalesce(f.promised_at, t.promised_at),
               phone_tail = coalesce(nullif(f.phone_tail, ''), t.phone_tail)
          FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS f (waybill_id, promised_at, phone_tail)
         WHERE t.waybill_id = f.waybill_id
        """,
        db.columns(((key, one.promised_at, one.phone_tail) for key, one in sorted(facts.items())), 3),
    )


@db.transactional
def tracks_wake(*, carrier_ids: Collection[int]) -> int:
    """A way to follow parcels of these carriers was opened: ask about those of the last month that are open."""
    moment = now()
    return db.execute(
        "UPDATE parcel_track SET pull_at = %s WHERE carrier_id = ANY(%s) AND pull_at IS NULL"
        " AND handed_over_at > %s AND status NOT IN ('delivered', 'returned', 'cancelled')",
        (moment, sorted(carrier_ids), moment - timedelta(days=30)),
    )


@db.transactional
def track_events_record(*, events: Sequence[TrackEvent], source: Literal["pull", "push"]) -> Recorded:
    """Write scans down and move the parcels; the same scans again change nothing.

    Scans may come in any order, from several ways at once. Locks the tracks concerned, by id. A constant number
    of statements. Emits ``ParcelTracked`` for each parcel whose status changed and ``ParcelTroubled`` where
    something is wrong.
    """
    horizon = now() + FUTURE
    given = [event for event in events if event.at <= horizon]
    waybills = _waybills({event.number for event in given})
    mine = [event for event in given if event.number in waybills]
    if not mine:
        return Recorded(0, 0, len(events))
    ids = sorted({waybills[event.number] for event in mine})
    tracks = _tracks_lock(ids)
    touched = _insert(mine, waybills, source)
    new = sum(touched.values())
    if touched:
        _move({key: tracks[key] for key in touched})
    return Recorded(new, len(mine) - new, len(events) - len(mine))


# ---------------------------------------------------------------- reading and locking


@dataclass(frozen=True, slots=True)
class _Track:
    id: int
    waybill_id: int
    number: str
    reference: str
    carrier_id: int
    service_id: int
    warehouse_id: int
    region_code: str
    status: str
    trouble: str
    handed_over_at: datetime | None
    is_subscribed: bool

    @property
    def lane(self) -> Lane:
        return Lane(self.service_id, self.warehouse_id, self.region_code)


def _followed(carrier_ids: Collection[int]) -> dict[int, bool]:
    """Carriers whose parcels can be followed, and whether by asking."""
    found = abilities(carrier_ids)
    return {
        carrier_id: CarrierFeature.TRACK in one.tracks
        for carrier_id, one in found.items()
        if one.tracks & {CarrierFeature.TRACK, CarrierFeature.RECEIVE}
    }


def _waybills(numbers: Collection[str]) -> dict[str, int]:
    return dict(db.fetch("SELECT number, id FROM waybill WHERE number = ANY(%s)", (sorted(numbers),)))


def _tracks_lock(waybill_ids: Sequence[int]) -> dict[int, _Track]:
    """Lock the tracks of these waybills, made where there is none (a scan before our handover)."""
    db.execute(
        """
        INSERT INTO parcel_track (waybill_id, carrier_id, service_id, warehouse_id, region_code, phone_tail, status,
                                  status_at, event_count, attempts, trouble, trouble_why, is_subscribed)
        SELECT w.id, s.carrier_id, w.service_id, w.warehouse_id, w.region_code, '', 'created', %s, 0, 0, '', '{}',
               false
          FROM waybill w JOIN carrier_service s ON s.id = w.service_id WHERE w.id = ANY(%s) ORDER BY w.id
        ON CONFLICT (waybill_id) DO NOTHING
        """,
        (now(), list(waybill_ids)),
    )
    rows = db.fetch(
        """
        SELECT t.id, t.waybill_id, w.number, w.reference, t.carrier_id, t.service_id, t.warehouse_id, t.region_code,
               t.status, t.trouble, t.handed_over_at, t.is_subscribed
          FROM parcel_track t JOIN waybill w ON w.id = t.waybill_id
         WHERE t.waybill_id = ANY(%s) ORDER BY t.id FOR NO KEY UPDATE OF t
        """,
        (list(waybill_ids),),
    )
    return {row[1]: _Track(*row) for row in rows}


def _insert(events: Sequence[TrackEvent], waybills: Mapping[str, int], source: str) -> dict[int, int]:
    """Write the scans; waybill id → how many were new."""
    rows = db.fetch(
        """
        INSERT INTO track_event (waybill_id, at, status, raw_code, text, place, text_hash, source, received_at)
        SELECT r.*, %s, %s
          FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS r
        ON CONFLICT (waybill_id, at, raw_code, text_hash) DO NOTHING RETURNING waybill_id
        """,
        [
            source,
            now(),
            *db.columns(
                (
                    (
                        waybills[event.number], event.at, event.status.value, event.raw_code[:40],
                        event.text[:500], event.place[:100],
                        hashlib.blake2b(event.text.encode(), digest_size=8).hexdigest(),
                    )
                    for event in events
                ),
                7,
            ),
        ],
    )  # fmt: skip
    found: dict[int, int] = defaultdict(int)
    for row in rows:
        found[row[0]] += 1
    return found


def _scans(waybill_ids: Collection[int]) -> dict[int, list[Scan]]:
    """All scans by time; of two at the same moment the one that comes earlier in a parcel's life."""
    scans: dict[int, list[Scan]] = defaultdict(list)
    for waybill_id, at, status, text in db.fetch(
        "SELECT waybill_id, at, status, text FROM track_event WHERE waybill_id = ANY(%s)",
        (sorted(waybill_ids),),
    ):
        scans[waybill_id].append(Scan(at, TrackStatus(status), text))
    for mine in scans.values():
        mine.sort(key=lambda scan: (scan.at, _RANK[scan.status], scan.text))
    return scans


# ---------------------------------------------------------------- moving


def _move(tracks: Mapping[int, _Track]) -> None:
    scans = _scans(tracks)
    table = lane_table([track.lane for track in tracks.values()])
    asked = _followed({track.carrier_id for track in tracks.values()})
    moment = now()
    rows: list[tuple[Any, ...]] = []
    told: list[ParcelTracked | ParcelTroubled] = []
    for waybill_id, track in tracks.items():
        folded = fold(scans[waybill_id])
        assert folded.last_event_at is not None
        trouble = trouble_told(folded)
        trouble_at = (folded.word_at or folded.status_at or moment) if trouble else None
        rows.append(
            _row(track, folded, trouble, trouble_at, table, asked.get(track.carrier_id, False), moment)
        )
        if folded.status.value != track.status:
            told.append(
                ParcelTracked(
                    waybill_id, track.number, track.reference, folded.status.value, track.status,
                    (folded.status_at or moment).isoformat(),
                )
            )  # fmt: skip
        if trouble and trouble != track.trouble:
            assert trouble_at is not None
            told.append(
                ParcelTroubled(waybill_id, track.number, track.reference, trouble, trouble_at.isoformat())
            )
    _write(rows)
    emit(*told)


def trouble_told(folded: Folded) -> str:
    """Trouble that the scans tell: silence is judged elsewhere, and ends with any new scan."""
    if folded.status is TrackStatus.DELIVERED:
        return "damaged" if folded.word == "damaged" else ""
    if folded.word:
        return folded.word
    return "returned" if folded.status in (TrackStatus.RETURNING, TrackStatus.RETURNED) else ""


def _row(
    track: _Track,
    folded: Folded,
    trouble: str,
    trouble_at: datetime | None,
    table: Any,
    is_asked: bool,
    moment: datetime,
) -> tuple[Any, ...]:
    assert folded.last_event_at is not None
    milestones = folded.milestones
    is_final = folded.status in FINAL
    patience = table.patience(folded.status.value, track.lane)
    wait = (
        next_pull(
            folded.status,
            age=moment - (track.handed_over_at or folded.last_event_at),
            is_subscribed=track.is_subscribed,
        )
        if is_asked
        else None
    )
    return (
        track.id,
        folded.status.value,
        folded.status_at or moment,
        folded.last_event_at,
        folded.event_count,
        folded.attempts,
        milestones.get(TrackStatus.PICKED_UP) or milestones.get(TrackStatus.IN_TRANSIT),
        milestones.get(TrackStatus.OUT_FOR_DELIVERY),
        milestones.get(TrackStatus.DELIVERED),
        milestones.get(TrackStatus.RETURNED),
        None if is_final else folded.last_event_at + patience.stall,
        None if is_final else folded.last_event_at + patience.lost,
        trouble,
        trouble_at,
        None if wait is None else moment + wait,
    )


def _write(rows: Sequence[tuple[Any, ...]]) -> None:
    db.execute(
        """
        UPDATE parcel_track t SET status = n.status, status_at = n.status_at, last_event_at = n.last_event_at,
               event_count = n.event_count, attempts = n.attempts, picked_up_at = n.picked_up_at,
               out_for_delivery_at = n.out_for_delivery_at, delivered_at = n.delivered_at, returned_at = n.returned_at,
               stall_at = n.stall_at, lost_at = n.lost_at, trouble = n.trouble, trouble_at = n.trouble_at,
               trouble_why = '{}', pull_at = n.pull_at
          FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::integer[], %s::smallint[],
                      %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
                      %s::timestamptz[], %s::text[], %s::timestamptz[], %s::timestamptz[])
               AS n (id, status, status_at, last_event_at, event_count, attempts, picked_up_at, out_for_delivery_at,
                     delivered_at, returned_at, stall_at, lost_at, trouble, trouble_at, pull_at)
         WHERE t.id = n.id
        """,
        db.columns(rows, 15),
    )
