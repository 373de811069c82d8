"""Finding SKUs by what was scanned, and their facts in bulk."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog

from hecang.catalog.models import Barcode
from hecang.catalog.selectors import barcode_resolve, kit_components, sku_physicals, skus_by_code, skus_by_id

pytestmark = pytest.mark.django_db


class TestScan:
    @pytest.mark.parametrize(
        "code",
        [
            "6901234567892",
            " 6901234567892 ",
            "６９０１２３４５６７８９２",
            "06901234567892",
            "]E06901234567892",
            "(01)06901234567892(10)LOT7",
            "]C10106901234567892",
            "AB-1",
            "ab-1",
        ],
    )
    def test_all_of_these_mean_the_same_sku(self, code: str) -> None:
        sku = catalog.sku("AB-1", barcode="6901234567892")

        assert barcode_resolve([code]) == {code: (sku.pk, 1)}

    def test_a_upc_is_found_as_ean_13(self) -> None:
        sku = catalog.sku(barcode="036000291452")

        assert barcode_resolve(["0036000291452"]) == {"0036000291452": (sku.pk, 1)}

    def test_a_case_code_stands_for_its_units(self) -> None:
        sku = catalog.sku(barcode="EACH")
        Barcode.objects.create(sku=sku, code="16901234567899", quantity=24)

        assert barcode_resolve(["EACH", "16901234567899"]) == {
            "EACH": (sku.pk, 1),
            "16901234567899": (sku.pk, 24),
        }

    def test_a_barcode_wins_over_a_sku_code(self) -> None:
        named = catalog.sku("123456")
        coded = catalog.sku(barcode="123456")

        assert barcode_resolve(["123456"]) == {"123456": (coded.pk, 1)}
        assert named.pk != coded.pk

    def test_exact_capitals_win_and_ambiguous_ones_mean_nothing(self) -> None:
        big, small = catalog.sku("AB"), catalog.sku("ab")

        assert barcode_resolve(["AB", "ab", "Ab"]) == {"AB": (big.pk, 1), "ab": (small.pk, 1)}

    def test_unknown_and_empty_codes_are_missing(self) -> None:
        assert barcode_resolve(["nothing", "", "   "]) == {}
        assert barcode_resolve([]) == {}

    def test_two_statements_for_any_number(self) -> None:
        catalog.skus(100)
        for size in (10, 100):
            with CaptureQueriesContext(connection) as queries:
                barcode_resolve([f"SKU-{number:05}" for number in range(size)])
            assert len(queries) == 2


def test_refs_by_code_and_id() -> None:
    sku = catalog.sku("A", is_expiry_tracked=True, min_remaining_days=30)

    refs = skus_by_code(["A", "a", "B"])

    assert list(refs) == ["A"]
    assert refs["A"] == skus_by_id([sku.pk])[sku.pk]
    assert (refs["A"].id, refs["A"].kind, refs["A"].is_lot_tracked, refs["A"].min_remaining_days) == (
        sku.pk,
        "goods",
        True,
        30,
    )


def test_physicals_are_aligned_with_what_was_asked() -> None:
    known, unknown = catalog.sku(weight_g=500), catalog.sku(weight_g=None, height_mm=None)

    physicals = sku_physicals([unknown.pk, known.pk, 2**60, known.pk])

    assert physicals.weight_g.tolist() == [0, 500, 0, 500]
    assert physicals.volume_mm3.tolist() == [0, 1_000_000, 0, 1_000_000]
    assert sku_physicals([]).weight_g.tolist() == []


def test_kit_components() -> None:
    cup, plate = catalog.sku(), catalog.sku()
    kit = catalog.kit([(plate, 1), (cup, 2)])

    assert kit_components([kit.pk, cup.pk]) == {kit.pk: [(cup.pk, 2), (plate.pk, 1)]}
