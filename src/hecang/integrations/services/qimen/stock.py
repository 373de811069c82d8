"""What lies in the warehouses, as an ERP asks for it: only goods of its owner, only in its warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.catalog.selectors import skus_by_code
from hecang.integrations.qimen.xml import Node, Rows
from hecang.integrations.services.qimen.sides import DEFECTS, GOOD, Side
from hecang.kernel.db import fetch
from hecang.kernel.errors import InvalidInput

#: Most lines of a page, and most criteria of a question.
MOST = 100

_TOTALS = """
SELECT s.warehouse_id, s.sku_id, s.condition = 'good', sum(s.quantity)::bigint,
    sum(s.allocated)::bigint + CASE WHEN s.condition = 'good' THEN coalesce(max(a.reserved), 0) ELSE 0 END
FROM stock s LEFT JOIN availability a
    ON a.warehouse_id = s.warehouse_id AND a.sku_id = s.sku_id AND a.owner_id = s.owner_id
WHERE s.owner_id = %s AND s.warehouse_id = ANY(%s::bigint[]) AND s.sku_id = ANY(%s::bigint[])
GROUP BY s.warehouse_id, s.sku_id, s.condition ORDER BY 1, 2, 3 DESC
"""
_BY_LOT = """
SELECT s.warehouse_id, s.sku_id, k.code, k.name, s.condition = 'good', l.code, l.produced_on, l.expires_on,
    sum(s.quantity)::bigint, sum(s.allocated)::bigint, count(*) OVER ()
FROM stock s JOIN sku k ON k.id = s.sku_id LEFT JOIN lot l ON l.id = s.lot_id
WHERE s.owner_id = %s AND s.warehouse_id = ANY(%s::bigint[]) AND (%s::text = '' OR k.code = %s::text)
    AND s.quantity > 0 AND (%s::text = '' OR l.code = %s::text) AND (NOT %s::bool OR s.lot_id IS NOT NULL)
    AND (%s::bool IS NULL OR (s.condition = 'good') = %s::bool)
GROUP BY s.warehouse_id, s.sku_id, k.code, k.name, s.condition = 'good', l.id
ORDER BY k.code, s.warehouse_id, 5 DESC, l.id NULLS FIRST LIMIT %s OFFSET %s
"""


def inventory_query(side: Side, request: Node) -> dict[str, Any]:
    """``inventory.query``: totals of the items asked for. Two statements for any number of criteria."""
    asked = request.list("criteriaList")
    if not asked or len(asked) > MOST:
        raise InvalidInput(_("Ask for 1 to %(most)s items.") % {"most": MOST}, code="bad_criteria")
    side.owner_check(*(one.text("ownerCode") for one in asked))
    skus = skus_by_code(one.text("itemCode") for one in asked)
    rows = _totals(side, [sku.id for sku in skus.values()])
    items = []
    for one in asked:
        sku = skus.get(one.text("itemCode"))
        if sku is None:
            continue
        wanted = one.text("warehouseCode")
        codes = [wanted] if wanted else sorted(side.warehouses)
        for code in codes:
            for is_good in _types(one.text("inventoryType")):
                found = rows.get((side.warehouse(code).id, sku.id, is_good))
                if found is None and not is_good:
                    continue
                quantity, locked = found or (0, 0)
                items.append(
                    {
                        "warehouseCode": code,
                        "itemCode": sku.code,
                        "itemId": sku.id,
                        "inventoryType": GOOD if is_good else "CC",
                        "quantity": quantity,
                        "lockQuantity": locked,
                    }
                )
    return {"items": Rows("item", items)}


def _totals(side: Side, sku_ids: Sequence[int]) -> dict[tuple[int, int, bool], tuple[int, int]]:
    warehouses = [one.id for one in side.warehouses.values()]
    found: dict[tuple[int, int, bool], tuple[int, int]] = {}
    for warehouse, sku, is_good, quantity, locked in fetch(
        _TOTALS, [side.shop.owner_id, warehouses, list(sku_ids)]
    ):
        before = found.get((warehouse, sku, is_good), (0, 0))
        found[warehouse, sku, is_good] = (before[0] + quantity, before[1] + locked)
    return found


def _types(text: str) -> list[bool]:
    if not text:
        return [True, False]
    return [True] if text == GOOD else [False] if text in DEFECTS else []


def stock_query(side: Side, request: Node) -> dict[str, Any]:
    """``stock.query``: by page, by lot."""
    total, items = _by_lot(side, request, only_lots=False)
    return {"totalCount": total, "totalLines": total, "items": Rows("item", items)}


def batch_query(side: Side, request: Node) -> dict[str, Any]:
    """``inventorybatch.query``: by page, only what has a lot."""
    total, items = _by_lot(side, request, only_lots=True)
    return {"totalCount": total, "items": Rows("item", items)}


class _Lot(NamedTuple):
    warehouse_id: int
    sku_id: int
    code: str
    name: str
    is_good: bool
    lot: str | None
    produced_on: Any
    expires_on: Any
    quantity: int
    allocated: int
    total: int


def _by_lot(side: Side, request: Node, *, only_lots: bool) -> tuple[int, list[dict[str, Any]]]:
    side.owner_check(request.text("ownerCode"))
    wanted = request.text("warehouseCode")
    warehouses = [side.warehouse(wanted).id] if wanted else [one.id for one in side.warehouses.values()]
    kind = request.text("inventoryType")
    is_good = (kind == GOOD) if kind else None
    page = max(_number(request.text("page"), 1), 1)
    size = min(max(_number(request.text("pageSize"), MOST), 1), MOST)
    item, lot = request.text("itemCode"), request.text("batchCode")
    rows = [
        _Lot(*row)
        for row in fetch(
            _BY_LOT,
            [
                side.shop.owner_id, warehouses, item, item, lot, lot, only_lots, is_good, is_good, size,
                (page - 1) * size,
            ],
        )
    ]  # fmt: skip
    items = [
        {
            "warehouseCode": side.warehouse_code(row.warehouse_id),
            "itemCode": row.code,
            "itemId": row.sku_id,
            "itemName": row.name,
            "inventoryType": GOOD if row.is_good else "CC",
            "quantity": row.quantity,
            "lockQuantity": row.allocated,
            "batchCode": row.lot,
            "productDate": row.produced_on,
            "expireDate": row.expires_on,
        }
        for row in rows
    ]
    return (rows[0].total if rows else 0), items


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else otherwise
