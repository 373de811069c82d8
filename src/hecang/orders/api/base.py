"""The router of the order desk, and how the answers of its services are told."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.api import ApiRouter
from hecang.kernel.api.bulk import BulkItem, BulkOut
from hecang.orders.errors import OrderStateConflict
from hecang.orders.services import ActionResult

router = ApiRouter(tag="orders")


def one(results: Sequence[ActionResult]) -> None:
    """Raise what stood in the way of an action on a single order."""
    for result in results:
        if not result.ok:
            raise OrderStateConflict(result.message, code=result.code, data={"order_id": result.order_id})


def many(
    order_ids: Sequence[int], visible: set[int], results: Sequence[ActionResult], unknown: str
) -> BulkOut:
    """The answer of a bulk action, one row for each id that was asked for, in that order."""
    told = {result.order_id: result for result in results}
    rows = []
    for order_id in dict.fromkeys(order_ids):
        result = told.get(order_id)
        if order_id not in visible or result is None:
            rows.append(BulkItem(id=order_id, ok=False, code="order_not_found", message=unknown))
        else:
            rows.append(BulkItem(id=order_id, ok=result.ok, code=result.code, message=str(result.message)))
    return BulkOut(results=rows)
