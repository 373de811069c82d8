"""The router that the modules of this package fill, and what they share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from hecang.kernel.api import ApiRouter, InputSchema, Schema

router = ApiRouter(tag="facility")

#: Ten kilometres in either direction are enough for one warehouse.
Coordinate = Annotated[
    int, Field(ge=-10_000_000, le=10_000_000, description="mm in the warehouse's own frame")
]
Millimetres = Annotated[int, Field(ge=0, le=1_000_000)]
Grams = Annotated[int, Field(ge=0, le=1_000_000_000)]
Sequence32 = Annotated[int, Field(ge=0, le=2_000_000_000)]
LocationCode = Annotated[str, Field(min_length=1, max_length=32)]


class Created(Schema):
    id: int


def given(payload: InputSchema, *, emptiable: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields that the request really names; null counts only where the field may be empty."""
    return {
        key: value
        for key, value in payload.model_dump(exclude_unset=True).items()
        if value is not None or key in emptiable
    }
