"""Mistakes at the shelf and at the packing table, one by one; nothing is written for a refused scan."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from hecang.outbound.services import pack_judging, pick_judging
from hecang.outbound.services.pack_judging import PackLine, PackScan, PackState
from hecang.outbound.services.pick_judging import Match, PickScan, TaskView, Verdicts

BARCODES = {"M": Match(1, 1), "M-CASE": Match(1, 6), "B": Match(2, 1)}


def task(
    key: int, left: int, *, state: str = "open", place: str = "A01-01-1", sku: int = 1, slot: int = 1
) -> TaskView:
    return TaskView(key, state, place, sku, {1: "milk", 2: "bread"}[sku], left, slot, sequence=key)


def picked(tasks: list[TaskView], **scan: Any) -> tuple[Verdicts, Any]:
    values = {"task_id": tasks[0].id, "location_code": "A01-01-1", "sku_barcode": "M", **scan}
    verdicts = pick_judging.judge([PickScan(uuid4(), **values)], {one.id: one for one in tasks}, BARCODES)
    return verdicts, verdicts.results[0]


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ({"sku_barcode": "X"}, "unknown_barcode"),
        ({"sku_barcode": "B"}, "wrong_item"),
        ({"location_code": "A09-01-1"}, "wrong_location"),
        ({"location_code": ""}, "scan_incomplete"),
        ({"sku_barcode": ""}, "scan_incomplete"),
        ({"sku_barcode": "", "outcome": "damaged"}, "scan_incomplete"),
        ({"quantity": 4}, "over_quantity"),
        ({"quantity": 0}, "over_quantity"),
        ({"sku_barcode": "M-CASE"}, "over_quantity"),
        ({"task_id": 99}, "unknown_task"),
        ({"task_id": None, "outcome": "short"}, "unknown_task"),
        ({"task_id": None, "location_code": "A09-01-1"}, "wrong_location"),
        ({"task_id": None, "sku_barcode": "B"}, "wrong_item"),
        ({"task_id": None, "quantity": 4}, "over_quantity"),
        ({"outcome": "short", "quantity": 4}, "over_quantity"),
    ],
)
def test_a_wrong_scan_at_the_shelf_is_refused_and_changes_nothing(scan: dict[str, Any], code: str) -> None:
    here = task(1, 3)

    verdicts, result = picked([here], **scan)

    assert (result.ok, result.code) == (False, code)
    assert (here.left, dict(verdicts.picked), dict(verdicts.troubled)) == (3, {}, {})


@pytest.mark.parametrize(("state", "code"), [("done", "task_closed"), ("cancelled", "task_cancelled")])
def test_a_finished_task_takes_nothing(state: str, code: str) -> None:
    assert picked([task(1, 0, state=state)])[1].code == code


def test_the_barcode_of_a_case_counts_its_units() -> None:
    verdicts, result = picked([task(1, 6)], sku_barcode="M-CASE")

    assert (result.ok, dict(verdicts.picked)) == (True, {1: 6})


def test_capitals_of_a_location_do_not_matter() -> None:
    assert picked([task(1, 3)], location_code="a01-01-1")[1].ok


def test_short_without_a_number_means_all_that_are_left() -> None:
    verdicts, result = picked([task(1, 3)], outcome="short", quantity=0, sku_barcode="", location_code="")

    assert (result.ok, dict(verdicts.troubled)) == (True, {(1, "short"): 3})


def test_one_scan_for_many_orders_fills_the_tasks_in_walking_order() -> None:
    tasks = [task(1, 2), task(2, 2, slot=2), task(3, 2, slot=3)]

    verdicts, result = picked(tasks, task_id=None, quantity=3)

    assert dict(verdicts.picked) == {1: 2, 2: 1}
    assert result.data["tasks"] == [
        {"task_id": 1, "slot": 1, "quantity": 2, "left": 0},
        {"task_id": 2, "slot": 2, "quantity": 1, "left": 1},
    ]


def test_scans_of_one_call_are_judged_one_after_another() -> None:
    here = task(1, 3)
    scans = [PickScan(uuid4(), 1, "A01-01-1", "M", 2) for _ in range(2)]

    verdicts = pick_judging.judge(scans, {1: here}, BARCODES)

    assert [result.code for result in verdicts.results] == ["", "over_quantity"]
    assert dict(verdicts.picked) == {1: 2}


def packed(
    lines: list[PackLine], refusal: tuple[str, str] | None = None, **scan: Any
) -> tuple[dict[Any, int], Any]:
    values = {"fulfilment_id": 7, "barcode": "M", **scan}
    verdicts = pack_judging.judge([PackScan(uuid4(), **values)], {7: PackState(lines, refusal)}, BARCODES)
    return dict(verdicts.changes), verdicts.results[0]


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ({"barcode": "X"}, "unknown_barcode"),
        ({"barcode": "B"}, "wrong_item"),
        ({"quantity": 3}, "surplus_item"),
        ({"barcode": "M-CASE"}, "surplus_item"),
        ({"action": "remove"}, "not_in_parcel"),
        ({"fulfilment_id": 8}, "unknown_fulfilment"),
    ],
)
def test_a_wrong_scan_at_the_table_is_refused_and_changes_nothing(scan: dict[str, Any], code: str) -> None:
    line = PackLine(1, 1, "milk", left=2, boxed=0)

    changes, result = packed([line], **scan)

    assert (result.ok, result.code, changes) == (False, code, {})
    assert (line.left, line.boxed) == (2, 0)


def test_an_item_goes_into_the_parcel_and_out_again() -> None:
    line = PackLine(1, 1, "milk", left=2, boxed=0)

    assert packed([line], quantity=2)[0] == {(7, 1): 2}
    assert (line.left, line.boxed) == (0, 2)
    assert packed([line], quantity=1, action="remove")[0] == {(7, 1): -1}
    assert (line.left, line.boxed) == (1, 1)


def test_of_a_stopped_order_nothing_goes_in_but_things_come_out() -> None:
    stopped = ("fulfilment_stopped", "put aside")
    line = PackLine(1, 1, "milk", left=1, boxed=1)

    assert packed([line], stopped)[1].code == "fulfilment_stopped"
    assert packed([line], stopped, action="remove")[1].ok


def test_units_of_one_sku_are_spread_over_its_lines() -> None:
    lines = [PackLine(1, 1, "milk", left=2, boxed=0), PackLine(2, 1, "milk", left=2, boxed=0)]

    assert packed(lines, quantity=3)[0] == {(7, 1): 2, (7, 2): 1}
