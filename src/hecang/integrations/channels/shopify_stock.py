"""Stock at Shopify: what it holds, what is to be written, and what it says to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hecang.integrations.channels.base import StockLevel
from hecang.integrations.channels.documents import Doc
from hecang.kernel.connectors import OutsideError, Refused, Throttled

#: How often stock is read anew because it changed between reading and writing.
TRIES = 3
STALE = frozenset({"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A level at its place in the call, with Shopify's inventory item and what that has available now."""

    place: int
    level: StockLevel
    item: str
    available: int


def stock_read(data: Doc) -> dict[str, tuple[str, int] | OutsideError]:
    """By global id of the variant: its inventory item and what is available, or why it has none."""
    held: dict[str, tuple[str, int] | OutsideError] = {}
    for variant in data.docs("nodes"):
        if not variant.has("id"):
            continue
        item = variant.doc("inventoryItem")
        if not item.flag("tracked"):
            held[variant.need("id")] = Refused("Shopify does not keep stock of the variant", code="untracked")
            continue
        if not item.has("inventoryLevel"):
            held[variant.need("id")] = Refused(
                "the variant is not stocked at the location", code="not_stocked"
            )
            continue
        quantities = item.doc("inventoryLevel").docs("quantities")
        available = [one.integer("quantity") for one in quantities if one.text("name") == "available"]
        held[variant.need("id")] = (item.need("id"), available[0] if available else 0)
    return held


def needs_writing(wanted: Sequence[Wanted]) -> list[Wanted]:
    return [one for one in wanted if one.available != one.level.quantity]


def input_of(wanted: Sequence[Wanted], location: str, *, compare: bool) -> dict[str, Any]:
    """``InventorySetQuantitiesInput``. ``changeFromQuantity`` has to be there; null says: whatever it is."""
    return {
        "name": "available",
        "reason": "correction",
        "quantities": [
            {
                "inventoryItemId": one.item,
                "locationId": location,
                "quantity": one.level.quantity,
                "changeFromQuantity": one.available if compare else None,
            }
            for one in wanted
        ],
    }


def failures(told: Sequence[Doc], raw: Any, wanted: Sequence[Wanted]) -> dict[int, OutsideError | None]:
    """User errors by the place of the level that they name, or of all levels; ``None`` for stale ones."""
    found: dict[int, OutsideError | None] = {}
    for number, one in enumerate(told):
        code, message = one.text("code"), one.text("message") or "refused without a word"
        if code == "IDEMPOTENCY_CONCURRENT_REQUEST":
            raise Throttled(message, code=code, retry_after=timedelta(seconds=2))
        error = None if code in STALE else Refused(message, code=code)
        found |= dict.fromkeys(_places(raw, number, wanted), error)
    return found


def _places(raw: Any, number: int, wanted: Sequence[Wanted]) -> list[int]:
    """``["input", "quantities", "3", "quantity"]`` names the fourth; anything else means them all."""
    told = raw[number] if isinstance(raw, list) and number < len(raw) else {}
    path = told.get("field") if isinstance(told, Mapping) else None
    position = str(path[2]) if isinstance(path, list) and len(path) > 2 else ""
    named = [one.place for number, one in enumerate(wanted) if str(number) == position]
    return named or [one.place for one in wanted]
