"""Operations of stockkeeping: counts, replenishment, transfers, changes, alerts."""

from hecang.stockkeeping.api.base import router

__all__ = ["router"]
