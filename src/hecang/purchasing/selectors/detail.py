"""One purchase order, one invoice, with all that the desk shows of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.kernel.errors import NotFound
from hecang.purchasing.models import (
    PurchaseApproval,
    PurchaseArrival,
    PurchaseDispatch,
    PurchaseOrder,
    PurchaseOrderChange,
    PurchaseOrderLine,
    PurchaseRequest,
    SupplierInvoiceLine,
)
from hecang.purchasing.selectors.lists import invoice_rows, order_rows, refs
from hecang.purchasing.selectors.policy import policy_now, roles_needed
from hecang.purchasing.states import ENDED, RUNNING, UNSENT, allowed


def order_detail(actor: Actor, order_id: int) -> dict[str, Any]:
    """An order with its lines, approvals, changes, sendings and what may be done with it. Nine statements."""
    row = order_rows(actor).filter(pk=order_id).first()
    if row is None:
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    more = PurchaseOrder.objects.values(
        "note", "submitted_by", "approved_by", "approved_at", "approved_amount", "confirmed_at", "closed_at",
        "end_reason", "approval_round", "submitted_by_user_id", "supplier__send_by", "supplier__email",
    ).get(pk=order_id)  # fmt: skip
    order = {**nest([row])[0], **more, "send_by": more["supplier__send_by"]}
    approvals = list(
        PurchaseApproval.objects.filter(order_id=order_id)
        .order_by("id")
        .values("id", "round", "role", "is_approved", "amount", "note", "by", "at")
    )
    given = {
        one["role"] for one in approvals if one["is_approved"] and one["round"] == order["approval_round"]
    }
    needed = roles_needed(policy_now(), order["amount"], order["currency"]) or [""]
    missing = [role for role in needed if role not in given] if order["state"] == "submitted" else []
    return {
        **order,
        "lines": order_lines(order_id),
        "approvals": approvals,
        "missing": missing,
        "changes": list(
            PurchaseOrderChange.objects.filter(order_id=order_id)
            .order_by("-revision")
            .values("revision", "before", "after", "reason", "by", "at")
        ),
        "dispatches": list(
            PurchaseDispatch.objects.filter(order_id=order_id)
            .order_by("-id")
            .values(
                "id",
                "revision",
                "kind",
                "way",
                "state",
                "target",
                "attempts",
                "sent_at",
                "last_error",
                "created_at",
            )
        ),
        "needs_sending": order["state"] in RUNNING and order["sent_revision"] != order["revision"],
        "actions": order_actions(actor, order),
    }


def order_lines(order_id: int) -> list[dict[str, Any]]:
    """The lines of an order with the requests behind them and what came when. Three statements."""
    lines = nest(
        list(
            PurchaseOrderLine.objects.filter(order_id=order_id)
            .order_by("number")
            .values(
                "id", "number", "quantity", "unit_price", "list_price", "supplier_sku", "expected_on",
                "confirmed_quantity", "confirmed_on", "confirmed_price", "received", "rejected", "cancelled", "short", "invoiced",
                "last_received_at", "sku__base_unit", *refs("sku"),
            )
        )
    )  # fmt: skip
    ids = [line["id"] for line in lines]
    requests = _by_line(
        PurchaseRequest.objects.filter(order_line_id__in=ids)
        .order_by("id")
        .values("order_line_id", "id", "number", "quantity")
    )
    arrivals = _by_line(
        PurchaseArrival.objects.filter(order_line_id__in=ids)
        .order_by("at", "id")
        .values("order_line_id", "id", "at", "quantity", "rejected")[:5000]
    )
    for line in lines:
        line["open"] = max(line["quantity"] - line["received"] - line["cancelled"], 0)
        line["requests"] = requests.get(line["id"], [])
        line["arrivals"] = arrivals.get(line["id"], [])
    return lines


def _by_line(rows: Iterable[Any]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["order_line_id"], []).append(row)
    return found


def order_actions(actor: Actor, order: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be done with an order now; why not, where it cannot."""
    state = order["state"]
    wrong = _("not in this state")
    may = actor.may
    resend = state in RUNNING and order["sent_revision"] != order["revision"]
    found = [
        ("change", state not in ENDED, "purchasing.order.change"),
        ("submit", allowed("purchase_order", state, "submitted"), "purchasing.order.submit"),
        ("approve", state == "submitted", "purchasing.order.approve"),
        ("reject", state in {"submitted", "approved"}, "purchasing.order.approve"),
        ("send", state == "approved" or resend, "purchasing.order.send"),
        ("confirm", state in RUNNING, "purchasing.order.confirm"),
        ("close", allowed("purchase_order", state, "closed"), "purchasing.order.close"),
        ("cancel", state in UNSENT or state in {"sent", "confirmed"}, "purchasing.order.cancel"),
    ]
    return [
        {
            "code": code,
            "allowed": fits and may(permission),
            "reason": ""
            if fits and may(permission)
            else wrong
            if not fits
            else _("your roles do not allow it"),
        }
        for code, fits, permission in found
    ]


def invoice_detail(actor: Actor, invoice_id: int) -> dict[str, Any]:
    """An invoice with its lines beside what was ordered and received. Two statements."""
    row = invoice_rows(actor).filter(pk=invoice_id).first()
    if row is None:
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    lines = nest(
        list(
            SupplierInvoiceLine.objects.filter(invoice_id=invoice_id)
            .order_by("number")
            .values(
                "id", "number", "description", "quantity", "unit_price", "amount", "payable_quantity", "difference",
                "differences", "order_line__id", "order_line__number", "order_line__quantity",
                "order_line__unit_price", "order_line__received", "order_line__rejected", "order_line__invoiced",
                "order_line__order__id", "order_line__order__number", *refs("order_line__sku"),
            )
        )
    )  # fmt: skip
    return {**nest([row])[0], "lines": lines}
