"""The router of the order desk, and how the answers of its bulk services are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from hecang.kernel.api import ApiRouter
from hecang.kernel.api.bulk import BulkItem, BulkOut
from hecang.orders.services.locking import ActionResult

router = ApiRouter(tag="orders")

#: What an order can be split by (``services.split_policies``).
SplitPolicy = Literal["stock", "temperature", "hazard", "supplier", "promise", "size"]


def many(results: Sequence[ActionResult]) -> BulkOut:
    """The answer of a bulk action: one row for each order that was asked for, in that order."""
    return BulkOut(
        results=[BulkItem(id=row.id, ok=row.ok, code=row.code, message=row.message) for row in results]
    )
