"""What an ERP is told of its orders: parcels that have left, steps on the way, goods that were not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from hecang.integrations.models import Connection, QimenDocument, QimenLine, QimenSending
from hecang.integrations.qimen.signing import time_text
from hecang.integrations.qimen.xml import Rows
from hecang.integrations.services.qimen.deliveries import SHIPS, package_of, parcels_by_id
from hecang.integrations.services.qimen.documents import Kind
from hecang.integrations.services.qimen.sending import Telling, tellings_queue
from hecang.integrations.services.qimen.sides import ERP, GOOD, Side, side_open
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.orders.selectors.orders import LivingLine, homes_of_lines, lines_bought
from hecang.outbound.selectors.shipped import ShippedUnits, parcels_shipped

State = QimenDocument.State
_CONFIRM = {Kind.DELIVERY.value: "deliveryorder.confirm", Kind.STOCKOUT.value: "stockout.confirm"}

_LOTS = """
SELECT m.source_id, m.sku_id, l.code, l.produced_on, l.expires_on, sum(m.quantity)::bigint
FROM movement m JOIN lot l ON l.id = m.lot_id
WHERE m.source_kind = 'parcel' AND m.source_id = ANY(%s::bigint[]) GROUP BY m.source_id, m.sku_id, l.id ORDER BY l.id
"""
# Parcels of an order that have left, whether they were told or not.
_LEFT = """
SELECT DISTINCT coalesce(ol.source_order_id, ol.order_id), p.number
FROM sales_order_line ol JOIN fulfilment_line fl ON fl.order_line_id = ol.id
JOIN parcel_line pl ON pl.fulfilment_line_id = fl.id JOIN parcel p ON p.id = pl.parcel_id
WHERE p.state = 'shipped' AND (ol.source_order_id = ANY(%s::bigint[])
    OR (ol.order_id = ANY(%s::bigint[]) AND ol.source_order_id IS NULL))
"""
_SHORTS = """
SELECT coalesce(ol.source_order_id, ol.order_id), t.id, ol.external_line, t.quantity, t.short, t.problem
FROM pick_task t JOIN fulfilment_line fl ON fl.id = t.fulfilment_line_id
JOIN sales_order_line ol ON ol.id = fl.order_line_id WHERE t.id = ANY(%s::bigint[]) AND t.short > 0 ORDER BY t.id
"""
_FULFILMENT_ORDERS = "SELECT DISTINCT order_id FROM fulfilment WHERE id = ANY(%s::bigint[])"
_BATCH_ORDERS = "SELECT DISTINCT order_id FROM fulfilment WHERE batch_id = ANY(%s::bigint[])"
_PARCEL_ORDERS = """
SELECT DISTINCT f.order_id, w.number FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id
LEFT JOIN waybill w ON w.id = p.waybill_id WHERE p.id = ANY(%s::bigint[])
"""


def _documents(order_ids: Collection[int], *, lock: bool = False) -> dict[int, QimenDocument]:
    """Order → the document of an ERP that it was made for."""
    rows = QimenDocument.objects.filter(
        order__in=list(order_ids), kind__in=SHIPS, connection__connector=ERP
    ).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return {one.order_id: one for one in rows if one.order_id is not None}


class _Sides:
    """Sides of connections, each opened once."""

    def __init__(self, documents: Iterable[QimenDocument]) -> None:
        connections = Connection.objects.in_bulk({one.connection_id for one in documents})
        self._sides = {key: side_open(one) for key, one in connections.items()}

    def of(self, document: QimenDocument) -> Side:
        return self._sides[document.connection_id]


# ------------------------------------------------------------------ parcels


@transactional
def parcels_tell(*, parcel_ids: Collection[int]) -> int:
    """Queue a confirmation for each parcel that has left and each order in it; how many are new.

    Quantities are those of the parcel alone. Kits are told as kits, once enough of their parts have left. The
    last parcel of an order says that it is the last. Locks the documents. Idempotent.
    """
    units = parcels_shipped(sorted(parcel_ids))
    homes = homes_of_lines([one.order_line_id for one in units])
    documents = _documents(set(homes.values()), lock=True)
    units = [one for one in units if homes[one.order_line_id] in documents]
    if not units:
        return 0
    sides = _Sides(documents.values())
    living: dict[int, list[LivingLine]] = {}
    for line in lines_bought(sorted(documents)):
        living.setdefault(line.home_id, []).append(line)
    lines: dict[int, list[QimenLine]] = {}
    for row in QimenLine.objects.filter(document__in=documents.values()).order_by("document", "line_no"):
        lines.setdefault(row.document_id, []).append(row)
    untold = _untold(documents)
    facts = parcels_by_id(sorted({one.parcel_id for one in units}))
    lots = _lots(sorted(facts))
    by_parcel: dict[tuple[int, int], list[ShippedUnits]] = {}
    for one in units:
        by_parcel.setdefault((one.parcel_id, homes[one.order_line_id]), []).append(one)
    tellings = []
    for (parcel, home), of_parcel in sorted(by_parcel.items()):
        number = facts[parcel]["number"]
        if number not in untold.get(home, set()):
            continue
        untold[home].discard(number)
        document = documents[home]
        is_last = not untold[home] and not any(line.open for line in living[home])
        sent = _shares(of_parcel, living[home], lines[document.pk])
        tellings.append(
            _confirmation(sides.of(document), document, facts[parcel], sent, lots.get(parcel, {}), is_last)
        )
        document.state = State.DONE if is_last else State.PARTLY
        document.updated_at = clock.now()
    QimenLine.objects.bulk_update([row for rows in lines.values() for row in rows], ["actual", "head"])
    QimenDocument.objects.bulk_update(documents.values(), ["state", "updated_at"])
    return tellings_queue(tellings)


def _untold(documents: Mapping[int, QimenDocument]) -> dict[int, set[str]]:
    """Order → numbers of its parcels that have left without having been told."""
    ids = list(documents)
    left: dict[int, set[str]] = {}
    for home, number in fetch(_LEFT, [ids, ids]):
        left.setdefault(home, set()).add(number)
    told = set(
        QimenSending.objects.filter(
            connection__in={one.connection_id for one in documents.values()},
            method__in=_CONFIRM.values(),
            document_code__in=[one.code for one in documents.values()],
        ).values_list("connection_id", "document_code", "key")
    )
    return {
        home: {n for n in numbers if (documents[home].connection_id, documents[home].code, n) not in told}
        for home, numbers in left.items()
    }


def _lots(parcel_ids: Sequence[int]) -> dict[int, dict[int, list[list[Any]]]]:
    """Parcel → SKU → [lot, produced, expires, units]."""
    found: dict[int, dict[int, list[list[Any]]]] = {}
    for parcel, sku, *lot in fetch(_LOTS, [list(parcel_ids)]):
        found.setdefault(parcel, {}).setdefault(sku, []).append(lot)
    return found


def _shares(
    units: Sequence[ShippedUnits], living: Sequence[LivingLine], rows: Sequence[QimenLine]
) -> list[tuple[QimenLine, int]]:
    """What of each line of the document this parcel carries, as the ERP counts; notes it in the lines."""
    external = {line.id: line.external_line for line in living}
    ordered: dict[str, int] = {}
    for line in living:
        ordered[line.external_line] = ordered.get(line.external_line, 0) + line.quantity
    shipped: dict[str, int] = {}
    for one in units:
        name = external[one.order_line_id]
        shipped[name] = shipped.get(name, 0) + one.quantity
    sent = []
    for row in rows:
        name = row.external_line or str(row.line_no)
        if not (count := shipped.get(name)):
            continue
        row.head["shipped"] = row.head.get("shipped", 0) + count
        told = min(row.head["shipped"] * row.planned // max(ordered[name], 1), row.planned)
        share, row.actual = told - row.actual, told
        if share > 0:
            sent.append((row, share))
    return sent


def _confirmation(
    side: Side,
    document: QimenDocument,
    parcel: Mapping[str, Any],
    sent: Sequence[tuple[QimenLine, int]],
    lots: dict[int, list[list[Any]]],
    is_last: bool,
) -> Telling:
    package = package_of(
        side,
        dict(parcel),
        [
            {
                "itemCode": row.item_code,
                "itemId": row.sku_id,
                "quantity": units,
                "orderLineNo": row.external_line,
            }
            for row, units in sent
        ],
    )
    at = time_text(parcel["shipped_at"])
    head = {
        "deliveryOrderCode": document.code,
        "warehouseCode": document.head.get("warehouseCode"),
        "orderType": document.order_type,
        "status": "DELIVERED" if is_last else "PARTDELIVERED",
        "outBizCode": parcel["number"],
        "confirmType": 0 if is_last else 1,
        "orderConfirmTime": at,
        "operateTime": at,
        "logisticsCode": package["logisticsCode"],
        "expressCode": parcel["waybill"],
        "remark": document.head.get("remark"),
        "extendProps": document.head.get("extendProps"),
    }
    rows = [
        {
            "orderLineNo": row.external_line,
            "orderSourceCode": row.head.get("sourceOrderCode"),
            "subSourceCode": row.head.get("subSourceOrderCode"),
            "itemCode": row.item_code,
            "itemId": row.sku_id,
            "inventoryType": GOOD,
            "ownerCode": side.settings.owner_code,
            "planQty": row.planned,
            "actualQty": units,
            "batchs": _batches(lots.get(row.sku_id or 0, []), units),
            "extendProps": row.head.get("extendProps"),
        }
        for row, units in sent
    ]
    content = {
        "deliveryOrder": head,
        "packages": Rows("package", [package]),
        "orderLines": Rows("orderLine", rows),
    }
    return Telling(document.connection_id, _CONFIRM[document.kind], parcel["number"], document.code, content)


def _batches(lots: list[list[Any]], units: int) -> Rows | None:
    """The lots of so many units; what is taken is not there for the next line of the SKU."""
    rows = []
    for lot in lots:
        count = min(lot[3], units)
        if count:
            lot[3] -= count
            units -= count
            rows.append(
                {
                    "batchCode": lot[0],
                    "productDate": lot[1],
                    "expireDate": lot[2],
                    "inventoryType": GOOD,
                    "actualQty": count,
                }
            )
    return Rows("batch", rows) if rows else None


# ------------------------------------------------------------------ steps


def orders_tell(*, order_ids: Collection[int], status: str) -> int:
    """Queue one step (``orderprocess.report``) of these orders, once for each order and step."""
    return _steps([(order, status, "", "") for order in sorted(order_ids)])


def fulfilments_tell(*, fulfilment_ids: Collection[int]) -> int:
    """Work for a warehouse has been made: the orders are accepted."""
    rows = fetch(_FULFILMENT_ORDERS, [sorted(fulfilment_ids)])
    return orders_tell(order_ids=[row[0] for row in rows], status="ACCEPT")


def batches_tell(*, batch_ids: Collection[int]) -> int:
    """Walks are over: the orders are picked."""
    rows = fetch(_BATCH_ORDERS, [sorted(batch_ids)])
    return orders_tell(order_ids=[row[0] for row in rows], status="PICK")


def parcels_step(*, parcel_ids: Collection[int], status: str) -> int:
    """Parcels were packed, or have left: a step for each number that they travel under."""
    rows = fetch(_PARCEL_ORDERS, [sorted(parcel_ids)])
    return _steps([(order, status, waybill or "", waybill or "") for order, waybill in sorted(rows)])


def _steps(steps: Sequence[tuple[int, str, str, str]]) -> int:
    documents = _documents({order for order, *_rest in steps})
    if not documents:
        return 0
    sides = _Sides(documents.values())
    now = time_text(clock.now())
    tellings = []
    for order, status, waybill, suffix in steps:
        document = documents.get(order)
        if document is None:
            continue
        process = {"processStatus": status, "operateTime": now, "operateInfo": status, "expressCode": waybill}
        content = {
            "order": {
                "orderCode": document.code,
                "orderType": document.order_type,
                "warehouseCode": document.head.get("warehouseCode")
                or sides.of(document).warehouse_code(document.warehouse_id),
                "remark": document.head.get("remark"),
            },
            "process": process,
            "extendProps": document.head.get("extendProps"),
        }
        key = "-".join(filter(None, (status, str(document.pk), suffix)))
        tellings.append(Telling(document.connection_id, "orderprocess.report", key, document.code, content))
    return tellings_queue(tellings)


def shorts_tell(*, task_ids: Collection[int]) -> int:
    """Units were not on the shelf, or not good: ``itemlack.report``, one for each task."""
    rows = fetch(_SHORTS, [sorted(task_ids)])
    documents = _documents({row[0] for row in rows})
    if not documents:
        return 0
    lines: dict[tuple[int, str], QimenLine] = {}
    for line in QimenLine.objects.filter(document__in=documents.values()):
        lines[line.document_id, line.external_line or str(line.line_no)] = line
    now = time_text(clock.now())
    tellings = []
    for home, task, external, planned, short, problem in rows:
        document = documents.get(home)
        item = lines.get((document.pk, external)) if document else None
        if document is None or item is None:
            continue
        content = {
            "warehouseCode": document.head.get("warehouseCode"),
            "deliveryOrderCode": document.code,
            "createTime": now,
            "outBizCode": f"T{task}",
            "items": Rows(
                "item",
                [
                    {
                        "itemCode": item.item_code,
                        "itemId": item.sku_id,
                        "inventoryType": GOOD,
                        "planQty": planned,
                        "lackQty": short,
                        "reason": problem or "missing",
                    }
                ],
            ),
        }
        tellings.append(
            Telling(document.connection_id, "itemlack.report", f"T{task}", document.code, content)
        )
    return tellings_queue(tellings)
