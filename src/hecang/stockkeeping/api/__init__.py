"""Operations of stockkeeping: counts, replenishment, transfers, changes, alerts."""

from hecang.stockkeeping.api import changes, count_lines, count_planning, counts, kitting
from hecang.stockkeeping.api.base import router

__all__ = ["changes", "count_lines", "count_planning", "counts", "kitting", "router"]
