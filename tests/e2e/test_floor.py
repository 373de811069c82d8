"""A picker and a packer with keyboard-wedge scanners, from a released wave to a labelled parcel."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.factories.outbound import World, world

from hecang.outbound.models import Batch, Fulfilment, Parcel, Wave


def test_a_wave_is_released_picked_and_packed_without_a_mouse(desk: Page) -> None:
    shop = world(goods={"milk": 20, "bread": 20})
    order = shop.order({"milk": 2, "bread": 1})
    wave = Wave.objects.get(pk=shop.planned())

    _release(desk, wave)
    _pick(desk, shop, Batch.objects.get(wave=wave))
    _pack(desk, shop, shop.fulfilment(order))

    parcel = Parcel.objects.get(fulfilment__order=order)
    assert (parcel.state, parcel.unit_count) == ("labelled", 3)
    label = desk.request.get(f"/api/v1/parcels/{parcel.pk}/label.pdf")
    assert label.status == 200
    assert label.body().startswith(b"%PDF")
    shop.verify()


def test_a_wrong_item_is_refused_loudly_and_changes_nothing(desk: Page) -> None:
    shop = world(goods={"milk": 20, "bread": 20})
    order = shop.order({"milk": 1})
    shop.released()
    shop.pick_all()

    desk.goto("/packing")
    _scan(desk, shop.fulfilment(order).number)
    expect(desk.get_by_text("milk").first).to_be_visible()
    _scan(desk, shop.barcode("bread"))
    expect(desk.get_by_label(re.compile("Wrong", re.IGNORECASE)).first).to_be_visible()

    line = shop.fulfilment_line(shop.fulfilment(order), "milk")
    assert line == {"quantity": 1, "allocated": 1, "picked": 1}
    shop.verify()


def _release(desk: Page, wave: Wave) -> None:
    desk.goto(f"/waves/{wave.pk}")
    expect(desk.get_by_text(wave.number).first).to_be_visible()
    desk.get_by_role("button", name="Release", exact=False).first.click()
    confirm = desk.get_by_role("dialog").get_by_role("button", name=re.compile("Release"))
    if confirm.count():
        confirm.last.click()
    expect(desk.get_by_text("In progress").first).to_be_visible()


def _pick(desk: Page, shop: World, batch: Batch) -> None:
    desk.goto("/picking")
    _scan(desk, batch.number)
    desk.wait_for_url(re.compile(rf"/picking/{batch.pk}"))
    for _stop in range(2):
        place = desk.get_by_test_id("place").inner_text()
        sku = desk.get_by_test_id("sku").inner_text()
        _scan(desk, place)
        left = 2 if sku == "milk" else 1
        for _unit in range(left):
            _scan(desk, shop.barcode(sku))
        expect(desk.get_by_test_id("sku").filter(has_text=sku)).to_have_count(0)
    batch.refresh_from_db()
    assert batch.state == "picked"


def _pack(desk: Page, shop: World, fulfilment: Fulfilment) -> None:
    desk.goto("/packing")
    _scan(desk, fulfilment.number)
    for name in ("milk", "milk", "bread"):
        _scan(desk, shop.barcode(name))
    expect(desk.get_by_text("expected").first).to_be_visible()
    desk.keyboard.press("F2")
    expect(desk.get_by_text("Sealed").first).to_be_visible()
    expect(desk.get_by_text("just sealed")).to_be_visible()


def _scan(desk: Page, code: str) -> None:
    """What a wedge scanner does: the characters, then Enter; and wait until it has been heard."""
    desk.wait_for_load_state("networkidle")
    desk.keyboard.type(code)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state("networkidle")
    desk.wait_for_timeout(150)
