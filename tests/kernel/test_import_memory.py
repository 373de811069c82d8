"""The import centre remembers how columns were matched."""

from __future__ import annotations

import pytest

from hecang.catalog.imports import SkuImporter
from hecang.kernel.imports.memory import mapping_propose, mapping_remember, signature_of
from hecang.kernel.models import ImportMemory

pytestmark = pytest.mark.django_db


def remember(headings: list[str], columns: dict[str, str], **more: dict[str, str]) -> None:
    mapping_remember(kind=SkuImporter, headings=headings, mapping={"columns": columns, **more})


def test_the_same_headings_in_any_order_get_the_same_mapping_again() -> None:
    remember(
        ["款号", "品 名"],
        {"code": "款号", "name": "品 名"},
        constants={"base_unit": "件"},
        options={"encoding": "gbk"},
    )

    guess = mapping_propose(kind=SkuImporter, headings=["品名", "款号 "])

    assert guess.columns == {"code": "款号 ", "name": "品名"}
    assert (guess.constants, guess.options, guess.is_known) == ({"base_unit": "件"}, {}, True)


def test_some_of_the_headings_are_recognised_the_rest_guessed() -> None:
    remember(["款号", "克"], {"code": "款号", "weight_g": "克"})

    guess = mapping_propose(kind=SkuImporter, headings=["款号", "条码", "说不清"])

    assert guess.columns == {"code": "款号", "barcode": "条码"}
    assert (guess.remembered, guess.is_known) == (["code"], False)


def test_the_last_word_counts_and_one_heading_serves_one_column() -> None:
    remember(["款号", "名"], {"code": "款号", "name": "名"})
    remember(["名", "款号", "英文"], {"code": "名", "name_en": "英文"})

    guess = mapping_propose(kind=SkuImporter, headings=["款号", "名", "其他"])

    assert guess.columns == {"code": "名"}
    assert ImportMemory.objects.count() == 2


def test_headings_that_the_file_lacks_are_not_kept() -> None:
    remember(["款号"], {"code": "款号", "name": "名"})

    assert ImportMemory.objects.get().mapping["columns"] == {"code": "款号"}
    assert signature_of([" 款号*"]) == signature_of(["款号"])
