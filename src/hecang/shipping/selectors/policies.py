"""How services are chosen, and when silence is trouble."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from hecang.shipping.models import ServicePolicy, TrackPolicy


def _rows(found: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in found]


def service_policy_rows() -> list[dict[str, Any]]:
    """All policies of choice; the one for all others first."""
    return _rows(
        ServicePolicy.objects.order_by("shop_id", "owner_id").values(
            "id", "shop_id", "owner_id", "rule", "max_price", "preferred", "weight_price", "weight_speed",
            "weight_reliability",
        )
    )  # fmt: skip


def track_policy_rows() -> list[dict[str, Any]]:
    """All thresholds."""
    return _rows(
        TrackPolicy.objects.order_by("service_id").values(
            "id", "service_id", "stall_percent", "stall_least_hours", "stall_most_hours", "lost_days"
        )
    )
