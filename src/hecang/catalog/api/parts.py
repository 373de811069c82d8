"""What belongs to a SKU: barcodes, packagings, components of a kit; and what a scan means."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from hecang.catalog.api.base import BarcodeIn, SizeIn, Units, router
from hecang.catalog.models import Barcode, Packaging, Sku
from hecang.catalog.selectors import barcode_resolve, skus_by_id
from hecang.catalog.services import (
    PackagingIn,
    barcode_remove,
    barcodes_add,
    kit_components_set,
    packagings_set,
)
from hecang.kernel.api import ApiRequest, Id, InputSchema, Ref, Schema
from hecang.kernel.errors import NotFound


class PackagingFields(SizeIn):
    level: Packaging.Level
    quantity: Units


class PackagingsIn(InputSchema):
    packagings: Annotated[list[PackagingFields], Field(max_length=4)]


class ComponentIn(InputSchema):
    sku_id: Id
    quantity: Units


class ComponentsIn(InputSchema):
    components: Annotated[list[ComponentIn], Field(min_length=1, max_length=100)]


class BarcodeMatchOut(Schema):
    sku: Ref
    quantity: int = Field(description="base units that the code stands for")


@router.post(
    "/skus/{sku_id}/barcodes", permission="catalog.barcode.change", summary="Add a barcode to a product"
)
def sku_barcode_add(request: ApiRequest, sku_id: int, payload: BarcodeIn) -> None:
    """A code that the product has already takes the new quantity."""
    if not Sku.objects.filter(pk=sku_id).exists():
        raise NotFound(_("There is no such SKU."))
    barcodes_add(barcodes={sku_id: [(payload.code, payload.quantity)]}, refresh=True)


@router.delete(
    "/skus/{sku_id}/barcodes/{barcode_id}",
    permission="catalog.barcode.change",
    summary="Take a barcode off a product",
)
def sku_barcode_remove(request: ApiRequest, sku_id: int, barcode_id: int) -> None:
    code = Barcode.objects.filter(pk=barcode_id, sku_id=sku_id).values_list("code", flat=True).first()
    if code is None:
        raise NotFound(_("This SKU has no such barcode."))
    barcode_remove(sku_id=sku_id, code=code)


@router.put(
    "/skus/{sku_id}/packagings",
    permission="catalog.packaging.change",
    summary="Set the packagings of a product",
)
def sku_packagings_put(request: ApiRequest, sku_id: int, payload: PackagingsIn) -> None:
    packagings_set(sku_id=sku_id, packagings=[PackagingIn(**one.model_dump()) for one in payload.packagings])


@router.put(
    "/skus/{sku_id}/components",
    permission="catalog.sku.change",
    summary="Make a product a kit of these components",
)
def sku_components_put(request: ApiRequest, sku_id: int, payload: ComponentsIn) -> None:
    """A component that is named twice counts with the sum."""
    components: dict[int, int] = {}
    for one in payload.components:
        components[one.sku_id] = components.get(one.sku_id, 0) + one.quantity
    kit_components_set(sku_id=sku_id, components=components)


@router.get(
    "/barcodes/resolve",
    permission="catalog.sku.view",
    response=BarcodeMatchOut,
    summary="Which product a scanned code means",
)
def barcode_resolve_get(
    request: ApiRequest, code: Annotated[str, Field(min_length=1, max_length=200)]
) -> BarcodeMatchOut:
    match = barcode_resolve([code]).get(code)
    if match is None:
        raise NotFound(_("No product has this barcode or code."), data={"code": code})
    sku = skus_by_id([match.sku_id])[match.sku_id]
    return BarcodeMatchOut(sku=Ref(id=sku.id, code=sku.code, name=sku.name), quantity=match.quantity)
