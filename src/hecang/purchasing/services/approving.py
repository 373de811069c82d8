"""Who says yes to an order: by its amount, and never to one's own above a limit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from hecang.accounts.models import Role
from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.purchasing.errors import ApprovalMissing, OrderEmpty, OwnOrder
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.selectors.policy import policy_now, rate_of, roles_needed, roles_of
from hecang.purchasing.services.locking import LockedOrder, order_lock
from hecang.purchasing.states import require

_APPROVED = """
INSERT INTO purchase_approval (order_id, round, role, is_approved, amount, note, by, user_id, at)
SELECT %s, %s, r, %s, %s, %s, %s, %s, %s FROM unnest(%s::text[]) AS r ON CONFLICT DO NOTHING
"""
#: Permission without which nobody approves anything.
APPROVE = "purchasing.order.approve"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands with its approval.

    :param missing: roles whose yes is missing.
    """

    state: str
    missing: tuple[str, ...]


@transactional
def order_submit(*, order_id: int) -> Standing:
    """Ask for approval; an order that needs nobody else's yes is approved at once. Locks the order.

    Raises StateConflict, :class:`OrderEmpty`.
    """
    order = order_lock(order_id)
    order.go(State.SUBMITTED)
    if order.amount == 0 and not fetch(
        "SELECT 1 FROM purchase_order_line WHERE order_id = %s LIMIT 1", [order.id]
    ):
        raise OrderEmpty(_("%(number)s has no lines. Add what is to be ordered.") % {"number": order.number})
    actor = current_actor()
    order.approval_round += 1
    order.submitted_by_user_id = actor.user_id
    execute(
        "UPDATE purchase_order SET state = 'submitted', submitted_by = %s, submitted_by_user_id = %s,"
        " approval_round = %s, updated_at = %s WHERE id = %s",
        [actor.name[:100], actor.user_id, order.approval_round, clock.now(), order.id],
    )
    _audit(order, "submitted", "draft")
    if actor.may(APPROVE):
        roles, missing = _answerable(order)
        if roles:
            return _approve(order, roles, missing, "")
    return Standing(order.state, tuple(_outstanding(order)))


@transactional
def order_approve(*, order_id: int, note: str = "") -> Standing:
    """Say yes for every role that one holds and that is asked for; with the last one the order is approved.

    Locks the order. Raises StateConflict, :class:`OwnOrder` (submitted by oneself, above the limit) and
    :class:`ApprovalMissing` (another role is asked for).
    """
    order = order_lock(order_id)
    require("purchase_order", order.state, State.APPROVED, what=order.number)
    roles, missing = _answerable(order)
    if missing and not roles:
        if is_own_above_limit(order.submitted_by_user_id, order.amount, order.currency):
            raise OwnOrder(
                _(
                    "%(number)s was submitted by you and is above the limit up to which one may approve one's own."
                    " Ask somebody else."
                )
                % {"number": order.number}
            )
        raise ApprovalMissing(
            _("%(number)s needs the approval of %(roles)s. Ask somebody with that role.")
            % {"number": order.number, "roles": ", ".join(str(Role(role).label) for role in missing if role)},
            data={"roles": missing},
        )
    return _approve(order, roles, missing, note)


@transactional
def order_reject(*, order_id: int, note: str) -> None:
    """Say no, or take a yes back before it was sent: the order is a draft again, the reason in its history.

    Locks the order. Raises StateConflict.
    """
    order = order_lock(order_id)
    before = order.state
    order.go(State.DRAFT)
    actor = current_actor()
    execute(
        _APPROVED,
        [
            order.id, order.approval_round, False, order.amount, note[:200], actor.name[:100], actor.user_id,
            clock.now(), [""],
        ],
    )  # fmt: skip
    execute(
        "UPDATE purchase_order SET state = 'draft', updated_at = %s WHERE id = %s", [clock.now(), order.id]
    )
    _audit(order, "rejected", before, note=note)


def may_raise_to(order: LockedOrder, amount: Decimal) -> bool:
    """Whether the actor may let a released order grow to ``amount``: who could approve so much alone."""
    if order.approved_amount is not None and amount <= order.approved_amount:
        return True
    actor = current_actor()
    if not actor.may(APPROVE) or is_own_above_limit(actor.user_id, amount, order.currency):
        return False
    needed = roles_needed(policy_now(), amount, order.currency)
    return not set(needed) - _held(needed)


def is_own_above_limit(submitter_id: int | None, amount: Decimal, currency: str) -> bool:
    """Whether the actor submitted it and it is more than one may approve of one's own."""
    actor = current_actor()
    if submitter_id is None or submitter_id != actor.user_id:
        return False
    policy = policy_now()
    rate = rate_of(policy, currency)
    return rate is None or amount * rate > policy.self_limit


def _held(needed: Collection[str]) -> set[str]:
    """Of the needed roles those that the actor can speak for; administrators speak for all."""
    mine = set(roles_of(current_actor().user_id))
    return set(needed) if Role.ADMIN.value in mine else mine & set(needed)


def _outstanding(order: LockedOrder) -> list[str]:
    """Roles whose yes is missing; an amount without steps needs one yes of anybody who may (the role ``""``)."""
    needed = roles_needed(policy_now(), order.amount, order.currency) or [""]
    given = {
        row[0]
        for row in fetch(
            "SELECT role FROM purchase_approval WHERE order_id = %s AND round = %s AND is_approved",
            [order.id, order.approval_round],
        )
    }
    return [role for role in needed if role not in given]


def _answerable(order: LockedOrder) -> tuple[list[str], list[str]]:
    """Roles that the actor can answer for, and all that are missing."""
    missing = _outstanding(order)
    if is_own_above_limit(order.submitted_by_user_id, order.amount, order.currency):
        return [], missing
    held = _held(missing)
    return [role for role in missing if role == "" or role in held], missing


def _approve(order: LockedOrder, roles: list[str], missing: list[str], note: str) -> Standing:
    actor, now = current_actor(), clock.now()
    execute(
        _APPROVED,
        [
            order.id, order.approval_round, True, order.amount, note[:200], actor.name[:100], actor.user_id, now,
            roles,
        ],
    )  # fmt: skip
    left = tuple(role for role in missing if role not in roles)
    if not left:
        order.go(State.APPROVED)
        execute(
            "UPDATE purchase_order SET state = 'approved', approved_by = %s, approved_at = %s, approved_amount = amount,"
            " updated_at = %s WHERE id = %s",
            [actor.name[:100], now, now, order.id],
        )
    _audit(order, "approved" if not left else "approved_in_part", "submitted", roles=roles, note=note)
    return Standing(order.state, left)


def _audit(order: LockedOrder, what: str, before: str, **more: object) -> None:
    audit_record(
        action=f"purchasing.order.{what}",
        entity_kind="purchase_order",
        entity_id=order.id,
        before={"state": before},
        after={"state": order.state, "amount": order.amount, **{k: v for k, v in more.items() if v}},
    )


@transactional
def approval_steps_set(*, steps: Collection[tuple[Decimal, str]]) -> None:
    """Write the approval steps anew: (from which amount, which role). Orders that wait follow at once."""
    before = fetch(
        "SELECT from_amount, role FROM purchase_approval_step ORDER BY from_amount, role FOR NO KEY UPDATE"
    )
    execute("DELETE FROM purchase_approval_step")
    wanted = {role: amount for amount, role in steps}
    execute(
        "INSERT INTO purchase_approval_step (role, from_amount) SELECT * FROM unnest(%s::text[], %s::numeric[])",
        columns(wanted.items(), 2),
    )
    audit_record(
        action="purchasing.approval_steps.set",
        entity_kind="purchase_policy",
        entity_id=1,
        before={"steps": [[str(amount), role] for amount, role in before]},
        after={"steps": [[str(amount), role] for amount, role in steps]},
    )
