"""What purchasing refuses, and why."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput, NotFound, PermissionMissing


class PurchaseLineUnknown(NotFound):
    """There is no such line of a purchase order."""

    code = "purchase_line_unknown"


class NotReceivable(Conflict):
    """Nothing is to be received for the order: it was not released, or it has ended."""

    code = "purchase_not_receivable"


class ReceivedTooLittle(InvalidInput):
    """More was to be taken back or refused than has been received."""

    code = "received_too_little"


class RevisionOutdated(Conflict):
    """An order was changed after the answer to it was written."""

    code = "purchase_revision_outdated"


class NoPrice(Conflict):
    """No supplier has a price for it that holds today."""

    code = "no_price"


class PriceOverlaps(Conflict):
    """There is another price for the same quantity in these days."""

    code = "price_overlaps"


class OwnOrder(PermissionMissing):
    """Whoever asked for so much may not approve it as well."""

    code = "own_order"


class ApprovalMissing(PermissionMissing):
    """The amount asks for somebody with another role."""

    code = "approval_role_missing"


class OrderEmpty(Conflict):
    """An order without lines goes nowhere."""

    code = "purchase_order_empty"


class BelowReceived(InvalidInput):
    """A line cannot ask for less than has come already."""

    code = "below_received"


class InvoiceKnown(Conflict):
    """An invoice of this number of this supplier is there already."""

    code = "invoice_known"


class NotReachable(InvalidInput):
    """There is no way on which the supplier could get it."""

    code = "supplier_not_reachable"


class SupplierInactive(Conflict):
    """Nothing is bought from a supplier who is not in use."""

    code = "supplier_inactive"


class SupplierBusy(Conflict):
    """Orders with the supplier are open."""

    code = "supplier_busy"


class InvoiceReasonMissing(Conflict):
    """An invoice that differs is released only with a reason."""

    code = "invoice_reason_missing"
