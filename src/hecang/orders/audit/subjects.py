"""An order as rules look at it, on its way in or stored already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import fetch
from hecang.orders.recipients import recipient_gaps


class SubjectLine(NamedTuple):
    """A line as rules look at it."""

    sku_id: int
    quantity: int
    unit_price: Decimal
    amount: Decimal
    kind: str


@dataclass(slots=True)
class Subject:
    """What rules may ask of one order, before the database has been asked anything else.

    :param index: names it within the batch.
    :param address: in clear, and never kept; empty unless a rule asks for it.
    :param short: SKU id → units that no warehouse has.
    :param sources: warehouses that ship something of it.
    """

    index: int
    order_id: int | None
    shop_id: int
    shop_code: str
    placed_at: datetime
    kind: str
    tags: Sequence[str]
    currency: str
    priority: int
    total: Decimal
    goods: Decimal
    discount: Decimal
    freight: Decimal
    buyer: str
    buyer_remark: str
    seller_remark: str
    region_code: str
    missing: Sequence[str]
    is_sealed: bool
    phone_hash: str
    customer_id: int | None
    lines: Sequence[SubjectLine]
    address: str = ""
    short: Mapping[int, int] = field(default_factory=dict)
    sources: Collection[int] = ()


_ORDERS = """
SELECT o.id, o.shop_id, s.code, o.placed_at, o.kind, o.tags, o.currency, o.priority, o.total_amount,
    o.goods_amount, o.discount_amount, o.freight_amount, o.buyer, o.buyer_remark, o.seller_remark, o.region_code,
    o.is_sealed, o.phone_hash, o.customer_id, o.recipient_cipher
FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.id = ANY(%s::bigint[]) ORDER BY o.id
"""
_LINES = """
SELECT order_id, sku_id, quantity - cancelled, unit_price, amount, kind, backordered FROM sales_order_line
WHERE order_id = ANY(%s::bigint[]) AND quantity > cancelled ORDER BY order_id, line_no
"""
_SOURCES = """
SELECT DISTINCT l.order_id, r.warehouse_id
FROM sales_order_line l JOIN reservation r ON r.source_kind = 'sales_order_line' AND r.source_id = l.id
WHERE l.order_id = ANY(%s::bigint[]) AND r.state = 'active'
"""


def subjects_stored(order_ids: Sequence[int], *, sources: bool = False) -> list[Subject]:
    """Stored orders as they are now, by id. Two statements, three with ``sources``."""
    wanted = sorted(set(order_ids))
    lines: dict[int, list[SubjectLine]] = {}
    short: dict[int, dict[int, int]] = {}
    for order_id, sku_id, quantity, price, amount, kind, waiting in fetch(_LINES, [wanted]):
        lines.setdefault(order_id, []).append(SubjectLine(sku_id, quantity, price, amount, kind))
        if waiting:
            units = short.setdefault(order_id, {})
            units[sku_id] = units.get(sku_id, 0) + waiting
    shipping: dict[int, set[int]] = {}
    if sources:
        for order_id, warehouse_id in fetch(_SOURCES, [wanted]):
            shipping.setdefault(order_id, set()).add(warehouse_id)
    found = []
    for row in fetch(_ORDERS, [wanted]):
        order_id, cipher = row[0], row[19]
        clear = decrypt_json(cipher) if cipher is not None else {}
        gaps = recipient_gaps(
            name=clear.get("name", ""),
            phone=clear.get("phone", ""),
            address=clear.get("address", ""),
            sealed=clear.get("sealed"),
        )
        found.append(
            Subject(
                order_id,
                order_id,
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                row[7],
                row[8],
                row[9],
                row[10],
                row[11],
                row[12],
                row[13],
                row[14],
                row[15],
                missing=gaps,
                is_sealed=row[16],
                phone_hash=row[17],
                customer_id=row[18],
                lines=lines.get(order_id, []),
                address=address_text(clear),
                short=short.get(order_id, {}),
                sources=shipping.get(order_id, ()),
            )
        )
    return found


def address_text(clear: Mapping[str, str]) -> str:
    """Where a recipient lives, as one text."""
    return "".join(clear.get(part, "") for part in ("province", "city", "district", "address"))
