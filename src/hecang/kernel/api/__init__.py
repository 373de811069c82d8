"""What every app's ``api.py`` is made of.

::

    router = ApiRouter(tag="orders")

    @router.get("/orders/{order_id}", permission="orders.order.view", response=OrderOut, summary="One order")
    def order_get(request: ApiRequest, order_id: Id) -> OrderOut: ...
"""

from hecang.kernel.api.bulk import BulkIn, BulkOut, bulk
from hecang.kernel.api.counts import CountsOut, capped_counts, state_counts
from hecang.kernel.api.lists import Column, ListDefinition
from hecang.kernel.api.router import PUBLIC, SIGNED_IN, Accepted, ApiRequest, ApiRouter, Operation
from hecang.kernel.api.schema import (
    BIGINT_MAX,
    Code,
    Day,
    DayOrMoment,
    Id,
    Ids,
    InputSchema,
    Int32,
    Moment,
    Name,
    Ref,
    Remark,
    Schema,
    span_end,
    span_start,
)

__all__ = [
    "BIGINT_MAX",
    "PUBLIC",
    "SIGNED_IN",
    "Accepted",
    "ApiRequest",
    "ApiRouter",
    "BulkIn",
    "BulkOut",
    "Code",
    "Column",
    "CountsOut",
    "Day",
    "DayOrMoment",
    "Id",
    "Ids",
    "InputSchema",
    "Int32",
    "ListDefinition",
    "Moment",
    "Name",
    "Operation",
    "Ref",
    "Remark",
    "Schema",
    "bulk",
    "capped_counts",
    "span_end",
    "span_start",
    "state_counts",
]
