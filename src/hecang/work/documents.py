"""Documents of lower layers that scans find by their number; apps above register their own."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from hecang.work.scanning.documents import DocumentKind, documents_register


def register() -> None:
    """Sales orders and purchase orders."""
    documents_register(
        DocumentKind(
            "sales_order", gettext_noop("Order"), "orders.SalesOrder", "orders.order.view",
            warehouses=(), owner="owner_id", shop="shop_id",
        ),
        DocumentKind(
            "purchase_order", gettext_noop("Purchase order"), "purchasing.PurchaseOrder", "purchasing.order.view",
            owner="owner_id",
        ),
    )  # fmt: skip
