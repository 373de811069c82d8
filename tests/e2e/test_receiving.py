"""Receiving in a real browser: announced, booked, received and followed up in the desk; received on a phone."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.e2e.handheld import Phone
from tests.factories import goods_in
from tests.factories.receiving import Gate, gate

from hecang.catalog.models import Barcode
from hecang.inbound.models import Appointment, Asn, Discrepancy, Dock, Receipt, ReceivingPolicy
from hecang.inbound.services.announcing import AsnContainerIn, AsnLineIn
from hecang.inbound.services.appointments import (
    AppointmentIn,
    appointment_arrive,
    appointment_book,
    appointment_dock,
    appointment_leave,
    truck_arrive,
)
from hecang.inbound.services.sscc_numbers import sscc_prefix_save
from hecang.inventory.models import Serial
from hecang.kernel import clock
from hecang.work.floor.photos import photo_keep

SHOTS = os.environ.get("HECANG_SHOTS", "")
GTIN = "06901234567892"
SSCC = "006141411234567890"


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 240), (190, 120, 60)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def hall(transactional_db: None) -> Gate:
    made = gate("milk", "bread")
    made.sku("yoghurt", is_lot_tracked=True, is_expiry_tracked=True, shelf_life_days=30)
    made.sku("phone", is_serial_tracked=True)
    Barcode.objects.create(sku=made.sku("yoghurt"), code=GTIN[1:], quantity=1)
    made.dock("D1", opens=0, closes=23)
    made.dock("D2", opens=0, closes=23)
    return made


def choose(form: Locator, label: str, text: str) -> None:
    """Type into a select with a search and take what it finds."""
    page = form.page
    field = form.get_by_label(label, exact=True)
    field.click()
    if field.is_editable():
        field.fill(text)
    page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=text).first.click()


def test_a_delivery_is_announced_booked_received_and_closed_in_the_desk(desk: Page, hall: Gate) -> None:
    # an announcement is entered by hand
    desk.goto(f"/asns?wh={hall.warehouse.pk}")
    expect(desk.get_by_text("No announcements yet")).to_be_visible()
    desk.get_by_role("button", name="New announcement").first.click()
    form = desk.get_by_role("dialog")
    choose(form, "Owner", hall.owner.code)
    choose(form, "Supplier", hall.supplier.code)
    form.get_by_label("Their number").fill("DN-7")
    form.get_by_label("Pallets").fill("2")
    choose(form, "SKU", "milk")
    form.get_by_label("Quantity").fill("30")
    form.get_by_label("Container").fill(SSCC)
    shot(desk, "asn-new")
    form.get_by_role("button", name="Save").click()
    drawer = desk.get_by_role("dialog")
    expect(drawer.get_by_text(SSCC)).to_be_visible()
    asn = Asn.objects.get()
    assert (asn.external_number, asn.unit_count, asn.pallet_count) == ("DN-7", 30, 2)
    shot(desk, "asn-drawer")

    # its labels are a PDF
    address = desk.evaluate(
        f"fetch('/api/v1/asns/{asn.pk}/labels').then(answer => answer.arrayBuffer()"
        ".then(body => [answer.headers.get('content-type'), body.byteLength]))"
    )
    assert address[0] == "application/pdf"
    assert address[1] > 1000

    # a dock is booked for tomorrow, and stands in the calendar
    tomorrow = (clock.today(hall.warehouse.timezone) + timedelta(days=1)).isoformat()
    desk.goto(f"/docks?wh={hall.warehouse.pk}&day={tomorrow}")
    desk.get_by_role("button", name=re.compile("Book$")).click()
    form = desk.get_by_role("dialog")
    choose(form, "Announcements", asn.number)
    form.get_by_label("Plate").click()
    expect(form.get_by_label("Pallets")).to_have_value("2")
    choose(form, "Time", "09:00–")
    form.get_by_label("Plate").fill("沪A·12345")
    shot(desk, "dock-book")
    form.get_by_role("button", name=re.compile("Book$")).click()
    block = desk.get_by_role("button", name=re.compile("09:00–.*沪A12345"))
    expect(block).to_be_visible()
    shot(desk, "dock-day")
    block.click()
    expect(desk.get_by_role("dialog").get_by_text(asn.number)).to_be_visible()
    shot(desk, "appointment")

    # it is received: the pallet, too many, and what nobody knows
    desk.goto(f"/asns/{asn.pk}?wh={hall.warehouse.pk}")
    desk.get_by_role("button", name="Receive", exact=True).click()
    desk.wait_for_url(re.compile(r"/receipts/\d+"))
    desk.get_by_label("Quantity", exact=True).fill("12")
    desk.get_by_label("Container", exact=True).fill(SSCC)
    scan = desk.get_by_role("textbox", name="Scan or enter a barcode")
    scan.fill("milk")
    scan.press("Enter")
    expect(desk.get_by_text("12 units taken").first).to_be_visible()
    scan.fill("NONSENSE")
    scan.press("Enter")
    expect(desk.get_by_text(re.compile("neither the code nor a barcode")).first).to_be_visible()
    desk.get_by_label("Quantity", exact=True).fill("3")
    desk.get_by_role("switch").click()
    scan.fill("milk")
    scan.press("Enter")
    expect(desk.get_by_text("3 units taken").first).to_be_visible()
    expect(desk.get_by_label("From here on")).to_contain_text("Put away")
    shot(desk, "receipt-open")
    desk.get_by_role("tab", name=re.compile("Scans")).click()
    shot(desk, "receipt-scans")
    desk.get_by_role("button", name="Close the receipt").click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Close the receipt").click()
    expect(desk.get_by_text("Closed").first).to_be_visible()
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.unit_count) == ("closed", 15)
    assert hall.found(receipt) == {"damaged": 3, "short": 15}
    hall.verify()


def test_a_difference_with_its_picture_is_decided_in_the_desk(desk: Page, hall: Gate) -> None:
    asn = hall.asn({"milk": 10})
    receipt = hall.receipt(asn_id=asn.pk)
    photo = photo_keep(warehouse_id=hall.warehouse.pk, content=picture())
    hall.receive(receipt, "milk", 4, condition="damaged", photo_ids=(photo,), note="wet")

    desk.goto(f"/discrepancies?wh={hall.warehouse.pk}")
    row = desk.get_by_role("row", name=re.compile("milk"))
    image = row.locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    shot(desk, "differences")
    row.get_by_role("checkbox").check()
    desk.get_by_role("button", name="Return to supplier").first.click()
    answer = desk.get_by_role("dialog").last
    answer.get_by_label("Note").fill("goes back with the next truck")
    answer.get_by_role("button", name="Return to supplier").click()
    expect(desk.get_by_role("row", name=re.compile("milk"))).to_have_count(0)
    found = Discrepancy.objects.get()
    assert (found.state, found.decision) == ("decided", "return")

    desk.goto(f"/discrepancies?wh={hall.warehouse.pk}&tab=decided")
    desk.get_by_role("row", name=re.compile("milk")).get_by_role("checkbox").check()
    desk.get_by_role("button", name="Goods have left").first.click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Goods have left").click()
    expect(desk.get_by_role("row", name=re.compile("milk"))).to_have_count(0)
    found.refresh_from_db()
    assert found.state == "settled"
    assert hall.stock("milk") == 0
    hall.verify()


def test_every_page_of_receiving_is_whole_in_both_languages(desk: Page, hall: Gate) -> None:
    """Given a busy day, no page shows a raw code or the other language's words, or is wider than the screen."""
    sscc_prefix_save(owner_id=None, company_prefix="6901234", extension=0)
    goods_in.plan(sku_id=hall.sku("yoghurt").pk)
    ReceivingPolicy.objects.create(
        sku=hall.sku("milk"), over_percent=5, over_action="accept", updated_by="t", updated_at=clock.now()
    )
    order = hall.order({"milk": 60, "bread": 20})
    asn = hall.asn(
        {"milk": 30, "bread": 12},
        purchase_order_id=order.pk,
        external_number="DN-1001",
        containers=[AsnContainerIn(SSCC, kind="pallet")],
        lines=[AsnLineIn(hall.sku("yoghurt").pk, 10, container=SSCC, lot_code="L1")],
    )
    now = clock.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    first = appointment_book(
        appointment=AppointmentIn(
            hall.warehouse.pk, dock_id("D1"), start, 60, asn_ids=(asn.pk,), plate="沪A12345"
        )
    )
    appointment_arrive(appointment_id=first.pk)
    appointment_dock(appointment_id=first.pk)
    waits = truck_arrive(warehouse_id=hall.warehouse.pk, plate="浙B88888", carrier_name="SF")
    gone = truck_arrive(warehouse_id=hall.warehouse.pk, plate="苏C00001", supplier_id=hall.supplier.pk)
    appointment_dock(appointment_id=gone.pk, dock_id=dock_id("D2"))
    appointment_leave(appointment_id=gone.pk)
    assert waits.pk
    receipt = hall.receipt(asn_id=asn.pk)
    today = clock.today(hall.warehouse.timezone)
    hall.receive(receipt, "milk", 40)
    hall.receive(receipt, "bread", 5, condition="damaged")
    hall.receive(
        receipt, "yoghurt", 6, lot_code="L1", expires_on=today + timedelta(days=25), container_code=SSCC
    )
    hall.receive(receipt, "yoghurt", 2, lot_code="OLD", expires_on=today - timedelta(days=2))
    hall.receive(receipt, "phone", 2, serials=("SN-1", "SN-2"))
    at = f"?wh={hall.warehouse.pk}"
    pages = {
        "asns": f"/asns{at}", "asn": f"/asns/{asn.pk}{at}", "docks": f"/docks{at}", "receipts": f"/receipts{at}",
        "receipt": f"/receipts/{receipt.pk}{at}", "discrepancies": f"/discrepancies{at}", "appointments": f"/appointments{at}",
        "appointment": f"/appointments/{first.pk}{at}", "policy": f"/receiving-policy{at}",
    }  # fmt: skip
    for language in ("en", "zh-CN"):
        desk.evaluate(f"localStorage.setItem('hecang.language', '{language}')")
        for name, address in pages.items():
            desk.goto(address)
            desk.wait_for_load_state("networkidle")
            expect(desk.locator(".ant-skeleton, .ant-spin-spinning")).to_have_count(0)
            shot(desk, f"tour-{language}-{name}")
            text = desk.locator("main").inner_text()
            assert not re.search(r"\b[a-z]+(_[a-z]+)+\b|\b(rec|asn|dis|col|dock|pol|app)\.[a-z]\w+", text), (
                name,
                text,
            )
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def dock_id(code: str) -> int:
    return Dock.objects.get(code=code).pk


def test_a_truck_is_checked_in_and_its_goods_are_received_on_a_phone(
    context: BrowserContext, hall: Gate
) -> None:
    asn = hall.asn({"milk": 10, "yoghurt": 12, "phone": 2})
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    booked = appointment_book(
        appointment=AppointmentIn(
            hall.warehouse.pk, dock_id("D1"), start, 60, asn_ids=(asn.pk,), plate="沪A12345"
        )
    )
    phone = Phone(context, hall.warehouse)

    # the truck is at the gate, then at its dock
    phone.begin("Check in").expect_state("truck")
    shot(phone.page, "pda-check-in")
    phone.scan(booked.number).expect_state("booked").press("Here, let it wait").expect_state("arrived")
    shot(phone.page, "pda-dock")
    phone.press("D1").expect_state("docked")
    phone.page.goto("/pda")

    # guided by the announcement: one GS1 code says product, lot, date and count
    today = clock.today(hall.warehouse.timezone)
    fresh, stale = today + timedelta(days=25), today - timedelta(days=2)
    phone.begin("Receive").expect_state("document").scan(asn.number).expect_state("goods")
    phone.scan(f"(01){GTIN}(17){fresh:%y%m%d}(10)L7(37)12").expect_state("quantity")
    phone.expect_fact("Lot", "L7").expect_fact("Still expected", "12")
    shot(phone.page, "pda-quantity")
    phone.quantity(12).expect_state("goods").expect_notice("12 pcs of yoghurt received")

    # what has expired stays at the door
    phone.scan(f"(01){GTIN}(17){stale:%y%m%d}(10)OLD").expect_state("quantity").quantity(2)
    phone.expect_notice("Expired: leave 2 units at the door")
    shot(phone.page, "pda-expired")
    assert hall.stock("yoghurt") == 12

    # serials one by one, one of them twice
    phone.scan("phone").expect_state("serials").scan("SN-1", "SN-1").expect_notice("was scanned twice")
    phone.scan("SN-2").press("That is all: 2").expect_state("goods")
    assert Serial.objects.count() == 2

    # a mistake is taken back
    phone.scan("milk").expect_state("quantity").quantity(9).expect_state("goods")
    assert hall.stock("milk") == 9
    phone.press("Undo").expect_notice("Taken back")
    assert hall.stock("milk") == 0
    phone.scan("milk").quantity(10).expect_state("goods")
    shot(phone.page, "pda-goods")

    phone.press("All received").expect_state("summary")
    shot(phone.page, "pda-summary")
    phone.press("Close the receipt").expect_state("over")
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.unit_count, receipt.refused_units) == ("closed", 24, 2)
    assert hall.found(receipt) == {"expired": 2}
    assert Appointment.objects.get().state == "docked"
    assert phone.troubles == []
    hall.verify()


def test_goods_without_a_document_are_received_in_chinese(context: BrowserContext, hall: Gate) -> None:
    phone = Phone(context, hall.warehouse, language="zh-hans")
    phone.begin("收货").expect_prompt("请扫预到货通知")
    shot(phone.page, "pda-zh-document")
    phone.press("无单据").expect_state("goods")
    phone.scan("7777777777777").expect_state("unknown").expect_prompt("这个码不认识")
    shot(phone.page, "pda-zh-unknown")
    phone.press("重新扫描").expect_state("goods")
    phone.scan("yoghurt").expect_state("lot")
    shot(phone.page, "pda-zh-lot")
    phone.scan("L1").expect_state("expiry")
    shot(phone.page, "pda-zh-expiry")
