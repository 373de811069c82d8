"""Carriers' bills, for lists and totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from hecang.kernel import db
from hecang.shipping.models import CarrierBill, CarrierBillLine


def bill_list(
    *, carrier_id: int | None = None, state: str | None = None, q: str | None = None
) -> QuerySet[Any, Any]:
    """Bills; ``q`` is the beginning of a number."""
    rows = CarrierBill.objects.values(
        "id", "number", "carrier__id", "carrier__code", "carrier__name", "currency", "state", "created_at",
        "reconciled_at", "closed_at",
    )  # fmt: skip
    if q:
        rows = rows.filter(number__istartswith=q)
    wanted = {"carrier_id": carrier_id, "state": state}
    return rows.filter(**{key: value for key, value in wanted.items() if value is not None})


def bill_line_list(
    *,
    bill_id: int,
    verdict: Sequence[str] | None = None,
    decision: str | None = None,
    q: str | None = None,
) -> QuerySet[Any, Any]:
    """Lines of a bill; ``q`` is a whole waybill number."""
    rows = CarrierBillLine.objects.filter(bill_id=bill_id).values(
        "id", "position", "number", "waybill__id", "waybill__reference", "waybill__service__code",
        "waybill__warehouse__code", "waybill__region_code", "billed_weight_g", "our_weight_g", "price", "surcharge",
        "our_price", "price_at_theirs", "difference", "verdict", "decision", "note",
    )  # fmt: skip
    if verdict:
        rows = rows.filter(verdict__in=verdict)
    if decision is not None:
        rows = rows.filter(decision="" if decision == "open" else decision)
    return rows.filter(number=q) if q else rows


def bill_totals(bill_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """For each bill its lines, amounts and differences by verdict and decision. One statement."""
    rows = db.fetch(
        """
        SELECT bill_id, verdict, decision, count(*), sum(price + surcharge), coalesce(sum(our_price), 0), sum(difference)
          FROM carrier_bill_line WHERE bill_id = ANY(%s) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        (list(bill_ids),),
    )
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in bill_ids}
    for bill_id, verdict, decision, lines, billed, ours, difference in rows:
        found[bill_id].append(
            {
                "verdict": verdict, "decision": decision, "lines": lines, "billed": billed, "ours": ours,
                "difference": difference,
            }
        )  # fmt: skip
    return found
