"""What can be done with purchases."""

from hecang.purchasing.services.approving import (
    Standing,
    approval_steps_set,
    order_approve,
    order_reject,
    order_submit,
)
from hecang.purchasing.services.buying import Bought, purchases_make
from hecang.purchasing.services.changing import LineChange, order_change
from hecang.purchasing.services.confirming import LineConfirmed, order_confirm
from hecang.purchasing.services.ending import order_cancel, orders_close
from hecang.purchasing.services.invoices import (
    InvoiceIn,
    InvoiceLineIn,
    invoice_cancel,
    invoice_create,
    invoices_approve,
    invoices_create,
    invoices_hand_over,
)
from hecang.purchasing.services.ordering import (
    OrderLineIn,
    OrdersMade,
    PurchaseOrderIn,
    orders_create,
    requests_order,
)
from hecang.purchasing.services.prices import ItemRow, PriceRow, items_save, price_end, prices_save
from hecang.purchasing.services.receiving import (
    PurchaseReceived,
    PurchaseRejected,
    purchase_lines_receive,
    purchase_lines_reject,
)
from hecang.purchasing.services.requests import (
    RequestIn,
    requests_cancel,
    requests_create,
    suggestions_request,
)
from hecang.purchasing.services.sending import (
    dispatch_retry,
    dispatches_recover,
    dispatches_send,
    order_send,
)

__all__ = [
    "Bought",
    "InvoiceIn",
    "InvoiceLineIn",
    "ItemRow",
    "LineChange",
    "LineConfirmed",
    "OrderLineIn",
    "OrdersMade",
    "PriceRow",
    "PurchaseOrderIn",
    "PurchaseReceived",
    "PurchaseRejected",
    "RequestIn",
    "Standing",
    "approval_steps_set",
    "dispatch_retry",
    "dispatches_recover",
    "dispatches_send",
    "invoice_cancel",
    "invoice_create",
    "invoices_approve",
    "invoices_create",
    "invoices_hand_over",
    "items_save",
    "order_approve",
    "order_cancel",
    "order_change",
    "order_confirm",
    "order_reject",
    "order_send",
    "order_submit",
    "orders_close",
    "orders_create",
    "price_end",
    "prices_save",
    "purchase_lines_receive",
    "purchase_lines_reject",
    "purchases_make",
    "requests_cancel",
    "requests_create",
    "requests_order",
    "suggestions_request",
]
