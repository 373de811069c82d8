"""What the database itself refuses, whoever asks (laws 1 to 3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import inventory as make

from hecang.inventory.models import Movement

pytestmark = pytest.mark.django_db


def refuse(sql: str, params: list[Any], match: str) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_entries_of_the_ledger_are_neither_changed_nor_removed() -> None:
    place = make.place(quantity=5)
    refuse(
        "UPDATE movement SET quantity = 6 WHERE sku_id = %s", [place.sku.id], "append-only: UPDATE refused"
    )
    refuse("DELETE FROM movement WHERE sku_id = %s", [place.sku.id], "append-only: DELETE refused")
    assert Movement.objects.get(sku=place.sku).quantity == 5


def test_the_ledger_is_not_emptied() -> None:
    with connection.cursor() as cursor:  # tests may empty tables; the installed system may not
        cursor.execute("ALTER TABLE movement ENABLE TRIGGER movement_no_truncate")
    refuse("TRUNCATE movement CASCADE", [], "append-only: TRUNCATE refused")


def test_an_entry_moves_at_least_one_unit() -> None:
    place = make.place(quantity=5)
    refuse(
        "INSERT INTO movement (at, sku_id, owner_id, quantity, from_location_id, to_location_id, from_condition,"
        " to_condition, reason, source_kind, note, actor, request_id)"
        " SELECT at, sku_id, owner_id, 0, from_location_id, to_location_id, 'good', 'good', 'move', '', '', 'x', ''"
        " FROM movement WHERE sku_id = %s",
        [place.sku.id],
        "movement_quantity_positive",
    )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("allocated = quantity + 1", "stock_allocated_within_quantity"),
        ("allocated = -1", "stock_allocated_within_quantity"),
        ("quantity = -1", "stock_allocated_within_quantity"),
    ],
)
def test_stock_is_never_negative_nor_allocated_twice(change: str, constraint: str) -> None:
    place = make.place(quantity=5)
    refuse(f"UPDATE stock SET {change} WHERE sku_id = %s", [place.sku.id], constraint)


@pytest.mark.parametrize("change", ["reserved = sellable + 1", "reserved = -1", "sellable = reserved - 1"])
def test_no_more_is_promised_than_can_be_sold(change: str) -> None:
    place = make.place(quantity=5)
    place.reserve(2)
    refuse(
        f"UPDATE availability SET {change} WHERE sku_id = %s",
        [place.sku.id],
        "availability_reserved_within_sellable",
    )


def test_one_place_has_one_row_also_without_lot_and_container() -> None:
    place = make.place(quantity=5)
    refuse(
        "INSERT INTO stock (warehouse_id, location_id, sku_id, owner_id, condition, quantity, allocated, is_sellable,"
        " received_at) SELECT warehouse_id, location_id, sku_id, owner_id, condition, 1, 0, true, received_at"
        " FROM stock WHERE sku_id = %s",
        [place.sku.id],
        "stock_place",
    )


def test_promises_and_claims_are_positive() -> None:
    place = make.place(quantity=5)
    place.reserve(1)
    place.allocate(1)
    refuse(
        "UPDATE reservation SET quantity = 0 WHERE sku_id = %s",
        [place.sku.id],
        "reservation_quantity_positive",
    )
    refuse("UPDATE allocation SET quantity = 0", [], "allocation_quantity_positive")


def test_a_hold_names_its_subject() -> None:
    refuse(
        "INSERT INTO stock_hold (kind, reason, placed_by, placed_at, released_by) VALUES ('lot', 'x', 'x', now(), '')",
        [],
        "stock_hold_subject",
    )
