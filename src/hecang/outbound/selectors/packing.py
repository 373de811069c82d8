"""What a packer sees: from any code to the fulfilment on the table, and which cartons to take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from hecang.catalog.selectors import barcode_resolve, sku_physicals
from hecang.kernel.actor import Actor
from hecang.kernel.errors import NotFound
from hecang.outbound.errors import CodeUnknown
from hecang.outbound.models import Fulfilment, FulfilmentLine, Parcel, ParcelLine
from hecang.outbound.selectors.detail import barcodes_of
from hecang.outbound.selectors.lists import fulfilment_rows, plain

#: States in which something can be on the packing table.
ON_TABLE = ("picked", "packed", "released")
#: Hazards that come in bottles and cans, which travel upright.
UPRIGHT = frozenset({"flammable", "aerosol", "corrosive"})


@dataclass(frozen=True, slots=True)
class Opened:
    """What a code led to: one fulfilment, or several to choose from."""

    fulfilment_id: int | None
    choices: tuple[dict[str, Any], ...] = ()


def packing_find(actor: Actor, code: str, *, batch_id: int | None = None) -> Opened:
    """The fulfilment that a scanned code means.

    A number of a fulfilment, parcel, waybill or order; ``batch#slot``; a batch (then the next one to pack,
    or a choice); with ``batch_id`` also the goods themselves: the next fulfilment of that batch that still
    needs them. Raises :class:`CodeUnknown`.
    """
    text = code.strip().upper()
    rows = fulfilment_rows(actor)
    batch, hash_sign, slot = text.partition("#")
    if hash_sign and slot.isdigit() and len(slot) < 6:
        found = _ids(rows.filter(batch__number=batch, slot=int(slot)))
    else:
        found = _ids(
            rows.filter(
                Q(number=text)
                | Q(parcels__number=text)
                | Q(parcels__waybill__number=text)
                | Q(order__number=text)
            )
        )
    if not found:
        found = _ids(rows.filter(batch__number=text, state__in=ON_TABLE))
    if not found and batch_id is not None:
        match = barcode_resolve([code]).get(code)
        if match is not None:
            return _next_needing(rows, batch_id, match.sku_id)
    return _chosen(found)


def _ids(rows: QuerySet[Fulfilment, Any]) -> list[dict[str, Any]]:
    return plain(
        rows.order_by("slot", "id")
        .values("id", "number", "state", "is_stopped", "slot", "unit_count")
        .distinct()
    )


def _chosen(found: Sequence[dict[str, Any]]) -> Opened:
    """The only one, else the only one that can be packed, else a choice."""
    if not found:
        raise CodeUnknown(
            _("This code leads to nothing that is packed here. Scan a fulfilment, batch or order.")
        )
    ready = [row for row in found if row["state"] == "picked" and not row["is_stopped"]]
    if len(found) == 1 or len(ready) == 1:
        return Opened(fulfilment_id=(ready or found)[0]["id"])
    return Opened(fulfilment_id=None, choices=tuple(found))


def _next_needing(rows: QuerySet[Fulfilment, Any], batch_id: int, sku_id: int) -> Opened:
    """The first fulfilment of a batch that still needs a unit of this SKU."""
    lines = (
        FulfilmentLine.objects.filter(
            fulfilment__in=rows.filter(batch_id=batch_id, state="picked", is_stopped=False), sku_id=sku_id
        )
        .order_by("fulfilment__slot", "id")
        .values_list("id", "fulfilment_id", "picked")
    )
    boxed = _boxed([row[0] for row in lines])
    for line_id, fulfilment_id, picked in lines:
        if picked > sum(boxed.get(line_id, {}).values()):
            return Opened(fulfilment_id=fulfilment_id)
    raise CodeUnknown(_("No order of this batch needs these goods (any more). Put them aside."))


def _boxed(line_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Line → state of parcel → units in standing parcels."""
    result: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        ParcelLine.objects.filter(fulfilment_line_id__in=list(line_ids))
        .exclude(parcel__state=Parcel.State.CANCELLED)
        .values_list("fulfilment_line_id", "parcel__state")
        .annotate(units=Sum("quantity"))
    )
    for line_id, state, units in rows:
        result[line_id][state] = units
    return result


def pack_view(actor: Actor, fulfilment_id: int) -> dict[str, Any]:
    """Everything for packing one fulfilment. A constant number of queries. Raises NotFound."""
    heads = plain(
            fulfilment_rows(actor).filter(id=fulfilment_id).values(
                "id", "number", "state", "is_stopped", "slot", "order__id", "order__number", "order__buyer_remark",
                "order__seller_remark", "shop__id", "shop__code", "shop__name", "service__id", "service__code",
                "service__name", "service__carrier__id", "service__carrier__code", "service__carrier__name",
                "service__max_weight_g", "batch__id", "batch__number",
            )
        )  # fmt: skip
    if not heads:
        raise NotFound(_("There is no such fulfilment."))
    [head] = heads
    service = head.pop("service")
    parcels = list(
        Parcel.objects.filter(fulfilment_id=fulfilment_id)
        .exclude(state=Parcel.State.CANCELLED)
        .order_by("id")
        .values("id", "number", "state", "unit_count", "expected_weight_g", "weight_g", "waybill__number")
    )
    lines = _lines(fulfilment_id)
    opened = next((parcel for parcel in parcels if parcel["state"] == Parcel.State.OPEN), None)
    demand = {line["id"]: line["picked"] - line["packed"] for line in lines}
    suggested = cartons_suggested(
        {fulfilment_id: demand}, {fulfilment_id: service and service["max_weight_g"]}
    )
    return {
        "fulfilment": {key: head[key] for key in ("id", "number", "state", "is_stopped", "slot")},
        "order": head["order"],
        "shop": head["shop"],
        "batch": head["batch"],
        "service": service and {key: service[key] for key in ("id", "code", "name")},
        "carrier": service and service["carrier"],
        "lines": lines,
        "parcel": opened,
        "cartons_suggested": suggested[fulfilment_id],
        "sealed": [
            {
                "parcel_id": parcel["id"],
                "number": parcel["number"],
                "state": parcel["state"],
                "weight_g": parcel["weight_g"],
                "waybill_number": parcel["waybill__number"],
                "label_url": label_url(parcel["id"]) if parcel["waybill__number"] else None,
            }
            for parcel in parcels
            if parcel["state"] != Parcel.State.OPEN
        ],
    }


def label_url(parcel_id: int) -> str:
    """Where the label of a parcel is read."""
    return f"/api/v1/parcels/{parcel_id}/label.pdf"


def _lines(fulfilment_id: int) -> list[dict[str, Any]]:
    rows = plain(
        FulfilmentLine.objects.filter(fulfilment_id=fulfilment_id, picked__gt=0)
        .order_by("id")
        .values("id", "sku__id", "sku__code", "sku__name", "quantity", "cut", "picked")
    )
    boxed = _boxed([row["id"] for row in rows])
    codes = barcodes_of([row["sku"]["id"] for row in rows])
    for row in rows:
        mine: Mapping[str, int] = boxed.get(row["id"], {})
        row["scanned"] = mine.get(Parcel.State.OPEN, 0)
        row["packed"] = sum(mine.values()) - row["scanned"]
        row["barcodes"] = codes.get(row["sku"]["id"], [])
    return rows


def cartons_suggested(
    demands: Mapping[int, Mapping[int, int]], max_weights: Mapping[int, int | None]
) -> dict[int, list[dict[str, Any]]]:
    """Which cartons to take for units of fulfilment lines, for many fulfilments at once. Three queries.

    :param demands: fulfilment → line id → units to put into cartons.
    :param max_weights: fulfilment → what its carrier service takes at most, g.
    :return: fulfilment → cartons with what goes into each, and where, in the order of packing.
    """
    from hecang.shipping.services import PackDemand, PackItem, cartons_choose_many

    lines = list(
        FulfilmentLine.objects.filter(id__in=[key for mine in demands.values() for key in mine])
        .order_by("id")
        .values("id", "sku_id", "sku__temperature", "sku__hazard")
    )
    sizes = sku_physicals([line["sku_id"] for line in lines])
    goods = {
        line["id"]: PackItem(
            key=line["id"],
            quantity=0,
            weight_g=int(sizes.weight_g[at]),
            length_mm=int(sizes.length_mm[at]),
            width_mm=int(sizes.width_mm[at]),
            height_mm=int(sizes.height_mm[at]),
            upright=line["sku__hazard"] in UPRIGHT,
            temperature=line["sku__temperature"],
            hazard="" if line["sku__hazard"] == "none" else line["sku__hazard"],
        )
        for at, line in enumerate(lines)
    }
    keys = list(demands)
    chosen = cartons_choose_many(
        demands=[
            PackDemand(
                items=tuple(
                    replace(goods[line], quantity=units) for line, units in demands[key].items() if units > 0
                ),
                max_weight_g=max_weights.get(key) or None,
            )
            for key in keys
        ]
    )
    sides = _carton_sizes({carton.carton_id for cartons in chosen for carton in cartons})
    return {
        key: [
            {
                "carton": sides.get(carton.carton_id) if carton.carton_id else None,
                "units": [
                    {
                        "line_id": line,
                        "quantity": units,
                        "length_mm": goods[line].length_mm,
                        "width_mm": goods[line].width_mm,
                        "height_mm": goods[line].height_mm,
                    }
                    for line, units in carton.units
                ],
                "places": [
                    {
                        "line_id": place.key,
                        "x_mm": place.x_mm,
                        "y_mm": place.y_mm,
                        "z_mm": place.z_mm,
                        "length_mm": place.length_mm,
                        "width_mm": place.width_mm,
                        "height_mm": place.height_mm,
                    }
                    for place in carton.places
                ],
                "goods_weight_g": carton.goods_weight_g,
                "gross_weight_g": carton.gross_weight_g,
            }
            for carton in cartons
        ]
        for key, cartons in zip(keys, chosen, strict=True)
    }


def _carton_sizes(ids: set[int | None]) -> dict[int | None, dict[str, Any]]:
    from hecang.shipping.models import Carton

    rows = Carton.objects.filter(id__in=[key for key in ids if key]).values(
        "id", "code", "name", "length_mm", "width_mm", "height_mm"
    )
    return {row["id"]: row for row in plain(rows)}


def packing_demands(fulfilment_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Fulfilment → line → picked units that are in no sealed parcel yet. Two queries."""
    rows = list(
        FulfilmentLine.objects.filter(fulfilment_id__in=list(fulfilment_ids), picked__gt=0)
        .order_by("id")
        .values_list("fulfilment_id", "id", "picked", "packed")
    )
    result: dict[int, dict[int, int]] = {key: {} for key in fulfilment_ids}
    for fulfilment_id, line_id, picked, packed in rows:
        if picked > packed:
            result[fulfilment_id][line_id] = picked - packed
    return result


def carton_named(code: str) -> int | None:
    """The id of the active carton with this code."""
    from hecang.shipping.models import Carton

    found: int | None = Carton.objects.filter(code=code, is_active=True).values_list("id", flat=True).first()
    return found
