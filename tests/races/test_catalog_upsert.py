"""Many who write the same products at the same time."""

from __future__ import annotations

import random

import pytest
from tests.factories.threads import race

from hecang.catalog.models import Barcode, Category, Sku
from hecang.catalog.services import SkuRow, barcodes_add, sku_create, skus_upsert

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_the_same_new_products_from_eight_sides_are_made_once() -> None:
    codes = [f"P{number:03}" for number in range(60)]

    def work(number: int) -> None:
        mine = random.Random(number)
        for _round in range(5):
            chosen = mine.sample(codes, 40)
            skus_upsert(
                rows=[
                    SkuRow(code, name=f"Name of {code}", category=f"C/{code[-1]}", weight_g=mine.randint(1, 3),
                           barcodes=((f"BC-{code}", 1),))
                    for code in chosen
                ]
            )  # fmt: skip

    errors = race(work, threads=8)

    assert errors == []
    assert Sku.objects.count() == 60
    assert Barcode.objects.filter(is_primary=True).count() == 60
    assert Category.objects.count() == 11


def test_one_barcode_goes_to_one_product() -> None:
    ids = [sku_create(row=SkuRow(f"S{number}")) for number in range(8)]

    errors = race(lambda number: barcodes_add(barcodes={ids[number]: [("SHARED", 1)]}), threads=8)

    assert [getattr(error, "code", None) for error in errors] == ["barcode_taken"] * 7
    assert Barcode.objects.filter(code="SHARED").count() == 1
