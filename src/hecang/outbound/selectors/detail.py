"""One thing with everything around it: a fulfilment, a wave, a batch, a parcel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.kernel.errors import NotFound
from hecang.outbound import states
from hecang.outbound.models import (
    Batch,
    FulfilmentLine,
    Parcel,
    ParcelLine,
    PickTask,
)
from hecang.outbound.selectors.lists import (
    BATCH_VALUES,
    FULFILMENT_VALUES,
    PARCEL_VALUES,
    WAVE_VALUES,
    batch_rows,
    batches_finished,
    fulfilment_rows,
    parcel_rows,
    plain,
    wave_rows,
)

TASK_VALUES = (
    "id", "sequence", "state", "from_location__id", "from_location__code", "from_location__x_mm",
    "from_location__y_mm", "from_location__level", "sku__id", "sku__code", "sku__name", "sku__base_unit", "lot__id",
    "lot__code", "lot__expires_on", "quantity", "picked", "short", "problem", "fulfilment_line__fulfilment__id",
    "fulfilment_line__fulfilment__number", "fulfilment_line__fulfilment__is_stopped",
    "fulfilment_line__fulfilment__slot",
)  # fmt: skip


def barcodes_of(sku_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """SKU → its barcodes as ``{barcode, quantity}``, the primary one first. One query."""
    from hecang.catalog.models import Barcode

    result: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Barcode.objects.filter(sku_id__in=set(sku_ids)).order_by("-is_primary", "id")
    for sku_id, code, quantity in rows.values_list("sku_id", "code", "quantity"):
        result[sku_id].append({"barcode": code, "quantity": quantity})
    return result


def _one(rows: QuerySet[Any, Any], key: int, values: Sequence[str], message: str) -> dict[str, Any]:
    found = list(rows.filter(id=key).values(*values))
    if not found:
        raise NotFound(message)
    return dict(nest(found)[0])


def fulfilment_detail(actor: Actor, fulfilment_id: int) -> dict[str, Any]:
    """A fulfilment with its lines and parcels."""
    row = _one(fulfilment_rows(actor), fulfilment_id, FULFILMENT_VALUES, _("There is no such fulfilment."))
    row["lines"] = plain(
            FulfilmentLine.objects.filter(fulfilment_id=fulfilment_id)
            .order_by("id")
            .values(
                "id", "order_line_id", "sku__id", "sku__code", "sku__name", "quantity", "allocated", "picked",
                "packed", "shipped", "cut",
            )
        )  # fmt: skip
    row["parcels"] = plain(
        Parcel.objects.filter(fulfilment_id=fulfilment_id).order_by("id").values(*PARCEL_VALUES)
    )
    row["tasks"] = tasks(Q(fulfilment_line__fulfilment_id=fulfilment_id, kind=PickTask.Kind.PICK))
    return row


def wave_detail(actor: Actor, wave_id: int) -> dict[str, Any]:
    """A wave with its criteria, its batches with their walks, and what can be done with it now."""
    row = _one(wave_rows(actor), wave_id, (*WAVE_VALUES, "criteria"), _("There is no such wave."))
    batches = batches_finished(
        actor, plain(Batch.objects.filter(wave_id=wave_id).order_by("id").values(*BATCH_VALUES, "path"))
    )
    stops = _stops(wave_id) if row["state"] != "planned" else _planned_stops(wave_id)
    for batch in batches:
        batch["stops"] = stops.get(batch["id"], [])
    row["batches"] = batches
    row["picked_units"] = sum(batch["picked_units"] for batch in batches)
    row["actions"] = _wave_actions(row["state"], batches)
    return row


def _stops(wave_id: int) -> dict[int, list[dict[str, Any]]]:
    """Batch → the places of its tasks, in walking order, with units."""
    rows = (
        PickTask.objects.filter(batch__wave_id=wave_id, kind=PickTask.Kind.PICK)
        .order_by("batch_id", "sequence")
        .values_list(
            "batch_id", "from_location_id", "from_location__code", "from_location__x_mm", "from_location__y_mm",
            "quantity", "picked",
        )
    )  # fmt: skip
    result: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for batch_id, *place in rows:
        _add_stop(result[batch_id], place)
    return result


def _add_stop(stops: list[dict[str, Any]], place: Sequence[Any]) -> None:
    location_id, code, x_mm, y_mm, units, picked = place
    if stops and stops[-1]["location_id"] == location_id:
        stops[-1]["units"] += units
        stops[-1]["picked"] += picked
        return
    stops.append(
        {
            "location_id": location_id,
            "code": code,
            "x_mm": x_mm,
            "y_mm": y_mm,
            "units": units,
            "picked": picked,
        }
    )


def _planned_stops(wave_id: int) -> dict[int, list[dict[str, Any]]]:
    """Stops of a wave that is not released: from a preview of allocation made now."""
    from hecang.outbound.models import Fulfilment
    from hecang.outbound.planning.criteria import WaveCriteria
    from hecang.outbound.selectors.candidates import previews
    from hecang.outbound.selectors.plans import stops_of

    members = list(
        Fulfilment.objects.filter(wave_id=wave_id, state="ready")
        .order_by("batch_id", "slot")
        .values_list("id", "batch_id", "warehouse_id", "wave__criteria")
    )
    if not members:
        return {}
    criteria = WaveCriteria.from_json(members[0][3])
    picks = previews(members[0][2], [row[0] for row in members], criteria.policy)
    batch_of = {row[0]: row[1] for row in members}
    units: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for pick in picks:
        if pick.location_id is not None:
            units[batch_of[pick.fulfilment_id]][pick.location_id] += pick.quantity
    return stops_of(members[0][2], units)


def _wave_actions(state: str, batches: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    started = any(batch["state"] in {"picking", "picked"} for batch in batches)
    release = states.allowed("wave", state, "released")
    cancel = states.allowed("wave", state, "cancelled")
    return [
        {
            "code": "release",
            "allowed": release,
            "reason": "" if release else _("Only a planned wave can be released."),
        },
        {
            "code": "cancel",
            "allowed": cancel and not started,
            "reason": (
                ""
                if cancel and not started
                else _("The wave is being picked.")
                if started
                else _("The wave is over.")
            ),
        },
    ]


def tasks(where: Q) -> list[dict[str, Any]]:
    """Pick tasks in walking order, with the barcodes of their goods."""
    rows = plain(PickTask.objects.filter(where).order_by("sequence", "id").values(*TASK_VALUES))
    codes = barcodes_of([row["sku"]["id"] for row in rows])
    for row in rows:
        fulfilment = row.pop("fulfilment_line")["fulfilment"]
        row["slot"] = fulfilment.pop("slot")
        row["fulfilment"] = fulfilment
        row["location"] = row.pop("from_location")
        row["barcodes"] = codes.get(row["sku"]["id"], [])
    return rows


def batch_detail(actor: Actor, batch_id: int) -> dict[str, Any]:
    """A batch with its tasks in walking order and its walk."""
    row = _one(batch_rows(actor), batch_id, (*BATCH_VALUES, "path"), _("There is no such batch."))
    [row] = batches_finished(actor, [row])
    row["tasks"] = tasks(Q(batch_id=batch_id, kind=PickTask.Kind.PICK))
    return row


def parcel_detail(actor: Actor, parcel_id: int) -> dict[str, Any]:
    """A parcel with what is inside."""
    row = _one(parcel_rows(actor), parcel_id, PARCEL_VALUES, _("There is no such parcel."))
    row["lines"] = plain(
            ParcelLine.objects.filter(parcel_id=parcel_id)
            .order_by("id")
            .values(
                "id", "quantity", "fulfilment_line__sku__id", "fulfilment_line__sku__code",
                "fulfilment_line__sku__name",
            )
        )  # fmt: skip
    for line in row["lines"]:
        line["sku"] = line.pop("fulfilment_line")["sku"]
    return row


def units_left(fulfilment_ids: Sequence[int]) -> dict[int, int]:
    """Picked units of each fulfilment that are in no parcel yet."""
    picked = dict(
        FulfilmentLine.objects.filter(fulfilment_id__in=list(fulfilment_ids))
        .values_list("fulfilment_id")
        .annotate(units=Sum("picked"))
    )
    boxed = dict(
        ParcelLine.objects.filter(fulfilment_line__fulfilment_id__in=list(fulfilment_ids))
        .exclude(parcel__state=Parcel.State.CANCELLED)
        .values_list("fulfilment_line__fulfilment_id")
        .annotate(units=Sum("quantity"))
    )
    return {key: units - boxed.get(key, 0) for key, units in picked.items()}
