"""The router that the modules of this package fill, and what they share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from hecang.kernel.api import ApiRouter, Code, InputSchema, Schema

router = ApiRouter(tag="catalog")

#: Heavier than ten tonnes or longer than a hundred metres is nothing that one stocks.
Grams = Annotated[int, Field(ge=0, le=10_000_000)]
Millimetres = Annotated[int, Field(ge=0, le=100_000)]
Units = Annotated[int, Field(ge=1, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=36_500)]


class Created(Schema):
    id: int


class SizeIn(InputSchema):
    weight_g: Grams | None = None
    length_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    height_mm: Millimetres | None = None


class BarcodeIn(InputSchema):
    code: Code
    quantity: Units = Field(1, description="base units that the code stands for")


class CategoryOut(Schema):
    id: int
    code: str
    name: str


class SkuFindingOut(Schema):
    code: str
    field: str
    message: str
    related: dict[str, Any] | None = Field(None, description="the other SKU: {id, code}")


def given(payload: InputSchema) -> dict[str, Any]:
    """The fields that the request really names."""
    return payload.model_dump(exclude_unset=True)
