"""The router that the modules of this package fill, and the shapes they share."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from hecang.kernel.api import ApiRouter, Schema

router = ApiRouter(tag="purchasing")

Units = Annotated[int, Field(ge=1, le=10**12, description="base units")]
Price = Annotated[Decimal, Field(ge=0, lt=10**9, max_digits=14, decimal_places=4)]
Money = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Reason = Annotated[str, Field(max_length=200)]


class Created(Schema):
    id: int


class Number(Schema):
    """Another document, as lists show it."""

    id: int
    number: str


class Action(Schema):
    """What can be done now; ``reason`` says why not."""

    code: str
    allowed: bool
    reason: str = ""
