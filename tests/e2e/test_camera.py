"""The camera of a handheld as its scanner: Chromium films a barcode that was drawn for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.conftest import CHROMIUM_FLAGS, TIMEOUT_MS
from tests.e2e.handheld import Phone
from tests.factories.inventory import place

from hecang.catalog.models import Barcode

CODE = "6901234567892"
WIDTH, HEIGHT, FRAMES = 640, 480, 5
#: Of the left half, odd parity; even parity and the right half are made of it.
_DIGITS = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_PARITIES = (
    "LLLLLL",
    "LLGLGG",
    "LLGGLG",
    "LLGGGL",
    "LGLLGG",
    "LGGLLG",
    "LGGGLL",
    "LGLGLG",
    "LGLGGL",
    "LGGLGL",
)


def bars(code: str) -> str:
    """The modules of an EAN-13: 1 is a bar."""
    right = str.maketrans("01", "10")
    left = [
        _DIGITS[int(digit)] if parity == "L" else _DIGITS[int(digit)].translate(right)[::-1]
        for digit, parity in zip(code[1:7], _PARITIES[int(code[0])], strict=True)
    ]
    return (
        "101"
        + "".join(left)
        + "01010"
        + "".join(_DIGITS[int(one)].translate(right) for one in code[7:])
        + "101"
    )


def film(path: Path, code: str) -> Path:
    """A film of a white wall with a barcode on it, as Chromium's false camera plays it (Y4M)."""
    modules = bars(code)
    wide = 4
    margin = (WIDTH - wide * len(modules)) // 2
    lit = bytes([235])
    row = lit * margin + b"".join(bytes([16 if one == "1" else 235]) * wide for one in modules)
    row += lit * (WIDTH - len(row))
    blank = lit * WIDTH
    picture = b"".join(row if 120 <= y < 360 else blank for y in range(HEIGHT)) + bytes([128]) * (
        WIDTH * HEIGHT // 2
    )
    path.write_bytes(
        f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + (b"FRAME\n" + picture) * FRAMES
    )
    return path


@pytest.fixture
def filming(
    browser: Chromium, server: str, tmp_path: Path, transactional_db: None
) -> Iterator[BrowserContext]:
    """A browser of its own, whose camera looks at :data:`CODE`."""
    path = os.environ.get("HECANG_CHROMIUM", "/usr/bin/chromium")
    flags = [
        *CHROMIUM_FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film(tmp_path / 'barcode.y4m', CODE)}",
    ]
    own = browser.browser_type.launch(executable_path=path, args=flags)
    context = own.new_context(base_url=server, locale="en-US", permissions=["camera"])
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    own.close()


def test_a_barcode_before_the_camera_is_a_scan(filming: BrowserContext) -> None:
    goods = place(code="MILK-1")
    Barcode.objects.create(sku=goods.sku, code=CODE)
    goods.put(5)
    phone = Phone(filming, goods.warehouse).begin("Look up")
    page: Page = phone.page

    page.get_by_role("button", name="Camera").click()

    expect(page.locator(".prompt")).to_contain_text("MILK-1", timeout=30_000)
    expect(page.locator("video")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("video")).to_have_count(0)
    assert phone.troubles == []
