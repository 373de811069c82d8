"""What can be done with orders. Import from here; the modules behind are named by what they do."""

from hecang.orders.services.backorders import backorders_fill
from hecang.orders.services.book import RunReport, book_resource
from hecang.orders.services.cancelling import (
    CancelAnswer,
    order_cancel,
    orders_cancel,
    orders_cancel_answer,
)
from hecang.orders.services.changing import SAME, order_change
from hecang.orders.services.changing_lines import LineChange
from hecang.orders.services.exchanging import order_exchange_create
from hecang.orders.services.expectations import Leg, arrivals_estimate, orders_expect
from hecang.orders.services.gifts import order_gift_add
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
from hecang.orders.services.presales import (
    order_balance_pay,
    presale_change,
    presale_create,
    presale_release,
    presales_release_due,
)
from hecang.orders.services.shops import channel_ensure, shop_change, shop_create
from hecang.orders.services.split_policies import POLICIES as SPLIT_POLICIES
from hecang.orders.services.splitting import SplitLine, order_split
from hecang.orders.services.splitting_auto import order_split_by, orders_split_automatic, orders_split_by
from hecang.orders.services.substituting import order_line_substitute, substitutes_apply
from hecang.orders.services.supplies import SupplyIn, supply_save
from hecang.orders.services.unmerging import order_unmerge

__all__ = [
    "SAME",
    "SPLIT_POLICIES",
    "ActionResult",
    "CancelAnswer",
    "IntakeResult",
    "IntakeRow",
    "Leg",
    "LineChange",
    "LineIn",
    "LineShift",
    "OrderIn",
    "OrderLocked",
    "RecipientIn",
    "RunReport",
    "ShiftResult",
    "SplitLine",
    "SupplyIn",
    "arrivals_estimate",
    "backorders_fill",
    "book_resource",
    "channel_ensure",
    "order_approve",
    "order_balance_pay",
    "order_cancel",
    "order_change",
    "order_exchange_create",
    "order_gift_add",
    "order_hold",
    "order_hold_release",
    "order_line_substitute",
    "order_lines_shift",
    "order_split",
    "order_split_by",
    "order_unmerge",
    "orders_approve",
    "orders_cancel",
    "orders_cancel_answer",
    "orders_check",
    "orders_expect",
    "orders_hold",
    "orders_hold_release",
    "orders_intake",
    "orders_intake_mixed",
    "orders_lock",
    "orders_merge",
    "orders_merge_everywhere",
    "orders_merge_matching",
    "orders_split_automatic",
    "orders_split_by",
    "presale_change",
    "presale_create",
    "presale_release",
    "presales_release_due",
    "shop_change",
    "shop_create",
    "substitutes_apply",
    "supply_save",
]
