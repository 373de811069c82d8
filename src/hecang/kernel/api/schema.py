"""Shapes of what goes in and out, and the bounded types that inputs are made of."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

BIGINT_MAX = 2**63 - 1
INT_MAX = 2**31 - 1
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


class Schema(BaseModel):
    """Base of all answers and of list filters. Takes dicts and objects with attributes."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False, str_max_length=1_000_000)


class InputSchema(BaseModel):
    """Base of all request bodies: unknown fields are refused, strings are bounded and stripped.

    NUL characters, lone surrogates, infinite and absurdly large numbers do not get this far
    (:mod:`hecang.kernel.api.parser`).
    """

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, str_max_length=4000, str_strip_whitespace=True
    )


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
