"""What to do about an alert, in one step: buy, bring, stop, promote, count.

Each locks the alert first, then what it makes; the alert is done and names the document.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.catalog.selectors import skus_by_id
from hecang.inventory.services import hold_place
from hecang.kernel.db import fetch, fetch_one, transactional
from hecang.kernel.errors import Conflict, InvalidInput
from hecang.purchasing.services import RequestIn, requests_create
from hecang.stockkeeping.models import StockAlert
from hecang.stockkeeping.services.alerts import alert_answered, alert_lock
from hecang.stockkeeping.services.counts.choosing import Scope
from hecang.stockkeeping.services.counts.planning import CountIn, count_create, count_release
from hecang.stockkeeping.services.transfers import TransferLineIn, transfer_create
from hecang.tickets.services import NewTicket, tickets_open

#: Places of a SKU that one count looks at, the fullest first.
MOST_PLACES = 50


def units_needed(alert: StockAlert) -> int:
    """How many would bring the SKU to where its thresholds want it: the maximum, else twice the point it fell below."""
    row = fetch_one(
        "SELECT max_stock, reorder_point, safety_stock FROM threshold"
        " WHERE warehouse_id = %s AND sku_id = %s AND owner_id = %s",
        [alert.warehouse_id, alert.sku_id, alert.owner_id],
    )
    most, reorder, safety = row or (None, None, None)
    wanted = most or 2 * (reorder or safety or alert.threshold or 1)
    return max(1, wanted - alert.quantity - alert.expected)


@transactional
def alert_purchase(*, alert_id: int, quantity: int | None = None, note: str = "") -> int:
    """Ask purchasing for goods; id of the request. An open one of the watchers for the same SKU takes the quantity."""
    alert = alert_lock(alert_id)
    [request_id] = requests_create(
        requests=[
            RequestIn(
                alert.sku_id, alert.owner_id, alert.warehouse_id, quantity or units_needed(alert), source="reorder",
                note=note,
            )
        ]
    )  # fmt: skip
    number = fetch_one("SELECT number FROM purchase_request WHERE id = %s", [request_id])
    alert_answered(alert, "purchase", "purchase_request", request_id, number[0] if number else "", note)
    return request_id


@transactional
def alert_transfer(
    *, alert_id: int, other_warehouse_id: int | None = None, quantity: int | None = None, note: str = ""
) -> int:
    """Ask for a transfer: to here from where most is free, or (slow and too many) from here; id of the transfer.

    :param other_warehouse_id: the other end; for what is too much here it has to be named.
    :raises Conflict: no other warehouse has any.
    """
    alert = alert_lock(alert_id)
    leaves = alert.kind in {"slow", "dead", "overstock", "expiring"}
    other, free = _other_end(alert, other_warehouse_id, leaves=leaves)
    if leaves:
        units = quantity or max(1, alert.quantity - (alert.threshold if alert.kind == "overstock" else 0))
        source, target = alert.warehouse_id, other
    else:
        units = quantity or max(1, min(units_needed(alert), free))
        source, target = other, alert.warehouse_id
    transfer_id = transfer_create(
        from_warehouse_id=source,
        to_warehouse_id=target,
        owner_id=alert.owner_id,
        lines=[TransferLineIn(alert.sku_id, units)],
        note=note,
    )
    number = fetch_one("SELECT number FROM transfer WHERE id = %s", [transfer_id])
    alert_answered(alert, "transfer", "transfer", transfer_id, number[0] if number else "", note)
    return transfer_id


@transactional
def alert_hold(*, alert_id: int, note: str = "") -> int:
    """Stop selling the goods: the lot of an alert about expiry, else the SKU in this warehouse; id of the hold."""
    alert = alert_lock(alert_id)
    reason = note or _("Stock alert")
    if alert.lot_id is not None:
        hold_id = hold_place(kind="lot", reason=reason[:200], lot_id=alert.lot_id)
    else:
        hold_id = hold_place(
            kind="sku", reason=reason[:200], warehouse_id=alert.warehouse_id, sku_id=alert.sku_id
        )
    alert_answered(alert, "hold", "stock_hold", hold_id, "", note)
    return hold_id


@transactional
def alert_promote(*, alert_id: int, discount: int | None = None, note: str = "") -> int:
    """Propose a promotion to those who set prices, as a ticket; its id.

    :param discount: per cent off; what the alert advises if not said.
    :raises InvalidInput: goods that can no longer be sold.
    """
    alert = alert_lock(alert_id)
    percent = alert.advised_discount if discount is None else discount
    if alert.kind == "expired" or percent is None:
        raise InvalidInput(
            _("No promotion helps here: the goods cannot be sold any more, or are not too many."),
            code="no_promotion",
        )
    sku = skus_by_id([alert.sku_id])[alert.sku_id]
    [ticket_id] = tickets_open(
        tickets=[
            NewTicket(
                kind="price",
                reason=gettext_noop("%(discount)s%% off proposed for %(units)s units of %(sku)s"),
                detail={
                    "sku": sku.code, "sku_id": sku.id, "units": alert.quantity, "discount": percent,
                    "days": alert.days, "note": note,
                },
                key=f"promotion:{alert.pk}",
                links=[("sku", sku.id, sku.code)],
                warehouse_id=alert.warehouse_id,
                owner_id=alert.owner_id,
            )
        ]
    )  # fmt: skip
    number = fetch_one("SELECT number FROM ticket WHERE id = %s", [ticket_id])
    alert_answered(alert, "promotion", "ticket", ticket_id, number[0] if number else "", note)
    return ticket_id


@transactional
def alert_count(*, alert_id: int, note: str = "") -> int:
    """Have the places counted where the books have the goods; id of the count.

    :raises Conflict: the books have none of them.
    """
    alert = alert_lock(alert_id)
    places = fetch(
        "SELECT location_id FROM stock WHERE warehouse_id = %s AND sku_id = %s AND owner_id = %s AND quantity > 0"
        " AND (%s::bigint IS NULL OR lot_id = %s) GROUP BY location_id ORDER BY sum(quantity) DESC LIMIT %s",
        [alert.warehouse_id, alert.sku_id, alert.owner_id, alert.lot_id, alert.lot_id, MOST_PLACES],
    )
    if not places:
        raise Conflict(
            _("The books have none of these goods here, so there is no place to count."), code="no_place"
        )
    count_id = count_create(
        count=CountIn(
            alert.warehouse_id,
            "event",
            Scope(location_ids=tuple(row[0] for row in places)),
            note=note,
            reason="suspicion",
        )
    )
    count_release(count_id=count_id)
    number = fetch_one("SELECT number FROM stock_count WHERE id = %s", [count_id])
    alert_answered(alert, "count", "count", count_id, number[0] if number else "", note)
    return count_id


def _other_end(alert: StockAlert, named: int | None, *, leaves: bool) -> tuple[int, int]:
    """(warehouse, units free there)."""
    rows = fetch(
        "SELECT w.id, coalesce(a.sellable - a.reserved, 0) FROM warehouse w LEFT JOIN availability a"
        " ON a.warehouse_id = w.id AND a.sku_id = %s AND a.owner_id = %s"
        " WHERE w.is_active AND w.kind <> 'supplier' AND w.id <> %s AND (%s::bigint IS NULL OR w.id = %s)"
        " ORDER BY 2 DESC, w.id LIMIT 1",
        [alert.sku_id, alert.owner_id, alert.warehouse_id, named, named],
    )
    if leaves and named is None:
        raise InvalidInput(
            _("Name the warehouse that the goods are to go to."), code="other_warehouse_missing"
        )
    if not rows or (not leaves and rows[0][1] <= 0):
        raise Conflict(_("No other warehouse has any of it free. Buy it instead."), code="nothing_elsewhere")
    return rows[0][0], rows[0][1]
