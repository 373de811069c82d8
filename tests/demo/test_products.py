"""Products of the source as rows of the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hecang.demo.products import abc_classes, dimensions, ean13, sku_rows, weight_of
from hecang.demo.sizes import content_g
from hecang.demo.source import Product, products
from hecang.demo.vocabulary import CATEGORIES, DEPARTMENTS, PROFILES


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("16 OZ", 454), ("22 LB", 9979), ("1/2 GAL", 1893), ("B  1/2 GAL", 1893), ("10 3/4 OZ", 305), ("1 1/2 LB", 680),
        ("12/12 OZ", 4082), ("2/8 OZ", 454), ("6 PK/5 OZ", 850), ("6 PK 12 OZ", 2041), ("4.3 OZ/4 PK", 488),
        ("2.8 OZ/(6)", 476), ("24 PK/.5 LRT", 12_000), ("750 ML", 750), ("1.5 L", 1500), ("PT", 473), ("2 CT/9 OZ", 255),
        ("51-60/16 OZ", 454), ("5-LB BAG", 2268), ("", None), ("12 CT", None), ("CTN", None), ("LARGE", None),
        ("20 C/13 GAL", None), ("0 OZ", None), ("9999 LB", None),
    ],
)  # fmt: skip
def test_size_texts(text: str, grams: int | None) -> None:
    assert content_g(text) == grams


@given(st.text(max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    found = content_g(text)

    assert found is None or 1 <= found <= 30_000


@pytest.mark.parametrize(
    ("body", "code"),
    [("400638133393", "4006381333931"), ("590123412345", "5901234123457"), ("200000830769", "2000008307697")],
)
def test_check_digits(body: str, code: str) -> None:
    assert ean13(body) == code


def test_only_twelve_digits_get_one() -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        ean13("123")


def test_every_category_and_department_has_words_and_a_profile() -> None:
    sold = products()

    assert {one.category for one in sold} - set(CATEGORIES) == {""}
    assert {one.department for one in sold} - set(DEPARTMENTS) == set()
    assert {profile for _chinese, profile in CATEGORIES.values()} <= set(PROFILES)


def test_a_drink_from_end_to_end() -> None:
    product = Product(830_769, "GROCERY", "SOFT DRINKS", "SFT DRNK 2 LITER BTL CARB INCL", "Private", "2 LTR")

    (row,) = sku_rows([product], {830_769: "A"})

    assert (row.code, row.name) == ("CJ00830769", "自有品牌 软饮料 Sft Drnk 2 Liter Btl Carb Incl 2 Ltr")
    assert row.category == "食品杂货/软饮料"
    assert (row.weight_g, row.abc_class, row.temperature, row.is_estimated) == (2160, "A", "ambient", True)
    assert (row.is_lot_tracked, row.is_expiry_tracked, row.shelf_life_days) == (True, True, 360)
    assert row.barcodes == (("2000008307697", 1), (ean13("210000830769"), 12))


def test_the_whole_range_is_sound() -> None:
    rows = sku_rows(products(), {})

    codes = [code for row in rows for code, _quantity in row.barcodes]
    assert len(codes) == len(set(codes))
    assert all(code[:2] in {"20", "21"} and len(code) == 13 and ean13(code[:12]) == code for code in codes)
    assert len({row.code for row in rows}) == 68_509
    for row in rows:
        assert row.name
        assert len(row.name) <= 255
        assert row.weight_g
        assert 5 <= row.weight_g <= 35_000
        assert row.length_mm
        assert row.width_mm
        assert row.height_mm
        assert 1000 >= row.length_mm >= row.width_mm >= row.height_mm >= 1
        assert row.is_expiry_tracked == (row.shelf_life_days is not None)
    assert {row.temperature for row in rows} == {"ambient", "chilled", "frozen"}


def test_frozen_and_chilled_goods_are_known_by_category_and_words() -> None:
    def temperature(department: str, category: str, kind: str) -> str:
        (row,) = sku_rows([Product(1, department, category, kind, "", "")], {})
        return row.temperature or ""

    assert temperature("GROCERY", "FLUID MILK PRODUCTS", "FLUID MILK") == "chilled"
    assert temperature("GROCERY", "FROZEN PIZZA", "PIZZA") == "frozen"
    assert temperature("MEAT", "CHICKEN", "FROZEN CHICKEN - WHITE MEAT") == "frozen"
    assert temperature("GROCERY", "SOUP", "CONDENSED SOUP") == "ambient"


def test_dimensions_follow_weight_and_density() -> None:
    profile = PROFILES["can"]

    length, width, height = dimensions(950, profile)

    assert length * width * height == pytest.approx(1_000_000, rel=0.02)


def test_weight_without_a_size_text_is_near_the_profile_s() -> None:
    weights = {weight_of(Product(n, "PRODUCE", "APPLES", "", "", "")) for n in range(200)}

    assert min(weights) >= 469
    assert max(weights) <= 931
    assert len(weights) > 50


def test_abc_by_share_of_lines() -> None:
    lines = np.repeat([1, 2, 3, 4], [60, 25, 10, 5])

    assert abc_classes(lines) == {1: "A", 2: "B", 3: "C", 4: "C"}
