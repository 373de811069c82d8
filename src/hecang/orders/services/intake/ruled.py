"""Rules, credit and decisions on the way in: what rules say goes into the drafts before they are written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hecang.orders.audit import AuditHold, stock_codes
from hecang.orders.audit.ruling import RULE, Decision, Rulebook, Ruling, rules_ask
from hecang.orders.audit.subjects import Subject, SubjectLine
from hecang.orders.models import OrderDecision, OrderHold
from hecang.orders.services.crediting import Ask, credit_judge, on_account_write
from hecang.orders.services.decisions import decisions_write
from hecang.orders.services.intake.drafts import Draft, DraftLine
from hecang.orders.services.intake.inputs import MAX_TAGS
from hecang.orders.services.tasking import Wanted, tickets_want
from hecang.orders.states import APPROVED, PENDING

_INTAKE = OrderDecision.Stage.INTAKE.value
_STOCK = OrderDecision.Stage.STOCK.value
_APPROVAL = OrderDecision.Stage.APPROVAL.value
CREDIT = OrderHold.Code.CREDIT.value
ZERO = Decimal(0)


def rules_before(drafts: Sequence[Draft], book: Rulebook) -> None:
    """Ask the rules that need no stock, and let the drafts have what sourcing must know: warehouses, gifts, urgency."""
    rules = book.stage(after_sourcing=False)
    if not rules:
        return
    with_address = book.asks("recipient.address")
    rulings: dict[int, Ruling] = {}
    rules_ask(rules, [_subject(draft, with_address) for draft in drafts], rulings, stage=_INTAKE)
    for draft in drafts:
        ruling = rulings.get(draft.index)
        if ruling is not None:
            draft.ruling = ruling
            _obey(draft, ruling)


def _obey(draft: Draft, ruling: Ruling) -> None:
    draft.tags = _tags(draft.tags, ruling.tags)
    draft.service_id = draft.order.service_id or ruling.service_id
    draft.warehouses_only = list(draft.order.warehouses_only) or ruling.warehouses_only or []
    draft.warehouses_never = sorted(set(ruling.warehouses_never))
    if ruling.priority is not None:
        draft.priority = ruling.priority
    for sku, units in ruling.gifts:
        if any(line.kind == "gift" and line.sku_id == sku.id for line in draft.lines):
            continue
        draft.lines.append(DraftLine(draft.lines[-1].line_no + 1, sku.id, None, units, ZERO, ZERO, "gift"))
        draft.items[sku.id] = draft.items.get(sku.id, 0) + units
        draft.gifts[sku.id] = draft.gifts.get(sku.id, 0) + units
        draft.unit_count += units


def rules_after(drafts: Sequence[Draft], book: Rulebook) -> None:
    """Ask the rules that look at stock. Asked again where sourcing had to be repeated: the first answer falls."""
    rules = book.stage(after_sourcing=True)
    if not rules:
        return
    with_address = book.asks("recipient.address")
    rulings = {}
    for draft in drafts:
        draft.late = None
        if draft.before_late is not None:
            draft.tags, draft.service_id = draft.before_late
        draft.holds += [hold for hold in draft.waived if hold.code not in stock_codes()]
        draft.waived = []
        if draft.ruling is not None:  # a copy that knows where an earlier rule said stop
            rulings[draft.index] = Ruling(
                stopped_at=draft.ruling.stopped_at, service_id=draft.ruling.service_id
            )
    rules_ask(rules, [_subject(draft, with_address) for draft in drafts], rulings, stage=_STOCK)
    for draft in drafts:
        late = rulings.get(draft.index)
        if late is not None and late.decisions:
            draft.late = late


def holds_settle(draft: Draft) -> None:
    """Holds and state of a draft, of what built-in checks and rules said of it."""
    rulings = [ruling for ruling in (draft.ruling, draft.late) if ruling is not None]
    draft.holds = [hold for hold in draft.holds if hold.code != RULE]
    waived = {code for ruling in rulings for code in ruling.waived}
    if waived:
        draft.waived = [hold for hold in draft.holds if hold.code in waived]
        draft.holds = [hold for hold in draft.holds if hold.code not in waived]
    reasons = [reason for ruling in rulings for reason in ruling.reasons]
    if reasons:
        draft.holds.append(AuditHold(draft.index, RULE, {"rules": reasons}))
    goes_on = draft.shop.rules.auto_approve or any(ruling.approve for ruling in rulings)
    draft.state = APPROVED if goes_on and not draft.holds else PENDING
    if draft.late is not None:
        draft.before_late = draft.tags, draft.service_id
        draft.tags = _tags(draft.tags, draft.late.tags)
        draft.service_id = draft.service_id or draft.late.service_id


def credit_check(drafts: Sequence[Draft]) -> list[Draft]:
    """Hold drafts that their customers' credit does not cover; those drafts. Locks the credits."""
    asking = {
        draft.id: draft for draft in drafts if draft.customer_id is not None and draft.state == APPROVED
    }
    if not asking:
        return []
    judged = credit_judge(
        [
            Ask(key, draft.customer_id or 0, draft.total_amount, draft.order.currency or draft.shop.currency)
            for key, draft in asking.items()
        ]
    )
    on_account_write(judged.granted)
    for key, detail in judged.refused.items():
        draft = asking[key]
        draft.holds.append(AuditHold(draft.index, CREDIT, detail))
        draft.state = PENDING
    return [asking[key] for key in judged.refused]


def decisions_keep(drafts: Sequence[Draft]) -> None:
    """Write what was decided on new orders, by rules and by built-in checks. One statement, or none."""
    late_codes = stock_codes()
    decisions: list[tuple[int, Decision]] = []
    for draft in drafts:
        for hold in draft.holds:
            if hold.code != RULE:
                stage = _APPROVAL if hold.code == CREDIT else _STOCK if hold.code in late_codes else _INTAKE
                decisions.append((draft.id, Decision(stage, hold.code, [{"action": "hold"}], hold.detail)))
        for ruling in (draft.ruling, draft.late):
            if ruling is not None:
                decisions += [(draft.id, one) for one in ruling.decisions]
    decisions_write(decisions)


def tickets_ask(drafts: Sequence[Draft]) -> None:
    """Open the tickets that rules want for new orders."""
    tickets_want(
        [
            Wanted(draft.id, draft.number, draft.shop.id, draft.shop.owner_id, kind, subject, rule_id)
            for draft in drafts
            for ruling in (draft.ruling, draft.late)
            if ruling is not None
            for kind, subject, rule_id in ruling.tickets
        ]
    )


def _tags(present: Sequence[str], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*present, *more]))[:MAX_TAGS]


def _subject(draft: Draft, with_address: bool) -> Subject:
    order, recipient = draft.order, draft.order.recipient
    address = ""
    if with_address:
        address = f"{recipient.province}{recipient.city}{recipient.district}{recipient.address}"
    return Subject(
        index=draft.index,
        order_id=None,
        shop_id=draft.shop.id,
        shop_code=draft.shop.code,
        placed_at=order.placed_at,
        kind=order.kind,
        tags=draft.tags,
        currency=order.currency or draft.shop.currency,
        priority=draft.priority,
        total=draft.total_amount,
        goods=draft.goods_amount,
        discount=order.discount_amount,
        freight=order.freight_amount,
        buyer=order.buyer,
        buyer_remark=order.buyer_remark,
        seller_remark=order.seller_remark,
        region_code=draft.recipient.region_code,
        missing=draft.recipient.missing,
        is_sealed=draft.recipient.is_sealed,
        phone_hash=draft.recipient.phone_hash,
        customer_id=draft.customer_id,
        lines=[
            SubjectLine(line.sku_id, line.quantity, line.unit_price, line.amount, line.kind)
            for line in draft.lines
        ],
        address=address,
        short=draft.facts.short,
        sources=() if draft.plan is None else {take.warehouse_id for take in draft.plan.takes},
    )
