"""Values as platforms want to read them: fen, times of China, unix times. What they write is read by ``documents``."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

CHINA = timezone(timedelta(hours=8), "GMT+8")
CHINA_FORMAT = "%Y-%m-%d %H:%M:%S"


def to_fen(amount: Decimal) -> int:
    """``to_fen(Decimal("12.34")) == 1234``."""
    return int((amount * 100).to_integral_value())


def to_china_time(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(CHINA_FORMAT)


def to_unix(moment: datetime) -> int:
    return int(moment.timestamp())


def to_unix_ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
