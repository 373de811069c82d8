"""The router that the modules of this package fill, and what they share."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from hecang.kernel.api import ApiRouter, Schema

router = ApiRouter(tag="shipping")

Price = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
RegionPrefix = Annotated[str, Field(max_length=6, pattern=r"^[0-9]{0,6}$")]
#: One parcel weighs at most ten tonnes.
Grams = Annotated[int, Field(ge=0, le=10_000_000)]
Millimetres = Annotated[int, Field(ge=1, le=20_000)]


class Created(Schema):
    id: int
