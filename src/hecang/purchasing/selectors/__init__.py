"""Questions that other apps ask about purchases."""

from hecang.purchasing.selectors.for_suppliers import SuppliersLine, SuppliersOrder, suppliers_orders
from hecang.purchasing.selectors.open_lines import OpenLine, purchase_lines_open

__all__ = ["OpenLine", "SuppliersLine", "SuppliersOrder", "purchase_lines_open", "suppliers_orders"]
