"""Products are found by the initials of their names' syllables."""

from __future__ import annotations

import pytest

from hecang.catalog.initials import initials
from hecang.catalog.models import Sku
from hecang.catalog.selectors.lists import skus_matching
from hecang.catalog.services import SkuRow, sku_change, skus_upsert


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("农夫山泉 550ml 矿泉水", "nfsq550mlkqs"),
        ("重庆火锅底料", "cqhgdl"),
        ("银行卡套", "yhkt"),
        ("Milk 2L (fresh)", "milk2lfresh"),
        ("", ""),
        ("——！", ""),
        ("水" * 300, "s" * 64),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.django_db
class TestFinding:
    def test_new_and_renamed_products_are_found(self) -> None:
        [water, milk] = skus_upsert(
            rows=[SkuRow(code="W-1", name="农夫山泉"), SkuRow(code="M-1", name="纯牛奶")]
        ).ids

        assert list(skus_matching(q="nfs").values_list("id", flat=True)) == [water]

        sku_change(sku_id=water, changes={"name": "怡宝纯净水"})

        assert list(skus_matching(q="nfs")) == []
        assert list(skus_matching(q="YBCJ").values_list("id", flat=True)) == [water]
        assert Sku.objects.get(pk=milk).initials == "cnn"
