"""Claims on suppliers: made from refused goods, sent, settled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.errors_quality import ClaimInvalid, ClaimNotFound, ClaimStateConflict
from hecang.inbound.events import ClaimMoved
from hecang.inbound.models import Claim, ClaimState, Settlement
from hecang.inbound.services.references import references_require
from hecang.inbound.states_quality import CLAIM_TRANSITIONS, may_become
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.purchasing.selectors import purchase_lines_open


@dataclass(frozen=True, slots=True)
class ClaimIn:
    """What is claimed.

    :param amount: by default what the purchase order says that so many units cost.
    """

    supplier_id: int
    owner_id: int
    warehouse_id: int
    sku_id: int
    quantity: int
    reason: str
    amount: Decimal | None = None
    currency: str = ""
    inspection_id: int | None = None
    receipt_id: int | None = None
    purchase_line_id: int | None = None


@transactional
def claim_create(*, claim: ClaimIn) -> int:
    """Claim from a supplier; the claim's id. A second one for the same inspection is the first one again.

    Raises :class:`ClaimInvalid`.
    """
    current_actor().scope.require(warehouse=claim.warehouse_id, owner=claim.owner_id)
    if claim.inspection_id is not None:
        standing = fetch_one(
            "SELECT id FROM claim WHERE inspection_id = %s AND NOT state = 'cancelled'", [claim.inspection_id]
        )
        if standing is not None:
            return int(standing[0])
    if claim.quantity <= 0 or not claim.reason.strip() or (claim.amount is not None and claim.amount < 0):
        raise ClaimInvalid(_("A claim needs a quantity, a reason, and an amount that is not negative."))
    references_require(
        ClaimInvalid,
        [
            ("supplier_id", "supplier", claim.supplier_id),
            ("owner_id", "owner", claim.owner_id),
            ("warehouse_id", "warehouse", claim.warehouse_id),
            ("sku_id", "sku", claim.sku_id),
        ],
    )
    amount, currency = claim.amount, claim.currency
    if amount is None or not currency:
        price, known = _price(claim)
        amount = price * claim.quantity if amount is None else amount
        currency = currency or known
    made = Claim.objects.create(
        number=numbers("claim")[0],
        supplier_id=claim.supplier_id,
        owner_id=claim.owner_id,
        warehouse_id=claim.warehouse_id,
        sku_id=claim.sku_id,
        inspection_id=claim.inspection_id,
        receipt_id=claim.receipt_id,
        purchase_line_id=claim.purchase_line_id,
        quantity=claim.quantity,
        amount=round(amount, 2),
        currency=currency,
        reason=claim.reason.strip()[:500],
        created_by=current_actor().name[:100],
        created_at=clock.now(),
    )
    audit_record(
        action="inbound.claim.created",
        entity_kind="claim",
        entity_id=made.pk,
        after={"number": made.number, "quantity": claim.quantity, "amount": str(made.amount)},
    )
    emit(ClaimMoved(claim_id=made.pk, supplier_id=claim.supplier_id, state=ClaimState.OPEN.value))
    return int(made.pk)


def _price(claim: ClaimIn) -> tuple[Decimal, str]:
    """What one unit cost, and in which currency: from the order's line, else nothing in the supplier's currency."""
    if claim.purchase_line_id is not None:
        lines = purchase_lines_open(line_ids=[claim.purchase_line_id], complete=True)
        if lines:
            return lines[0].unit_price, lines[0].currency
    row = fetch_one("SELECT currency FROM supplier WHERE id = %s", [claim.supplier_id])
    if row is None:
        raise ClaimInvalid(_("There is no such supplier. Choose one of the list."))
    return Decimal(0), row[0]


def claim_for_inspection(*, inspection_id: int, quantity: int, reason: str) -> int | None:
    """Claim what an inspection refused; ``None`` where nobody supplied it. Joins the caller's transaction."""
    row = fetch_one(
        "SELECT supplier_id, owner_id, warehouse_id, sku_id, receipt_id, purchase_line_id, number FROM inspection"
        " WHERE id = %s",
        [inspection_id],
    )
    if row is None or row[0] is None:
        return None
    return claim_create(
        claim=ClaimIn(
            supplier_id=row[0],
            owner_id=row[1],
            warehouse_id=row[2],
            sku_id=row[3],
            quantity=quantity,
            reason=reason or _("Refused by inspection %(number)s") % {"number": row[6]},
            inspection_id=inspection_id,
            receipt_id=row[4],
            purchase_line_id=row[5],
        )
    )


@transactional
def claim_change(*, claim_id: int, quantity: int, amount: Decimal, reason: str) -> None:
    """Correct a claim that has not been sent. Raises as :func:`claim_move`, :class:`ClaimInvalid`."""
    state, _supplier = _locked(claim_id)
    if state != ClaimState.OPEN:
        raise ClaimStateConflict(_("The claim has been sent; withdraw it and make another one."))
    if quantity <= 0 or amount < 0 or not reason.strip():
        raise ClaimInvalid(_("A claim needs a quantity, a reason, and an amount that is not negative."))
    execute(
        "UPDATE claim SET quantity = %s, amount = %s, reason = %s WHERE id = %s",
        [quantity, round(amount, 2), reason.strip()[:500], claim_id],
    )
    audit_record(
        action="inbound.claim.changed",
        entity_kind="claim",
        entity_id=claim_id,
        after={"quantity": quantity, "amount": str(amount)},
    )


@transactional
def claim_move(
    *, claim_id: int, state: str, settlement: str = "", settled_amount: Decimal | None = None, note: str = ""
) -> None:
    """Take a claim one step on: sent, agreed, settled, refused, cancelled. Repeating the last step changes nothing.

    :param settlement: of ``settled``: how; with ``settled_amount``, by default all that was claimed.

    Locks the claim. Emits ``ClaimMoved``. Raises :class:`ClaimNotFound`, :class:`ClaimStateConflict`,
    :class:`ClaimInvalid`.
    """
    before, supplier_id = _locked(claim_id)
    if before == state:
        return
    if not may_become(CLAIM_TRANSITIONS, before, state):
        raise ClaimStateConflict(
            _("A claim that is “%(state)s” cannot become “%(target)s”.")
            % {"state": ClaimState(before).label, "target": ClaimState(state).label},
            data={"state": before},
        )
    if state == ClaimState.SETTLED and settlement not in Settlement.values:
        raise ClaimInvalid(_("Say how the claim was settled: credit note, money, replacement or rework."))
    if settled_amount is not None and settled_amount < 0:
        raise ClaimInvalid(_("What was paid cannot be less than nothing."))
    now = clock.now()
    ends = state in (ClaimState.SETTLED, ClaimState.CANCELLED)
    execute(
        "UPDATE claim SET state = %s, settlement = %s, note = CASE WHEN %s = '' THEN note ELSE %s END,"
        " settled_amount = CASE WHEN %s THEN coalesce(%s::numeric, amount) ELSE 0 END,"
        " sent_at = CASE WHEN %s THEN %s ELSE sent_at END, closed_at = CASE WHEN %s THEN %s::timestamptz END WHERE id = %s",
        [
            state, settlement if state == ClaimState.SETTLED else "", note[:500], note[:500],
            state == ClaimState.SETTLED, settled_amount, state == ClaimState.SENT, now, ends, now, claim_id,
        ],
    )  # fmt: skip
    after: dict[str, Any] = {"state": state}
    if settlement:
        after["settlement"] = settlement
    audit_record(
        action="inbound.claim.moved",
        entity_kind="claim",
        entity_id=claim_id,
        before={"state": before},
        after=after,
    )
    emit(ClaimMoved(claim_id=claim_id, supplier_id=supplier_id, state=state))


def _locked(claim_id: int) -> tuple[str, int]:
    row = fetch_one(
        "SELECT state, supplier_id, warehouse_id, owner_id FROM claim WHERE id = %s FOR NO KEY UPDATE",
        [claim_id],
    )
    if row is None:
        raise ClaimNotFound(_("There is no such claim, or it lies outside your data scope."))
    current_actor().scope.require(warehouse=row[2], owner=row[3])
    return row[0], row[1]
