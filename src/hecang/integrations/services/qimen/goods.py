"""What an ERP tells of its goods, shops and suppliers, and asks of warehouses and carriers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from hecang.catalog.selectors import skus_by_code
from hecang.catalog.services import SkuRow, kit_components_set, skus_upsert
from hecang.facility.selectors import warehouse_senders
from hecang.integrations.qimen.xml import Node, Rows
from hecang.integrations.services.qimen.sides import Side, whole
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput
from hecang.shipping.selectors import services_by_id

#: Most items of one message.
MOST_ITEMS = 1000
#: Qimen's shelf life is in hours.
HOURS = 24


def item_synchronize(side: Side, request: Node) -> dict[str, Any]:
    """``singleitem.synchronize``: make or change a SKU."""
    side.owner_check(request.text("ownerCode"))
    item = request.node("item")
    ids = skus_upsert(rows=[_row(item)]).ids
    return {"itemId": ids[0]}


@transactional
def items_synchronize(side: Side, request: Node) -> dict[str, Any]:
    """``items.synchronize``: all of them or none."""
    side.owner_check(request.text("ownerCode"))
    items = request.list("items")
    if len(items) > MOST_ITEMS:
        raise InvalidInput(_("At most %(most)s items at once.") % {"most": MOST_ITEMS}, code="too_many")
    ids = skus_upsert(rows=[_row(item) for item in items]).ids
    return {
        "items": Rows(
            "item",
            [
                {"itemCode": item.text("itemCode"), "itemId": key}
                for item, key in zip(items, ids, strict=True)
            ],
        )
    }


@transactional
def kit_synchronize(side: Side, request: Node) -> dict[str, Any]:
    """``combineitem.synchronize``: a kit of items that are known. Units of one item in several rows add up."""
    side.owner_check(request.text("ownerCode"))
    code = request.text("itemCode")
    parts: dict[str, int] = {}
    for item in request.list("items"):
        quantity = whole(item.text("quantity"), "quantity")
        parts[item.text("itemCode")] = parts.get(item.text("itemCode"), 0) + quantity
    if not code or not parts or min(parts.values()) <= 0:
        raise InvalidInput(_("A kit needs its itemCode, and items with quantities."), code="bad_kit")
    skus = skus_by_code([code, *parts])
    if missing := sorted(parts.keys() - skus.keys()):
        raise InvalidInput(
            _("These items are not known here: %(codes)s. Send them with singleitem.synchronize first.")
            % {"codes": ", ".join(missing[:20])},
            code="unknown_item",
        )
    kit = skus[code].id if code in skus else skus_upsert(rows=[SkuRow(code=code)]).ids[0]
    kit_components_set(sku_id=kit, components={skus[part].id: units for part, units in parts.items()})
    return {"itemId": kit}


def _row(item: Node) -> SkuRow:
    code = item.text("itemCode")
    if not code or len(code) > 64:
        raise InvalidInput(_("An item needs an itemCode of at most 64 characters."), code="no_item")
    weight = _scaled(item.text("grossWeight", "netWeight"), 1000)
    hours = _scaled(item.text("shelfLife"), 1)
    expires = _yes(item.text("isShelfLifeMgmt"))
    return SkuRow(
        code=code,
        name=item.text("itemName", "title")[:200] or None,
        name_en=item.text("englishName")[:200] or None,
        category=item.text("categoryName")[:100] or None,
        base_unit=item.text("stockUnit")[:16] or None,
        weight_g=weight,
        length_mm=_scaled(item.text("length"), 10),
        width_mm=_scaled(item.text("width"), 10),
        height_mm=_scaled(item.text("height"), 10),
        is_lot_tracked=_yes(item.text("isBatchMgmt")),
        is_serial_tracked=_yes(item.text("isSNMgmt")),
        is_expiry_tracked=expires,
        shelf_life_days=hours // HOURS if expires and hours else None,
        min_remaining_days=_scaled(item.text("lockupLifecycle"), 1),
        barcodes=tuple((one.strip(), 1) for one in item.text("barCode").split(";") if one.strip()),
    )


def _scaled(text: str, factor: int) -> int | None:
    """A measure in our unit; ``None`` where nobody has measured."""
    try:
        value = Decimal(text) * factor
    except InvalidOperation:
        return None
    return int(value.to_integral_value()) if value.is_finite() and 0 < value < 10**9 else None


def _yes(text: str) -> bool | None:
    return {"Y": True, "N": False}.get(text.upper())


def kept(side: Side, request: Node) -> dict[str, Any]:
    """``shop.synchronize``, ``supplier.synchronize``, ``warehouseinfo.synchronize``: noted, for people to see."""
    side.owner_check(request.text("ownerCode"), request.node("shop").text("ownerCode"))
    return {}


def warehouses_query(side: Side, request: Node) -> dict[str, Any]:
    """``warehouseinfo.query``: the warehouses that the connection names."""
    side.owner_check(request.text("ownerCode"))
    senders = warehouse_senders(one.id for one in side.warehouses.values())
    return {
        "ownerCode": side.settings.owner_code,
        "warehouseInfos": Rows(
            "warehouseInfo",
            [
                {
                    "warehouseCode": code,
                    "warehouseName": one.name,
                    "province": senders[one.id].province,
                    "city": senders[one.id].city,
                    "area": senders[one.id].district,
                    "detailAddress": senders[one.id].address,
                    "name": senders[one.id].contact,
                    "tel": senders[one.id].phone,
                    "status": "1" if one.is_active else "0",
                }
                for code, one in sorted(side.warehouses.items())
            ],
        ),
    }


def carriers_query(side: Side, request: Node) -> dict[str, Any]:
    """``expressinfo.query``: the carrier services that the connection names."""
    side.owner_check(request.text("ownerCode"))
    wanted = request.text("expressCode")
    ours = {one.code: one for one in services_by_id().values() if one.is_active}
    return {
        "expressInfos": Rows(
            "expressInfo",
            [
                {
                    "expressCode": theirs,
                    "expressName": ours[code].name,
                    "brandCode": ours[code].carrier_code,
                    "brandName": ours[code].carrier_name,
                    "status": "1",
                }
                for theirs, code in sorted(side.settings.services.items())
                if code in ours and wanted in ("", theirs)
            ],
        )
    }
