"""The packing table: from any code to the fulfilment, scans, sealing."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from hecang.kernel.api import ApiRequest, Id, InputSchema, Ref, Schema
from hecang.kernel.errors import InvalidInput, Problem
from hecang.kernel.permissions import declare
from hecang.outbound.api.base import BarcodeOut, Number, ScanOut, SkuOut, router, scans_out
from hecang.outbound.selectors.packing import carton_named, label_url, pack_view, packing_find
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.sealing import SealIn, parcels_seal

#: To seal a parcel whose weight differs from what is expected.
ACCEPT_WEIGHT = declare("outbound.parcel.accept_weight")


class PackFulfilment(Schema):
    id: int
    number: str
    state: str
    is_stopped: bool
    slot: int | None


class PackOrder(Number):
    buyer_remark: str
    seller_remark: str


class PackLineOut(Schema):
    """``packed``: in sealed parcels; ``scanned``: in the open one; ``picked`` is all that is here or was."""

    id: int
    sku: SkuOut
    barcodes: list[BarcodeOut]
    quantity: int
    cut: int
    picked: int
    packed: int
    scanned: int


class PackParcel(Schema):
    id: int
    number: str
    unit_count: int
    expected_weight_g: int


class PackCartonOut(Schema):
    id: int
    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int


class PackUnits(Schema):
    line_id: int
    quantity: int
    length_mm: int
    width_mm: int
    height_mm: int


class PackPlaceOut(Schema):
    """Where a unit lies: its corner from the left, from the back and from the floor; its edges as turned."""

    line_id: int
    x_mm: int
    y_mm: int
    z_mm: int
    length_mm: int
    width_mm: int
    height_mm: int


class CartonSuggestion(Schema):
    """``carton`` is null where none fits: the goods travel in their own packing.

    ``places`` follow the order of packing; units of unknown size are not among them.
    """

    carton: PackCartonOut | None
    units: list[PackUnits]
    places: list[PackPlaceOut]
    goods_weight_g: int
    gross_weight_g: int


class SealedParcel(Schema):
    parcel_id: int
    number: str
    state: str
    weight_g: int | None
    waybill_number: str | None
    label_url: str | None


class PackView(Schema):
    fulfilment: PackFulfilment
    order: PackOrder
    shop: Ref
    batch: Number | None
    service: Ref | None
    carrier: Ref | None
    lines: list[PackLineOut]
    parcel: PackParcel | None
    cartons_suggested: list[CartonSuggestion]
    sealed: list[SealedParcel]


class PackChoice(Schema):
    id: int
    number: str
    state: str
    is_stopped: bool
    slot: int | None
    unit_count: int


class PackOpenIn(InputSchema):
    #: Number of a fulfilment, order, parcel or waybill; ``batch#slot``; a batch; with ``batch_id`` the goods.
    code: str = Field(min_length=1, max_length=128)
    batch_id: Id | None = None


class PackOpenOut(Schema):
    """A view of one fulfilment, or several to choose from."""

    view: PackView | None
    choices: list[PackChoice]


class PackScanIn(InputSchema):
    scan_id: UUID
    barcode: str = Field(min_length=1, max_length=128)
    quantity: int = Field(1, ge=1, le=1_000_000)
    action: Literal["add", "remove"] = "add"


class PackScansIn(InputSchema):
    scans: Annotated[list[PackScanIn], Field(min_length=1, max_length=500)]


class PackScansOut(Schema):
    results: list[ScanOut]
    view: PackView


class SealPayload(InputSchema):
    scan_id: UUID
    carton_id: Id | None = None
    carton_code: str = Field("", max_length=32)
    weight_g: int | None = Field(None, ge=1, le=10_000_000)
    #: Take the weight though it differs from what is expected (needs outbound.parcel.accept_weight).
    accept_weight: bool = False


class SealWaybill(Schema):
    number: str
    carrier: Ref | None
    service: Ref | None


class SealOut(Schema):
    """``ok`` false: nothing changed, ``code`` and ``message`` say why; ``label_error``: sealed, no waybill yet."""

    ok: bool
    code: str
    message: str
    expected: dict[str, Any]
    parcel: Number | None
    waybill: SealWaybill | None
    label_url: str | None
    label_error: str
    view: PackView


@router.post(
    "/packing/open", permission="outbound.parcel.pack", response=PackOpenOut, summary="What a code means"
)
def packing_open(request: ApiRequest, payload: PackOpenIn) -> dict[str, Any]:
    found = packing_find(request.actor, payload.code, batch_id=payload.batch_id)
    view = pack_view(request.actor, found.fulfilment_id) if found.fulfilment_id else None
    return {"view": view, "choices": list(found.choices)}


@router.get(
    "/packing/{fulfilment_id}",
    permission="outbound.parcel.pack",
    response=PackView,
    summary="The packing table of a fulfilment",
)
def packing_view(request: ApiRequest, fulfilment_id: int) -> dict[str, Any]:
    return pack_view(request.actor, fulfilment_id)


@router.post(
    "/packing/{fulfilment_id}/scans",
    permission="outbound.parcel.pack",
    response=PackScansOut,
    summary="Items scanned into the parcel; wrong and surplus ones are refused",
)
def packing_scans(request: ApiRequest, fulfilment_id: int, payload: PackScansIn) -> dict[str, Any]:
    pack_view(request.actor, fulfilment_id)  # 404 before anything is kept
    results = packing_scan(
        scans=[PackScan(fulfilment_id=fulfilment_id, **scan.model_dump()) for scan in payload.scans]
    )
    return {"results": scans_out(results), "view": pack_view(request.actor, fulfilment_id)}


@router.post(
    "/packing/{fulfilment_id}/seal",
    permission="outbound.parcel.pack",
    response=SealOut,
    summary="Close the parcel: carton, weight, waybill, label",
)
def packing_seal(request: ApiRequest, fulfilment_id: int, payload: SealPayload) -> dict[str, Any]:
    if payload.accept_weight:
        request.actor.require(ACCEPT_WEIGHT)
    pack_view(request.actor, fulfilment_id)
    [result] = parcels_seal(
        seals=[
            SealIn(
                scan_id=payload.scan_id,
                fulfilment_id=fulfilment_id,
                carton_id=_carton(payload),
                weight_g=payload.weight_g,
                accept_weight=payload.accept_weight,
            )
        ]
    )
    view = pack_view(request.actor, fulfilment_id)
    data = result.data
    number = data.get("waybill_number")
    return {
        "ok": result.ok,
        "code": result.code,
        "message": result.message,
        "expected": dict(result.expected),
        "parcel": {"id": data["parcel_id"], "number": data["number"]} if result.ok else None,
        "waybill": {"number": number, "carrier": view["carrier"], "service": view["service"]}
        if number
        else None,
        "label_url": label_url(data["parcel_id"]) if number else None,
        "label_error": data.get("label_error", ""),
        "view": view,
    }


def _carton(payload: SealPayload) -> int | None:
    if payload.carton_id is not None or not payload.carton_code:
        return payload.carton_id
    carton_id = carton_named(payload.carton_code)
    if carton_id is None:
        message = _("There is no carton “%(code)s” in use. Choose another.") % {"code": payload.carton_code}
        raise InvalidInput(message, problems=[Problem(message, code="carton_unknown", field="carton_code")])
    return carton_id
