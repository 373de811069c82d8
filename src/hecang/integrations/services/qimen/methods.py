"""Which methods each side may call, and how each is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from hecang.integrations.qimen.xml import Node
from hecang.integrations.services.qimen import deliveries, entries, goods, stock, told
from hecang.integrations.services.qimen.receiving import Method
from hecang.integrations.services.qimen.sides import ERP, WMS, Side
from hecang.kernel.errors import Conflict


def _not_supported(_side: Side, _request: Node) -> NoReturn:
    raise Conflict(_("This method is not supported yet."), code="not_supported")


def _kept(handler: Any, *document: str) -> Method:
    return Method(handler, document=document)


def _once(handler: Any, head: str, *document: str) -> Method:
    return Method(handler, head=head, document=document, is_once=True)


def _asked(handler: Any) -> Method:
    return Method(handler, is_kept=False)


#: What an ERP may call.
_FROM_ERP: dict[str, Method] = {
    "singleitem.synchronize": Method(goods.item_synchronize, head="item", document=("itemCode",)),
    "items.synchronize": _kept(goods.items_synchronize),
    "combineitem.synchronize": _kept(goods.kit_synchronize, "itemCode"),
    "shop.synchronize": Method(goods.kept, head="shop", document=("shopCode",)),
    "supplier.synchronize": _kept(goods.kept, "supplierCode"),
    "warehouseinfo.synchronize": _kept(goods.kept),
    "warehouseinfo.query": _asked(goods.warehouses_query),
    "expressinfo.query": _asked(goods.carriers_query),
    "deliveryorder.create": _once(deliveries.delivery_create, "deliveryOrder", "deliveryOrderCode"),
    "deliveryorder.batchcreate": _kept(deliveries.delivery_batch_create),
    "deliveryorder.query": _asked(deliveries.delivery_query),
    "stockout.create": _once(deliveries.stockout_create, "deliveryOrder", "deliveryOrderCode"),
    "order.cancel": _kept(deliveries.order_cancel, "orderCode"),
    "order.pending": _kept(deliveries.order_pending, "orderCode"),
    "order.callback": _kept(deliveries.order_callback, "deliveryOrderCode"),
    "orderprocess.query": _asked(deliveries.process_query),
    "inventory.query": _asked(stock.inventory_query),
    "stock.query": _asked(stock.stock_query),
    "inventorybatch.query": _asked(stock.batch_query),
    "entryorder.create": _once(entries.entry_create, "entryOrder", "entryOrderCode"),
    "entryorder.query": _asked(entries.entry_query),
    "returnorder.create": _once(entries.return_create, "returnOrder", "returnOrderCode"),
    "storeprocess.create": _kept(_not_supported, "processOrderCode"),
    "transferorder.create": _kept(_not_supported, "erpOrderCode"),
    "transferorder.query": _asked(_not_supported),
    "channelinventory.query": _asked(_not_supported),
    "inventory.synchronize": _kept(_not_supported),
    "presalespackage.consign": _kept(_not_supported),
}

#: What a warehouse may call.
_FROM_WMS: dict[str, Method] = {
    "deliveryorder.confirm": _once(told.delivery_confirmed, "deliveryOrder", "deliveryOrderCode"),
    "entryorder.confirm": _once(told.entry_confirmed, "entryOrder", "entryOrderCode"),
    "returnorder.confirm": _once(told.return_confirmed, "returnOrder", "returnOrderCode"),
    "inventory.report": _once(told.inventory_reported, "", "checkOrderCode"),
    "stockchange.report": _kept(told.stock_changed),
    "itemlack.report": _once(told.lacking, "", "deliveryOrderCode"),
    "orderprocess.report": Method(told.noted, head="order", document=("orderCode",)),
    "orderexception.report": _kept(told.noted, "deliveryOrderCode"),
    "deliveryorder.batchconfirm": _kept(_not_supported),
    "stockout.confirm": _kept(_not_supported),
    "storeprocess.confirm": _kept(_not_supported, "processOrderCode"),
    "transferorder.report": _kept(_not_supported, "transferOrderCode"),
    "returnpackage.report": _kept(_not_supported),
    "receiverinfo.query": _asked(_not_supported),
    "sn.report": _kept(_not_supported),
    "order.sn.report": _kept(_not_supported),
    "wavenum.report": _kept(_not_supported),
    "order.query": _asked(_not_supported),
}

METHODS: Mapping[str, Mapping[str, Method]] = {ERP: _FROM_ERP, WMS: _FROM_WMS}
