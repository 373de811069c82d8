"""The proof of the books: every forgery is found, by the right check; and the command says so."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from tests.factories import inventory as make
from typer.testing import CliRunner

from hecang.cli.main import build
from hecang.inventory.verify import Differences, _checks, check, check_names, differences, inventory_verify

pytestmark = pytest.mark.django_db

OWN = [
    "inventory.stock_from_ledger",
    "inventory.availability_from_stock",
    "inventory.reserved_from_reservations",
    "inventory.allocated_from_allocations",
    "inventory.sellable_from_facts",
    "inventory.stock_placed",
    "inventory.bounds",
]


def forge(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def found() -> dict[str, int]:
    return {report.name: report.differences for report in inventory_verify().checks if report.differences}


def test_right_books_have_no_differences() -> None:
    place = make.place(quantity=10)
    place.reserve(2)
    place.allocate(3)
    report = inventory_verify()
    assert report.differences == 0
    assert [one.name for one in report.checks][: len(OWN)] == OWN == check_names()[: len(OWN)]


@pytest.mark.parametrize(
    ("forgery", "expected"),
    [
        (
            "UPDATE stock SET quantity = quantity + 1",
            {"inventory.stock_from_ledger": 1, "inventory.availability_from_stock": 1},
        ),
        ("UPDATE availability SET sellable = sellable + 1", {"inventory.availability_from_stock": 1}),
        ("UPDATE availability SET reserved = reserved + 1", {"inventory.reserved_from_reservations": 1}),
        ("UPDATE reservation SET quantity = quantity + 1", {"inventory.reserved_from_reservations": 1}),
        ("UPDATE allocation SET quantity = quantity + 1", {"inventory.allocated_from_allocations": 1}),
        ("UPDATE allocation SET state = 'released'", {"inventory.allocated_from_allocations": 1}),
        (
            "UPDATE location SET is_active = false WHERE code = 'A01-01-1'",
            {"inventory.sellable_from_facts": 1},
        ),
        (
            "UPDATE stock SET is_sellable = false",
            {"inventory.sellable_from_facts": 1, "inventory.availability_from_stock": 1},
        ),
        ("UPDATE reservation SET closed_at = now() WHERE state = 'active'", {"inventory.bounds": 1}),
    ],
)
def test_what_is_forged_is_found(forgery: str, expected: dict[str, int]) -> None:
    place = make.place(quantity=10)
    place.reserve(2)
    place.allocate(3)
    forge(forgery)
    assert found() == expected


def test_an_app_adds_a_check_of_its_own() -> None:
    @check("test.always", title="Always one")
    def always() -> Differences:
        return differences("SELECT g AS number FROM generate_series(1, 30) g")

    try:
        report = inventory_verify()
    finally:
        del _checks["test.always"]
    mine = next(one for one in report.checks if one.name == "test.always")
    assert (mine.differences, len(mine.samples), mine.samples[0]) == (30, 20, {"number": 1})
    assert report.differences == 30


def test_the_command_answers_json_and_its_exit_code() -> None:
    make.place(quantity=10)
    right = CliRunner().invoke(build(), ["inventory", "verify", "--json"])
    assert (right.exit_code, json.loads(right.stdout)["differences"]) == (0, 0)

    forge("UPDATE availability SET sellable = sellable + 1")

    wrong = CliRunner().invoke(build(), ["inventory", "verify", "--json"])
    report = json.loads(wrong.stdout)
    assert (wrong.exit_code, report["differences"]) == (1, 1)
    assert report["checks"]["inventory.availability_from_stock"]["differences"] == 1
    shown = CliRunner().invoke(build(), ["inventory", "verify"])
    assert shown.exit_code == 1
    assert "1 differences" in shown.stdout
