"""Operations of purchasing: price lists, requests, orders, invoices, scorecards."""

from hecang.purchasing.api.base import router

__all__ = ["router"]
