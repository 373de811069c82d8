"""Stock over the API: lists, corrections, holds, checkouts, verification."""

from hecang.inventory.api import changes, containers, holds, lists, reservations, serials, sku, supply
from hecang.inventory.api.base import router

__all__ = ["changes", "containers", "holds", "lists", "reservations", "router", "serials", "sku", "supply"]
