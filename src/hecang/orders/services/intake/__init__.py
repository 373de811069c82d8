"""Taking orders in; see :mod:`hecang.orders.services.intake.intake`."""

from hecang.orders.services.intake.inputs import LineIn, OrderIn, RecipientIn
from hecang.orders.services.intake.intake import (
    IntakeResult,
    IntakeRow,
    orders_check,
    orders_intake,
    orders_intake_mixed,
)

__all__ = [
    "IntakeResult",
    "IntakeRow",
    "LineIn",
    "OrderIn",
    "RecipientIn",
    "orders_check",
    "orders_intake",
    "orders_intake_mixed",
]
