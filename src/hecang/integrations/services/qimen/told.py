"""What a warehouse that others run tells: parcels that have left, goods that have come, counts, lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hecang.catalog.selectors import skus_by_code
from hecang.facility.selectors import special_location, virtual_location
from hecang.integrations.models import QimenDocument, QimenLine
from hecang.integrations.qimen.xml import Node
from hecang.integrations.services.qimen.documents import Kind, document_get
from hecang.integrations.services.qimen.sides import DEFECTS, GOOD, Side, day_of, whole
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post_once
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import InvalidInput
from hecang.orders.services import orders_hold
from hecang.outbound.models import Fulfilment
from hecang.outbound.services.outside import (
    OutsideParcel,
    fulfilment_ship_outside,
    fulfilment_short_outside,
)
from hecang.shipping.selectors import services_by_id

State = QimenDocument.State

# Where units lie that may go: free ones, oldest first.
_FREE = """
SELECT s.location_id, s.lot_id, s.quantity - s.allocated FROM stock s LEFT JOIN lot l ON l.id = s.lot_id
WHERE s.warehouse_id = %s AND s.owner_id = %s AND s.sku_id = %s AND s.condition = %s AND s.quantity > s.allocated
    AND s.container_id IS NULL AND (%s::text = '' OR l.code = %s::text) ORDER BY s.received_at, s.id
"""


def delivery_confirmed(side: Side, request: Node) -> dict[str, Any]:
    """``deliveryorder.confirm``: parcels have left; increments of this message alone."""
    head = request.node("deliveryOrder")
    document = document_get(side, head.text("deliveryOrderCode"), Kind.DELIVERY.value, lock=True)
    if document.fulfilment_id is None:
        raise InvalidInput(_("Document %(code)s was not ordered there.") % {"code": document.code})
    lines = {line.item_code: line for line in document.lines.order_by("line_no")}
    parcels = _parcels(side, request, head, document, lines)
    for parcel in parcels:
        fulfilment_ship_outside(fulfilment_id=document.fulfilment_id, parcel=parcel)
        by_sku = dict(parcel.units)
        for line in document.lines.order_by("line_no"):
            units = min(by_sku.get(line.sku_id or 0, 0), line.planned - line.actual)
            if units:
                line.actual += units
                line.save(update_fields=["actual"])
                by_sku[line.sku_id or 0] -= units
    is_final = head.text("confirmType") in ("", "0")
    document.state = State.DONE if is_final else State.PARTLY
    document.updated_at = clock.now()
    document.save(update_fields=["state", "updated_at"])
    if is_final:
        note = _("The warehouse has shipped less than was ordered.")
        fulfilment_short_outside(fulfilment_id=document.fulfilment_id, note=note)
    return {}


def _parcels(
    side: Side, request: Node, head: Node, document: QimenDocument, lines: dict[str, QimenLine]
) -> list[OutsideParcel]:
    packages = request.list("packages")
    goods = [(row.text("itemCode"), row.text("actualQty", "quantity")) for row in request.list("orderLines")]
    found = []
    for number, package in enumerate(packages or [head], start=1):
        items = [(one.text("itemCode"), one.text("quantity")) for one in package.list("items")]
        if not items and len(packages) > 1:
            raise InvalidInput(_("Each of several packages must name its items."), code="no_items")
        units: dict[int, int] = {}
        for code, quantity in items or goods:
            line = lines.get(code)
            if line is None or line.sku_id is None:
                raise InvalidInput(_("Item %(code)s was not ordered.") % {"code": code}, code="unknown_item")
            count = whole(quantity, "quantity")
            if count < 0:
                raise InvalidInput(
                    _("What has left cannot come back by a confirmation."), code="bad_quantity"
                )
            units[line.sku_id] = units.get(line.sku_id, 0) + count
        units = {sku: count for sku, count in units.items() if count}
        if not units:
            continue
        service_id = side.service_id(package.text("logisticsCode")) or _service(document)
        waybill = package.text("expressCode")
        if service_id is None or not waybill:
            raise InvalidInput(
                _(
                    "A package needs an expressCode, and a logisticsCode that the connection maps to a service."
                ),
                code="no_waybill",
            )
        weight = package.text("weight")
        found.append(
            OutsideParcel(
                key=f"qimen:{document.pk}:{head.text('outBizCode') or waybill}:{number}",
                units=units,
                service_id=service_id,
                carrier_id=services_by_id([service_id])[service_id].carrier_id,
                waybill=waybill,
                weight_g=int(float(weight) * 1000) if weight.replace(".", "", 1).isdigit() else 0,
            )
        )
    return found


def _service(document: QimenDocument) -> int | None:
    assert document.fulfilment_id is not None
    return Fulfilment.objects.filter(pk=document.fulfilment_id).values_list("service_id", flat=True).first()


def entry_confirmed(side: Side, request: Node) -> dict[str, Any]:
    """``entryorder.confirm``: goods have come in from suppliers."""
    return _arrived(side, request, request.node("entryOrder"), "supplier", "receipt")


def return_confirmed(side: Side, request: Node) -> dict[str, Any]:
    """``returnorder.confirm``: goods have come back from customers."""
    return _arrived(side, request, request.node("returnOrder"), "customer", "return")


def _arrived(side: Side, request: Node, head: Node, outside: str, reason: str) -> dict[str, Any]:
    code = head.text("entryOrderCode", "returnOrderCode", "orderCode")
    warehouse = side.warehouse(head.text("warehouseCode")).id
    key = f"{reason}:{head.text('outBizCode') or code}"
    _post(side, warehouse, request.list("orderLines"), "actualQty", key, outside, reason, code)
    return {}


def inventory_reported(side: Side, request: Node) -> dict[str, Any]:
    """``inventory.report``: a count or an adjustment; ``quantity`` is what changed."""
    warehouse = side.warehouse(request.text("warehouseCode")).id
    side.owner_check(request.text("ownerCode"))
    key = f"report:{request.text('outBizCode')}:{request.text('currentPage') or 1}"
    reason = "count" if request.text("adjustType").upper() == "CHECK" else "adjustment"
    note = request.text("checkOrderCode")
    _post(side, warehouse, request.list("items"), "quantity", key, "adjustment", reason, note)
    return {}


@transactional
def stock_changed(side: Side, request: Node) -> dict[str, Any]:
    """``stockchange.report``: changes one by one, each known by its own ``outBizCode``."""
    for number, item in enumerate(request.list("items")):
        side.owner_check(item.text("ownerCode"))
        warehouse = side.warehouse(item.text("warehouseCode")).id
        key = f"change:{item.text('outBizCode') or number}:{item.text('itemCode')}"
        _post(side, warehouse, [item], "quantity", key, "adjustment", "adjustment", item.text("orderCode"))
    return {}


def _post(
    side: Side,
    warehouse_id: int,
    rows: Sequence[Node],
    name: str,
    key: str,
    outside: str,
    reason: str,
    note: str,
) -> None:
    """Book what came or went: into the first shelf (damaged goods to where those lie), or from where it lies."""
    skus = skus_by_code(row.text("itemCode") for row in rows)
    if missing := sorted({row.text("itemCode") for row in rows} - skus.keys()):
        raise InvalidInput(
            _("These items are not known here: %(codes)s.") % {"codes": ", ".join(missing[:20])},
            code="unknown_item",
        )
    virtual = virtual_location(warehouse_id, outside)
    entries: list[tuple[str, PostingIn]] = []
    taken: dict[tuple[int, int | None, str], int] = {}
    for row in rows:
        sku = skus[row.text("itemCode")]
        for part in row.list("batchs") or [row]:
            units = whole(part.text(name, "actualQty", "quantity") or "0", name)
            kind = part.text("inventoryType") or row.text("inventoryType") or GOOD
            if kind != GOOD and kind not in DEFECTS:
                raise InvalidInput(
                    _("The inventory type must be ZP, CC, JS or XS."), code="inventory_type_not_supported"
                )
            condition = "good" if kind == GOOD else "damaged"
            lot_code = part.text("batchCode")
            common: dict[str, Any] = {"sku_id": sku.id, "owner_id": side.shop.owner_id, "reason": reason, "note": note[:200],
                      "from_condition": condition, "to_condition": condition, "source_kind": "qimen"}  # fmt: skip
            if units > 0:
                lot_id = _lot(sku, part, lot_code)
                place = special_location(warehouse_id, "pick_face" if kind == GOOD else "damaged")
                places = [(virtual, place, lot_id, units)]
            else:
                wanted = lot_code if sku.is_lot_tracked else ""
                places = [
                    (place, virtual, lot_id, count)
                    for place, lot_id, count in _places(
                        side, warehouse_id, sku, condition, wanted, -units, taken
                    )
                ]
            for source, target, lot_id, count in places:
                posting = PostingIn(
                    quantity=count, from_location_id=source, to_location_id=target, lot_id=lot_id, **common
                )
                entries.append((f"qimen:{side.connection.pk}:{key}:{len(entries)}", posting))
    stock_post_once(entries=entries)


def _lot(sku: Any, part: Node, code: str) -> int | None:
    if not sku.is_lot_tracked:
        return None
    if not code:
        raise InvalidInput(_("%(code)s is kept by lot; name the lot.") % {"code": sku.code}, code="bad_lot")
    lot = LotIn(sku.id, code, day_of(part.text("productDate")), day_of(part.text("expireDate")))
    return lot_get_or_create_many(lots=[lot])[0]


def _places(
    side: Side,
    warehouse_id: int,
    sku: Any,
    condition: str,
    lot: str,
    units: int,
    taken: dict[tuple[int, int | None, str], int],
) -> Iterator[tuple[int, int | None, int]]:
    """From where units go, oldest first. Raises :class:`InvalidInput` where our books do not have them."""
    rows = fetch(_FREE, [warehouse_id, side.shop.owner_id, sku.id, condition, lot, lot])
    for place, lot_id, free in rows:
        used = taken.get((place, lot_id, f"{sku.id}:{condition}"), 0)
        count = min(free - used, units)
        if count > 0:
            taken[place, lot_id, f"{sku.id}:{condition}"] = used + count
            units -= count
            yield place, lot_id, count
    if units > 0:
        raise InvalidInput(
            _("Our books have %(units)s units of %(code)s less than should go.")
            % {"units": units, "code": sku.code},
            code="not_in_books",
        )


def lacking(side: Side, request: Node) -> dict[str, Any]:
    """``itemlack.report``: goods are not there. The order is held, so that a person decides."""
    document = document_get(side, request.text("deliveryOrderCode"), Kind.DELIVERY.value)
    assert document.order_id is not None
    items = {one.text("itemCode"): one.text("lackQty") for one in request.list("items")}
    note = _("The warehouse lacks: %(items)s") % {
        "items": ", ".join(f"{code} × {units}" for code, units in items.items())
    }
    orders_hold(order_ids=[document.order_id], note=note[:200], detail={"lacking": items})
    return {}


def noted(side: Side, request: Node) -> dict[str, Any]:
    """``orderprocess.report`` and the like: kept, for people to see with the document."""
    del side, request
    return {}
