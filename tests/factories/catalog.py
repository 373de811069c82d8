"""SKUs for tests: plain rows, written without the services so that a test starts quickly."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from hecang.catalog.models import Barcode, Category, KitComponent, Sku
from hecang.kernel import clock

_numbers = itertools.count(1)


def category(code: str = "FOOD", **fields: Any) -> Category:
    """The category with this code, made where it is missing."""
    found, _ = Category.objects.get_or_create(code=code, defaults={"name": code.title(), **fields})
    return found


def _sku(code: str | None, fields: dict[str, Any]) -> Sku:
    code = code or f"SKU-{next(_numbers):05}"
    if fields.get("is_expiry_tracked"):
        fields.setdefault("is_lot_tracked", True)
    defaults = {
        "name": f"Product {code}",
        "weight_g": 500,
        "length_mm": 200,
        "width_mm": 100,
        "height_mm": 50,
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }
    return Sku(code=code, **{**defaults, **fields})


def sku(code: str | None = None, *, barcode: str | None = None, **fields: Any) -> Sku:
    """One active SKU of 500 g and 200 × 100 × 50 mm, with a code of its own unless one is given.

    :param barcode: a first barcode for it; none unless given.
    """
    made = _sku(code, fields)
    made.save(force_insert=True)
    if barcode is not None:
        Barcode.objects.create(sku=made, code=barcode, is_primary=True)
    return made


def skus(count: int, **fields: Any) -> list[Sku]:
    """``count`` SKUs by one statement."""
    return Sku.objects.bulk_create([_sku(None, dict(fields)) for _ in range(count)])


def kit(components: Sequence[tuple[Sku, int]], code: str | None = None, **fields: Any) -> Sku:
    """A kit made of (SKU, units) pairs."""
    made = sku(code, kind=Sku.Kind.KIT, **fields)
    KitComponent.objects.bulk_create(
        [KitComponent(kit=made, component=component, quantity=quantity) for component, quantity in components]
    )
    return made
