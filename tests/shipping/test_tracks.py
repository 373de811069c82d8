"""Parcels followed: pulled, pushed, in any order; silent ones found; lanes learned."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts, facility, shipping
from tests.factories.carriers import Toy, toy
from tests.shipping.toy_carrier import ToySimulator, sign

from hecang.kernel import clock
from hecang.kernel.errors import StateConflict
from hecang.kernel.models import OutboxEvent
from hecang.shipping.carriers.base import TrackEvent, TrackStatus
from hecang.shipping.errors import CarrierCannot
from hecang.shipping.models import CarrierErrand, CarrierService, LaneMeasure, LeadTime, ParcelTrack, Waybill
from hecang.shipping.models import TrackEvent as Stored
from hecang.shipping.services import (
    IssuedWaybill,
    TrackFacts,
    errands_run,
    lanes_measure,
    manifest_add,
    manifest_close,
    manifest_open,
    track_events_record,
    tracks_describe,
    waybill_intercept,
)
from hecang.shipping.services.pulling import track_refresh, tracks_judge, tracks_pull, tracks_subscribe
from hecang.shipping.services.silence_words import why_words

pytestmark = pytest.mark.django_db

S = TrackStatus
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def service() -> CarrierService:
    return shipping.service("TOY", lead_days=2)


@pytest.fixture
def carrier(service: CarrierService) -> Iterator[Toy]:
    with toy(service.carrier) as made:
        yield made


def shipped(service: CarrierService, *, count: int = 1, at: datetime = START) -> list[IssuedWaybill]:
    """Parcels that the carrier has."""
    with clock.at(at):
        warehouse = facility.warehouse(aisles=0)
        waybills = [shipping.waybill(warehouse, service) for _ in range(count)]
        manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
        manifest_add(manifest_id=manifest.id, waybill_ids=[one.id for one in waybills])
        manifest_close(manifest_id=manifest.id)
    return waybills


def events(number: str, *statuses: S, text: str = "") -> list[TrackEvent]:
    return [
        TrackEvent(number, START + timedelta(hours=4 * at + 1), status, status.value[:4], text or f"{at}")
        for at, status in enumerate(statuses)
    ]


def told(name: str) -> list[dict[str, object]]:
    return [event.payload for event in OutboxEvent.objects.filter(name=name).order_by("id")]


WAY = (S.PICKED_UP, S.IN_TRANSIT, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERED)


def test_handover_begins_to_follow(service: CarrierService, carrier: Toy) -> None:
    [waybill] = shipped(service)

    track = ParcelTrack.objects.get(waybill_id=waybill.id)

    assert (track.status, track.handed_over_at, track.trouble) == ("created", START, "")
    assert track.expected_at == START + timedelta(days=2)
    assert (track.stall_at, track.pull_at) == (START + timedelta(hours=24), START + timedelta(hours=2))


def test_without_a_connection_silence_is_no_trouble(service: CarrierService) -> None:
    [waybill] = shipped(service)

    track = ParcelTrack.objects.get(waybill_id=waybill.id)

    assert (track.stall_at, track.lost_at, track.pull_at) == (None, None, None)


def test_scans_in_any_order_give_the_same_end(service: CarrierService) -> None:
    waybills = shipped(service, count=6)
    for seed, waybill in enumerate(waybills):
        mine = events(waybill.number, *WAY)
        random.Random(seed).shuffle(mine)
        for one in mine:
            track_events_record(events=[one], source="push")

    found = set(
        ParcelTrack.objects.values_list(
            "status",
            "delivered_at",
            "picked_up_at",
            "out_for_delivery_at",
            "event_count",
            "stall_at",
            "trouble",
        )
    )

    hours = timedelta(hours=1)
    assert found == {("delivered", START + 17 * hours, START + hours, START + 13 * hours, 5, None, "")}


def test_the_same_scans_again_change_nothing(service: CarrierService) -> None:
    [waybill] = shipped(service)
    mine = events(waybill.number, *WAY)
    assert track_events_record(events=mine, source="push").new == 5

    again = track_events_record(events=[*mine, *events("NOBODYS", S.DELIVERED)], source="pull")

    assert (again.new, again.known, again.unknown) == (0, 5, 1)
    assert [one["status"] for one in told("shipping.parcel_tracked")] == ["delivered"]
    assert Stored.objects.count() == 5


def test_the_number_of_statements_does_not_grow(service: CarrierService) -> None:
    counts = []
    for size in (2, 30):
        waybills = shipped(service, count=size)
        mine = [one for waybill in waybills for one in events(waybill.number, *WAY)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            track_events_record(events=mine, source="push")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_asking_and_being_told(service: CarrierService, carrier: Toy, client: Client) -> None:
    first, second, third = shipped(service, count=3)
    carrier.simulator.scan(first.number, S.PICKED_UP, START + timedelta(hours=1))
    carrier.simulator.scan(third.number, S.IN_TRANSIT, START + timedelta(hours=1))

    with clock.at(START + timedelta(hours=3)):
        assert tracks_pull() == 2
        assert tracks_pull() == 0
    assert carrier.simulator.calls["track"] == 2  # two batches of at most two, each asked once

    body = (
        __import__("json")
        .dumps(
            [carrier.simulator.scan(second.number, S.DELIVERED, START + timedelta(hours=9), "已签收", "上海")]
        )
        .encode()
    )
    address = f"/api/v1/carriers/{carrier.connection.inbox_key}/push"
    refused = client.post(address, body, content_type="application/json", headers={"X-Sign": "no"})
    taken = client.post(
        address, body, content_type="application/json", headers={"X-Sign": sign(ToySimulator.secret, body)}
    )
    again = client.post(
        address, body, content_type="application/json", headers={"X-Sign": sign(ToySimulator.secret, body)}
    )
    nobody = client.post("/api/v1/carriers/nobody/push", body, content_type="application/json")

    assert (refused.status_code, taken.content, again.content) == (401, b'{"taken":true}', b'{"taken":true}')
    assert nobody.status_code == 404
    assert list(ParcelTrack.objects.order_by("id").values_list("status", flat=True)) == [
        "picked_up", "delivered", "in_transit",
    ]  # fmt: skip


def test_a_carrier_that_is_away_is_left_alone_for_a_while(service: CarrierService, carrier: Toy) -> None:
    shipped(service)
    carrier.simulator.is_down = True

    with clock.at(START + timedelta(hours=3)):
        assert tracks_pull() == 0
        carrier.simulator.is_down = False
        assert tracks_pull() == 0
    with clock.at(START + timedelta(hours=7)):
        tracks_pull()
    assert carrier.simulator.calls["track"] == 1


def test_people_ask_at_most_every_ten_minutes(service: CarrierService, carrier: Toy) -> None:
    [waybill] = shipped(service)
    carrier.simulator.scan(waybill.number, S.PICKED_UP, START + timedelta(hours=1))

    with clock.at(START + timedelta(hours=2)):
        assert (track_refresh(waybill_id=waybill.id), track_refresh(waybill_id=waybill.id)) == (1, 0)
    assert carrier.simulator.calls["track"] == 1


def test_subscriptions_are_queued_once(service: CarrierService, carrier: Toy) -> None:
    [waybill] = shipped(service)
    with clock.at(START + timedelta(hours=1)):
        assert (tracks_subscribe(), tracks_subscribe()) == (1, 0)
        assert errands_run() == 1

    assert carrier.simulator.subscribed == [waybill.number]
    assert ParcelTrack.objects.get().is_subscribed


def test_silence_becomes_trouble_and_ends_with_the_next_scan(service: CarrierService, carrier: Toy) -> None:
    [waybill] = shipped(service)
    track_events_record(events=events(waybill.number, S.PICKED_UP, S.IN_TRANSIT), source="push")
    with clock.at(START + timedelta(hours=50)):
        assert tracks_judge() == 0
    with clock.at(START + timedelta(hours=54)):
        assert (tracks_judge(), tracks_judge()) == (1, 0)
    track = ParcelTrack.objects.get()
    assert (track.trouble, why_words(track.trouble, track.trouble_why)) == (
        "stalled", "No scan for 49 hours. Nothing was learned yet: 48 hours are allowed.",
    )  # fmt: skip
    with clock.at(START + timedelta(days=11)):
        assert tracks_judge() == 1
    assert [one["kind"] for one in told("shipping.parcel_troubled")] == ["stalled", "lost"]

    track_events_record(
        events=[TrackEvent(waybill.number, START + timedelta(days=12), S.DELIVERED)], source="push"
    )

    track = ParcelTrack.objects.get()
    assert (track.status, track.trouble, track.lost_at) == ("delivered", "", None)


def test_a_parcel_that_comes_back_is_trouble_once(service: CarrierService) -> None:
    [waybill] = shipped(service)

    track_events_record(
        events=events(waybill.number, S.ATTEMPT_FAILED, S.RETURNING, text="客户拒收"), source="push"
    )
    track_events_record(
        events=[TrackEvent(waybill.number, START + timedelta(days=3), S.DELIVERED, text="退件签收")],
        source="push",
    )

    track = ParcelTrack.objects.get()
    assert (track.status, track.trouble, track.attempts) == ("returned", "refused", 1)
    assert [one["kind"] for one in told("shipping.parcel_troubled")] == ["refused"]


def test_lanes_are_learned_and_speak(service: CarrierService, carrier: Toy) -> None:
    waybills = shipped(service, count=30)
    tracks_describe(facts={one.id: TrackFacts(START + timedelta(hours=20), "1234") for one in waybills})
    for at, waybill in enumerate(waybills):
        track_events_record(events=events(waybill.number, *WAY[: 5 if at else 2]), source="push")

    with clock.at(START + timedelta(days=5)):
        assert lanes_measure() > 0
        tracks_judge()

    lead = LaneMeasure.objects.get(kind="lead", region_prefix="31")
    assert (lead.samples, lead.p50_min, lead.shipped, lead.promised, lead.on_time) == (
        29,
        17 * 60,
        30,
        30,
        29,
    )
    gap = LaneMeasure.objects.get(kind="gap:in_transit", region_prefix="31")
    assert (gap.samples, gap.p95_min) == (58, 240)
    measured = LeadTime.objects.get(region_prefix="31")
    assert (measured.source, measured.hours, measured.parcels, measured.percentile) == (
        "measured",
        17,
        29,
        80,
    )
    stalled = ParcelTrack.objects.get(trouble="stalled")
    assert stalled.waybill_id == waybills[0].id


def test_a_parcel_is_stopped_and_comes_back(service: CarrierService, carrier: Toy) -> None:
    [waybill] = shipped(service)

    waybill_intercept(waybill_id=waybill.id, reason="address wrong")

    assert carrier.simulator.stopped == [waybill.number]
    errand = CarrierErrand.objects.get()
    assert (errand.kind, errand.state, errand.reason) == ("intercept", "done", "address wrong")


def test_only_what_is_on_its_way_can_be_stopped(service: CarrierService, carrier: Toy) -> None:
    [waybill] = shipped(service)
    track_events_record(events=events(waybill.number, S.DELIVERED), source="push")
    with pytest.raises(StateConflict):
        waybill_intercept(waybill_id=waybill.id, reason="x")

    other = shipping.service("PAPER")
    [paper] = shipped(other)
    with pytest.raises(CarrierCannot):
        waybill_intercept(waybill_id=paper.id, reason="x")


def test_the_api_shows_the_way(service: CarrierService, carrier: Toy) -> None:
    api = accounts.api_client(roles=["customer_service"])
    [waybill] = shipped(service)
    track_events_record(
        events=events(waybill.number, S.PICKED_UP, S.EXCEPTION, text="快件破损"), source="push"
    )

    counts = api.get("/tracks/counts").json()["counts"]
    [row] = api.get("/tracks?is_troubled=true").json()["items"]
    timeline = api.get(f"/waybills/{waybill.id}/track").json()
    by_carrier = api.get("/tracks/by-carrier").json()["carriers"]

    assert (
        counts["exception"]["count"],
        counts["troubled"]["count"],
        counts["trouble:damaged"]["count"],
    ) == (1, 1, 1)
    assert (row["waybill"]["number"], row["trouble_words"]) == (
        waybill.number, "The carrier says that it is damaged.",
    )  # fmt: skip
    assert [one["status"] for one in timeline["events"]] == ["exception", "picked_up"]
    assert timeline["track"]["trouble"] == "damaged"
    assert by_carrier == [] or by_carrier[0]["code"] == service.carrier.code
    assert Waybill.objects.get().track.event_count == 2
