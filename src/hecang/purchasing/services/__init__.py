"""What can be done with purchases."""

from hecang.purchasing.services.receiving import (
    PurchaseReceived,
    PurchaseRejected,
    purchase_lines_receive,
    purchase_lines_reject,
)

__all__ = [
    "PurchaseReceived",
    "PurchaseRejected",
    "purchase_lines_receive",
    "purchase_lines_reject",
]
