"""Values as platforms write them, and back: fen, times of China, unix times, and answers read with care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from hecang.kernel.connectors import Unreachable

CHINA = timezone(timedelta(hours=8), "GMT+8")
CHINA_FORMAT = "%Y-%m-%d %H:%M:%S"


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Whatever is wrong with the shape of ``what`` becomes :class:`Unreachable`: it is not the answer we know."""
    try:
        yield
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        OverflowError,
        InvalidOperation,
    ) as error:
        raise Unreachable(
            f"{what} is not of the known shape ({type(error).__name__})", code="malformed"
        ) from error


def an_object(value: Any, what: str) -> Mapping[str, Any]:
    """``value``, if it is a JSON object."""
    if not isinstance(value, dict):
        raise Unreachable(f"{what} is no object", code="malformed")
    return value


def a_list(value: Any, what: str) -> list[Any]:
    """``value``, if it is a JSON array; nothing at all is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreachable(f"{what} is no list", code="malformed")
    return value


def text(value: Any) -> str:
    """Text of a JSON scalar; nothing is empty. Objects and lists are no text."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise TypeError("no text")
    return str(value).strip()


def whole(value: Any) -> int:
    """A whole number, written as number or text; nothing and empty are 0."""
    if value is None or value == "":
        return 0
    if isinstance(value, (dict, list)):
        raise TypeError("no number")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > 10**18:  # 1e999999999 would fill the memory
        raise ValueError("beyond all measure")
    if number != number.to_integral_value():
        raise ValueError("not whole")
    return int(number)


def yuan(value: Any) -> Decimal:
    """Money in units of its currency, written as number or text; nothing and empty are 0."""
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, (dict, list, bool)):
        raise TypeError("no amount")
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError("no amount")
    return amount


def fen(value: Any) -> Decimal:
    """Money that a platform counts in hundredths: ``fen(1234) == Decimal("12.34")``."""
    return yuan(value).scaleb(-2)


def to_fen(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())


def china_time(value: Any) -> datetime | None:
    """``2026-03-01 12:00:00`` of GMT+8; nothing and empty are ``None``."""
    if not value:
        return None
    return datetime.strptime(str(value).strip()[:19], CHINA_FORMAT).replace(tzinfo=CHINA)


def to_china_time(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(CHINA_FORMAT)


def unix_time(value: Any) -> datetime | None:
    """Seconds since 1970; nothing and 0 are ``None``."""
    seconds = whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def unix_ms(value: Any) -> datetime | None:
    """Milliseconds since 1970; nothing and 0 are ``None``."""
    milliseconds = whole(value)
    return (
        datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)
        if milliseconds > 0
        else None
    )


def to_unix(moment: datetime) -> int:
    return int(moment.timestamp())


def to_unix_ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
