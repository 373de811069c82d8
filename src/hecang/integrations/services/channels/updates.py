"""What a later version of an order does to the sales order that it became."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.integrations.channels.base import ChannelOrder, OrderStatus
from hecang.integrations.models import ChannelRules, Connection
from hecang.integrations.services.channels.rules import rules_of
from hecang.integrations.services.channels.values import order_parts
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.errors import Conflict
from hecang.orders.models import OrderHold
from hecang.orders.selectors.orders import LivingLine, lines_bought, lines_lying
from hecang.orders.services import (
    LineChange,
    RecipientIn,
    order_change,
    orders_cancel,
    orders_hold,
    orders_hold_release,
)
from hecang.orders.states import BEFORE_WAVE

PLATFORM = OrderHold.Code.PLATFORM.value
REFUND = OrderHold.Code.REFUND.value


class Stopped(NamedTuple):
    """What became of a wish to stop lines.

    :param state: ``stopped``, ``asked`` (of the warehouse), ``open`` (held for a person) or ``too_late``.
    """

    state: str
    message: str = ""


def order_update(
    connection: Connection, order_id: int, order: ChannelOrder, before: Mapping[str, Any]
) -> None:
    """Bring a sales order into line with what its platform says now. Locks as the services of orders do.

    :param before: the parts of the version that was applied last.
    :raises Conflict: the order has gone too far for a change; nothing of this version was applied.
    """
    after = order_parts(order)
    if order.status == OrderStatus.CANCELLED:
        stop(order_id, None, on_cancel=ChannelRules.OnCancel.CANCEL, reason=_("Cancelled on the platform"))
        return
    _status(connection, order_id, order, before)
    if after["recipient"] != before.get("recipient"):
        _each(order_id, recipient=recipient_changes(order.recipient))
    if after["remarks"] != before.get("remarks"):
        _each(order_id, buyer_remark=order.buyer_remark[:500], seller_remark=order.seller_remark[:500])
    if after["lines"] != before.get("lines"):
        _hold(order_id, PLATFORM, "lines_changed")
    lines_stop(connection, order_id, order, before=before.get("refunding", ()))


def _status(connection: Connection, order_id: int, order: ChannelOrder, before: Mapping[str, Any]) -> None:
    if order.status == OrderStatus.BLOCKED:
        _hold(order_id, PLATFORM, "blocked")
    elif order.status == OrderStatus.TO_SHIP and before.get("status") == OrderStatus.BLOCKED:
        orders_hold_release(order_ids=_orders(order_id), codes=[PLATFORM])
    elif order.status in {OrderStatus.SHIPPED, OrderStatus.DONE} and not _told(connection, order_id):
        _hold(order_id, PLATFORM, "shipped_elsewhere")


def _told(connection: Connection, order_id: int) -> bool:
    """Whether it is us who told the platform of a parcel, or are about to."""
    row = fetch_one(
        "SELECT EXISTS (SELECT FROM shipment_confirm WHERE order_id = %s AND connection_id = %s)",
        [order_id, connection.pk],
    )
    return bool(row and row[0]) or has_left(order_id)


def lines_stop(
    connection: Connection, order_id: int | None, order: ChannelOrder, *, before: Collection[str]
) -> None:
    """Stop lines that are under refund now and were not before; go on where none is any more."""
    now = {line.external_line for line in order.lines if line.is_refunding}
    fresh = now - set(before)
    if order_id is None:
        return
    if fresh:
        rules = rules_of(connection)
        everything = len(now) == len(order.lines)
        reason = _("Refund asked for on the platform")
        stop(order_id, None if everything else fresh, on_cancel=rules.on_cancel, reason=reason)
    elif before and not now:
        orders_hold_release(order_ids=_orders(order_id), codes=[REFUND])


def stop(order_id: int, external_lines: Collection[str] | None, *, on_cancel: str, reason: str) -> Stopped:
    """Stop an order of a platform, or lines of it, wherever they lie after splitting and merging.

    Before the wave they are cancelled. Whole orders that the warehouse works on are asked back; single lines
    there, and everything where the shop wants a person to decide, are held.

    :param external_lines: of the platform; ``None`` for all.
    """
    lines = [
        line
        for line in lines_bought([order_id])
        if external_lines is None or line.external_line in external_lines
    ]
    open_lines = [line for line in lines if line.open]
    if not open_lines:
        gone = any(line.shipped for line in lines)
        return Stopped("too_late", _("Everything has left already.")) if gone else Stopped("stopped")
    if on_cancel == ChannelRules.OnCancel.HOLD:
        _hold_orders(sorted({line.order_id for line in open_lines}), REFUND, reason)
        return Stopped("open")
    states = [_stop_in(key, part, reason) for key, part in sorted(_by_order(open_lines).items())]
    worst = next((state for state in ("open", "asked") if state in states), "stopped")
    return Stopped(worst)


def _stop_in(order_id: int, lines: list[LivingLine], reason: str) -> str:
    """Stop these lines of one order of ours: the whole of it where nothing else of it is open."""
    if len(lines) == len([line for line in lines_lying(order_id) if line.open]):
        result = orders_cancel(order_ids=[order_id], reason=reason)[0]
        if result.ok:
            return "asked" if result.code == "requested" or _is_cancelling(order_id) else "stopped"
        return "open"
    if lines[0].order_state in BEFORE_WAVE:
        order_change(
            order_id=order_id, lines=[LineChange(line_id=line.id, sku="", quantity=0) for line in lines]
        )
        return "stopped"
    _hold_orders([order_id], REFUND, reason)
    return "open"


def has_left(order_id: int) -> bool:
    """Whether anything of a platform's order has been shipped."""
    return any(line.shipped for line in lines_bought([order_id]))


def recipient_changes(recipient: RecipientIn) -> dict[str, Any]:
    """A recipient as :func:`order_change` takes it: everything that the platform tells."""
    names = ("name", "phone", "province", "city", "district", "address", "postcode", "country")
    changes: dict[str, Any] = {name: getattr(recipient, name) for name in names}
    if recipient.region_code:
        changes["region_code"] = recipient.region_code
    changes["sealed"] = dict(recipient.sealed)
    return changes


def recipient_change(order_id: int, recipient: RecipientIn) -> None:
    """Send what is left of a platform's order elsewhere. Raises as :func:`order_change`."""
    if not any(line.open for line in lines_bought([order_id])):
        raise Conflict(_("Everything of the order has left or was cancelled."), code="too_late")
    _each(order_id, recipient=recipient_changes(recipient))


def _each(order_id: int, **changes: Any) -> None:
    """Change every order of ours in which lines of the platform's order still lie open."""
    for key in _orders(order_id):
        order_change(order_id=key, **changes)


def _hold(order_id: int, code: str, reason: str) -> None:
    _hold_orders(_orders(order_id), code, reason)


def _hold_orders(order_ids: list[int], code: str, reason: str) -> None:
    if order_ids:
        orders_hold(order_ids=order_ids, code=code, detail={"reason": reason})


def _orders(order_id: int) -> list[int]:
    return sorted({line.order_id for line in lines_bought([order_id]) if line.open})


def _by_order(lines: list[LivingLine]) -> dict[int, list[LivingLine]]:
    found: dict[int, list[LivingLine]] = {}
    for line in lines:
        found.setdefault(line.order_id, []).append(line)
    return found


def _is_cancelling(order_id: int) -> bool:
    rows = fetch("SELECT is_cancelling FROM sales_order WHERE id = %s", [order_id])
    return bool(rows and rows[0][0])
