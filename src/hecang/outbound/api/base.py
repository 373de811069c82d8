"""The router that the modules of this package fill, and the shapes they share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import Field

from hecang.kernel.api import ApiRouter, Ref, Schema
from hecang.outbound.services.scans import ScanResult

router = ApiRouter(tag="outbound")


class Number(Schema):
    """Another document, as lists show it."""

    id: int
    number: str


class LocationRefOut(Schema):
    id: int
    code: str


class PickLotOut(Schema):
    id: int
    code: str
    expires_on: date | None = None


class SkuOut(Schema):
    id: int
    code: str
    name: str


class BarcodeOut(Schema):
    barcode: str
    quantity: int


class Action(Schema):
    """What can be done now; ``reason`` says why not."""

    code: str
    allowed: bool
    reason: str = ""


class ScanOut(Schema):
    """The answer to one scan; a refused one has changed nothing."""

    scan_id: UUID
    ok: bool
    code: str = ""
    message: str = ""
    expected: dict[str, Any] = Field(default_factory=dict)
    data: dict[str, Any] = Field(default_factory=dict)
    repeated: bool = False


def scans_out(results: Sequence[ScanResult]) -> list[ScanOut]:
    """Answers of services as the API gives them."""
    return [ScanOut.model_validate(result) for result in results]


class ParcelRow(Schema):
    id: int
    number: str
    state: str
    warehouse: Ref
    fulfilment: ParcelFulfilment
    carton: Ref | None
    waybill: ParcelWaybill | None
    unit_count: int
    expected_weight_g: int
    weight_g: int | None
    packed_by: str
    created_at: datetime
    sealed_at: datetime | None
    shipped_at: datetime | None


class ParcelFulfilment(Schema):
    id: int
    number: str
    is_stopped: bool
    order: Number


class CodeName(Schema):
    code: str
    name: str


class ParcelTrackOut(Schema):
    """Where the parcel is, as far as its carrier has told."""

    id: int
    status: str
    trouble: str
    expected_at: datetime | None
    delivered_at: datetime | None


class ParcelWaybill(Schema):
    id: int
    number: str
    freight: Decimal
    service: CodeName
    manifest: Number | None
    track: ParcelTrackOut | None


ParcelRow.model_rebuild()
