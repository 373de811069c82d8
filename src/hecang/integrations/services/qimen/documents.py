"""Documents that both sides know by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.catalog.selectors import skus_by_code
from hecang.integrations.models import QimenDocument, QimenLine
from hecang.integrations.qimen.xml import Node
from hecang.integrations.services.qimen.sides import Side, echo_of, whole
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput, NotFound

Kind = QimenDocument.Kind


class Item(NamedTuple):
    """A line as it was told."""

    line: str
    code: str
    quantity: int
    inventory_type: str
    node: Node


def items_of(lines: Sequence[Node]) -> list[Item]:
    """Lines of a document. Raises :class:`InvalidInput` naming the first that is wrong."""
    if not lines:
        raise InvalidInput(_("The document has no lines."), code="no_lines")
    items = []
    for number, node in enumerate(lines, start=1):
        code = node.text("itemCode")
        if not code:
            raise InvalidInput(_("Line %(number)s has no itemCode.") % {"number": number}, code="no_item")
        quantity = whole(node.text("planQty", "quantity"), "planQty")
        if quantity <= 0:
            raise InvalidInput(
                _("Line %(number)s must have a quantity above zero.") % {"number": number},
                code="bad_quantity",
            )
        items.append(Item(node.text("orderLineNo"), code, quantity, node.text("inventoryType"), node))
    return items


def document_create(
    side: Side,
    *,
    kind: str,
    code: str,
    order_type: str,
    items: Sequence[Item],
    warehouse_id: int | None,
    head: dict[str, Any],
    order_id: int | None = None,
) -> QimenDocument:
    """Write a document with its lines; the one that is there where both sides know it already.

    :raises InvalidInput: an item is no SKU of ours.
    """
    skus = skus_by_code(item.code for item in items)
    unknown = sorted({item.code for item in items} - skus.keys())
    if unknown:
        raise InvalidInput(
            _("These items are not known here: %(codes)s. Send them with singleitem.synchronize first.")
            % {"codes": ", ".join(unknown[:20])},
            code="unknown_item",
        )
    now = clock.now()
    document, created = QimenDocument.objects.get_or_create(
        connection=side.connection,
        kind=kind,
        code=code,
        defaults={
            "order_type": order_type[:16],
            "warehouse_id": warehouse_id,
            "owner_id": side.shop.owner_id,
            "order_id": order_id,
            "head": head,
            "created_at": now,
            "updated_at": now,
        },
    )
    if created:
        QimenLine.objects.bulk_create(
            QimenLine(
                document=document,
                line_no=number,
                external_line=item.line[:64],
                item_code=item.code,
                sku_id=skus[item.code].id,
                inventory_type=item.inventory_type[:8],
                planned=item.quantity,
                head=echo_of(item.node) | _sources(item.node),
            )
            for number, item in enumerate(items, start=1)
        )
    return document


def document_get(side: Side, code: str, *kinds: str, lock: bool = False) -> QimenDocument:
    """A document of a side. Raises :class:`NotFound`."""
    rows = QimenDocument.objects.filter(connection=side.connection, code=code)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    document = rows.order_by("pk").first()
    if document is None:
        raise NotFound(
            _("There is no document “%(code)s” here.") % {"code": code[:100]}, code="unknown_document"
        )
    return document


def head_of(node: Node) -> dict[str, Any]:
    """What is kept of a head; nothing that names people."""
    kept: dict[str, Any] = echo_of(node)
    for name in (
        "warehouseCode", "ownerCode", "logisticsCode", "orderType", "purchaseOrderCode", "supplierCode", "supplierName",
        "shopNick", "shopCode", "sourcePlatformCode", "preDeliveryOrderCode", "expressCode", "returnReason",
    ):  # fmt: skip
        if value := node.text(name):
            kept[name] = value[:200]
    return kept


def _sources(node: Node) -> dict[str, str]:
    names = ("sourceOrderCode", "subSourceOrderCode", "ownerCode")
    return {name: value[:100] for name in names if (value := node.text(name))}
