"""The rules of data quality, one by one."""

from __future__ import annotations

import math
from typing import Any

import pytest

from hecang.catalog.quality import Norm, SkuFacts, codes, finding_message, findings_of

GOOD: dict[str, Any] = {"weight_g": 500, "length_mm": 200, "width_mm": 100, "height_mm": 50}
#: 500 g and 0.5 g/cm³ are usual, within a factor of about 3.5.
NORM = Norm(20, math.log(500), 0.25, 20, math.log(0.5), 0.25)


def found(**fields: Any) -> list[str]:
    return [
        one.code
        for one in findings_of([SkuFacts("S", **{"category": "FOOD", **GOOD, **fields})], {"FOOD": NORM})
    ]


def test_a_good_sku_has_no_finding() -> None:
    assert found(barcodes=("6901234567892", "INTERNAL-1")) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"weight_g": None}, ["weight_missing"]),
        ({"weight_g": 0}, ["weight_zero"]),
        (
            {"weight_g": 2_000_000, "length_mm": None},
            ["weight_implausible", "size_missing", "weight_unusual"],
        ),
        ({"length_mm": None}, ["size_missing"]),
        ({"length_mm": None, "width_mm": None, "height_mm": None}, ["size_missing"]),
        ({"height_mm": 0}, ["size_implausible"]),
        ({"length_mm": 20_000}, ["size_implausible", "density_unusual"]),
        # 2.5 kg where 500 g are usual
        ({"weight_g": 2500, "length_mm": 340}, ["weight_unusual"]),
        ({"weight_g": 100, "width_mm": 20}, ["weight_unusual"]),
        # 500 kg, or half a gram: the unit is wrong
        (
            {"weight_g": 500_000, "length_mm": 2000, "width_mm": 1000, "height_mm": 500},
            ["weight_unit_suspect"],
        ),
        ({"weight_g": 1, "length_mm": 10, "width_mm": 10, "height_mm": 10}, ["weight_unit_suspect"]),
        # 500 g in 12 m³, or in a thimble
        ({"length_mm": 2500, "width_mm": 2400, "height_mm": 2000}, ["density_impossible"]),
        ({"length_mm": 20, "width_mm": 10, "height_mm": 50}, ["density_impossible"]),
        ({"length_mm": 600, "width_mm": 300, "height_mm": 100}, ["density_unusual"]),
        ({"barcodes": ("6901234567890",)}, ["barcode_check_digit"]),
        ({"is_expiry_tracked": True}, ["shelf_life_missing"]),
        ({"kind": "kit", "weight_g": None}, ["kit_without_components"]),
        ({"kind": "kit", "weight_g": None, "component_count": 2}, []),
        # a category without a norm judges nobody
        ({"category": "NEW", "weight_g": 2500}, []),
    ],
)
def test_rules(fields: dict[str, Any], expected: list[str]) -> None:
    assert found(**fields) == expected


def test_few_members_make_no_norm() -> None:
    few = {"FOOD": Norm(7, math.log(500), 0.25)}

    assert (
        findings_of([SkuFacts("S", category="FOOD", **{**GOOD, "weight_g": 2500, "length_mm": 340})], few)
        == []
    )


def test_every_code_says_something_with_its_data() -> None:
    data = {"value": 1, "limit": 2, "usual": 3, "density": 4, "other": "X"}

    for code in codes():
        assert finding_message(code, data)
        assert "%(" not in finding_message(code, data)
