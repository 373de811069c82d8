"""Rates from a file."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.factories import facility, partners, shipping

from hecang.kernel.imports import Group, ImportContext, RawRow, StagedRow
from hecang.shipping.imports import RateImporter
from hecang.shipping.models import RateRule


def staged(*rows: dict[str, str]) -> list[Group]:
    """The rows as the import centre hands them on: parsed, and grouped by key."""
    kind = RateImporter(ImportContext(1, "rates.csv"))
    groups: dict[str, list[StagedRow]] = {}
    for number, values in enumerate(rows, start=2):
        row = RawRow(number, values)
        data = kind.parse(row)
        assert row.problems == []
        assert data is not None
        groups.setdefault(kind.group_by(row), []).append(StagedRow(number, data))
    return [Group(key, tuple(found)) for key, found in groups.items()]


def row(**values: str) -> dict[str, str]:
    return {"service": "SF", "first_price": "12", "step_price": "2.50", **values}


@pytest.mark.django_db
def test_new_changed_and_unchanged() -> None:
    warehouse = facility.warehouse("SHA", aisles=0)
    shipping.service("SF", rate=("10.00", "2.00"))
    kind = RateImporter(ImportContext(1, "rates.csv"))
    groups = staged(row(), row(warehouse="SHA", region_prefix="31", first_weight_g="500"))

    first = kind.apply(groups)
    again = kind.apply(groups)

    assert (first.created, first.updated, first.unchanged, first.skipped) == (1, 1, 0, 0)
    assert (again.created, again.updated, again.unchanged, again.skipped) == (0, 0, 2, 0)
    rate = RateRule.objects.get(warehouse=warehouse)
    assert (rate.region_prefix, rate.first_weight_g, rate.first_price, rate.step_price) == (
        "31", 500, Decimal("12.00"), Decimal("2.50"),
    )  # fmt: skip


@pytest.mark.django_db
def test_what_the_database_does_not_know_is_found_before_and_skipped() -> None:
    partners.regions()
    shipping.service("SF")
    kind = RateImporter(ImportContext(1, "rates.csv"))
    groups = staged(
        row(service="NONE"), row(warehouse="NOWHERE"), row(region_prefix="99"), row(), row(first_price="13")
    )

    findings = list(kind.check(groups))
    result = kind.apply(groups)

    assert [(one.row, one.code, one.severity) for one in findings] == [
        (2, "unknown_service", "error"),
        (3, "unknown_warehouse", "error"),
        (4, "unknown_region", "warning"),
        (6, "duplicate_row", "error"),
    ]
    assert (result.created, result.updated, result.skipped) == (1, 1, 2)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("first_price", "", "required"),
        ("first_price", "-1", "out_of_range"),
        ("step_price", "abc", "wrong_type"),
        ("step_price", "1.234", "too_precise"),
        ("first_weight_g", "0", "out_of_range"),
        ("region_prefix", "沪", "wrong_type"),
        ("currency", "元", "wrong_type"),
        ("service", "", "required"),
    ],
)
def test_bad_cells(field: str, value: str, code: str) -> None:
    raw = RawRow(2, row(**{field: value}))

    RateImporter(ImportContext(1, "rates.csv")).parse(raw)

    assert [(problem.field, problem.code) for problem in raw.problems] == [(field, code)]
