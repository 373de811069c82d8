"""The state machine of a parcel on its way, silence, and the words of carriers."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from hecang.shipping.carriers.base import TrackStatus as S
from hecang.shipping.tracking.machine import FINAL, TRANSITIONS, Scan, fold, step
from hecang.shipping.tracking.schedule import next_pull
from hecang.shipping.tracking.silence import Bounds, Lane, LaneTable, Measure

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
LANE = Lane(1, 2, "310115")


def scans(*statuses: S, text: str = "") -> list[Scan]:
    return [Scan(START + timedelta(hours=at), status, text) for at, status in enumerate(statuses)]


def test_every_status_has_its_row() -> None:
    assert set(TRANSITIONS) == set(S)


@pytest.mark.parametrize("final", sorted(FINAL))
def test_what_has_ended_only_comes_back(final: S) -> None:
    for said in S:
        after = step(final, said)
        assert after is final or after in {S.RETURNING, S.RETURNED}


def test_a_parcel_arrives() -> None:
    folded = fold(scans(S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERED, S.IN_TRANSIT))

    assert (folded.status, folded.status_at, folded.event_count) == (
        S.DELIVERED,
        START + timedelta(hours=3),
        5,
    )
    assert folded.milestones[S.OUT_FOR_DELIVERY] == START + timedelta(hours=2)


def test_signed_for_on_the_way_back_means_returned() -> None:
    folded = fold(scans(S.PICKED_UP, S.ATTEMPT_FAILED, S.RETURNING, S.IN_TRANSIT, S.DELIVERED))

    assert (folded.status, folded.attempts) == (S.RETURNED, 1)


def test_an_unknown_scan_moves_nothing() -> None:
    assert fold(scans(S.PICKED_UP, S.UNKNOWN)).status is S.PICKED_UP


def test_trouble_is_read_from_words_of_failed_deliveries_only() -> None:
    assert fold(scans(S.EXCEPTION, text="客户拒收，快件退回")).word == "refused"
    assert fold(scans(S.EXCEPTION, text="快件破损")).word == "damaged"
    assert fold(scans(S.EXCEPTION, text="快件遗失")).word == "lost"
    assert fold(scans(S.OUT_FOR_DELIVERY, text="如需拒收请联系快递员")).word == ""


def test_the_narrowest_lane_with_enough_scans_speaks() -> None:
    narrow, wide = Measure(5, 60, 60, 60, 60), Measure(500, 600, 900, 1200, 2400)
    table = LaneTable(
        [("gap:in_transit", 1, 2, "31", narrow), ("gap:in_transit", 1, None, "", wide)], {None: Bounds()}
    )

    patience = table.patience("in_transit", LANE)

    assert (patience.width, patience.samples, patience.stall) == (2, 500, timedelta(hours=30))
    assert patience.why() == {"limit_hours": 30, "p95_hours": 20.0, "samples": 500, "width": 2}


def test_without_history_the_plain_table_speaks_within_its_bounds() -> None:
    patience = LaneTable([], {1: Bounds(stall_least_hours=60, stall_most_hours=90)}).patience(
        "in_transit", LANE
    )

    assert (patience.width, patience.stall, patience.lost) == (4, timedelta(hours=60), timedelta(days=10))


def test_carriers_are_asked_often_where_something_happens() -> None:
    day = timedelta(days=1)
    assert next_pull(S.OUT_FOR_DELIVERY, age=day, is_subscribed=False) == timedelta(hours=1)
    assert next_pull(S.IN_TRANSIT, age=day, is_subscribed=False) == timedelta(hours=3)
    assert next_pull(S.IN_TRANSIT, age=20 * day, is_subscribed=False) == timedelta(hours=24)
    assert next_pull(S.IN_TRANSIT, age=day, is_subscribed=True) == timedelta(hours=24)
    assert next_pull(S.DELIVERED, age=day, is_subscribed=False) is None
    assert next_pull(S.IN_TRANSIT, age=90 * day, is_subscribed=False) is None
    for status, hours in itertools.product(S, (1, 100, 1000)):
        wait = next_pull(status, age=timedelta(hours=hours), is_subscribed=False)
        assert wait is None or wait >= timedelta(minutes=30)
