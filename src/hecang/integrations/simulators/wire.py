"""What simulators of Chinese platforms have in common: JSON answers, times of Beijing, pages, shares, masks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import ROUND_DOWN, Decimal
from typing import Any, TypeVar

from werkzeug import Response

from hecang.integrations.simulators.base import SimOrder

BEIJING = timezone(timedelta(hours=8))
CENT = Decimal("0.01")
T = TypeVar("T")


class Refusal(Exception):
    """What the platform says no with; ``word`` counts it in ``refusals``."""

    def __init__(self, code: str, message: str = "", *, sub: str = "", word: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or code
        self.sub = sub
        self.word = word or sub or code


def answer_json(value: Any, status: int = 200) -> Response:
    return Response(
        json.dumps(value, ensure_ascii=False), status=status, content_type="application/json; charset=utf-8"
    )


def beijing_text(time: datetime | None) -> str:
    return time.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S") if time else ""


def beijing_time(text: str) -> datetime | None:
    """A time as forms carry it; ``None`` where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def whole_second(time: datetime) -> datetime:
    """The end of the second: platforms keep whole seconds, so that 12:00:00 includes 12:00:00.9."""
    return time.replace(microsecond=999_999)


def page_of(rows: Sequence[T], page: int, size: int) -> list[T]:
    """One page, counted from 1."""
    return list(rows[(page - 1) * size : page * size])


def fen(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())


def paid_by_line(order: SimOrder) -> dict[str, Decimal]:
    """What the buyer paid for each line: its price less its share of the discount, to the cent."""
    paid = {}
    left = order.discount
    dear = [line for line in order.lines if line.unit_price]
    for line in order.lines:
        whole = line.unit_price * line.quantity
        if line is (dear[-1] if dear else None):
            share = left
        else:
            share = (
                (order.discount * whole / order.goods).quantize(CENT, ROUND_DOWN) if order.goods else CENT * 0
            )
        left -= share
        paid[line.external_line] = whole - share
    return paid


def as_id(text: str) -> int | str:
    """Platforms tell their numbers as numbers; what somebody placed under another name stays a text."""
    return int(text) if text.isdigit() else text


def masked_name(name: str) -> str:
    return name[:1] + "**"


def masked_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


def masked_address(address: str) -> str:
    return address[:2] + "***"
