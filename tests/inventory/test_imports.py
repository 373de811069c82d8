"""Stock from a file: opening balances once, counts as differences."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import inventory as make

from hecang.inventory.imports import StockImporter
from hecang.inventory.models import Lot, Movement
from hecang.inventory.verify import inventory_verify
from hecang.kernel.actor import Actor, Scope, acting
from hecang.kernel.imports import ApplyResult, Finding, Group, ImportContext, RawRow, StagedRow

pytestmark = pytest.mark.django_db


def groups(importer: StockImporter, *rows: dict[str, str]) -> list[Group]:
    """Rows as the framework groups and stages them; none of them may be bad."""
    found: dict[str, list[StagedRow]] = {}
    for number, values in enumerate(rows, start=2):
        raw = RawRow(number, values)
        key = importer.group_by(raw)
        data = importer.parse(raw)
        assert raw.problems == []
        found.setdefault(key, []).append(StagedRow(number, data))
    return [Group(key, tuple(staged)) for key, staged in found.items()]


def importer(**options: str) -> StockImporter:
    return StockImporter(ImportContext(job_id=0, file_name="stock.csv", options=options))


def line(place: make.Place, quantity: int, **more: Any) -> dict[str, str]:
    return {
        "warehouse": place.warehouse.code,
        "location": "A01-01-1",
        "sku": place.sku.code,
        "owner": place.owner.code,
        "quantity": str(quantity),
        **more,
    }


def load(*rows: dict[str, str], **options: str) -> tuple[list[Finding], ApplyResult]:
    one = importer(**options)
    staged = groups(one, *rows)
    return list(one.check(staged)), one.apply(staged)


def test_opening_stock_is_added_once() -> None:
    place = make.place()
    rows = [line(place, 5), line(place, 2), line(place, 4, location="A01-02-1")]

    findings, first = load(*rows)
    _, second = load(*rows)

    assert findings == []
    assert (first.created, first.unchanged, first.skipped) == (2, 0, 0)
    assert (second.created, second.unchanged, second.skipped) == (0, 2, 0)
    assert place.stock("A01-01-1") == (7, 0)
    assert place.stock("A01-02-1") == (4, 0)
    assert Movement.objects.filter(reason="opening").count() == 2
    assert inventory_verify().differences == 0


def test_another_reference_is_another_delivery() -> None:
    place = make.place()
    load(line(place, 5, reference="D-1"))
    _, result = load(line(place, 5, reference="D-2"))
    assert result.created == 1
    assert place.stock() == (10, 0)


def test_counts_post_the_difference() -> None:
    place = make.place(quantity=10)
    _, first = load(line(place, 8), mode="count")
    _, again = load(line(place, 8), mode="count")
    assert (first.created, again.created, again.unchanged) == (1, 0, 1)
    assert place.stock() == (8, 0)


def test_lots_are_made_with_their_dates() -> None:
    place = make.place(is_expiry_tracked=True)
    findings, result = load(line(place, 5, lot="L1", expires_on="2031-05-01"))
    assert (findings, result.created) == ([], 1)
    assert str(Lot.objects.get(code="L1").expires_on) == "2031-05-01"
    assert place.availability() == (5, 0)


def test_what_cannot_be_written_is_told_by_row_and_column_and_the_rest_is() -> None:
    good, dated = make.place(), make.place(is_expiry_tracked=True)
    dated.lot("KNOWN", 30)
    rows = [
        line(good, 5),
        line(good, 5, warehouse="NOWHERE"),
        line(good, 5, location="Z99"),
        line(good, 5, location="V-SUPPLIER"),
        line(good, 5, sku="NOTHING"),
        line(good, 5, owner="NOBODY"),
        line(good, 5, lot="L1"),
        line(dated, 5),
        line(dated, 5, lot="NEW"),
        line(dated, 5, lot="KNOWN", expires_on="2031-01-01"),
    ]

    findings, result = load(*rows)

    assert sorted((f.row, f.field, f.code) for f in findings) == [
        (3, "warehouse", "unknown_warehouse"),
        (4, "location", "unknown_location"),
        (5, "location", "unknown_location"),
        (6, "sku", "unknown_sku"),
        (7, "owner", "unknown_owner"),
        (8, "lot", "not_lot_tracked"),
        (9, "lot", "lot_missing"),
        (10, "expires_on", "expiry_missing"),
        (11, "expires_on", "lot_differs"),
    ]
    assert (result.created, result.skipped) == (1, 9)
    assert good.stock() == (5, 0)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("quantity", "0", "out_of_range"),
        ("quantity", "-3", "out_of_range"),
        ("quantity", "1.5", "wrong_type"),
        ("quantity", "", "required"),
        ("condition", "shiny", "unknown_value"),
        ("expires_on", "31st of May", "wrong_type"),
        ("owner", "", "required"),
    ],
)
def test_cells_that_make_no_sense_are_told(field: str, value: str, code: str) -> None:
    row = RawRow(2, {**line(make.place(), 5), field: value})
    importer().parse(row)
    assert [(problem.field, problem.code) for problem in row.problems] == [(field, code)]


def test_a_warehouse_outside_the_scope_does_not_exist() -> None:
    place = make.place()
    somebody = Actor(kind="user", name="x", scope=Scope(warehouses=frozenset({place.warehouse.id + 1})))
    with acting(somebody):
        findings, result = load(line(place, 5))
    assert [f.code for f in findings] == ["unknown_warehouse"]
    assert result.created == 0
