"""Labels and lists as PDF: looks up what is ours (carrier, service, sender, region) and draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput
from hecang.partners.selectors import region_names
from hecang.shipping.errors import ShippingRecordMissing
from hecang.shipping.labels.label import Label, Party, render_zpl
from hecang.shipping.labels.label import render as render_labels
from hecang.shipping.labels.lists import (
    ManifestLine,
    ManifestSheet,
    PackingListIn,
    PackingListLine,
    PageSize,
    render_manifest,
    render_packing_lists,
)

__all__ = [
    "LabelIn",
    "PackingListIn",
    "PackingListLine",
    "Party",
    "labels_pdf",
    "labels_zpl",
    "manifest_pdf",
    "packing_lists_pdf",
]

#: Pages of one PDF.
MAX_PAGES = 5000
_PAPER_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class LabelIn:
    """What only the caller knows of a label; the rest comes from the waybill.

    :param recipient: in clear text, its address complete with province, city and district.
    :param parcel_index: from 1, of ``parcel_count`` parcels of the fulfilment.
    """

    waybill_id: int
    parcel_number: str
    order_number: str
    recipient: Party
    weight_g: int
    parcel_index: int = 1
    parcel_count: int = 1
    batch_number: str = ""
    slot: int | None = None
    shop_name: str = ""
    remark: str = ""


def labels_pdf(*, labels: Sequence[LabelIn]) -> bytes:
    """One PDF with a page of 100 × 150 mm for each label, in their order; two statements in all.

    :raises ShippingRecordMissing: a waybill is unknown or outside the caller's scope.
    :raises InvalidInput: more than 5,000 pages, or none.
    """
    return render_labels(_labels(labels))


def labels_zpl(*, labels: Sequence[LabelIn], dpi: int = 203) -> bytes:
    """The same labels in ZPL, for printers of 203 or 300 dots per inch. Raises like :func:`labels_pdf`."""
    return render_zpl(_labels(labels), dpi=dpi)


def _labels(labels: Sequence[LabelIn]) -> list[Label]:
    _require_pages(len(labels))
    facts = _waybill_facts([label.waybill_id for label in labels])
    names = region_names(
        {row["region_code"] for row in facts.values()} | {row["from_code"] for row in facts.values()}
    )
    printed_at = _paper_time(now())
    return [_label(one, facts[one.waybill_id], names, printed_at) for one in labels]


def packing_lists_pdf(*, lists: Sequence[PackingListIn], page: PageSize = "A5") -> bytes:
    """One PDF with every list from a new page on.

    :raises InvalidInput: more than 5,000 lists, or none.
    """
    _require_pages(len(lists))
    return render_packing_lists(lists, page=page, printed_at=_paper_time(now()))


def manifest_pdf(*, manifest_id: int) -> bytes:
    """The manifest as it stands: open ones say that they are not handed over yet.

    :raises ShippingRecordMissing: no such manifest, or outside the caller's scope.
    """
    row = db.fetch_one(
        """
        SELECT m.number, m.warehouse_id, w.name, c.name, m.driver, m.opened_at, m.closed_at
          FROM manifest m JOIN warehouse w ON w.id = m.warehouse_id JOIN carrier c ON c.id = m.carrier_id
         WHERE m.id = %s
        """,
        (manifest_id,),
    )
    if row is None:
        raise ShippingRecordMissing(_("There is no manifest with the id %(id)s.") % {"id": manifest_id})
    current_actor().scope.require(warehouse=row[1])
    waybills = db.fetch(
        """
        SELECT w.number, w.reference, s.name, w.region_code, w.weight_g
          FROM waybill w JOIN carrier_service s ON s.id = w.service_id
         WHERE w.manifest_id = %s ORDER BY s.priority, s.id, w.number
        """,
        (manifest_id,),
    )
    names = region_names({waybill[3] for waybill in waybills})
    sheet = ManifestSheet(
        number=row[0],
        warehouse_name=row[2],
        carrier_name=row[3],
        driver=row[4],
        opened_at=_paper_time(row[5]),
        closed_at=_paper_time(row[6]) if row[6] else None,
        lines=tuple(
            ManifestLine(number, reference, service, _place(names.get(region)), weight_g)
            for number, reference, service, region, weight_g in waybills
        ),
    )
    return render_manifest(sheet, printed_at=_paper_time(now()))


def _require_pages(count: int) -> None:
    if not 1 <= count <= MAX_PAGES:
        raise InvalidInput(
            _("One PDF holds 1 to %(most)s documents; %(count)s were asked for.")
            % {"most": MAX_PAGES, "count": count}
        )


_FACTS = (
    "id", "number", "routing_code", "region_code", "charged_weight_g", "carrier", "service", "warehouse_id",
    "warehouse", "warehouse_address", "from_code",
)  # fmt: skip


def _waybill_facts(waybill_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = db.fetch(
        """
        SELECT w.id, w.number, w.routing_code, w.region_code, w.charged_weight_g, c.name, s.name,
               h.id, h.name, h.address, coalesce(h.region_id, '')
          FROM waybill w
               JOIN carrier_service s ON s.id = w.service_id
               JOIN carrier c ON c.id = s.carrier_id
               JOIN warehouse h ON h.id = w.warehouse_id
         WHERE w.id = ANY(%s)
        """,
        (sorted(set(waybill_ids)),),
    )
    facts = {row[0]: dict(zip(_FACTS, row, strict=True)) for row in rows}
    if missing := sorted(set(waybill_ids) - set(facts)):
        raise ShippingRecordMissing(
            _("There is no waybill with the id %(id)s.") % {"id": missing[0]}, data={"waybill_ids": missing}
        )
    scope = current_actor().scope
    for warehouse_id in {row["warehouse_id"] for row in facts.values()}:
        scope.require(warehouse=warehouse_id)
    return facts


def _label(one: LabelIn, facts: dict[str, Any], names: dict[str, Any], printed_at: datetime) -> Label:
    origin = names.get(facts["from_code"])
    return Label(
        waybill_number=facts["number"],
        carrier_name=facts["carrier"],
        service_name=facts["service"],
        routing_code=facts["routing_code"],
        destination=_place(names.get(facts["region_code"])),
        sender=Party(
            name=facts["warehouse"],
            phone="",
            address=_address(origin, facts["warehouse_address"]),
        ),
        recipient=one.recipient,
        parcel_number=one.parcel_number,
        order_number=one.order_number,
        weight_g=one.weight_g,
        charged_weight_g=facts["charged_weight_g"],
        parcel_index=one.parcel_index,
        parcel_count=one.parcel_count,
        batch_number=one.batch_number,
        slot=one.slot,
        shop_name=one.shop_name,
        remark=one.remark,
        printed_at=printed_at,
    )


def _place(name: Any | None) -> str:
    """City and district, as a sorter reads them; a municipality is its own city."""
    if name is None:
        return ""
    city = name.city if name.city and name.city not in {"市辖区", "县"} else name.province
    return " ".join(part for part in (city, name.district) if part)


def _address(name: Any | None, detail: str) -> str:
    """``detail`` with its regions in front, unless it already begins with them."""
    if name is None or detail.startswith(name.province):
        return detail
    return "".join(dict.fromkeys(part for part in (name.province, name.city, name.district) if part)) + detail


def _paper_time(moment: datetime) -> datetime:
    return moment.astimezone(_PAPER_ZONE)
