"""The functions that conditions may call. None of them can be made slow by its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_noop

from hecang.rules.expressions.types import BOOL, NUMBER, TEXT, TEXTS, Type

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    :param arguments: types of the arguments; the last one may be repeated where ``repeats``.
    :param example: how it is written.
    """

    name: str
    arguments: tuple[Type, ...]
    result: Type
    call: Callable[..., Any]
    help: str
    example: str
    repeats: bool = False


def _contains(text: str, *parts: str) -> bool:
    folded = text.casefold()
    return any(part.casefold() in folded for part in parts)


def _contains_any(text: str, parts: Sequence[str]) -> bool:
    return _contains(text, *parts)


def _has_any(values: Sequence[str], *wanted: str) -> bool:
    return any(value in values for value in wanted)


def _has_all(values: Sequence[str], *wanted: str) -> bool:
    return all(value in values for value in wanted)


FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for function in (
        Function(
            "contains", (TEXT, TEXT), BOOL, _contains,
            gettext_noop("The text has one of these parts in it; capitals do not matter."),
            'contains(order.remark, "发票", "invoice")', repeats=True,
        ),
        Function(
            "contains_any", (TEXT, TEXTS), BOOL, _contains_any,
            gettext_noop("The text has one part of the list in it; capitals do not matter."),
            'contains_any(order.remark, ["发票", "invoice"])',
        ),
        Function(
            "starts_with", (TEXT, TEXT), BOOL, lambda text, *parts: text.startswith(parts),
            gettext_noop("The text begins with one of these."), 'starts_with(region.code, "65", "54")', repeats=True,
        ),
        Function(
            "ends_with", (TEXT, TEXT), BOOL, lambda text, *parts: text.endswith(parts),
            gettext_noop("The text ends with one of these."), 'ends_with(order.shop, "-B2B")', repeats=True,
        ),
        Function(
            "lower", (TEXT,), TEXT, str.lower,
            gettext_noop("The text in small letters."), 'lower(buyer.name) == "vip"',
        ),
        Function(
            "length", (TEXT,), NUMBER, len,
            gettext_noop("How many characters the text has."), "length(order.remark) > 20",
        ),
        Function(
            "size", (TEXTS,), NUMBER, len,
            gettext_noop("How many texts the list has."), "size(order.tags) == 0",
        ),
        Function(
            "has_any", (TEXTS, TEXT), BOOL, _has_any,
            gettext_noop("The list has one of these."), 'has_any(order.tags, "vip", "gold")', repeats=True,
        ),
        Function(
            "has_all", (TEXTS, TEXT), BOOL, _has_all,
            gettext_noop("The list has all of these."), 'has_all(order.tags, "vip", "gold")', repeats=True,
        ),
        Function(
            "min", (NUMBER, NUMBER), NUMBER, min,
            gettext_noop("The smallest of these numbers."), "min(order.total, 100)", repeats=True,
        ),
        Function(
            "max", (NUMBER, NUMBER), NUMBER, max,
            gettext_noop("The largest of these numbers."), "max(order.total, 100)", repeats=True,
        ),
        Function(
            "abs", (NUMBER,), NUMBER, abs,
            gettext_noop("The number without its sign."), "abs(order.total - order.goods)",
        ),
    )
}  # fmt: skip

#: Functions that walk a list of records, with what they are for and an example.
WALKS: Final[dict[str, tuple[str, str]]] = {
    "any": (
        gettext_noop("At least one record of the list fulfils the condition."),
        'any(line.temperature == "frozen" for line in lines)',
    ),
    "all": (
        gettext_noop("Every record of the list fulfils the condition."),
        'all(line.hazard == "none" for line in lines)',
    ),
    "count": (
        gettext_noop("How many records of the list fulfil the condition."),
        "count(line.quantity >= 10 for line in lines)",
    ),
    "sum": (
        gettext_noop("The sum of a number over the records of the list."),
        'sum(line.quantity for line in lines if line.category == "水果")',
    ),
}
