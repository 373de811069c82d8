"""Announcements, receipts and appointments by their numbers, for the desk's search field."""

from __future__ import annotations

from hecang.inbound.models import AppointmentState, AsnState, ReceiptState
from hecang.inbound.selectors.receiving_lists import appointment_rows, asn_rows, receipt_rows
from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher


@searcher(permission="inbound.asn.view")
def asns_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """By their number, the sender's number, that of a carton or of the order."""
    rows = asn_rows(actor, q=text).order_by("-id").values("id", "number", "state", "supplier__name")[:limit]
    return [
        SearchHit(
            kind="asn",
            id=row["id"],
            title=row["number"],
            subtitle=" · ".join(filter(None, (row["supplier__name"], str(AsnState(row["state"]).label)))),
            url_path=f"/asns?open={row['id']}",
        )
        for row in rows
    ]


@searcher(permission="inbound.receipt.view")
def receipts_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """By their number, or that of the announcement or order."""
    rows = (
        receipt_rows(actor, q=text).order_by("-id").values("id", "number", "state", "supplier__name")[:limit]
    )
    return [
        SearchHit(
            kind="receipt",
            id=row["id"],
            title=row["number"],
            subtitle=" · ".join(filter(None, (row["supplier__name"], str(ReceiptState(row["state"]).label)))),
            url_path=f"/receipts?open={row['id']}",
        )
        for row in rows
    ]


@searcher(permission="inbound.appointment.view")
def appointments_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """By their number or the plate."""
    rows = appointment_rows(actor, q=text).order_by("-id").values("id", "number", "state", "plate")[:limit]
    return [
        SearchHit(
            kind="appointment",
            id=row["id"],
            title=row["number"],
            subtitle=" · ".join(filter(None, (row["plate"], str(AppointmentState(row["state"]).label)))),
            url_path=f"/appointments?open={row['id']}",
        )
        for row in rows
    ]
