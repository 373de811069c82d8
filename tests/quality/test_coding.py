"""Masks of the coding standard."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.accounts import api_client

from hecang.catalog.errors import CodeTaken
from hecang.catalog.services import SkuRow, sku_create, skus_upsert
from hecang.kernel.errors import InvalidInput
from hecang.quality.coding import mask_pattern, off_standard
from hecang.quality.errors import CodeOffStandard
from hecang.quality.services import coding_rule_save


class TestMasks:
    @pytest.mark.parametrize(
        ("mask", "fits", "fails"),
        [
            ("AAA-9999", ["ABC-0012"], ["abc-0012", "ABC-012", "ABC-00123"]),
            ("[FD|NF]99*", ["FD12", "NF12-XL"], ["XX12", "FD12 XL", "FD1"]),
            ("##a?", ["A1b/", "99z中"], ["A1B/", "A1b "]),
            (r"\A\99", ["A95"], ["B95", "A85"]),
            ("X.9", ["X.1"], ["XY1"]),
        ],
    )
    def test_what_fits(self, mask: str, fits: list[str], fails: list[str]) -> None:
        pattern = mask_pattern(mask)

        assert [code for code in fits if not re.fullmatch(pattern, code)] == []
        assert [code for code in fails if re.fullmatch(pattern, code)] == []

    @pytest.mark.parametrize(
        ("mask", "place"),
        [("", 1), ("A A", 2), ("[]", 1), ("[A|", 1), ("A]", 2), ("A**", 1), ("99\\", 3), ("9" * 101, 1)],
    )
    def test_what_is_wrong_is_told_with_its_place(self, mask: str, place: int) -> None:
        with pytest.raises(InvalidInput, match=f"character {place}\\."):
            mask_pattern(mask)

    @given(mask=st.text(max_size=120), code=st.text(max_size=200))
    @settings(max_examples=200, deadline=None)
    def test_no_mask_makes_it_fail_otherwise(self, mask: str, code: str) -> None:
        told: list[str | None] = []
        try:
            re.fullmatch(mask_pattern(mask), code)
        except InvalidInput as error:
            told = [problem.field for problem in error.problems]

        assert told in ([], ["mask"])


@pytest.mark.django_db
class TestStandard:
    def test_without_a_standard_every_code_is_right(self) -> None:
        assert off_standard("sku", ["anything"]) == {}

    def test_new_codes_are_refused_where_the_company_is_strict_and_old_ones_left_alone(self) -> None:
        skus_upsert(rows=[SkuRow(code="old one", name="Old")])
        coding_rule_save(rule_id=None, entity_kind="sku", mask="AA-999", severity="error")

        with pytest.raises(CodeOffStandard, match="AA-999"):
            sku_create(row=SkuRow(code="x1", name="X"))
        sku_create(row=SkuRow(code="TE-001", name="Tea"))
        with pytest.raises(CodeTaken):
            sku_create(row=SkuRow(code="TE-001", name="Tea"))

    def test_a_mild_standard_is_only_told(self) -> None:
        coding_rule_save(rule_id=None, entity_kind="sku", mask="AA-999")

        assert sku_create(row=SkuRow(code="x1", name="X")) > 0

    def test_over_http(self) -> None:
        client = api_client(roles=["order_desk"])
        made = client.post(
            "/quality/coding-rules", {"entity_kind": "sku", "mask": "AA-999", "severity": "error"}
        )
        rule = made.json()["id"]

        again = client.post("/quality/coding-rules", {"entity_kind": "sku", "mask": "AA-999"})
        wrong = client.post("/quality/coding-rules", {"entity_kind": "sku", "mask": "A A"})
        tried = [
            client.post("/quality/coding-rules/try", {"mask": "AA-999", "code": code}).json()["ok"]
            for code in ("TE-001", "TE-1")
        ]
        changed = client.put(
            f"/quality/coding-rules/{rule}", {"entity_kind": "sku", "mask": "AA-99", "note": "两位"}
        )

        assert (again.status_code, again.json()["code"]) == (409, "mask_taken")
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "mask")
        assert tried == [True, False]
        assert changed.status_code == 200
        [row] = client.get("/quality/coding-rules").json()["items"]
        assert (row["mask"], row["note"], row["severity"]) == ("AA-99", "两位", "warning")
        assert client.delete(f"/quality/coding-rules/{rule}").status_code == 204
        assert client.get("/quality/coding-rules").json()["items"] == []
