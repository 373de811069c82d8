"""From the wish to the bill: price lists, requests, purchase orders, invoices."""

from hecang.purchasing.models.invoices import SupplierInvoice, SupplierInvoiceLine, SupplierInvoiceState
from hecang.purchasing.models.orders import (
    PurchaseApproval,
    PurchaseArrival,
    PurchaseOrder,
    PurchaseOrderChange,
    PurchaseOrderLine,
    PurchaseOrderState,
)
from hecang.purchasing.models.performance import PurchasePerformance
from hecang.purchasing.models.policy import (
    PurchaseApprovalStep,
    PurchaseDispatch,
    PurchasePolicy,
    SupplierLink,
)
from hecang.purchasing.models.prices import SupplierItem, SupplierPrice
from hecang.purchasing.models.requests import PurchaseRequest, PurchaseRequestState

__all__ = [
    "PurchaseApproval",
    "PurchaseApprovalStep",
    "PurchaseArrival",
    "PurchaseDispatch",
    "PurchaseOrder",
    "PurchaseOrderChange",
    "PurchaseOrderLine",
    "PurchaseOrderState",
    "PurchasePerformance",
    "PurchasePolicy",
    "PurchaseRequest",
    "PurchaseRequestState",
    "SupplierInvoice",
    "SupplierInvoiceLine",
    "SupplierInvoiceState",
    "SupplierItem",
    "SupplierLink",
    "SupplierPrice",
]
