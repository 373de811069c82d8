"""Operations of purchasing: price lists, requests, orders, invoices, scorecards."""

from hecang.purchasing.api import invoices, orders, policy, prices, requests, scorecards
from hecang.purchasing.api.base import router

__all__ = ["invoices", "orders", "policy", "prices", "requests", "router", "scorecards"]
