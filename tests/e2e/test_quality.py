"""What is odd about master data is found, mended in bulk and held to a standard, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from hecang.accounts.models import User
from hecang.catalog.models import Barcode
from hecang.catalog.services import SkuRow, skus_upsert
from hecang.quality.models import CodingRule

WORDS = {
    "en": ("Check now", "Barcodes with a wrong check digit", "Put the right check digit", "Coding standard", "New mask", "Mask", "Save", "fits", "Import"),
    "zh-CN": ("立即检查", "校验位错误的条码", "更正校验位", "编码规范", "新增掩码", "掩码", "保存", "符合", "导入"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_wrong_check_digits_are_mended_and_codes_get_a_standard(desk: Page, language: str) -> None:
    run, check, fix, standard, add, mask, save, fits, bring = WORDS[language]
    size = {"weight_g": 200, "length_mm": 100, "width_mm": 80, "height_mm": 60}
    skus_upsert(
        rows=[
            SkuRow(code="A", name="茶", **size, barcodes=(("6901234567891", 1),)),
            SkuRow(code="B", name="奶", **size, barcodes=(("6901234567802", 1),)),
        ]
    )
    User.objects.update(language="en" if language == "en" else "zh-hans")  # what the server speaks to them
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)

    desk.goto("/quality")
    desk.get_by_role("button", name=run).first.click()
    desk.get_by_role("button", name=check).click()
    expect(desk.get_by_role("link", name="A", exact=True)).to_be_visible()
    desk.locator("thead input[type=checkbox]").check()
    desk.get_by_role("button", name=fix).click()
    desk.get_by_role("dialog").get_by_role("button", name=fix).click()
    expect(desk.get_by_role("link", name="A", exact=True)).to_have_count(0)
    assert set(Barcode.objects.values_list("code", flat=True)) == {"6901234567892", "6901234567809"}

    desk.get_by_role("button", name=standard).click()
    desk.get_by_role("button", name=add).first.click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label(mask).fill("[TE|FD]-999")
    dialog.locator("input").nth(2).fill("TE-001")
    expect(dialog.get_by_text(fits, exact=True)).to_be_visible()
    dialog.get_by_role("button", name=save).click()
    expect(desk.get_by_role("cell", name="[TE|FD]-999")).to_be_visible()
    assert CodingRule.objects.get().mask == "[TE|FD]-999"

    desk.goto("/migration")
    expect(desk.get_by_role("button", name=bring).first).to_be_visible()
