"""Shapes of what goes in and out, and the bounded types that inputs are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError
from pydantic_core.core_schema import no_info_before_validator_function

BIGINT_MAX = 2**63 - 1
INT_MAX = 2**31 - 1
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


class Schema(BaseModel):
    """Base of all answers and of list filters. Takes dicts and objects with attributes."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False, str_max_length=1_000_000)


def _no_boolean(kind: str) -> Callable[[Any], Any]:
    """Pydantic takes ``true`` for 1; nobody means the row with the id 1 by it."""

    def check(value: Any) -> Any:
        if isinstance(value, bool):
            raise PydanticKnownError(f"{kind}_type")  # type: ignore[arg-type]
        return value

    return check


#: Kinds of a schema of pydantic's core that take numbers, and entries of one that hold no schemas.
_NUMBERS = {kind: _no_boolean(kind) for kind in ("int", "float", "decimal")}
_NO_SCHEMAS = frozenset({"default", "metadata", "serialization", "function", "config", "cls"})


def _without_booleans(node: Any) -> Any:
    """The core schema with every number in it, however deep, refusing booleans. Nested models have done so already."""
    if isinstance(node, (list, tuple)):
        return type(node)(_without_booleans(one) for one in node)
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    if not isinstance(kind, str):  # fields by name
        return {name: _without_booleans(one) for name, one in node.items()}
    if kind in _NUMBERS:
        return no_info_before_validator_function(_NUMBERS[kind], cast("CoreSchema", node))
    if kind == "function-before" and node["function"]["function"] in _NUMBERS.values():
        return node
    return {name: one if name in _NO_SCHEMAS else _without_booleans(one) for name, one in node.items()}


class InputSchema(BaseModel):
    """Base of all request bodies: unknown fields are refused, strings are bounded and stripped, ``true`` is no number.

    NUL characters, lone surrogates, infinite and absurdly large numbers do not get this far
    (:mod:`hecang.kernel.api.parser`).
    """

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, str_max_length=4000, str_strip_whitespace=True
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return cast("CoreSchema", _without_booleans(handler(source)))


def _sane_day(value: date) -> date:
    if not 1900 <= value.year <= 2999:
        raise ValueError("the year must lie between 1900 and 2999")
    return value


def _sane_moment(value: datetime) -> datetime:
    if not 1900 <= value.year <= 2999:
        raise ValueError("the year must lie between 1900 and 2999")
    return value.astimezone(UTC)


def _no_number(value: Any) -> Any:
    """Pydantic takes numbers for seconds since 1970; a person who writes 2026 means something else."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and _NUMBER.fullmatch(value.strip())):
        raise PydanticCustomError("datetime_type", "not a moment or day")
    return value


#: Primary key of a row.
Id = Annotated[int, Field(ge=1, le=BIGINT_MAX)]
#: Keys of the rows that a bulk action means.
Ids = Annotated[list[Id], Field(min_length=1, max_length=1000)]
#: A count or size that fits PostgreSQL's ``integer``.
Int32 = Annotated[int, Field(ge=0, le=INT_MAX)]
#: A code that people type and labels carry.
Code = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Remark = Annotated[str, Field(max_length=1000)]
#: A moment with its offset, between 1900 and 2999; arrives as UTC.
Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_sane_moment)]
Day = Annotated[date, BeforeValidator(_no_number), AfterValidator(_sane_day)]


#: A border of a span of time in a filter: a moment, or a day of the installation's time zone.
DayOrMoment = Moment | Day


def span_start(value: datetime | date) -> datetime:
    """Where a span begins: at the moment, or as the day begins."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time.min, ZoneInfo(settings.TIME_ZONE))


def span_end(value: datetime | date) -> datetime:
    """Where a span ends, itself outside of it: at the moment, or as the day ends."""
    if isinstance(value, datetime):
        return value
    return span_start(value + timedelta(days=1))


class Ref(Schema):
    """Another thing, as lists show it."""

    id: int
    code: str
    name: str = ""
