"""Reading what platforms say as documents that may lack or twist anything, and lists that are paged by number.

Whatever an answer looks like, these raise :class:`~hecang.kernel.connectors.OutsideError` (code ``malformed``)
and nothing else, so that a platform's slip never looks like a fault of ours.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from hecang.integrations.channels.base import ChannelLine
from hecang.integrations.channels.values import CHINA
from hecang.kernel.connectors import OutsideError, Refused

#: Nothing that a shop sells, counts or asks for, and no number of an order, is longer.
_MOST_DIGITS = 19
_CENT = Decimal("0.01")
T = TypeVar("T")


def malformed(what: str) -> NoReturn:
    raise OutsideError(f"the answer is not as documented: {what}", code="malformed")


def clean(value: str) -> str:
    """Text that a database can hold: without NUL and without halves of surrogate pairs."""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Doc:
    """One JSON object of an answer. ``where`` tells in errors which; values never do, they may be personal."""

    data: Mapping[str, Any]
    where: str = "answer"

    @classmethod
    def of(cls, value: Any, where: str = "answer") -> Doc:
        """``value`` itself, which has to be an object."""
        if not isinstance(value, Mapping):
            malformed(f"{where} is no object")
        return cls(value, where)

    def has(self, name: str) -> bool:
        return self.data.get(name) is not None

    def doc(self, name: str) -> Doc:
        """The object called ``name``; an empty one where there is none."""
        value = self.data.get(name)
        return Doc.of({} if value is None or value == "" else value, f"{self.where}.{name}")

    def need_doc(self, name: str) -> Doc:
        if self.data.get(name) is None:
            malformed(f"{self.where} has no {name}")
        return self.doc(name)

    def docs(self, name: str) -> list[Doc]:
        """The objects in the list called ``name``; none where there is no list."""
        value = self.data.get(name)
        if value is None or value in ("", {}):
            return []
        if isinstance(value, Mapping):  # a list of one, as some gateways tell it
            return [Doc(value, f"{self.where}.{name}")]
        if not isinstance(value, list):
            malformed(f"{self.where}.{name} is no list")
        return [Doc.of(one, f"{self.where}.{name}") for one in value if one is not None]

    def texts(self, name: str) -> list[str]:
        """The texts in the list called ``name``."""
        value = self.data.get(name)
        if not isinstance(value, list):
            return []
        return [clean(str(one)) for one in value if isinstance(one, str | int) and not isinstance(one, bool)]

    def text(self, *names: str) -> str:
        """The first of ``names`` that says anything, as text; empty where none does."""
        for name in names:
            value = self.data.get(name)
            if isinstance(value, bool):
                value = "true" if value else "false"
            elif isinstance(value, Decimal):
                value = format(value, "f") if abs(value.adjusted()) < 50 else ""
            elif isinstance(value, int):
                value = str(value)
            if isinstance(value, str) and value.strip():
                return clean(value.strip())
        return ""

    def need(self, *names: str) -> str:
        """Like :meth:`text`; it has to be there."""
        value = self.text(*names)
        if not value:
            malformed(f"{self.where} has no {names[0]}")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number, also one that is told as text; ``None`` where there is none."""
        value = self.data.get(name)
        if value is None or value == "" or isinstance(value, bool):
            return None
        if not isinstance(value, int | str | Decimal):
            malformed(f"{self.where}.{name} is no number")
        try:
            number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
        except InvalidOperation:
            malformed(f"{self.where}.{name} is no number")
        if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
            malformed(f"{self.where}.{name} is beyond all measure")
        return number if number.adjusted() > -_MOST_DIGITS else Decimal(0)

    def integer(self, name: str, default: int = 0) -> int:
        number = self.number(name)
        return default if number is None else int(number)

    def flag(self, name: str) -> bool:
        """True for ``true``, ``1`` and their texts."""
        return self.text(name).lower() in {"true", "1", "yes"}

    def yuan(self, name: str) -> Decimal:
        """An amount told in yuan; zero where there is none."""
        return (self.number(name) or Decimal(0)).quantize(_CENT)

    def fen(self, name: str) -> Decimal:
        """An amount told in fen, in yuan; zero where there is none."""
        return ((self.number(name) or Decimal(0)) / 100).quantize(_CENT)

    def local(self, *names: str) -> datetime | None:
        """A time told as ``2026-01-31 12:00:00`` of Beijing; ``None`` where there is none, or none like that."""
        try:
            time = datetime.fromisoformat(self.text(*names))
        except ValueError:  # “within 24 hours after payment”, all noughts …
            return None
        return time if time.tzinfo else time.replace(tzinfo=CHINA)

    def seconds(self, name: str) -> datetime | None:
        """A time told in seconds since 1970; ``None`` where there is none or nought."""
        return self._since_1970(name, 1)

    def millis(self, name: str) -> datetime | None:
        """A time told in milliseconds since 1970; ``None`` where there is none or nought."""
        return self._since_1970(name, 1000)

    def millis_or_none(self, name: str) -> datetime | None:
        """Like :meth:`millis`, but ``None`` also where something else than a number is told."""
        return self.millis(name) if self.text(name).isdigit() else None

    def moment(self, name: str) -> datetime | None:
        """A time told as local text or in seconds since 1970, as platforms that changed their minds do."""
        return self.seconds(name) if self.text(name).isdigit() else self.local(name)

    def _since_1970(self, name: str, per_second: int) -> datetime | None:
        number = self.number(name)
        if not number or number < 0:
            return None
        try:
            return datetime.fromtimestamp(float(number / per_second), UTC)
        except (ValueError, OverflowError, OSError):
            malformed(f"{self.where}.{name} is no time")

    def needed(self, value: T | None, name: str) -> T:
        """``value``, which must not be missing."""
        if value is None:
            malformed(f"{self.where} has no {name}")
        return value


def compact(value: Any) -> str:
    """JSON without blanks, with characters as they are: what most signatures are made over."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class LineKeys:
    """Keys of lines on platforms that number none: the SKU, and from the second line of the same SKU ``SKU#2``."""

    def __init__(self) -> None:
        self._met: Counter[str] = Counter()

    def key(self, sku: str) -> str:
        self._met[sku] += 1
        return sku if self._met[sku] == 1 else f"{sku}#{self._met[sku]}"


def discount_of(lines: Iterable[ChannelLine], *, freight: Decimal, total: Decimal) -> Decimal:
    """What the buyer saved in all: goods at their prices plus freight, less what was paid.

    Platforms split it over coupons, shares and corrections that overlap; this adds up whatever they tell.
    """
    goods = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    return max(Decimal(0), goods + freight - total)


def numeric(value: str, what: str) -> int:
    """A number that the platform gave us as text and wants back as a number.

    :raises Refused: it is none; nothing was asked.
    """
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise Refused(f"{what} is no number of this platform", code="bad_number")
    return int(value)


def as_number(value: str) -> int | str:
    """A number that was given to us as text and is wanted back as a number; what is none stays as it is."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 19 else value


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list that is paged by number, and how many rows the list has in all."""

    rows: Sequence[Doc] = field(default_factory=list)
    total: int = 0


def from_last_page(
    ask: Callable[[int], Sheet], *, size: int, cursor: str | None, first: int = 1
) -> tuple[Iterable[Doc], str | None]:
    """One page of a list, walked from the last page to the first, and the cursor of the next.

    A row that changes while we read leaves the window, and those behind it move up: towards pages that are
    still to be read. Reading forwards would skip them.

    :param ask: for the page of a number; ``first`` is the number of the first page.
    """
    if cursor is not None:
        page = _page_number(cursor)
        return ask(page).rows, str(page - 1) if page > first else None
    sheet = ask(first)
    last = first + max(0, -(-sheet.total // size) - 1)
    if last <= first:
        return sheet.rows, None
    return ask(last).rows, str(last - 1)


def each_from_last_page(
    ask: Callable[[int], Sheet],
    read: Callable[[Doc], T | None],
    *,
    key: str,
    size: int,
    cursor: str | None,
) -> tuple[list[T], str | None]:
    """Like :func:`from_last_page`, for lists whose rows take a call each: what ``read`` makes of them.

    Where that fails in the middle of a page, what there is so far is answered, and the cursor says up to which
    ``key`` (``page:key``), in the order of keys: the platform's own order may be another one next time.
    """
    page, _colon, done = (cursor or "").partition(":")
    rows, following = from_last_page(ask, size=size, cursor=page or None)
    by_name = {row.need(key): row for row in rows}
    names = sorted(name for name in by_name if name > done)
    items, met = _each(names, lambda name: read(by_name[name]))
    if len(met) < len(names):
        return items, f"{int(following) + 1 if following else 1}:{met[-1]}"
    return items, following


def each_of_page(
    ask: Callable[[str], tuple[Sequence[str], str | None]],
    read: Callable[[str], T | None],
    *,
    cursor: str | None,
) -> tuple[list[T], str | None]:
    """One page of a list that names numbers only, each read by a call of its own.

    Where a call fails in the middle, what there is so far is answered, and the cursor keeps the numbers that are
    done (``number,number|key``): orders that change meanwhile leave the page and others move up into it, so that
    a place in the page would say nothing.

    :param ask: the numbers behind a key of the platform (empty at first), and the key of what follows.
    """
    before, bar, key = (cursor or "").partition("|")
    if not bar:  # the platform's key alone
        before, key = "", before
    numbers, following = ask(key)
    done = set(before.split(",")) if before else set()
    names = [number for number in numbers if number not in done]
    items, met = _each(names, read)
    if len(met) < len(names):
        return items, f"{','.join(sorted(done.union(met)))}|{key}"
    return items, None if following is None else f"|{following}"


def _each(names: Sequence[str], read: Callable[[str], T | None]) -> tuple[list[T], Sequence[str]]:
    """What ``read`` makes of each, and the names that it got through: all, or those before a call that failed.

    Raises what ``read`` raises where trying again does not help, or nothing has been read yet.
    """
    items: list[T] = []
    for at, name in enumerate(names):
        try:
            item = read(name)
        except OutsideError as error:
            if not error.may_retry or not items:
                raise
            return items, names[:at]
        if item is not None:
            items.append(item)
    return items, names


def _page_number(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise Refused("the cursor is none of this channel", code="bad_cursor")
    return int(cursor)
