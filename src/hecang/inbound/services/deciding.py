"""The decision about inspected goods: what becomes good, what is refused, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.errors_quality import (
    ConcessionMissing,
    GoodsGone,
    InspectionFailed,
    InspectionIncomplete,
    ResultInvalid,
)
from hecang.inbound.events import InspectionDecided
from hecang.inbound.models import InspectionState
from hecang.inbound.sampling import switching
from hecang.inbound.sampling.plans import limit_tighter
from hecang.inbound.services.arrival_types import Arrival
from hecang.inbound.services.claims import claim_for_inspection
from hecang.inbound.services.differing_goods import differences_hold
from hecang.inbound.services.following import goods_follow
from hecang.inbound.services.inspections import (
    SUBJECT,
    Standing,
    inspection_lock,
    limits_for,
    open_items,
    require_open,
)
from hecang.inbound.services.plans import PlanFacts, plans_read
from hecang.inbound.services.records import records_lock, records_save
from hecang.inventory.models import Condition
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.kernel.permissions import declare
from hecang.purchasing.services import PurchaseRejected, purchase_lines_reject
from hecang.work.services import tasks_cancel, tasks_done

#: To accept in part, or against what the numbers say.
CONCEDE = declare("inbound.inspection.concede")

#: Where the quarantined units of a lot lie: first where they were received, then wherever they were carried.
_QUARANTINED = """
SELECT s.location_id, s.container_id, s.quantity - s.allocated
FROM stock s JOIN location l ON l.id = s.location_id
LEFT JOIN inspection_part p ON p.inspection_id = %(id)s AND p.location_id = s.location_id
    AND p.container_id IS NOT DISTINCT FROM s.container_id
WHERE s.warehouse_id = %(warehouse)s AND s.sku_id = %(sku)s AND s.owner_id = %(owner)s
    AND s.lot_id IS NOT DISTINCT FROM %(lot)s::bigint AND s.condition = 'quarantine' AND s.quantity > s.allocated
ORDER BY p.id IS NULL, s.id
"""


@dataclass(frozen=True, slots=True)
class DecisionIn:
    """What is decided.

    :param rejected: units refused. Of an accepted lot by default those that were found bad; of a conditional one they
        have to be named; of a rejected lot all are.
    :param rejected_to: ``damaged`` (ours to deal with) or ``vendor`` (kept apart to go back).
    :param claim: also claim them from the supplier.
    """

    decision: Literal["accept", "reject", "conditional"]
    rejected: int | None = None
    rejected_to: Literal["damaged", "vendor"] = "vendor"
    reason: str = ""
    claim: bool = False


@transactional
def inspection_decide(*, inspection_id: int, decision: DecisionIn) -> int:
    """Decide about a lot; how many units became good.

    Accepted units leave quarantine (a ledger entry each place), but for those that an open difference of their receipt
    keeps there; refused ones become damaged or stay for the supplier; the purchase learns what was refused, the supplier's record moves on, and what is good now goes on to whoever waits
    for it or to a shelf.

    Locks the inspection, differences, then orders of purchase, stock, and last the record. Emits ``InspectionDecided``. Raises
    :class:`InspectionStateConflict` (decided already), :class:`InspectionIncomplete`, :class:`InspectionFailed`,
    :class:`ConcessionMissing`, :class:`GoodsGone` (units were taken out of quarantine meanwhile).
    """
    found = inspection_lock(inspection_id)
    require_open(found)
    rejected = _rejected(found, decision)
    _require_grounds(found, decision)
    accepted = found.quantity - rejected
    held = differences_hold(found, rejected)
    places = _places(found, accepted - held, rejected, held)
    if rejected and found.purchase_line_id:
        purchase_lines_reject(
            rejected=[PurchaseRejected(found.purchase_line_id, rejected, key=f"inspection:{inspection_id}")]
        )
    execute(
        "UPDATE inspection SET state = 'decided', decision = %s, accepted = %s, rejected = %s, held = %s,"
        " rejected_to = %s, reason = %s, decided_by = %s, decided_at = %s WHERE id = %s",
        [
            decision.decision, accepted, rejected, held, decision.rejected_to if rejected else "", decision.reason[:500],
            current_actor().name[:100], clock.now(), inspection_id,
        ],
    )  # fmt: skip
    tasks_done(subjects=[(SUBJECT, inspection_id)], kind="inspect")
    _post(found, decision, places)
    if rejected and decision.claim:
        claim_for_inspection(inspection_id=inspection_id, quantity=rejected, reason=decision.reason)
    _record_move(found, decision.decision != "reject" and found.passes)
    audit_record(
        action="inbound.inspection.decided",
        entity_kind="inspection",
        entity_id=inspection_id,
        before={"state": found.state},
        after={
            "state": "decided", "decision": decision.decision, "accepted": accepted, "rejected": rejected, "held": held,
            "inspected": found.inspected, "critical": found.critical, "major": found.major, "minor": found.minor,
        },
    )  # fmt: skip
    emit(
        InspectionDecided(
            inspection_id=inspection_id,
            warehouse_id=found.warehouse_id,
            supplier_id=found.supplier_id or 0,
            sku_id=found.sku_id,
            accepted=accepted,
            rejected=rejected,
        )
    )
    return accepted - held


def _rejected(found: Standing, decision: DecisionIn) -> int:
    if decision.decision == "reject":
        return found.quantity
    bad = min(found.critical + found.major + found.minor, found.quantity)
    rejected = bad if decision.rejected is None and decision.decision == "accept" else decision.rejected
    if rejected is None or not 0 <= rejected <= found.quantity:
        raise ResultInvalid(_("Say how many of the %(units)s units are refused.") % {"units": found.quantity})
    return rejected


def _require_grounds(found: Standing, decision: DecisionIn) -> None:
    actor = current_actor()
    if decision.decision == "reject":
        if found.passes and not decision.reason:
            raise InspectionFailed(
                _("The numbers of %(number)s are within the plan. Say why the lot is refused all the same.")
                % {"number": found.number}
            )
        return
    if decision.decision == "conditional":
        if not actor.may(CONCEDE):
            raise ConcessionMissing(
                _("Accepting a lot in part is for a manager. Ask one to decide about %(number)s.")
                % {"number": found.number},
                data={"permission": CONCEDE},
            )
        if not decision.reason:
            raise InspectionFailed(_("Say why the lot is accepted in part."))
        return
    if not found.passes:
        raise InspectionFailed(
            _(
                "More defects were found in %(number)s than its plan allows. Reject the lot, or let a manager accept it in"
                " part."
            )
            % {"number": found.number},
            data={"critical": found.critical, "major": found.major, "minor": found.minor},
        )
    if found.inspected < found.sample_size:
        raise InspectionIncomplete(
            _("%(inspected)s of %(size)s units of %(number)s have been looked at. Inspect the others first.")
            % {"inspected": found.inspected, "size": found.sample_size, "number": found.number},
            data={"inspected": found.inspected, "sample_size": found.sample_size},
        )
    if items := open_items(found.id, found.checklist):
        raise InspectionIncomplete(
            _("“%(item)s” has no answer yet, and %(more)s more. Answer the checklist first.")
            % {"item": items[0].label, "more": len(items) - 1},
            data={"items": [item.code for item in items]},
        )


@dataclass(frozen=True, slots=True)
class _Place:
    location_id: int
    container_id: int | None
    accepted: int
    rejected: int
    held: int


def _places(found: Standing, accepted: int, rejected: int, held: int) -> list[_Place]:
    """How many units of each place are accepted, refused and held. Refused ones are taken from the first places."""
    rows = fetch(
        _QUARANTINED,
        {
            "id": found.id, "warehouse": found.warehouse_id, "sku": found.sku_id, "owner": found.owner_id,
            "lot": found.lot_id,
        },
    )  # fmt: skip
    places = []
    open_rejected, open_accepted, open_held = rejected, accepted, held
    for location_id, container_id, free in rows:
        bad = min(free, open_rejected)
        good = min(free - bad, open_accepted)
        stays = min(free - bad - good, open_held)
        open_rejected -= bad
        open_accepted -= good
        open_held -= stays
        if bad or good or stays:
            places.append(_Place(location_id, container_id, good, bad, stays))
    if missing := open_rejected + open_accepted + open_held:
        raise GoodsGone(
            _(
                "%(units)s units of %(number)s do not lie in quarantine any more. See where they went in the SKU's"
                " movements, and bring them back or correct the stock."
            )
            % {"units": missing, "number": found.number}
        )
    return places


def _post(found: Standing, decision: DecisionIn, places: Sequence[_Place]) -> None:
    """Move the units out of quarantine, and send them on."""
    bad = Condition.DAMAGED if decision.rejected_to == "damaged" else Condition.QUARANTINE
    entries = [
        PostingIn(
            sku_id=found.sku_id,
            owner_id=found.owner_id,
            lot_id=found.lot_id,
            quantity=units,
            from_location_id=place.location_id,
            to_location_id=place.location_id,
            from_condition=Condition.QUARANTINE.value,
            to_condition=condition.value,
            from_container_id=place.container_id,
            to_container_id=place.container_id,
            reason="condition",
            source_kind=SUBJECT,
            source_id=found.id,
        )
        for place in places
        for units, condition in ((place.accepted, Condition.GOOD), (place.rejected, bad))
        if units and condition != Condition.QUARANTINE
    ]
    stock_post(entries=entries)
    goods_follow(
        arrivals=[
            Arrival(
                warehouse_id=found.warehouse_id,
                location_id=place.location_id,
                sku_id=found.sku_id,
                owner_id=found.owner_id,
                quantity=units,
                supplier_id=found.supplier_id,
                lot_id=found.lot_id,
                container_id=place.container_id,
                condition=condition.value,
                receipt_id=found.receipt_id,
            )
            for place in places
            for units, condition in (
                (place.accepted, Condition.GOOD),
                (place.rejected, bad),
                (place.held, Condition.QUARANTINE),
            )
            if units
        ],
        source=(SUBJECT, found.id),
    )


def _record_move(found: Standing, accepted: bool) -> None:
    """What this lot means for the next one of the same supplier."""
    if found.plan_id is None:
        return
    plan = plans_read([found.plan_id])[found.plan_id]
    key = (found.plan_id, found.sku_id, found.supplier_id)
    record = records_lock([key])[key]
    limit = found.limits.get("major", {})
    outcome = switching.Outcome(
        accepted=accepted,
        marginal=any(
            limit["accept"] < found.bad(name) < limit["reject"] for name, limit in found.limits.items()
        ),
        accept=limit.get("accept", 0),
        would_pass_tighter=accepted and _passes_tighter(found, plan),
    )
    after = switching.after(record, outcome, switches=plan.switches and plan.sampling == "iso2859")
    records_save({key: after})
    if after.severity != record.severity:
        audit_record(
            action="inbound.inspection_record.switched",
            entity_kind="inspection",
            entity_id=found.id,
            before={"severity": record.severity},
            after={"severity": after.severity},
        )


def _passes_tighter(found: Standing, plan: PlanFacts) -> bool:
    """Whether the lot would have been accepted under the next stricter limit for major defects."""
    stricter = limit_tighter(plan.aql_major) if plan.sampling == "iso2859" and plan.aql_major else None
    if stricter is None or found.severity not in ("normal", "tightened", "reduced"):
        return False
    limits = limits_for(replace(plan, aql_major=stricter), found.quantity, found.severity)
    return found.major <= limits["major"].accept


@transactional
def inspection_cancel(*, inspection_id: int, reason: str) -> None:
    """Nothing is to be decided: the goods were booked by mistake, or dealt with otherwise. They stay as they are.

    Locks the inspection. Raises :class:`InspectionStateConflict`, :class:`ResultInvalid` without a reason.
    """
    found = inspection_lock(inspection_id)
    require_open(found)
    if not reason.strip():
        raise ResultInvalid(_("Say why there is nothing to inspect."))
    execute(
        "UPDATE inspection SET state = 'cancelled', reason = %s, decided_by = %s, decided_at = %s WHERE id = %s",
        [reason[:500], current_actor().name[:100], clock.now(), inspection_id],
    )
    tasks_cancel(subjects=[(SUBJECT, inspection_id)], kind="inspect")
    audit_record(
        action="inbound.inspection.cancelled",
        entity_kind="inspection",
        entity_id=inspection_id,
        before={"state": found.state},
        after={"state": InspectionState.CANCELLED.value, "reason": reason[:500]},
    )
