"""What the order desk refuses, and why."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput, LimitExceeded, NotFound, StateConflict


class OrderNotFound(NotFound):
    """No such order, or it lies outside the caller's shops."""

    code = "order_not_found"


class ShopNotFound(NotFound):
    code = "shop_not_found"


class OrderRejected(InvalidInput):
    """Orders that cannot be taken; every reason is named with its order, line and field."""

    code = "order_rejected"


class TooManyOrders(LimitExceeded):
    """More orders or lines in one call than may be taken at once."""

    code = "too_many_orders"


class OrderStateConflict(StateConflict):
    """The order has gone too far (or not far enough) for what was asked."""

    code = "order_state_conflict"


class CreditExceeded(Conflict):
    """The customer may not owe so much, or so long; the order is held until somebody settles that."""

    code = "credit_exceeded"


class LineQuantityConflict(Conflict):
    """A line has fewer units in a place of its life than were to be taken from there."""

    code = "line_quantity_conflict"
