"""Making and changing SKUs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog

from hecang.accounts.models import AuditEntry
from hecang.catalog import guards
from hecang.catalog.errors import BarcodeTaken, CodeTaken, KitInvalid, SkuHasStock
from hecang.catalog.models import Barcode, Category, KitComponent, Packaging, Sku, SkuFinding
from hecang.catalog.services import (
    PackagingIn,
    SkuRow,
    barcode_remove,
    barcodes_add,
    findings_refresh,
    kit_components_set,
    packagings_set,
    sku_change,
    sku_create,
    skus_upsert,
)
from hecang.kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_stock() -> Iterator[set[int]]:
    """A set of SKU ids that a registered guard says there is stock of."""
    ids: set[int] = set()

    def guard(asked: object) -> set[int]:
        return ids & set(asked)  # type: ignore[call-overload]

    guards.sku_guard(guard)
    yield ids
    guards._guards.remove(guard)


def rows(count: int, weight: int = 500, prefix: str = "P") -> list[SkuRow]:
    return [
        SkuRow(
            code=f"{prefix}{number:05}",
            name=f"Product {prefix}{number}",
            category="食品/零食",
            weight_g=weight,
            length_mm=100,
            width_mm=100,
            height_mm=100,
            barcodes=((f"{prefix}BC{number:06}", 1),),
            packagings=(PackagingIn("case", 12),),
        )
        for number in range(count)
    ]


class TestUpsert:
    def test_makes_everything_that_a_row_says(self) -> None:
        result = skus_upsert(rows=rows(2))

        assert (result.created, result.updated, result.unchanged) == (2, 0, 0)
        sku = Sku.objects.get(pk=result.ids[0])
        assert (sku.code, sku.name, sku.weight_g, sku.status, sku.abc_class) == (
            "P00000",
            "Product P0",
            500,
            "active",
            "C",
        )
        assert sku.category is not None
        assert (sku.category.code, sku.category.name, sku.category.parent.code) == (
            "食品/零食",
            "零食",
            "食品",
        )  # type: ignore[union-attr]
        assert list(sku.barcodes.values_list("code", "quantity", "is_primary")) == [("PBC000000", 1, True)]
        assert list(sku.packagings.values_list("level", "quantity")) == [("case", 12)]

    def test_the_same_rows_again_change_nothing(self) -> None:
        first = skus_upsert(rows=rows(3))
        entries = AuditEntry.objects.count()

        again = skus_upsert(rows=rows(3))

        assert again.ids == first.ids
        assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
        assert AuditEntry.objects.count() == entries

    def test_only_what_a_row_gives_is_changed_and_the_change_is_in_the_audit_log(self) -> None:
        (sku_id,) = skus_upsert(rows=rows(1)).ids

        result = skus_upsert(rows=[SkuRow(code="P00000", weight_g=510)])

        assert (result.created, result.updated, result.unchanged) == (0, 1, 0)
        sku = Sku.objects.get(pk=sku_id)
        assert (sku.weight_g, sku.name, sku.length_mm) == (510, "Product P0", 100)
        entry = AuditEntry.objects.filter(action="sku.change", entity_id=sku_id).get()
        assert (entry.before, entry.after) == ({"weight_g": 500}, {"weight_g": 510})

    def test_ids_come_in_the_order_of_the_rows_and_the_last_of_equal_codes_wins(self) -> None:
        result = skus_upsert(rows=[SkuRow("B", weight_g=1), SkuRow("A"), SkuRow("B", weight_g=2)])

        assert result.ids[0] == result.ids[2]
        assert (result.created, result.unchanged) == (2, 0)
        assert Sku.objects.get(code="B").weight_g == 2

    def test_tracked_expiry_switches_lots_on(self) -> None:
        skus_upsert(rows=[SkuRow("MILK", is_expiry_tracked=True, shelf_life_days=21)])

        assert Sku.objects.get(code="MILK").is_lot_tracked

    def test_a_barcode_of_another_sku_refuses_the_whole_call(self) -> None:
        catalog.sku("OLD", barcode="6901234567892")

        with pytest.raises(BarcodeTaken) as caught:
            skus_upsert(rows=[SkuRow("NEW-1"), SkuRow("NEW-2", barcodes=(("6901234567892", 1),))])

        assert caught.value.data == {"barcodes": ["6901234567892"]}

    def test_one_barcode_for_two_rows_is_refused(self) -> None:
        with pytest.raises(BarcodeTaken):
            skus_upsert(rows=[SkuRow("A", barcodes=(("X1", 1),)), SkuRow("B", barcodes=(("X1", 1),))])

    def test_tracking_cannot_change_under_stock(self, in_stock: set[int]) -> None:
        sku = catalog.sku("S")
        in_stock.add(sku.pk)

        with pytest.raises(SkuHasStock) as caught:
            skus_upsert(rows=[SkuRow("S", is_lot_tracked=True)])

        assert caught.value.data == {"skus": ["S"]}
        assert skus_upsert(rows=[SkuRow("S", weight_g=7)]).updated == 1

    def test_statements_do_not_grow_with_rows(self) -> None:
        catalog.category("食品")
        catalog.category("食品/零食")
        counts = []
        for size in (10, 100):
            prefix = f"N{size}-"
            with CaptureQueriesContext(
                connection,
            ) as made:
                skus_upsert(rows=rows(size, prefix=prefix))
            with CaptureQueriesContext(connection) as changed:
                skus_upsert(rows=rows(size, weight=600, prefix=prefix))
            counts.append((len(made), len(changed)))

        assert counts[0] == counts[1]
        assert max(counts[0]) < 40


class TestOneSku:
    def test_create_and_change(self) -> None:
        sku_id = sku_create(row=SkuRow("A", name="苹果", category="水果"))

        sku_change(sku_id=sku_id, changes={"name": "红苹果", "weight_g": 200, "category": None})

        sku = Sku.objects.get(pk=sku_id)
        assert (sku.name, sku.weight_g, sku.category) == ("红苹果", 200, None)
        assert Category.objects.filter(code="水果").exists()

    def test_a_value_can_be_emptied(self) -> None:
        sku = catalog.sku("A", weight_g=500)

        sku_change(sku_id=sku.pk, changes={"weight_g": None})

        assert Sku.objects.get(pk=sku.pk).weight_g is None

    def test_a_taken_code_is_refused(self) -> None:
        catalog.sku("A")

        with pytest.raises(CodeTaken):
            sku_create(row=SkuRow("A"))

    def test_an_unknown_sku_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            sku_change(sku_id=2**60, changes={"name": "x"})

    def test_kind_cannot_change_under_stock(self, in_stock: set[int]) -> None:
        sku = catalog.sku("A")
        in_stock.add(sku.pk)

        with pytest.raises(SkuHasStock):
            sku_change(sku_id=sku.pk, changes={"kind": "kit"})


class TestBarcodes:
    def test_the_oldest_becomes_primary_when_the_primary_goes(self) -> None:
        sku = catalog.sku()
        barcodes_add(barcodes={sku.pk: [("ONE", 1), ("CASE", 12)]})

        barcode_remove(sku_id=sku.pk, code="ONE")

        assert list(Barcode.objects.filter(sku=sku).values_list("code", "quantity", "is_primary")) == [
            ("CASE", 12, True)
        ]

    def test_adding_again_changes_the_quantity(self) -> None:
        sku = catalog.sku(barcode="CASE")

        assert barcodes_add(barcodes={sku.pk: [("CASE", 12)]}) == {sku.pk}
        assert barcodes_add(barcodes={sku.pk: [("CASE", 12)]}) == set()
        assert Barcode.objects.get(code="CASE").quantity == 12

    def test_removing_one_of_another_sku_is_not_found(self) -> None:
        catalog.sku(barcode="X")

        with pytest.raises(NotFound):
            barcode_remove(sku_id=catalog.sku().pk, code="X")


class TestPackagings:
    def test_set_replaces_all(self) -> None:
        sku = catalog.sku()
        packagings_set(sku_id=sku.pk, packagings=[PackagingIn("inner", 6), PackagingIn("case", 24)])

        packagings_set(sku_id=sku.pk, packagings=[PackagingIn("case", 12, weight_g=6200)])

        assert list(Packaging.objects.values_list("level", "quantity", "weight_g")) == [("case", 12, 6200)]

    def test_a_case_holds_whole_inners(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            packagings_set(
                sku_id=catalog.sku().pk, packagings=[PackagingIn("case", 20), PackagingIn("inner", 6)]
            )

        assert [problem.loc for problem in caught.value.problems] == ["packagings.0.quantity"]


class TestKits:
    def test_components_are_replaced(self) -> None:
        kit, cup, plate = catalog.sku("KIT"), catalog.sku("CUP"), catalog.sku("PLATE")
        kit_components_set(sku_id=kit.pk, components={cup.pk: 1})

        kit_components_set(sku_id=kit.pk, components={cup.pk: 2, plate.pk: 1})

        assert Sku.objects.get(pk=kit.pk).kind == "kit"
        assert set(KitComponent.objects.values_list("component_id", "quantity")) == {
            (cup.pk, 2),
            (plate.pk, 1),
        }

    def test_no_kit_in_a_kit_of_itself_or_of_nothing(self) -> None:
        inner = catalog.kit([(catalog.sku(), 1)])
        kit = catalog.sku()

        for components in ({}, {kit.pk: 1}, {inner.pk: 1}, {2**60: 1}):
            with pytest.raises(KitInvalid):
                kit_components_set(sku_id=kit.pk, components=components)
        with pytest.raises(KitInvalid):
            kit_components_set(sku_id=inner.components.get().component_id, components={kit.pk: 1})


class TestFindings:
    def codes(self, sku_id: int) -> list[str]:
        return sorted(SkuFinding.objects.filter(sku_id=sku_id).values_list("code", flat=True))

    def test_a_change_brings_and_takes_findings(self) -> None:
        sku_id = sku_create(row=SkuRow("A", weight_g=500))
        assert self.codes(sku_id) == ["size_missing"]

        sku_change(sku_id=sku_id, changes={"length_mm": 100, "width_mm": 100, "height_mm": 100})

        assert self.codes(sku_id) == []

    def test_equal_names_are_found_on_both_and_go_on_both(self) -> None:
        first = sku_create(row=SkuRow("A", name="Apple Juice"))
        second = sku_create(row=SkuRow("B", name="apple juice"))
        assert "name_duplicate" in self.codes(first)
        assert SkuFinding.objects.get(sku_id=second, code="name_duplicate").related_id == first

        sku_change(sku_id=second, changes={"name": "Pear juice"})

        assert "name_duplicate" not in self.codes(first)
        assert "name_duplicate" not in self.codes(second)

    def test_barcodes_equal_but_for_leading_zeros(self) -> None:
        first = sku_create(row=SkuRow("A", barcodes=(("0036000291452", 1),)))
        second = sku_create(row=SkuRow("B", barcodes=(("036000291452", 1),)))

        assert "barcode_duplicate" in self.codes(second)
        assert first != second

    def test_what_is_unusual_shows_after_the_norms_are_worked_out(self) -> None:
        ids = skus_upsert(rows=rows(20)).ids
        odd = sku_create(
            row=SkuRow(
                "ODD", category="食品/零食", weight_g=500_000, length_mm=2000, width_mm=1000, height_mm=500
            )
        )
        assert self.codes(odd) == []

        findings_refresh()

        assert self.codes(odd) == ["weight_unit_suspect"]
        assert self.codes(ids[0]) == []
        finding = SkuFinding.objects.get(sku_id=odd)
        assert finding.data == {"value": 500_000, "usual": 500}
