"""Operations of stockkeeping: counts, replenishment, transfers, changes, alerts."""

from hecang.stockkeeping.api import (
    alerts,
    changes,
    count_lines,
    count_planning,
    counts,
    kitting,
    moving,
    replenishing,
    transfers,
)
from hecang.stockkeeping.api.base import router

__all__ = [
    "alerts",
    "changes",
    "count_lines",
    "count_planning",
    "counts",
    "kitting",
    "moving",
    "replenishing",
    "router",
    "transfers",
]
