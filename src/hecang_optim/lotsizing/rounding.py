"""From a wish to an order that the supplier takes."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, require_each
from hecang_optim.lotsizing.arrays import Numbers, column

#: Of a multiple: what rounding errors may add to a quantity without another pack being ordered.
_ROUNDING = 1e-9


def round_up_order(quantity: Numbers, minimum: Numbers = 0.0, multiple: Numbers = 1.0) -> Floats:
    """The smallest order of at least ``quantity`` that a supplier takes; nothing stays nothing.

    :param quantity: units wanted (n), or one number; below 0 counts as nothing.
    :param minimum: minimum order quantity, units (n), or one number.
    :param multiple: pack that is not broken, units, above 0 (n), or one number.
    """
    size = max(np.size(one) for one in (quantity, minimum, multiple))
    wanted = column("quantity", quantity, size, least=-np.inf)
    least, pack = column("minimum", minimum, size), column("multiple", multiple, size, above=True)
    packs = np.ceil(np.maximum(wanted, least) / pack - _ROUNDING)
    return np.where(wanted > 0.0, packs * pack, 0.0)


def order_due(
    position: Numbers,
    reorder_point: Numbers,
    order_up_to: Numbers,
    minimum: Numbers = 0.0,
    multiple: Numbers = 1.0,
) -> Floats:
    """What (s,S) orders now; with ``reorder_point`` = ``order_up_to``, what (R,S) orders.

    :param position: on hand + on order - owed to customers, units (n).
    :param reorder_point: s: order when the position is at or below it, units (n).
    :param order_up_to: S, at least s, units (n).
    :param minimum: see :func:`round_up_order`.
    :param multiple: see :func:`round_up_order`.
    :return: units to order (n), 0 where none is due.
    """
    size = max(np.size(one) for one in (position, reorder_point, order_up_to, minimum, multiple))
    now = column("position", position, size, least=-np.inf)
    point = column("reorder_point", reorder_point, size, least=-np.inf)
    target = column("order_up_to", order_up_to, size, least=-np.inf)
    require_each(target >= point, "order_up_to", "is below the reorder point")
    return round_up_order(np.where(now <= point, target - now, 0.0), minimum, multiple)
