"""Pre-sales 预售: campaigns with a limit, payments of balances, and the release into normal demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.catalog.selectors import skus_by_code
from hecang.inventory.selectors import availability_for
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, StateConflict
from hecang.kernel.outbox import emit
from hecang.orders.events import OrdersApproved, PresalesReleased
from hecang.orders.models import PresaleCampaign
from hecang.orders.services.changing_lines import lines_reserve
from hecang.orders.services.lines import chunks, orders_derive
from hecang.orders.services.locking import (
    ActionResult,
    OrderLocked,
    lines_lock,
    missing,
    orders_lock_in_scope,
)
from hecang.orders.services.wholeness import gifts_drop, stock_hold_settle
from hecang.orders.states import APPROVED, BEFORE_WAVE

#: What may change after a campaign exists.
CHANGEABLE = frozenset(
    {"name", "quantity_limit", "starts_at", "ends_at", "ship_after", "deposit", "is_active"}
)
#: Orders that one release looks at.
MAX_RELEASE = 500

# Those that wait for something themselves come last, lest they keep others from being looked at.
_RIPE = """
SELECT o.id, o.balance_due > 0 AND o.balance_paid_at IS NULL, o.is_held, o.state, o.ship_after, sum(l.quantity - l.cancelled)::bigint
FROM presale_claim p JOIN sales_order_line l ON l.id = p.line_id JOIN sales_order o ON o.id = l.order_id
WHERE p.campaign_id = %s AND o.awaits_release AND NOT o.is_cancelling
GROUP BY o.id
ORDER BY (o.balance_due > 0 AND o.balance_paid_at IS NULL) OR o.is_held OR o.state <> 'approved'
    OR coalesce(o.ship_after > %s::timestamptz, false), coalesce(o.balance_paid_at, o.placed_at), o.id LIMIT %s
"""
_DUE = """
SELECT o.id FROM sales_order o
WHERE o.awaits_release AND o.ship_after <= %s AND o.state IN ('pending', 'approved') AND NOT o.is_held
    AND NOT o.is_cancelling AND (o.balance_due = 0 OR o.balance_paid_at IS NOT NULL) AND NOT EXISTS (
        SELECT 1 FROM sales_order_line l JOIN presale_claim p ON p.line_id = l.id WHERE l.order_id = o.id)
ORDER BY coalesce(o.balance_paid_at, o.placed_at), o.id LIMIT 500
"""
_FREE = """
UPDATE sales_order SET awaits_release = false, updated_at = %s WHERE id = ANY(%s::bigint[]) AND awaits_release
"""
_PAID = """
SELECT id FROM sales_order
WHERE id = ANY(%s::bigint[]) AND awaits_release AND (balance_due = 0 OR balance_paid_at IS NOT NULL)
"""


# ------------------------------------------------------------------ campaigns


@transactional
def presale_create(
    *,
    code: str,
    name: str,
    shop_id: int,
    sku: str,
    quantity_limit: int,
    starts_at: datetime,
    ends_at: datetime,
    ship_after: datetime,
    deposit: Decimal = Decimal(0),
) -> int:
    """Make a campaign: so many units of a SKU that a shop may sell before they are there. Its id.

    :raises InvalidInput: no such SKU, or the window ends before it begins.
    :raises Conflict: the code is taken.
    """
    current_actor().scope.require(shop=shop_id)
    found = skus_by_code([sku]).get(sku)
    if found is None:
        raise InvalidInput(
            _("There is no SKU with the code “%(code)s”. Create it, or correct the code.") % {"code": sku}
        )
    _check_window(starts_at, ends_at, quantity_limit)
    try:
        with transaction.atomic():
            campaign = PresaleCampaign.objects.create(
                code=code, name=name, shop_id=shop_id, sku_id=found.id, quantity_limit=quantity_limit,
                starts_at=starts_at, ends_at=ends_at, ship_after=ship_after, deposit=deposit,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(
            _("The code “%(code)s” is taken by another pre-sale, or there is no such shop.") % {"code": code},
            code="code_taken",
        ) from error
    audit_record(
        action="orders.presale.created",
        entity_kind="presale_campaign",
        entity_id=campaign.pk,
        after=_facts(campaign),
    )
    return campaign.pk


@transactional
def presale_change(*, campaign_id: int, changes: Mapping[str, Any]) -> None:
    """Change a campaign. Locks it.

    :param changes: any of :data:`CHANGEABLE`.
    :raises NotFound: there is none, or it lies outside the caller's scope.
    :raises InvalidInput: the limit would fall below what was sold, or the window is none.
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"a campaign has no {min(unknown)} that may change")
    campaign = _campaign(campaign_id, lock=True)
    before = _facts(campaign)
    for name, value in changes.items():
        setattr(campaign, name, value)
    _check_window(campaign.starts_at, campaign.ends_at, campaign.quantity_limit)
    if campaign.quantity_limit < campaign.claimed:
        raise InvalidInput(
            _("%(sold)s units are sold already; the limit cannot be lower.") % {"sold": campaign.claimed},
            data={"claimed": campaign.claimed},
        )
    after = _facts(campaign)
    if after != before:
        campaign.save(update_fields=list(changes))
        audit_record(
            action="orders.presale.changed",
            entity_kind="presale_campaign",
            entity_id=campaign_id,
            before={name: before[name] for name in after if after[name] != before[name]},
            after={name: after[name] for name in after if after[name] != before[name]},
        )


def _campaign(campaign_id: int, *, lock: bool = False) -> PresaleCampaign:
    rows = PresaleCampaign.objects.select_for_update(no_key=True) if lock else PresaleCampaign.objects.all()
    campaign = rows.filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound(_("There is no such pre-sale."))
    current_actor().scope.require(shop=campaign.shop_id)
    return campaign


def _check_window(starts_at: datetime, ends_at: datetime, limit: int) -> None:
    if ends_at <= starts_at or limit < 1:
        raise InvalidInput(_("A pre-sale ends after it begins, and sells at least one unit."))


def _facts(campaign: PresaleCampaign) -> dict[str, Any]:
    facts = {name: getattr(campaign, name) for name in sorted(CHANGEABLE)}
    facts["deposit"] = str(campaign.deposit)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }


# ------------------------------------------------------------------ payment and release


@transactional
def order_balance_pay(*, order_id: int, paid_at: datetime | None = None) -> bool:
    """Note that the rest of a pre-sale was paid; whether that is new. Locks the order.

    :raises OrderNotFound: no such order in the actor's scope.
    :raises StateConflict: nothing is to be paid for it.
    """
    order = orders_lock_in_scope([order_id]).get(order_id)
    if order is None:
        raise missing()
    [(due, paid)] = fetch("SELECT balance_due, balance_paid_at FROM sales_order WHERE id = %s", [order_id])
    if paid is not None:
        return False
    if not due:
        raise StateConflict(
            _("Nothing is to be paid for order %(number)s any more.") % {"number": order.number}
        )
    moment = paid_at or clock.now()
    execute(
        "UPDATE sales_order SET balance_paid_at = %s, updated_at = %s WHERE id = %s",
        [moment, clock.now(), order_id],
    )
    audit_record(
        action="orders.order.balance_paid",
        entity_kind="sales_order",
        entity_id=order_id,
        after={"amount": str(due), "paid_at": moment.isoformat()},
    )
    return True


@transactional
def presale_release(*, campaign_id: int, limit: int = 100) -> list[ActionResult]:
    """Turn up to ``limit`` waiting orders of a campaign into normal demand, in the order of their payment.

    Released is what is paid in full, held by nobody, due, and covered by stock that is free now; what is not says
    why in its row (``unpaid``, ``held``, ``not_due``, ``no_stock``). Released orders are sourced and reserved.

    Locks: the orders, their lines, then availability. Emits ``PresalesReleased`` and ``OrdersApproved``.

    :raises NotFound: there is no such campaign in the actor's scope.
    """
    campaign = _campaign(campaign_id)
    now = clock.now()
    rows = fetch(_RIPE, [campaign_id, now, min(limit, MAX_RELEASE)])
    owner = campaign.shop.owner_id
    free = sum(
        units for units in availability_for(sku_ids=[campaign.sku_id], owner_id=owner).values() if units > 0
    )
    results: dict[int, ActionResult] = {}
    good: list[int] = []
    for order_id, unpaid, held, state, ship_after, units in rows:
        why = _waits(unpaid, held, state, ship_after is not None and ship_after > now, units > free)
        if why:
            results[order_id] = ActionResult(order_id, False, *why)
            continue
        free -= units
        good.append(order_id)
        results[order_id] = ActionResult(order_id, True, "released")
    done = _release(good)
    for order_id in set(good) - done:
        results[order_id] = ActionResult(
            order_id, False, "changed", _("It was changed just now; look again.")
        )
    return list(results.values())


def _waits(unpaid: bool, held: bool, state: str, early: bool, short: bool) -> tuple[str, str] | None:
    """Why an order is not released yet, as code and text."""
    if unpaid:
        return "unpaid", _("The balance is not paid yet.")
    if held or state != APPROVED:
        return "held", _("It is held or not approved; settle that first.")
    if early:
        return "not_due", _("It is not to be shipped yet.")
    if short:
        return "no_stock", _("The stock that is free does not reach so far.")
    return None


@transactional
def presales_release_due(*, now: datetime | None = None) -> int:
    """Release pre-sales of no campaign whose day has come and that are paid; how many. For the periodic work."""
    return len(_release([row[0] for row in fetch(_DUE, [now or clock.now()])]))


def _release(order_ids: Sequence[int]) -> set[int]:
    """Release these orders as far as they still wait and are paid, in this order; those that were."""
    if not order_ids:
        return set()
    orders = orders_lock_in_scope(order_ids)
    waiting = {row[0] for row in fetch(_PAID, [list(orders)])}
    chosen = [orders[key] for key in order_ids if key in waiting and _open(orders[key])]
    ids = [order.id for order in chosen]
    execute(_FREE, [clock.now(), ids])
    lines = lines_lock(ids)
    for order in chosen:
        lines_reserve(order, {line.id for line in lines[order.id]})
    orders_derive(ids)
    gifts_drop(ids)
    for order in chosen:
        stock_hold_settle(order)
    audit_record_many(
        action="orders.order.presale_released",
        entity_kind="sales_order",
        entries=[(key, {"awaits_release": True}, {"awaits_release": False}) for key in ids],
    )
    approved = sorted(order.id for order in chosen if order.state == APPROVED)
    emit(
        *(PresalesReleased(order_ids=tuple(part)) for part in chunks(sorted(ids))),
        *(OrdersApproved(order_ids=tuple(part)) for part in chunks(approved)),
    )
    return set(ids)


def _open(order: OrderLocked) -> bool:
    return order.state in BEFORE_WAVE and not order.is_held and not order.is_cancelling
