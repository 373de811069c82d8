"""Today's numbers."""

from __future__ import annotations

from typing import Any

from ninja import Query
from pydantic import Field

from hecang.kernel.api import ApiRequest, Schema
from hecang.kernel.api.counts import Count
from hecang.outbound.api.base import router
from hecang.outbound.selectors.dashboard import dashboard


class DashboardFilters(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class ShippedToday(Schema):
    orders: int
    parcels: int
    units: int


class DashboardOut(Schema):
    #: Orders by state, and ``held``, ``short``, ``cancelling``, ``received_today``.
    orders: dict[str, Count]
    #: Fulfilments by state, and ``stopped``, ``late``.
    fulfilments: dict[str, Count]
    waves: dict[str, Count]
    batches: dict[str, Count]
    #: Open tasks: ``pick`` and ``putback``.
    tasks: dict[str, Count]
    #: Parcels by state, and ``without_label``.
    parcels: dict[str, Count]
    shipped_today: ShippedToday


@router.get(
    "/dashboard", permission="outbound.dashboard.view", response=DashboardOut, summary="Today's numbers"
)
def dashboard_get(request: ApiRequest, filters: Query[DashboardFilters]) -> dict[str, Any]:
    return dashboard(request.actor, warehouse_id=filters.warehouse_id)
