"""Thresholds, pick faces and transfer requests from files; transfers that come in are put away."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.stockkeeping import second, world

from hecang.kernel.imports import ApplyResult, Finding, Group, ImportContext, Importer, RawRow, StagedRow
from hecang.kernel.outbox import drain
from hecang.stockkeeping.imports import PickFaceImporter, ThresholdImporter, TransferImporter
from hecang.stockkeeping.models import PickFace, Threshold, Transfer, TransferLine

pytestmark = pytest.mark.django_db


def load(kind: type[Importer], *rows: dict[str, Any]) -> tuple[list[Finding], ApplyResult, list[str]]:
    one = kind(ImportContext(job_id=0, file_name="file.csv", options={}))
    found: dict[str, list[StagedRow]] = {}
    bad: list[str] = []
    for number, values in enumerate(rows, start=2):
        raw = RawRow(number, {key: str(value) for key, value in values.items()})
        key = one.group_by(raw)
        data = one.parse(raw)
        bad += [problem.code for problem in raw.problems]
        if not raw.problems:
            found.setdefault(key, []).append(StagedRow(number, data))
    groups = [Group(key, tuple(staged)) for key, staged in found.items()]
    return list(one.check(groups)), one.apply(groups), bad


def test_thresholds_are_set_and_what_makes_no_sense_is_named() -> None:
    shop = world(goods={"milk": 1})
    row = {"warehouse": shop.warehouse.code, "sku": "milk", "owner": shop.owner.code}
    findings, done, bad = load(
        ThresholdImporter,
        {**row, "safety_stock": 5, "reorder_point": 9, "slow_days": 30},
        {**row, "sku": "nothing", "safety_stock": 1},
        {**row, "warehouse": "XX"},
        {**row, "safety_stock": 9, "max_stock": 5},
    )
    assert [(one.code, one.row) for one in findings] == [("unknown_sku", 3), ("unknown_warehouse", 4)]
    assert (done.updated, done.skipped, bad) == (1, 2, ["wrong_order"])
    one = Threshold.objects.get()
    assert (one.safety_stock, one.reorder_point, one.max_stock, one.source) == (5, 9, None, "import")


def test_pick_faces_are_set() -> None:
    shop = world(goods={"milk": 1})
    row = {
        "warehouse": shop.warehouse.code, "location": "A01-01-1", "sku": "milk", "owner": shop.owner.code,
        "min_quantity": 5, "max_quantity": 20,
    }  # fmt: skip
    findings, done, _bad = load(PickFaceImporter, row, {**row, "location": "STAGE-1"})
    assert [one.code for one in findings] == ["wrong_location"]
    assert (done.updated, PickFace.objects.get().max_quantity) == (1, 20)


def test_transfers_are_asked_for_once() -> None:
    shop = world(goods={"milk": 9, "tea": 9})
    other = second(shop)
    row = {
        "reference": "TR-1", "from_warehouse": shop.warehouse.code, "to_warehouse": other.code, "owner": shop.owner.code,
        "sku": "milk", "quantity": 3, "expected_on": "2027-01-05",
    }  # fmt: skip
    rows = [row, {**row, "sku": "tea"}, {**row, "quantity": 2}]
    findings, done, _bad = load(TransferImporter, *rows)
    load(TransferImporter, *rows)
    assert (findings, done.created) == ([], 1)
    assert set(TransferLine.objects.values_list("sku__code", "quantity")) == {("milk", 5), ("tea", 3)}
    findings, done, _bad = load(
        TransferImporter,
        {**row, "reference": "B"},
        {**row, "reference": "B", "to_warehouse": shop.warehouse.code},
    )
    assert ([one.code for one in findings], done.skipped) == (["differs"], 1)
    assert Transfer.objects.count() == 1


def test_what_comes_in_is_put_away() -> None:
    from hecang.inbound.models import Putaway

    shop = world(goods={"milk": 30})
    other = second(shop)
    from tests.stockkeeping.test_transfers import Road

    one = Road(shop, other, milk=10).sent()
    one.receive("milk", 10)
    drain()
    putaway = Putaway.objects.get()
    assert (putaway.quantity, putaway.warehouse_id, putaway.source_kind, putaway.source_id) == (
        10, other.pk, "transfer", one.id,
    )  # fmt: skip
    shop.verify()
