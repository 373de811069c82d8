"""What keeps the books true while goods lie there."""

from hecang.stockkeeping.models.alerts import AlertKind, StockAlert, Threshold
from hecang.stockkeeping.models.replenishing import PickFace, Replenishment
from hecang.stockkeeping.models.transfers import (
    Transfer,
    TransferDiscrepancy,
    TransferLine,
    TransferReceipt,
    TransferState,
    TransferUnit,
)

__all__ = [
    "AlertKind",
    "PickFace",
    "Replenishment",
    "StockAlert",
    "Threshold",
    "Transfer",
    "TransferDiscrepancy",
    "TransferLine",
    "TransferReceipt",
    "TransferState",
    "TransferUnit",
]
