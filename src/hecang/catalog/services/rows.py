"""What SKUs are written from, and how a row meets what is stored."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class PackagingIn:
    """How many base units lie in one ``level`` (each, inner, case, pallet), and how big that is."""

    level: str
    quantity: int
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True, slots=True)
class SkuRow:
    """One SKU to write. ``None`` leaves what is stored, or takes the default of a new SKU.

    :param category: path in the product tree, such as ``食品/零食``; made where it is missing.
    :param barcodes: (code, base units) to add; those of the SKU that are not named stay.
    :param packagings: to set; levels that are not named stay.
    """

    code: str
    name: str | None = None
    name_en: str | None = None
    kind: str | None = None
    kit_mode: str | None = None
    status: str | None = None
    category: str | None = None
    base_unit: str | None = None
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    is_estimated: bool | None = None
    abc_class: str | None = None
    temperature: str | None = None
    hazard: str | None = None
    is_lot_tracked: bool | None = None
    is_serial_tracked: bool | None = None
    is_expiry_tracked: bool | None = None
    shelf_life_days: int | None = None
    min_remaining_days: int | None = None
    barcodes: tuple[tuple[str, int], ...] = ()
    packagings: tuple[PackagingIn, ...] = ()


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """:param ids: ids in the order of the rows given; the counts add up to the number of different codes."""

    ids: list[int]
    created: int = 0
    updated: int = 0
    unchanged: int = 0


#: Column → PostgreSQL type and default of a new SKU; the category is its id here.
COLUMNS: dict[str, tuple[str, Any]] = {
    "name": ("text", ""),
    "name_en": ("text", ""),
    "kind": ("text", "goods"),
    "kit_mode": ("text", "explode"),
    "status": ("text", "active"),
    "category_id": ("bigint", None),
    "base_unit": ("text", "pcs"),
    "weight_g": ("integer", None),
    "length_mm": ("integer", None),
    "width_mm": ("integer", None),
    "height_mm": ("integer", None),
    "is_estimated": ("boolean", False),
    "abc_class": ("text", "C"),
    "temperature": ("text", "ambient"),
    "hazard": ("text", "none"),
    "is_lot_tracked": ("boolean", False),
    "is_serial_tracked": ("boolean", False),
    "is_expiry_tracked": ("boolean", False),
    "shelf_life_days": ("integer", None),
    "min_remaining_days": ("integer", 0),
}
#: A change of these would contradict stock that is already there.
TRACKING = ("kind", "kit_mode", "is_lot_tracked", "is_serial_tracked", "is_expiry_tracked")

Values = dict[str, Any]


def defaults(code: str) -> Values:
    """A new SKU before its row; without a name it is called by its code."""
    return {column: default for column, (_type, default) in COLUMNS.items()} | {"name": code}


def applied(stored: Values, row: SkuRow, category_id: int | None) -> Values:
    """The stored values with those that the row gives. Expiry is kept by lot, so it switches lots on."""
    given: Values = {
        field.name: getattr(row, field.name) for field in fields(row) if field.name in COLUMNS
    } | {"category_id": category_id}
    values = stored | {column: value for column, value in given.items() if value is not None}
    if values["is_expiry_tracked"]:
        values["is_lot_tracked"] = True
    return values


def difference(before: Values, after: Values) -> tuple[Values, Values]:
    """What changed, as the audit log keeps it."""
    changed = [column for column in COLUMNS if before[column] != after[column]]
    return {column: before[column] for column in changed}, {column: after[column] for column in changed}
