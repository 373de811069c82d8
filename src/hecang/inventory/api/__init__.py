"""Stock over the API: lists, corrections, holds, checkouts, verification."""

from hecang.inventory.api import changes, holds, lists, reservations, sku, supply
from hecang.inventory.api.base import router

__all__ = ["changes", "holds", "lists", "reservations", "router", "sku", "supply"]
