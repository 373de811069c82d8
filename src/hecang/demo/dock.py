"""Packing tables and docks: goods into cartons, labels onto them, parcels to the carriers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hecang.catalog.models import Barcode
from hecang.demo.chance import draw, one_in, share
from hecang.demo.context import DayContext, chunks, picker_of, scan_id
from hecang.demo.products import ean13
from hecang.kernel.outbox import drain
from hecang.outbound.models import Fulfilment, FulfilmentLine, FulfilmentState, Parcel
from hecang.outbound.selectors.packing import cartons_suggested, packing_demands
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.labelling import parcels_label
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.printing import parcel_labels_pdf
from hecang.outbound.services.sealing import SealIn, parcels_seal
from hecang.shipping.models import Manifest
from hecang.shipping.services import manifest_open, manifest_pdf

#: Fulfilments that are packed, and parcels that are loaded, in one message.
TABLE, LOAD = 40, 100
WRONG_ONE_IN = 40
_DRIVERS = "张王李赵刘陈"


@dataclass(frozen=True, slots=True)
class Box:
    """One carton to fill: ``units`` are (fulfilment line, quantity)."""

    fulfilment_id: int
    number: str
    ordinal: int
    carton_id: int | None
    units: tuple[tuple[int, int], ...]
    weight_g: int


def pack(context: DayContext) -> None:
    """Pack everything that is picked, as the cartons are suggested, and seal it with its label."""
    with context.board.stage(context.title("Orders are packed and labelled")) as ticker:
        ready = list(
            Fulfilment.objects.filter(
                state=FulfilmentState.PICKED, is_stopped=False, warehouse_id__in=context.sites.values()
            )
            .order_by("warehouse_id", "id")
            .values_list("id", "warehouse__code")
        )
        ticker.total(len(ready))
        sealed = 0
        for site in context.sites:
            mine = [fulfilment_id for fulfilment_id, code in ready if code == site]
            with context.acting_as(picker_of(site)):
                for table in chunks(mine, TABLE):
                    while boxes := _boxes(table):
                        _fill(boxes)
                        sealed += len(boxes)
                    ticker.advance(len(table))
                _label_late(context.sites[site])
        drain()
        ticker.note(f"{len(ready):,} fulfilments, {sealed:,} parcels")


def _boxes(fulfilment_ids: Sequence[int]) -> list[Box]:
    """The next carton of each fulfilment that still has something to pack."""
    heads = {
        row["id"]: row
        for row in Fulfilment.objects.filter(
            id__in=list(fulfilment_ids), state=FulfilmentState.PICKED, is_stopped=False
        ).values("id", "number", "service__max_weight_g")
    }
    demands = {key: lines for key, lines in packing_demands(sorted(heads)).items() if lines}
    suggested = cartons_suggested(demands, {key: heads[key]["service__max_weight_g"] for key in demands})
    done: dict[int, int] = defaultdict(int)
    for key in (
        Parcel.objects.filter(fulfilment_id__in=list(demands))
        .exclude(state=Parcel.State.OPEN)
        .values_list("fulfilment_id", flat=True)
    ):
        done[key] += 1
    return [_box(heads[key], done[key], cartons[0]) for key, cartons in suggested.items() if cartons]


def _box(head: Mapping[str, Any], ordinal: int, suggestion: Mapping[str, Any]) -> Box:
    carton = suggestion["carton"]
    expected = max(1, suggestion["gross_weight_g"])
    # Scales and goods differ by a little.
    weight_g = max(1, round(expected * (0.99 + 0.02 * share("scale", f"{head['number']}:{ordinal}"))))
    return Box(
        fulfilment_id=head["id"],
        number=head["number"],
        ordinal=ordinal,
        carton_id=carton["id"] if carton else None,
        units=tuple((unit["line_id"], unit["quantity"]) for unit in suggestion["units"]),
        weight_g=weight_g,
    )


def _fill(boxes: Sequence[Box]) -> None:
    """Scan the goods into the boxes (now and then a wrong one first), and seal them."""
    barcodes = _barcodes([line_id for box in boxes for line_id, _units in box.units])
    scans = []
    for box in boxes:
        if one_in(WRONG_ONE_IN, "wrong goods", f"{box.number}:{box.ordinal}"):
            wrong = ean13("209999999999")
            scans.append(PackScan(scan_id("wrong", box.number, box.ordinal), box.fulfilment_id, wrong))
        scans += [
            PackScan(
                scan_id("pack", box.number, box.ordinal, line_id), box.fulfilment_id, barcodes[line_id], units
            )
            for line_id, units in box.units
        ]
    packing_scan(scans=scans)
    seals = [
        SealIn(scan_id("seal", box.number, box.ordinal), box.fulfilment_id, box.carton_id, box.weight_g)
        for box in boxes
    ]
    for box, answer in zip(boxes, parcels_seal(seals=seals), strict=True):
        if not answer.ok:
            raise RuntimeError(f"fulfilment {box.number} could not be sealed: {answer.code} {answer.message}")


def _barcodes(line_ids: Sequence[int]) -> dict[int, str]:
    rows = FulfilmentLine.objects.filter(id__in=list(line_ids)).values_list("id", "sku_id")
    sku_of = dict(rows)
    codes = dict(
        Barcode.objects.filter(sku_id__in=set(sku_of.values()), is_primary=True).values_list("sku_id", "code")
    )
    return {line_id: codes[sku_id] for line_id, sku_id in sku_of.items()}


def _label_late(site_id: int) -> None:
    """Parcels that got no waybill when they were sealed get another try."""
    late = list(
        Parcel.objects.filter(warehouse_id=site_id, state=Parcel.State.SEALED).values_list("id", flat=True)
    )
    if late:
        parcels_label(parcel_ids=late)


def hand_over(context: DayContext) -> None:
    """Labels on paper, parcels onto the carriers' lists, lists closed and printed."""
    with context.board.stage(context.title("Labels, loading and handover")) as ticker:
        parcels = list(
            Parcel.objects.filter(state=Parcel.State.LABELLED, warehouse_id__in=context.sites.values())
            .order_by("warehouse_id", "waybill__service__carrier_id", "id")
            .values_list("id", "number", "warehouse__code", "waybill__service__carrier_id")
        )
        groups: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
        for parcel_id, number, site, carrier_id in parcels:
            groups[site, carrier_id].append((parcel_id, number))
        ticker.total(len(parcels))
        closed = []
        for (site, carrier_id), mine in groups.items():
            with context.acting_as(picker_of(site)):
                manifest = manifest_open(
                    warehouse_id=context.sites[site], carrier_id=carrier_id, driver=_driver(site, carrier_id)
                )
                for load in chunks([parcel_id for parcel_id, _number in mine], LOAD):
                    number_of = dict(mine)
                    parcels_load(
                        manifest_id=manifest.id,
                        scans=[
                            LoadScan(scan_id("load", manifest.number, number_of[key]), number_of[key])
                            for key in load
                        ],
                    )
                    ticker.advance(len(load))
                if manifest_hand_over(manifest_id=manifest.id).shipped:
                    closed.append(manifest.id)
        drain()
        printed = print_papers(context)
        ticker.note(f"{len(parcels):,} parcels, {len(closed)} manifests, {printed} files")


def _driver(site: str, carrier_id: int) -> str:
    return f"{_DRIVERS[draw('driver', f'{site}:{carrier_id}') % len(_DRIVERS)]}师傅"


def print_papers(context: DayContext) -> int:
    """Write a PDF of labels for each warehouse and one for each manifest of the day; number of files."""
    context.output.mkdir(parents=True, exist_ok=True)
    day = f"{context.calendar.day(context.day):%Y%m%d}"
    written = 0
    for site, site_id in context.sites.items():
        parcels = list(
            Parcel.objects.filter(
                warehouse_id=site_id,
                state=Parcel.State.SHIPPED,
                fulfilment__order__external_number__in=list(context.externals),
            )
            .order_by("id")
            .values_list("id", flat=True)
        )
        with context.acting_as("admin"):
            if parcels:
                _write(context.output / f"labels-{site}-{day}.pdf", parcel_labels_pdf(parcel_ids=parcels))
                written += 1
            manifests = Manifest.objects.filter(
                state=Manifest.State.CLOSED,
                waybills__in=Parcel.objects.filter(id__in=parcels).values("waybill_id"),
            ).distinct()
            for manifest in manifests.order_by("id"):
                _write(
                    context.output / f"manifest-{site}-{manifest.number}.pdf",
                    manifest_pdf(manifest_id=manifest.pk),
                )
                written += 1
    return written


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    partial.replace(path)
