"""A purchase order as its supplier gets it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.errors import NotFound
from hecang.partners.selectors import region_names
from hecang.purchasing.ways import DocumentLine, DocumentParty, OrderDocument

_HEAD = """
SELECT o.id, o.number, o.revision, coalesce(o.ordered_on, o.created_at::date), o.currency, o.amount, o.note, o.state,
    w.code, w.name, w.region_id, w.address, w.contact, w.phone,
    n.code, n.name, s.code, s.name, s.region_id, s.address, s.contact, s.phone, s.email, s.account_number, o.supplier_id,
    o.warehouse_id, o.owner_id
FROM purchase_order o
JOIN warehouse w ON w.id = o.warehouse_id
JOIN owner n ON n.id = o.owner_id
JOIN supplier s ON s.id = o.supplier_id
WHERE o.id = %s
"""
_LINES = """
SELECT l.number, k.code, l.supplier_sku, coalesce(nullif(i.supplier_name, ''), k.name), k.base_unit,
    coalesce((SELECT b.code FROM barcode b WHERE b.sku_id = k.id AND b.quantity = 1 ORDER BY b.is_primary DESC, b.id LIMIT 1), ''),
    l.quantity - l.cancelled, l.unit_price, coalesce(l.confirmed_on, l.expected_on)
FROM purchase_order_line l JOIN sku k ON k.id = l.sku_id
LEFT JOIN supplier_item i ON i.sku_id = l.sku_id AND i.supplier_id = %s
WHERE l.order_id = %s AND (l.quantity > l.cancelled OR %s)
ORDER BY l.number
"""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom an order goes to, and for whom."""

    supplier_id: int
    warehouse_id: int
    owner_id: int


def document_of(dispatch_id: int) -> tuple[OrderDocument, Addressee]:
    """What is to be sent, and to whom. Three statements. Raises NotFound."""
    row = fetch_one("SELECT order_id, kind FROM purchase_dispatch WHERE id = %s", [dispatch_id])
    if row is None:
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    return _document(row[0], row[1], dispatch_id)


def document_draft(order_id: int) -> OrderDocument:
    """The order as it would be sent now. Raises NotFound."""
    return _document(order_id, "", 0)[0]


def _document(order_id: int, kind: str, dispatch_id: int) -> tuple[OrderDocument, Addressee]:
    head = fetch_one(_HEAD, [order_id])
    if head is None:
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    number, revision, ordered_on, currency, amount, note, state = head[1:8]
    taken = kind or ("cancel" if state == "cancelled" else "change" if revision else "order")
    supplier_id = head[24]
    lines = [DocumentLine(*line) for line in fetch(_LINES, [supplier_id, order_id, taken == "cancel"])]
    document = OrderDocument(
        key=f"{number}-{revision}" + ("-cancel" if taken == "cancel" else ""),
        dispatch_id=dispatch_id,
        kind=taken,
        number=number,
        revision=revision,
        ordered_on=ordered_on,
        currency=currency,
        amount=amount if isinstance(amount, Decimal) else Decimal(amount),
        buyer=DocumentParty(head[14], head[15]),
        supplier=DocumentParty(head[16], head[17], _place(head[18], head[19]), head[20], head[21]),
        account_number=head[23],
        email=head[22],
        ship_to=DocumentParty(head[8], head[9], _place(head[10], head[11]), head[12], head[13]),
        lines=lines,
        note=note,
        language="zh-hans",
        at=clock.now(),
    )
    return document, Addressee(supplier_id, head[25], head[26])


def _place(region: Any, address: str) -> str:
    names = region_names([region]) if region else {}
    return f"{names[region]}{address}" if region in names else address
