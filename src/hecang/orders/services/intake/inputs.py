"""What an order looks like on its way in, and whether its form is right.

Plain slotted values instead of validated models: a bulk call carries tens of thousands of lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import Problem

MAX_ORDERS: Final = 1000
#: The largest real orders of wholesalers have somewhat more than a thousand lines.
MAX_LINES: Final = 2000
MAX_LINES_PER_CALL: Final = 100_000
MAX_QUANTITY: Final = 10**9
MAX_AMOUNT: Final = Decimal("999999999999.99")
MAX_PRICE: Final = Decimal("9999999999.9999")
MAX_PRIORITY: Final = 32767
MAX_TAGS: Final = 20
#: Sealed tokens of one recipient, and the characters of each.
MAX_SEALED: Final = 20
MAX_SEALED_TEXT: Final = 2000
_TAG: Final = re.compile(r"[^\s,\"'\\{}\x00]{1,32}")
ORDER_KINDS: Final = frozenset({"sale", "presale", "exchange", "resend"})
LINE_KINDS: Final = frozenset({"goods", "gift", "substitute"})
#: Mistakes that one answer lists; more help nobody.
MAX_PROBLEMS: Final = 200
ZERO: Final = Decimal(0)


@dataclass(slots=True)
class LineIn:
    """One product of an order.

    :param sku: code of a SKU or of a kit, as in the catalogue.
    :param quantity: base units, or kits.
    :param amount: what the line costs in all; quantity times price where it is ``None``.
    :param external_line: the channel's number of the line, told again when goods are shipped.
    :param kind: one of :class:`~hecang.orders.models.SalesOrderLine.Kind`.
    """

    sku: str
    quantity: int
    unit_price: Decimal = ZERO
    amount: Decimal | None = None
    external_line: str = ""
    kind: str = "goods"


@dataclass(slots=True)
class RecipientIn:
    """Who gets the parcel, in clear; stored encrypted.

    The region is either a six-digit code, or the texts that it is resolved from: the three names, or else
    the beginning of the address. A region that cannot be resolved is a hold, a wrong code is a mistake.

    :param sealed: tokens of a platform that stand for what it does not tell in clear (``oaid``, ciphertexts),
        by name; carried through to waybills. With any of them masked texts are no gaps.
    """

    name: str = ""
    phone: str = ""
    region_code: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    postcode: str = ""
    country: str = ""
    sealed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OrderIn:
    """One order as its channel tells it.

    :param external_number: the channel's number; with the shop the natural key.
    :param placed_at: aware.
    :param buyer: the channel's id of the buyer.
    :param customer_code: of one of our customers, if the channel knows it.
    :param total_amount: what was paid; goods less discount plus freight where it is ``None``.
    :param currency: three letters; the shop's where it is empty.
    :param priority: smaller is earlier.
    :param promised_at: what the customer was told; ``ship_by`` the latest that the platform allows, and
        ``ship_after`` the earliest, of a pre-sale.
    :param kind: one of :class:`~hecang.orders.models.SalesOrder.Kind`; a ``presale`` waits for its release.
    :param deposit_amount: paid beforehand, of a pre-sale; ``balance_due`` what is still to be paid before it ships.
    :param warehouses_only: ids of the warehouses that it has to come from, and ``service_id`` the carrier service
        that it has to travel with, where whoever sends it has decided that. Rules do not change them.
    """

    external_number: str
    placed_at: datetime
    lines: Sequence[LineIn]
    recipient: RecipientIn = field(default_factory=RecipientIn)
    buyer: str = ""
    customer_code: str = ""
    currency: str = ""
    discount_amount: Decimal = ZERO
    freight_amount: Decimal = ZERO
    total_amount: Decimal | None = None
    priority: int = 100
    buyer_remark: str = ""
    seller_remark: str = ""
    promised_at: datetime | None = None
    ship_by: datetime | None = None
    ship_after: datetime | None = None
    kind: str = "sale"
    deposit_amount: Decimal = ZERO
    balance_due: Decimal = ZERO
    tags: Sequence[str] = ()
    warehouses_only: Sequence[int] = ()
    service_id: int | None = None


#: Texts of an order and of its recipient with the most characters that each may have.
ORDER_TEXTS: Final = {
    "external_number": 64,
    "buyer": 100,
    "customer_code": 64,
    "buyer_remark": 500,
    "seller_remark": 500,
}
RECIPIENT_TEXTS: Final = {
    "name": 100, "phone": 40, "region_code": 6, "province": 64, "city": 64, "district": 64, "address": 300,
    "postcode": 16, "country": 64,
}  # fmt: skip


class Problems:
    """Collects what is wrong, with its place, as people count: the first order is row 1."""

    __slots__ = ("bad_orders", "found")

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.bad_orders: set[int] = set()

    def add(
        self, order: int, field: str, code: str, message: str, *, line: int | None = None, inside: str = ""
    ) -> None:
        """Note one mistake.

        :param order: index of the order in the call.
        :param line: index of the line in the order, where it is one line's.
        :param inside: object within the order that ``field`` belongs to, such as ``recipient``.
        """
        self.bad_orders.add(order)
        if len(self.found) < MAX_PROBLEMS:
            place = f"lines.{line}." if line is not None else f"{inside}." if inside else ""
            self.found.append(
                Problem(
                    message=message,
                    code=code,
                    loc=f"orders.{order}.{place}{field}",
                    row=order + 1,
                    field=field,
                )
            )


def form_check(orders: Sequence[OrderIn], problems: Problems) -> None:
    """Note what is wrong with each order as it stands, without asking the database."""
    for index, order in enumerate(orders):
        _texts(index, order, problems)
        _order(index, order, problems)
        _lines(index, order, problems)


def _texts(index: int, order: OrderIn, problems: Problems) -> None:
    for name, limit in ORDER_TEXTS.items():
        _text(index, name, getattr(order, name), limit, problems)
    recipient = order.recipient
    for name, limit in RECIPIENT_TEXTS.items():
        _text(index, name, getattr(recipient, name), limit, problems, inside="recipient")
    if len(order.tags) > MAX_TAGS or not all(map(_TAG.fullmatch, order.tags)):
        message = _("At most %(most)s tags of 1 to 32 characters each, without commas, quotes or blanks.")
        message %= {"most": MAX_TAGS}
        problems.add(index, "tags", "bad_tags", message)
    if len(recipient.sealed) > MAX_SEALED or any(
        len(name) > 64 or len(token) > MAX_SEALED_TEXT or "\x00" in token
        for name, token in recipient.sealed.items()
    ):
        message = _("At most %(most)s sealed tokens of at most %(length)s characters each.")
        problems.add(
            index,
            "sealed",
            "bad_sealed",
            message % {"most": MAX_SEALED, "length": MAX_SEALED_TEXT},
            inside="recipient",
        )
    if not order.external_number.strip():
        problems.add(
            index, "external_number", "required", _("The order needs the number that its channel gave it.")
        )


def _text(index: int, name: str, text: str, limit: int, problems: Problems, inside: str = "") -> None:
    if len(text) > limit:
        message = _("Must have at most %(max_length)s characters.") % {"max_length": limit}
        problems.add(index, name, "too_long", message, inside=inside)
    elif "\x00" in text:
        message = _("NUL characters cannot be stored. Remove them.")
        problems.add(index, name, "nul_character", message, inside=inside)


def _order(index: int, order: OrderIn, problems: Problems) -> None:
    for name in ("placed_at", "promised_at", "ship_by", "ship_after"):
        moment: datetime | None = getattr(order, name)
        if moment is not None and (moment.tzinfo is None or not 1900 <= moment.year <= 2999):
            problems.add(
                index, name, "bad_date", _("Must be a moment with its offset, between 1900 and 2999.")
            )
    for name in ("discount_amount", "freight_amount", "total_amount", "deposit_amount", "balance_due"):
        amount: Decimal | None = getattr(order, name)
        if amount is not None and not _fits(amount, MAX_AMOUNT):
            problems.add(index, name, "bad_amount", _("Must be an amount from 0 to 999,999,999,999.99."))
    if order.currency and not (
        len(order.currency) == 3 and order.currency.isascii() and order.currency.isupper()
    ):
        problems.add(index, "currency", "bad_currency", _("Must be three capital letters, such as CNY."))
    if order.kind not in ORDER_KINDS:
        problems.add(index, "kind", "bad_kind", _("There is no such kind of order."))
    if not 0 <= order.priority <= MAX_PRIORITY:
        problems.add(
            index, "priority", "out_of_range", _("Must lie between 0 and %(most)s.") % {"most": MAX_PRIORITY}
        )


def form_check_lines(lines: Sequence[LineIn], problems: Problems) -> None:
    """Note what is wrong with lines that are added to an order that exists; as those of order 0."""
    _each_line(0, lines, problems)


def _lines(index: int, order: OrderIn, problems: Problems) -> None:
    if not order.lines:
        problems.add(index, "lines", "required", _("The order has no lines."))
    elif len(order.lines) > MAX_LINES:
        message = _("The order has %(count)s lines; at most %(most)s are taken. Split it.")
        problems.add(index, "lines", "too_many", message % {"count": len(order.lines), "most": MAX_LINES})
    _each_line(index, order.lines, problems)


def _each_line(index: int, lines: Sequence[LineIn], problems: Problems) -> None:
    for number, line in enumerate(lines):
        _text(index, "external_line", line.external_line, 64, problems, inside=f"lines.{number}")
        if line.kind not in LINE_KINDS:
            problems.add(index, "kind", "bad_kind", _("There is no such kind of line."), line=number)
        if not 0 < line.quantity <= MAX_QUANTITY:
            problems.add(index, "quantity", "bad_quantity", bad_quantity(), line=number)
        if line.unit_price and not _fits(line.unit_price, MAX_PRICE):
            problems.add(
                index,
                "unit_price",
                "bad_amount",
                _("Must be a price from 0 to 9,999,999,999.9999."),
                line=number,
            )
        if line.amount is not None and not _fits(line.amount, MAX_AMOUNT):
            problems.add(
                index,
                "amount",
                "bad_amount",
                _("Must be an amount from 0 to 999,999,999,999.99."),
                line=number,
            )


def bad_quantity() -> str:
    """The message for a quantity that cannot be ordered."""
    return _("Must be a whole number from 1 to 1,000,000,000.")


def _fits(amount: Decimal, most: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= most
