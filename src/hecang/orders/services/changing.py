"""Changing an order 改单: who gets it, what is in it, remarks and urgency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.kernel.outbox import Event, emit
from hecang.orders.audit import OrderFacts, ShopRules, audit
from hecang.orders.errors import OrderRejected
from hecang.orders.events import OrderLinesChanged, OrderRecipientChanged
from hecang.orders.models import OrderHold
from hecang.orders.services.changing_lines import LineChange, lines_change
from hecang.orders.services.holds import holds_place, holds_release, settle_released
from hecang.orders.services.intake.drafts import Recipient, content_digest, recipient_make
from hecang.orders.services.intake.inputs import MAX_PRIORITY, RECIPIENT_TEXTS, Problems, RecipientIn
from hecang.orders.services.locking import (
    OrderLocked,
    lines_lock,
    missing,
    orders_lock,
    orders_lock_in_scope,
    refused,
)
from hecang.orders.services.reasking import credit_ask_again, rules_ask_again
from hecang.orders.states import BEFORE_WAVE, CANCELLED, FULFILLING, MERGED, PENDING


class _Same(Enum):
    SAME = "same"


#: “Leave it as it is”, where ``None`` would mean “none”.
SAME: Final = _Same.SAME

#: Rules that look at the recipient, and are asked again when it changes.
_RECIPIENT_RULES: Final = (OrderHold.Code.ADDRESS_INCOMPLETE.value, OrderHold.Code.BLOCKED_CUSTOMER.value)
_REMARK: Final = 500

_READ = """
SELECT o.recipient_cipher, o.region_code, o.placed_at, o.total_amount, o.content_hash, o.buyer_remark,
    o.seller_remark, o.priority, o.promised_at, s.allow_partial, s.amount_limit, s.duplicate_hours, s.hold_remarks,
    s.auto_approve, c.is_blocked, c.blocked_reason
FROM sales_order o JOIN shop s ON s.id = o.shop_id LEFT JOIN customer c ON c.id = o.customer_id
WHERE o.id = %s
"""
_WRITE_RECIPIENT = """
UPDATE sales_order SET recipient_cipher = %s, recipient_masked = %s, phone_hash = %s, phone_tail = %s,
    name_hash = %s, region_code = %s, recipient_digest = %s, content_hash = %s, is_sealed = %s, updated_at = %s
WHERE id = %s
"""
_WRITE_PLAIN = """
UPDATE sales_order SET buyer_remark = %s, seller_remark = %s, priority = %s, promised_at = %s::timestamptz,
    updated_at = %s
WHERE id = %s
"""


@transactional
def order_change(
    *,
    order_id: int,
    recipient: Mapping[str, Any] | None = None,
    lines: Sequence[LineChange] | None = None,
    buyer_remark: str | _Same = SAME,
    seller_remark: str | _Same = SAME,
    priority: int | _Same = SAME,
    promised_at: datetime | _Same | None = SAME,
) -> None:
    """Change what is given of an order, and leave the rest.

    Remarks, priority and promise can change while the order is not cancelled. The recipient can until the
    first parcel has gone: before the wave it is simply another one, in the warehouse outbound is told to make
    new labels; the audit of the address is repeated. Lines can change before the wave: what is taken away is
    released, what is added is sourced and reserved, or backordered, in the same transaction. Rules in force are
    asked again about recipient, lines and the buyer's remark (:mod:`hecang.orders.services.reasking`).

    Locks: the order, its lines, then availability, then its customer's credit. Emits ``OrderRecipientChanged`` and ``OrderLinesChanged``
    for orders that had been approved.

    :param recipient: the fields of :class:`RecipientIn` that change; ``sealed`` as a platform tells it anew.
    :param lines: the lines that change.
    :raises OrderNotFound: no such order in the actor's scope.
    :raises OrderStateConflict: too late for that; says what to do instead.
    :raises OrderRejected: naming what is wrong with the new values.
    """
    order = orders_lock_in_scope([order_id]).get(order_id)
    if order is None:
        raise missing()
    _check_state(order, recipient=recipient is not None, lines=lines is not None)
    row = fetch_one(_READ, [order_id])
    assert row is not None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    events: list[Event] = []
    plain = {
        "buyer_remark": buyer_remark, "seller_remark": seller_remark, "priority": priority, "promised_at": promised_at,
    }  # fmt: skip
    _change_plain(order, row, plain, before, after)
    if recipient is not None:
        after["recipient"] = _change_recipient(order, row, recipient)
        if order.state != PENDING:
            events.append(OrderRecipientChanged(order_ids=(order_id,)))
    if lines is not None:
        changed = lines_change(order, lines)
        before["lines"], after["lines"] = changed.before, changed.after
        if order.state != PENDING:
            events.append(OrderLinesChanged(order_ids=(order_id,)))
    _ask_again(
        order_id,
        paid=None if lines is None else row[3],
        recipient=recipient is not None,
        remark=buyer_remark is not SAME,
    )
    audit_record(
        action="orders.order.changed",
        entity_kind="sales_order",
        entity_id=order_id,
        before=before,
        after=after,
    )
    emit(*events)


def _ask_again(order_id: int, *, paid: Decimal | None, recipient: bool, remark: bool) -> None:
    """Rules look at whom it goes to, what is in it and what the buyer wrote; credit at what it costs.

    :param paid: what it cost before its lines were changed; ``None`` where they were not.
    """
    if paid is None and not (recipient or remark):
        return
    order = orders_lock(order_ids=[order_id])[order_id]  # as the change has left it
    now = clock.now()
    rules_ask_again(order, now)
    if paid is not None:
        credit_ask_again(order, now, before=paid)


def _check_state(order: OrderLocked, *, recipient: bool, lines: bool) -> None:
    if order.state == CANCELLED or order.is_cancelling:
        raise refused(
            order, _("Order %(number)s is cancelled, or about to be; it cannot be changed any more.")
        )
    if order.state == MERGED:
        raise refused(
            order, _("Order %(number)s travels in another order; change that one, or part them first.")
        )
    if lines and order.state not in BEFORE_WAVE:
        raise refused(
            order,
            _(
                "The warehouse already works on order %(number)s, so its lines cannot change. Cancel it, or take"
                " the rest in as a new order."
            ),
        )
    if recipient and order.state not in {*BEFORE_WAVE, FULFILLING}:
        raise refused(
            order,
            _(
                "Parcels of order %(number)s have gone, so its recipient cannot change. Ask the carrier to redirect."
            ),
        )


# ------------------------------------------------------------------ remarks, priority, promise


def _change_plain(
    order: OrderLocked,
    row: tuple[Any, ...],
    plain: Mapping[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    current = dict(zip(("buyer_remark", "seller_remark", "priority", "promised_at"), row[5:9], strict=True))
    new = {name: current[name] if value is SAME else value for name, value in plain.items()}
    if new == current:
        return
    _check_plain(new)
    execute(_WRITE_PLAIN, [*new.values(), clock.now(), order.id])
    for name, value in new.items():
        if value != current[name]:
            before[name], after[name] = _told(current[name]), _told(value)


def _check_plain(new: Mapping[str, Any]) -> None:
    problems = [
        Problem(
            _("Must have at most %(max_length)s characters.") % {"max_length": _REMARK},
            "too_long",
            name,
            field=name,
        )
        for name in ("buyer_remark", "seller_remark")
        if len(new[name]) > _REMARK
    ]
    if not 0 <= new["priority"] <= MAX_PRIORITY:
        message = _("Must lie between 0 and %(most)s.") % {"most": MAX_PRIORITY}
        problems.append(Problem(message, "out_of_range", "priority", field="priority"))
    promised = new["promised_at"]
    if promised is not None and (promised.tzinfo is None or not 1900 <= promised.year <= 2999):
        message = _("Must be a moment with its offset, between 1900 and 2999.")
        problems.append(Problem(message, "bad_date", "promised_at", field="promised_at"))
    if problems:
        raise InvalidInput(_("The change is not right; nothing was changed."), problems=problems)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


# ------------------------------------------------------------------ recipient


def _change_recipient(order: OrderLocked, row: tuple[Any, ...], given: Mapping[str, Any]) -> list[str]:
    """Write the new recipient and audit it again; names of the fields that were given."""
    made = _recipient(row, given)
    items: dict[int, int] = {}
    for line in lines_lock([order.id])[order.id]:
        if left := line.quantity - line.cancelled:
            items[line.sku_id] = items.get(line.sku_id, 0) + left
    now = clock.now()
    digest = content_digest(made, items)
    execute(
        _WRITE_RECIPIENT,
        [made.cipher, made.masked, made.phone_hash, made.phone_tail, made.name_hash, made.region_code, made.digest, digest,
         made.is_sealed, now, order.id],
    )  # fmt: skip
    _audit_again(order, row, made, now)
    return sorted(given)


def _recipient(row: tuple[Any, ...], given: Mapping[str, Any]) -> Recipient:
    """The present recipient with what is given in its place."""
    given = dict(given)
    sealed: dict[str, str] | None = given.pop("sealed", None)
    clear: dict[str, Any] = decrypt_json(row[0]) if row[0] is not None else {}
    texts: dict[str, Any] = {name: clear.get(name, "") for name in RECIPIENT_TEXTS if name != "region_code"}
    present = RecipientIn(**texts)
    if sealed is not None:
        present.sealed = sealed
    elif not given.keys() & {"name", "phone", "address"}:  # what the platform keeps sealed is still meant
        present.sealed = clear.get("sealed", {})
    placed = {"region_code", "province", "city", "district"} & given.keys()
    if placed and "region_code" not in given:
        present.province = present.city = present.district = ""
    if not placed or (placed == {"region_code"} and not given["region_code"]):
        present.region_code = row[1]
    for name, text in given.items():
        if name not in RECIPIENT_TEXTS:
            raise ValueError(f"a recipient has no {name}")
        if name != "region_code" or text:
            setattr(present, name, text)
    problems = Problems()
    for name, limit in RECIPIENT_TEXTS.items():
        if len(getattr(present, name)) > limit:
            message = _("Must have at most %(max_length)s characters.") % {"max_length": limit}
            problems.add(0, name, "too_long", message, inside="recipient")
    made = recipient_make(present, 0, problems)
    if problems.found:
        found = [Problem(p.message, p.code, f"recipient.{p.field}", field=p.field) for p in problems.found]
        raise OrderRejected(_("The recipient is not right; nothing was changed."), problems=found)
    return made


def _audit_again(order: OrderLocked, row: tuple[Any, ...], made: Recipient, now: datetime) -> None:
    """Place or release the holds that look at the recipient."""
    facts = OrderFacts(
        index=0,
        shop=ShopRules(*row[9:14]),
        placed_at=row[2],
        total_amount=Decimal(row[3]),
        missing=made.missing,
        region_level=made.region_level,
        phone_hash=made.phone_hash,
        customer_blocked=row[15] if row[14] else None,
        order_id=order.id,
    )
    found = {hold.code: hold for hold in audit([facts], after_sourcing=False, only=_RECIPIENT_RULES)}
    holds_place([(order.id, code, hold.detail) for code, hold in found.items()], "", now)
    gone = [code for code in _RECIPIENT_RULES if code not in found]
    if gone and holds_release([order], gone, "", now):
        settle_released([order], now)
