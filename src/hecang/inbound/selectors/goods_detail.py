"""One inspection, claim, putaway or return with all that belongs to it; what has happened, from the audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from hecang.accounts.models import AuditEntry
from hecang.inbound.errors_quality import (
    ClaimNotFound,
    InspectionNotFound,
    PutawayNotFound,
    ReturnNotFound,
)
from hecang.inbound.models import ClaimState, Grade, InspectionState, PutawayState, Receipt, ReturnState
from hecang.inbound.putting.base import strategies
from hecang.inbound.selectors.goods_lists import (
    CLAIM_VALUES,
    INSPECTION_VALUES,
    PUTAWAY_VALUES,
    RETURN_VALUES,
    claim_rows,
    inspection_rows,
    putaway_rows,
    return_rows,
)
from hecang.inbound.selectors.receiving_lists import receipt_rows
from hecang.inbound.states_quality import CLAIM_TRANSITIONS, OUTCOMES, PROPOSED
from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.kernel.db import fetch


def timeline(entity_kind: str, entity_id: int) -> list[dict[str, Any]]:
    """What happened, the newest first. One statement."""
    rows = AuditEntry.objects.filter(entity_kind=entity_kind, entity_id=entity_id).order_by("-id")[:100]
    return [
        {"at": row["at"], "actor": row["actor"], "action": row["action"], "data": row["after"] or {}}
        for row in rows.values("at", "actor", "action", "after")
    ]


#: The number of the receipt that goods came with.
_RECEIPT = Subquery(Receipt.objects.filter(pk=OuterRef("receipt_id")).values("number"))


def inspection_detail(actor: Actor, inspection_id: int) -> dict[str, Any]:
    """An inspection with limits, checklist, results and claims. Five statements."""
    rows = inspection_rows(actor).filter(pk=inspection_id).annotate(receipt_number=_RECEIPT)
    found = nest(
        list(rows.values(*INSPECTION_VALUES, "receipt_number", "limits", "checklist", "reason", "started_at", "inspector__id", "inspector__username", "plan__instructions"))
    )  # fmt: skip
    if not found:
        raise InspectionNotFound(_("There is no such inspection, or it lies outside your data scope."))
    row = found[0]
    row["instructions"] = (row["plan"] or {}).pop("instructions", "") or ""
    results = fetch(
        "SELECT id, item, unit, is_good, value::text, text, photo, defect_class, defect_units, by, at"
        " FROM inspection_result WHERE inspection_id = %s ORDER BY id",
        [inspection_id],
    )
    names = (
        "id",
        "item",
        "unit",
        "is_good",
        "value",
        "text",
        "photo",
        "defect_class",
        "defect_units",
        "by",
        "at",
    )
    places = fetch(
        "SELECT l.id, l.code, p.quantity FROM inspection_part p JOIN location l ON l.id = p.location_id"
        " WHERE p.inspection_id = %s AND p.quantity > 0 ORDER BY l.code",
        [inspection_id],
    )
    claims = fetch(
        "SELECT id, number, state FROM claim WHERE inspection_id = %s ORDER BY id", [inspection_id]
    )
    is_open = row["state"] in (InspectionState.WAITING, InspectionState.IN_PROGRESS)
    passes = all(row[name] < limit["reject"] for name, limit in row["limits"].items())
    actions = []
    if is_open:
        actions = ["inspect", "reject", "conditional", "cancel"]
        if passes and row["inspected"] >= row["sample_size"]:
            actions.append("accept")
    elif row["state"] == InspectionState.DECIDED and row["rejected"] and row["supplier"]:
        actions = ["claim"]
    return {
        **row,
        "results": [dict(zip(names, one, strict=True)) for one in results],
        "places": [dict(zip(("id", "code", "quantity"), one, strict=True)) for one in places],
        "claims": [dict(zip(("id", "number", "state"), one, strict=True)) for one in claims],
        "passes": passes,
        "actions": actions,
        "events": timeline("inspection", inspection_id),
    }


def claim_detail(actor: Actor, claim_id: int) -> dict[str, Any]:
    """A claim and what can be done with it. Two statements."""
    found = nest(list(claim_rows(actor).filter(pk=claim_id).values(*CLAIM_VALUES)))
    if not found:
        raise ClaimNotFound(_("There is no such claim, or it lies outside your data scope."))
    row = found[0]
    targets = [state.value for state in ClaimState if state in CLAIM_TRANSITIONS[ClaimState(row["state"])]]
    return {**row, "actions": targets, "events": timeline("claim", claim_id)}


def putaway_detail(actor: Actor, putaway_id: int) -> dict[str, Any]:
    """A putaway with the reasons for its place and where it went otherwise. Four statements."""
    rows = putaway_rows(actor).filter(pk=putaway_id).annotate(receipt_number=_RECEIPT)
    found = nest(list(rows.values(*PUTAWAY_VALUES, "receipt_number", "why", "demand")))
    if not found:
        raise PutawayNotFound(_("There is no such putaway, or it lies outside your data scope."))
    row = found[0]
    overrides = fetch(
        "SELECT o.id, p.code, q.code, o.reason, o.note, o.quantity, o.by, o.at FROM putaway_override o"
        " LEFT JOIN location p ON p.id = o.planned_id JOIN location q ON q.id = o.placed_id"
        " WHERE o.putaway_id = %s ORDER BY o.id",
        [putaway_id],
    )
    names = ("id", "planned", "placed", "reason", "note", "quantity", "by", "at")
    row["demand"] = [{"kind": "", "id": 0, "number": "", "units": 0, **one} for one in row["demand"]]
    strategy = strategies().get(row["strategy"])
    standing = row["state"] in (PutawayState.WAITING, PutawayState.PLANNED, PutawayState.STUCK)
    return {
        **row,
        "strategy_title": translation.gettext(strategy.title) if strategy else "",
        "overrides": [dict(zip(names, one, strict=True)) for one in overrides],
        "actions": ["confirm", "plan", "cancel"] if standing else [],
        "events": timeline("putaway", putaway_id),
    }


_LINES = """
SELECT l.id, l.number, k.id, k.code, k.name, t.code, l.order_line_id, l.expected, l.received, l.serials, p.code, l.condition,
    l.grade, l.disposition, l.disposed, l.finished, l.reason, l.note, l.photos, l.graded_by, l.graded_at, l.disposed_by,
    l.disposed_at
FROM return_line l JOIN sku k ON k.id = l.sku_id LEFT JOIN lot t ON t.id = l.lot_id
LEFT JOIN location p ON p.id = l.location_id WHERE l.goods_return_id = %s ORDER BY l.number
"""


def return_detail(actor: Actor, return_id: int) -> dict[str, Any]:
    """A return with its lines, and orders that make good what came back. Four statements."""
    found = nest(
        list(return_rows(actor).filter(pk=return_id).values(*RETURN_VALUES, "location__id", "location__code"))
    )
    if not found:
        raise ReturnNotFound(_("There is no such return, or it lies outside your data scope."))
    row = found[0]
    is_open = row["state"] in (ReturnState.EXPECTED, ReturnState.RECEIVING, ReturnState.GRADING)
    lines = [_line(one, is_open) for one in fetch(_LINES, [return_id])]
    exchanges = []
    if row["order"] is not None:
        exchanges = fetch(
            "SELECT id, number, kind, state FROM sales_order WHERE origin_id = %s AND kind IN ('exchange', 'resend')"
            " ORDER BY id",
            [row["order"]["id"]],
        )
    actions = []
    if is_open:
        actions = ["receive", "cancel"] if row["state"] == ReturnState.EXPECTED else ["receive"]
    return {
        **row,
        "lines": lines,
        "exchanges": [dict(zip(("id", "number", "kind", "state"), one, strict=True)) for one in exchanges],
        "actions": actions,
        "events": timeline("goods_return", return_id),
    }


def _line(row: tuple[Any, ...], is_open: bool) -> dict[str, Any]:
    names = (
        "id", "number", "sku_id", "sku_code", "sku_name", "lot", "order_line_id", "expected", "received", "serials",
        "location", "condition", "grade", "disposition", "disposed", "finished", "reason", "note", "photos", "graded_by",
        "graded_at", "disposed_by", "disposed_at",
    )  # fmt: skip
    line = dict(zip(names, row, strict=True))
    line["sku"] = {"id": line.pop("sku_id"), "code": line.pop("sku_code"), "name": line.pop("sku_name")}
    open_units = line["received"] - line["disposed"]
    actions = []
    if is_open and open_units > 0:
        actions.append("grade")
        if line["grade"]:
            actions.append("dispose")
    outcomes = OUTCOMES.get(line["disposition"], ()) if line["finished"] < line["disposed"] else ()
    return {
        **line,
        "proposed": PROPOSED.get(line["grade"], "") if line["grade"] in Grade.values else "",
        "actions": actions,
        "outcomes": list(outcomes),
    }


_QUALITY = """
SELECT s.id, s.code, s.name, count(*) FILTER (WHERE i.state = 'decided'),
    count(*) FILTER (WHERE i.decision IN ('accept', 'conditional')), count(*) FILTER (WHERE i.decision = 'reject'),
    count(*) FILTER (WHERE i.state = 'skipped'), coalesce(sum(i.quantity) FILTER (WHERE i.state = 'decided'), 0)::bigint,
    coalesce(sum(i.rejected), 0)::bigint, coalesce(sum(i.inspected), 0)::bigint,
    coalesce(sum(i.critical + i.major + i.minor) FILTER (WHERE i.state = 'decided'), 0)::bigint
FROM inspection i JOIN supplier s ON s.id = i.supplier_id
WHERE coalesce(i.decided_at, i.created_at) >= %(since)s AND (%(supplier)s::bigint IS NULL OR s.id = %(supplier)s)
    AND (%(houses)s::bigint[] IS NULL OR i.warehouse_id = ANY(%(houses)s))
    AND (%(owners)s::bigint[] IS NULL OR i.owner_id = ANY(%(owners)s))
GROUP BY s.id ORDER BY coalesce(sum(i.rejected), 0) DESC, s.code LIMIT 200
"""
_CLAIMED = """
SELECT supplier_id, currency, sum(amount), sum(settled_amount) FROM claim
WHERE created_at >= %s AND NOT state = 'cancelled' GROUP BY supplier_id, currency ORDER BY currency
"""


def supplier_quality(actor: Actor, *, days: int = 90, supplier_id: int | None = None) -> list[dict[str, Any]]:
    """How the lots of suppliers fared in the last days, the worst first. Two statements."""
    since = clock.now() - timedelta(days=days)
    scope = actor.scope
    rows = fetch(
        _QUALITY,
        {
            "since": since, "supplier": supplier_id,
            "houses": None if scope.warehouses is None else sorted(scope.warehouses),
            "owners": None if scope.owners is None else sorted(scope.owners),
        },
    )  # fmt: skip
    claims: dict[int, list[dict[str, Any]]] = {}
    for key, currency, amount, settled in fetch(_CLAIMED, [since]):
        claims.setdefault(key, []).append({"currency": currency, "amount": amount, "settled": settled})
    return [
        {
            "supplier": {"id": row[0], "code": row[1], "name": row[2]},
            "lots": row[3], "accepted": row[4], "refused": row[5], "skipped": row[6], "units": row[7],
            "rejected_units": row[8], "inspected_units": row[9], "defective_units": row[10],
            "claims": claims.get(row[0], []),
        }
        for row in rows
    ]  # fmt: skip


def crossdocked(receipt_ids: list[int]) -> dict[int, int]:
    """Receipt → units that went to those who waited for them. One statement."""
    return dict(
        fetch(
            "SELECT receipt_id, sum(quantity)::bigint FROM putaway WHERE receipt_id = ANY(%s::bigint[])"
            " AND kind = 'crossdock' AND NOT state = 'cancelled' GROUP BY receipt_id",
            [receipt_ids],
        )
    )


def receipt_progress(actor: Actor, receipt_id: int) -> dict[str, Any]:
    """What becomes of a receipt's goods: units inspected, cross-docked, on a shelf, still to go. Three statements."""
    if not receipt_rows(actor).filter(pk=receipt_id).exists():
        raise PutawayNotFound(_("There is no such receipt, or it lies outside your data scope."))
    rows = fetch(
        "SELECT kind, state, sum(quantity)::bigint, sum(done)::bigint FROM putaway WHERE receipt_id = %s"
        " AND NOT state = 'cancelled' GROUP BY kind, state",
        [receipt_id],
    )
    waits = fetch(
        "SELECT coalesce(sum(quantity) FILTER (WHERE state IN ('waiting', 'in_progress')), 0)::bigint,"
        " coalesce(sum(rejected), 0)::bigint FROM inspection WHERE receipt_id = %s",
        [receipt_id],
    )[0]
    return {
        "in_quarantine": waits[0],
        "rejected": waits[1],
        "crossdock_units": sum(row[2] for row in rows if row[0] == "crossdock"),
        "crossdock_done": sum(row[3] for row in rows if row[0] == "crossdock"),
        "shelf_units": sum(row[2] for row in rows if row[0] == "shelf"),
        "shelf_done": sum(row[3] for row in rows if row[0] == "shelf"),
        "stuck": sum(row[2] - row[3] for row in rows if row[1] == "stuck"),
    }
