"""What can be done with orders. Import from here; the modules behind are named by what they do."""

from hecang.orders.services.intake import (
    IntakeResult,
    IntakeRow,
    LineIn,
    OrderIn,
    RecipientIn,
    orders_check,
    orders_intake,
    orders_intake_mixed,
)
from hecang.orders.services.lines import (
    CancelAnswer,
    LineShift,
    OrderLocked,
    ShiftResult,
    order_lines_shift,
    orders_cancel_answer,
    orders_lock,
)

__all__ = [
    "CancelAnswer",
    "IntakeResult",
    "IntakeRow",
    "LineIn",
    "LineShift",
    "OrderIn",
    "OrderLocked",
    "RecipientIn",
    "ShiftResult",
    "order_lines_shift",
    "orders_cancel_answer",
    "orders_check",
    "orders_intake",
    "orders_intake_mixed",
    "orders_lock",
]
