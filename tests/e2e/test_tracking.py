"""Parcels on their way, carriers' bills, and how services are chosen, in the browser, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect
from tests.factories import facility, shipping

from hecang.kernel import clock
from hecang.shipping.carriers.base import TrackEvent, TrackStatus
from hecang.shipping.models import CarrierBill, CarrierBillLine, CarrierService, ServicePolicy, Waybill
from hecang.shipping.services import (
    lanes_measure,
    manifest_add,
    manifest_close,
    manifest_open,
    track_events_record,
)
from hecang.shipping.services.bills import BillLine, bill_lines_save

S = TrackStatus


def shipped(service: CarrierService, count: int) -> list[Waybill]:
    """Parcels that left three days ago."""
    with clock.shifted(-timedelta(days=3)):
        warehouse = facility.warehouse(aisles=0)
        made = [shipping.waybill(warehouse, service) for _ in range(count)]
        manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
        manifest_add(manifest_id=manifest.id, waybill_ids=[one.id for one in made])
        manifest_close(manifest_id=manifest.id)
    return list(Waybill.objects.order_by("id"))


def scanned(number: str, *scans: tuple[S, str]) -> None:
    start = clock.now() - timedelta(days=3)
    track_events_record(
        events=[
            TrackEvent(number, start + timedelta(hours=6 * at + 1), status, status.value[:4], text, "上海")
            for at, (status, text) in enumerate(scans)
        ],
        source="push",
    )


def in_language(page: Page, language: str) -> None:
    page.evaluate("language => localStorage.setItem('hecang.language', language)", language)


def test_a_parcel_in_trouble_is_found_with_its_way(desk: Page) -> None:
    service = shipping.service("SF", lead_days=2)
    good, bad = shipped(service, 2)
    scanned(good.number, (S.PICKED_UP, "已揽收"), (S.IN_TRANSIT, "离开上海"), (S.DELIVERED, "已签收"))
    scanned(bad.number, (S.PICKED_UP, "已揽收"), (S.EXCEPTION, "快件破损"))
    lanes_measure()

    for language, trouble, scan, lanes in (
        ("en", "Damaged", "Picked up", "Lanes"),
        ("zh-CN", "破损", "已揽收", "线路时效"),
    ):
        in_language(desk, language)
        desk.goto("/tracking")
        row = desk.get_by_role("row", name=re.compile(bad.number))
        expect(row.get_by_text(trouble, exact=True)).to_be_visible()
        expect(desk.get_by_text(good.number)).to_have_count(0)
        row.get_by_text(trouble, exact=True).click()
        way = desk.get_by_role("dialog")
        expect(way.get_by_text(scan).first).to_be_visible()
        expect(way.get_by_text("快件破损").first).to_be_visible()
        desk.keyboard.press("Escape")
        desk.get_by_role("tab", name=lanes).click()
        expect(desk.get_by_text("Service SF").first).to_be_visible()


def test_a_bill_is_decided_and_closed(desk: Page) -> None:
    service = shipping.service("SF")
    right, heavier = shipped(service, 2)
    saved = bill_lines_save(
        carrier_id=service.carrier_id,
        number="2026-11",
        lines=[
            BillLine(2, right.number, 1500, Decimal("12.00")),
            BillLine(3, heavier.number, 3200, Decimal("16.00")),
        ],
    )

    in_language(desk, "zh-CN")
    desk.goto("/bills")
    desk.get_by_role("row", name=re.compile("2026-11")).get_by_text(service.carrier.name).click()
    expect(desk.get_by_role("button", name=re.compile("重量不符")).first).to_be_visible()
    desk.get_by_role("button", name=re.compile("重量不符")).first.click()
    expect(desk.get_by_text(heavier.number).first).to_be_visible()

    in_language(desk, "en")
    desk.goto(f"/bills/{saved.bill_id}?tab=weight")
    desk.get_by_role("button", name=re.compile("Undecided")).hover()
    desk.get_by_role("menuitem", name="Weight differs").hover()
    desk.get_by_role("menuitem", name="Dispute all").locator("visible=true").first.click()
    desk.get_by_role("dialog").get_by_role("button", name="Dispute all").click()
    expect(desk.get_by_text("1 lines decided")).to_be_visible()
    desk.get_by_role("button", name="Close", exact=True).click()
    desk.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    expect(desk.get_by_text("Closed").first).to_be_visible()

    assert CarrierBill.objects.get().state == "closed"
    assert list(CarrierBillLine.objects.order_by("id").values_list("decision", flat=True)) == [
        "accepted", "disputed",
    ]  # fmt: skip


def test_a_rule_of_choice_is_made(desk: Page) -> None:
    shipping.service("SF")
    in_language(desk, "zh-CN")
    desk.goto("/service-choice")
    expect(desk.get_by_text("还没有规则")).to_be_visible()

    in_language(desk, "en")
    desk.goto("/service-choice")
    desk.get_by_role("button", name="New rule").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Rule").click()
    desk.get_by_title("Fastest up to a price").click()
    dialog.get_by_label("Up to").fill("15")
    dialog.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("≤ 15.00")).to_be_visible()

    assert ServicePolicy.objects.get().rule == "fastest_under"
