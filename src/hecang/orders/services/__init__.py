"""What can be done with orders. Import from here; the modules behind are named by what they do."""

from hecang.orders.services.backorders import backorders_fill
from hecang.orders.services.cancelling import (
    CancelAnswer,
    order_cancel,
    orders_cancel,
    orders_cancel_answer,
)
from hecang.orders.services.changing import SAME, order_change
from hecang.orders.services.changing_lines import LineChange
from hecang.orders.services.holds import (
    order_approve,
    order_hold,
    order_hold_release,
    orders_approve,
    orders_hold,
    orders_hold_release,
)
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
from hecang.orders.services.lines import LineShift, ShiftResult, order_lines_shift
from hecang.orders.services.locking import ActionResult, OrderLocked, orders_lock
from hecang.orders.services.merging import orders_merge
from hecang.orders.services.merging_auto import orders_merge_everywhere, orders_merge_matching
from hecang.orders.services.shops import channel_ensure, shop_change, shop_create
from hecang.orders.services.unmerging import order_unmerge

__all__ = [
    "SAME",
    "ActionResult",
    "CancelAnswer",
    "IntakeResult",
    "IntakeRow",
    "LineChange",
    "LineIn",
    "LineShift",
    "OrderIn",
    "OrderLocked",
    "RecipientIn",
    "ShiftResult",
    "backorders_fill",
    "channel_ensure",
    "order_approve",
    "order_cancel",
    "order_change",
    "order_hold",
    "order_hold_release",
    "order_lines_shift",
    "order_unmerge",
    "orders_approve",
    "orders_cancel",
    "orders_cancel_answer",
    "orders_check",
    "orders_hold",
    "orders_hold_release",
    "orders_intake",
    "orders_intake_mixed",
    "orders_lock",
    "orders_merge",
    "orders_merge_everywhere",
    "orders_merge_matching",
    "shop_change",
    "shop_create",
]
