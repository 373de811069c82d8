"""What customers send back: announced, in the house, being graded, done, and one that nobody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hecang.demo.supply.house import House
from hecang.inbound.models import ReturnLine
from hecang.inbound.services.return_grading import GradeIn, return_line_dispose, return_line_grade
from hecang.inbound.services.returns import (
    ExpectedLine,
    ReturnedIn,
    ReturnIn,
    return_open,
    return_receive,
)
from hecang.kernel.db import fetch

# Shipped orders of the first warehouse with two kinds of goods that no other customer waits for.
_ORDERS = """
SELECT o.id, o.external_number, array_agg(l.id ORDER BY l.line_no), array_agg(l.sku_id ORDER BY l.line_no)
FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id AND l.shipped > 0
WHERE o.state = 'shipped'
    AND EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = %s AND f.state = 'shipped')
    AND NOT EXISTS (SELECT 1 FROM sales_order_line b WHERE b.sku_id = l.sku_id AND b.backordered > 0)
GROUP BY o.id, o.external_number HAVING count(DISTINCT l.sku_id) >= 2 ORDER BY o.external_number LIMIT 4
"""
_REASONS = ("不喜欢", "商品破损")


def work(house: House) -> str:
    """As many returns as there are orders to send back, each at another stage."""
    chosen: list[Any] = house.once("returns", lambda: [list(row) for row in fetch(_ORDERS, [house.main])])
    for stage, order in zip(("grading", "received", "done", "expected"), chosen, strict=False):
        _return(house, stage, *order)
    with house.by("receiver-sha", house.ago(70)):
        unknown = house.once(
            "return:unknown",
            return_open,
            opened=ReturnIn(
                house.main, waybill="YT8800199000123", owner_id=house.owner, note="面单污损，看不清寄件人"
            ),
        )
        goods = house.some("ambient", 1, 7)[0]
        house.once("return:unknown:goods", _receive, house=house, return_id=unknown, sku_id=goods.id)
    return f"{len(chosen) + 1} returns, one of them being graded"


def _return(house: House, stage: str, order_id: int, number: str, lines: list[int], skus: list[int]) -> None:
    wanted = list(zip(lines, skus, _REASONS, strict=False))
    with house.by("service", house.ago(400)):
        opened = house.once(
            f"return:{stage}",
            return_open,
            opened=ReturnIn(
                house.main, kind="rma", rma=f"RMA{number[-8:]}", order_id=order_id, waybill=f"SF14009{number[-6:]}",
                lines=[ExpectedLine(sku, 1, line, reason) for line, sku, reason in wanted],
            ),
        )  # fmt: skip
    if stage == "expected":
        return
    with house.by("receiver-sha", house.ago(120)):
        for _line, sku, _reason in wanted:
            house.once(f"return:{stage}:{sku}", _receive, house=house, return_id=opened, sku_id=sku)
    if stage == "received":
        return
    graded = [("A", "包装未拆", "restock"), ("D", "内盒开裂，不可再售", "scrap")]
    rows = list(ReturnLine.objects.filter(goods_return_id=opened, received__gt=0).order_by("number"))
    for place, (row, (grade, note, disposition)) in enumerate(zip(rows, graded, strict=False)):
        if stage == "grading" and place:
            break  # the second one lies on the table
        with house.by("receiver-sha", house.ago(100) + timedelta(minutes=place)):
            house.once(
                f"return:{stage}:grade:{place}",
                return_line_grade,
                line_id=row.pk,
                graded=GradeIn(grade, note=note),
            )
            if stage == "done":
                house.once(
                    f"return:{stage}:dispose:{place}",
                    return_line_dispose,
                    line_id=row.pk,
                    disposition=disposition,
                )


def _receive(house: House, return_id: int, sku_id: int) -> int:
    """Unpack one unit; where goods are kept by lot, its lot is printed on it."""
    lots = fetch(
        "SELECT t.code FROM lot t JOIN sku k ON k.id = t.sku_id AND k.is_lot_tracked"
        " WHERE t.sku_id = %s AND NOT t.is_expired ORDER BY t.id LIMIT 1",
        [sku_id],
    )
    goods = ReturnedIn(
        sku_id, 1, owner_id=house.owner, lot_code=lots[0][0] if lots else "", reason=_REASONS[0]
    )
    return return_receive(return_id=return_id, goods=goods)
