"""The end of the month: every document of every kind is at its end, or the system itself says why not."""

from __future__ import annotations

from django.db import connection

#: Kind → (table, states that are an end, what the system says about the others: SQL, null or empty where it says nothing).
KINDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "purchase requests": ("purchase_request", ("ordered", "cancelled"), "NULL"),
    "purchase orders": ("purchase_order", ("closed", "cancelled"),
        ("CASE WHEN d.state = 'received' AND NOT EXISTS (SELECT FROM purchase_order_line l WHERE l.order_id = d.id AND l.received - l.rejected + l.cancelled"
        " < l.quantity AND l.received = 0) THEN 'everything came; open for invoices and what was refused'"
        " WHEN d.state IN ('sent', 'confirmed', 'receiving') THEN 'expected on ' || d.expected_on END")),
    "announcements": ("asn", ("received", "cancelled"), "CASE WHEN d.expected_at > %(now)s THEN 'comes ' || d.expected_at END"),
    "appointments": ("appointment", ("left", "cancelled", "no_show"), "NULL"),
    "receipts": ("receipt", ("closed", "cancelled"), "NULL"),
    "discrepancies": ("discrepancy", ("settled",), "CASE WHEN d.ticket_id IS NOT NULL THEN 'ticket ' || d.ticket_id END"),
    "inspections": ("inspection", ("decided", "skipped", "cancelled"), "NULL"),
    "claims": ("claim", ("settled", "cancelled"), "NULL"),
    "putaways": ("putaway", ("done", "cancelled"), "NULL"),
    "returns": ("goods_return", ("closed", "cancelled"), "NULL"),
    "counts": ("stock_count", ("closed", "cancelled"), "NULL"),
    "count places": ("count_place", ("done", "skipped", "cancelled"), "NULL"),
    "count lines": ("count_line", ("matched", "posted", "dismissed", "superseded"), "NULL"),
    "replenishments": ("replenishment", ("done", "cancelled"), "NULL"),
    "kit jobs": ("kit_job", ("done", "cancelled"), "NULL"),
    "stock changes": ("stock_change", ("applied", "rejected", "cancelled"), "NULL"),
    "transfers": ("transfer", ("closed", "cancelled"), "NULL"),
    "sales orders": ("sales_order", ("shipped", "cancelled", "merged"),
        ("CASE WHEN EXISTS (SELECT FROM sales_order_line l WHERE l.order_id = d.id AND l.backordered > 0) THEN 'waits for goods: '"
        " || (SELECT sum(l.backordered) FROM sales_order_line l WHERE l.order_id = d.id) || ' units are backordered'"
        " ELSE (SELECT 'held: ' || min(h.code) FROM order_hold h WHERE h.order_id = d.id AND h.released_at IS NULL) END")),
    "fulfilments": ("fulfilment", ("shipped", "cancelled"),
        ("CASE WHEN d.is_stopped THEN (SELECT 'its order is held: ' || min(h.code) FROM order_hold h WHERE h.order_id = d.order_id"
        " AND h.released_at IS NULL) END")),
    "waves": ("wave", ("done", "cancelled"),
        "(SELECT 'a fulfilment of it is not shipped' FROM fulfilment f WHERE f.wave_id = d.id AND f.state NOT IN ('shipped', 'cancelled') LIMIT 1)"),
    "batches": ("batch", ("picked", "cancelled"), "NULL"),
    "pick tasks": ("pick_task", ("done", "short", "cancelled"), "NULL"),
    "parcels": ("parcel", ("shipped", "cancelled"),
        "(SELECT 'its order is held' FROM fulfilment f WHERE f.id = d.fulfilment_id AND f.is_stopped)"),
    "invoices": ("supplier_invoice", ("handed_over", "cancelled"), "NULL"),
    "tasks": ("task", ("done", "cancelled"), "NULL"),
    "reservations": ("reservation", ("consumed", "released", "expired"),
        "CASE d.source_kind WHEN 'sales_order_line' THEN 'for a line of an open order' WHEN 'checkout' THEN 'until ' || d.expires_at END"),
    "allocations": ("allocation", ("shipped", "released"),
        ("(SELECT 'its fulfilment is stopped' FROM fulfilment_line l JOIN fulfilment f ON f.id = l.fulfilment_id"
        " WHERE d.source_kind = 'fulfilment_line' AND l.id = d.source_id AND f.is_stopped)")),
}  # fmt: skip
#: Documents that have no life of their own.
OTHERS = ("movement", "waybill", "manifest", "stock_hold", "stock_alert", "floor_session", "checkout")


def counts() -> dict[str, int]:
    """How many documents there are, by kind."""
    found = {}
    with connection.cursor() as cursor:
        for name, table in [
            *((name, kind[0]) for name, kind in KINDS.items()),
            *((one, one) for one in OTHERS),
        ]:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[name] = cursor.fetchone()[0]
    return found


def standing(now: object) -> tuple[dict[str, int], list[str]]:
    """(reason → number of documents that it explains, documents that nothing explains)."""
    explained: dict[str, int] = {}
    unexplained: list[str] = []
    with connection.cursor() as cursor:
        for name, (table, ends, why) in KINDS.items():
            cursor.execute(
                f"SELECT d.id, d.state, {why} AS why FROM {table} d WHERE d.state <> ALL(%(ends)s)",
                {"ends": list(ends), "now": now},
            )
            for key, state, reason in cursor.fetchall():
                if reason:
                    text = f"{name}, {state}: {str(reason).split(' on ')[0].rstrip('0123456789')}"
                    explained[text] = explained.get(text, 0) + 1
                else:
                    unexplained.append(f"{name} {key} is {state}")
    return explained, unexplained
