"""Documents of stockkeeping that scans find by their number."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from hecang.work.scanning import DocumentKind, documents_register


def register() -> None:
    documents_register(
        DocumentKind("kit_job", gettext_noop("Kit job"), "stockkeeping.KitJob", "stockkeeping.kit_job.view", owner="owner_id"),
        DocumentKind(
            "stock_change", gettext_noop("Stock change"), "stockkeeping.StockChange", "stockkeeping.change.view"
        ),
        DocumentKind("count", gettext_noop("Count"), "stockkeeping.Count", "stockkeeping.count.view"),
        DocumentKind(
            "transfer", gettext_noop("Transfer"), "stockkeeping.Transfer", "stockkeeping.transfer.view",
            warehouses=("from_warehouse_id", "to_warehouse_id"), owner="owner_id",
        ),
    )  # fmt: skip
