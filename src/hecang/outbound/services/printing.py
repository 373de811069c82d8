"""Labels and packing lists: what shipping prints, filled with what outbound and orders know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.errors import NotFound, StateConflict
from hecang.orders.selectors import Recipient, order_recipients
from hecang.outbound.models import Fulfilment, FulfilmentLine, Parcel, ParcelLine
from hecang.shipping.services import (
    LabelIn,
    PackingListIn,
    PackingListLine,
    Party,
    PrintDocument,
    labels_pdf,
    labels_zpl,
    packing_lists_pdf,
    print_documents,
)


def parcel_labels_pdf(*, parcel_ids: Sequence[int]) -> bytes:
    """The labels of these parcels as one PDF, a page each, in the order of ``parcel_ids``.

    A constant number of queries. Raises :class:`NotFound` (also outside the actor's scope) and
    :class:`StateConflict` for parcels without a waybill.
    """
    return labels_pdf(labels=_labels(parcel_ids))


def parcel_labels_zpl(*, parcel_ids: Sequence[int], dpi: int) -> bytes:
    """The same labels for ZPL printers. Raises like :func:`parcel_labels_pdf`."""
    return labels_zpl(labels=_labels(parcel_ids), dpi=dpi)


def parcel_documents(*, parcel_ids: Sequence[int]) -> dict[int, PrintDocument | None]:
    """What a local print component prints for each parcel; ``None``: our own label is printed.

    Raises :class:`NotFound`, also outside the actor's scope.
    """
    parcels = dict(Parcel.objects.filter(id__in=list(parcel_ids)).values_list("id", "waybill_id"))
    if missing := [key for key in parcel_ids if key not in parcels]:
        raise NotFound(_("There is no such parcel."), data={"parcel_ids": missing})
    documents = print_documents([waybill for waybill in parcels.values() if waybill])
    return {key: documents.get(parcels[key] or 0) for key in parcel_ids}


def _labels(parcel_ids: Sequence[int]) -> list[LabelIn]:
    parcels = {
        row["id"]: row
        for row in Parcel.objects.filter(id__in=list(parcel_ids)).values(
            "id", "number", "waybill_id", "weight_g", "warehouse_id", "fulfilment_id", "fulfilment__order_id",
            "fulfilment__order__number", "fulfilment__order__buyer_remark", "fulfilment__shop__name",
            "fulfilment__batch__number", "fulfilment__slot",
        )
    }  # fmt: skip
    for key in parcel_ids:
        if key not in parcels:
            raise NotFound(_("There is no such parcel."))
        current_actor().scope.require(warehouse=parcels[key]["warehouse_id"])
        if parcels[key]["waybill_id"] is None:
            raise StateConflict(
                _(
                    "Parcel %(number)s has no waybill yet, so there is no label to print. Seal or label it first."
                )
                % {"number": parcels[key]["number"]}
            )
    siblings = _siblings({row["fulfilment_id"] for row in parcels.values()})
    recipients = order_recipients([row["fulfilment__order_id"] for row in parcels.values()])
    labels = []
    for key in parcel_ids:
        row = parcels[key]
        mine = siblings[row["fulfilment_id"]]
        labels.append(
            LabelIn(
                waybill_id=row["waybill_id"],
                parcel_number=row["number"],
                order_number=row["fulfilment__order__number"],
                recipient=_party(recipients.get(row["fulfilment__order_id"])),
                weight_g=row["weight_g"] or 0,
                parcel_index=mine.index(key) + 1 if key in mine else 1,
                parcel_count=max(len(mine), 1),
                batch_number=row["fulfilment__batch__number"] or "",
                slot=row["fulfilment__slot"],
                shop_name=row["fulfilment__shop__name"],
                remark=row["fulfilment__order__buyer_remark"],
            )
        )
    return labels


def packing_lists(*, fulfilment_ids: Sequence[int]) -> bytes:
    """Packing lists of fulfilments as one PDF: what is (or will be) in their parcels."""
    heads = {
        row["id"]: row
        for row in Fulfilment.objects.filter(id__in=list(fulfilment_ids)).values(
            "id", "number", "order_id", "order__number", "shop__name", "warehouse__name", "warehouse_id",
            "order__buyer_remark",
        )
    }  # fmt: skip
    for key in fulfilment_ids:
        if key not in heads:
            raise NotFound(_("There is no such fulfilment."))
        current_actor().scope.require(warehouse=heads[key]["warehouse_id"])
    lines = _packing_lines(fulfilment_ids)
    recipients = order_recipients([row["order_id"] for row in heads.values()])
    return packing_lists_pdf(
        lists=[
            PackingListIn(
                fulfilment_number=heads[key]["number"],
                order_number=heads[key]["order__number"],
                shop_name=heads[key]["shop__name"],
                warehouse_name=heads[key]["warehouse__name"],
                recipient=_party(recipients.get(heads[key]["order_id"])),
                lines=tuple(lines[key]),
                remark=heads[key]["order__buyer_remark"],
            )
            for key in fulfilment_ids
        ]
    )


def _siblings(fulfilment_ids: set[int]) -> dict[int, list[int]]:
    """Standing parcels of each fulfilment, in order."""
    result: dict[int, list[int]] = defaultdict(list)
    rows = Parcel.objects.filter(fulfilment_id__in=fulfilment_ids).exclude(
        state__in=[Parcel.State.CANCELLED, Parcel.State.OPEN]
    )
    for fulfilment_id, key in rows.order_by("id").values_list("fulfilment_id", "id"):
        result[fulfilment_id].append(key)
    return result


def _packing_lines(fulfilment_ids: Sequence[int]) -> dict[int, list[PackingListLine]]:
    """What is in the parcels; where nothing is packed yet, what is to be shipped."""
    packed: dict[int, int] = defaultdict(int)
    for line_id, units in (
        ParcelLine.objects.filter(fulfilment_line__fulfilment_id__in=list(fulfilment_ids))
        .exclude(parcel__state=Parcel.State.CANCELLED)
        .values_list("fulfilment_line_id", "quantity")
    ):
        packed[line_id] += units
    result: dict[int, list[PackingListLine]] = defaultdict(list)
    rows = FulfilmentLine.objects.filter(fulfilment_id__in=list(fulfilment_ids)).order_by("id")
    values = list(rows.values("id", "fulfilment_id", "quantity", "cut", "sku_id", "sku__code", "sku__name"))
    barcodes = _primary_barcodes({row["sku_id"] for row in values})
    begun = {row["fulfilment_id"] for row in values if packed[row["id"]]}
    for row in values:
        units = packed[row["id"]] if row["fulfilment_id"] in begun else row["quantity"] - row["cut"]
        if units:
            result[row["fulfilment_id"]].append(
                PackingListLine(
                    sku_code=row["sku__code"],
                    name=row["sku__name"],
                    barcode=barcodes.get(row["sku_id"], row["sku__code"]),
                    quantity=units,
                )
            )
    return result


def _primary_barcodes(sku_ids: set[int]) -> dict[int, str]:
    from hecang.catalog.models import Barcode

    return dict(Barcode.objects.filter(sku_id__in=sku_ids, is_primary=True).values_list("sku_id", "code"))


def _party(recipient: Recipient | None) -> Party:
    if recipient is None:
        return Party(name="", phone="", address="")
    return Party(name=recipient.name, phone=recipient.phone, address=recipient.address)
