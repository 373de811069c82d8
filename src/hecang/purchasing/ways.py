"""How a purchase order reaches its supplier: by mail from here, by other programs from the apps that know them.

A higher app registers a :class:`DispatchWay` (in its ``AppConfig.ready``)::

    way_register("edi", "hecang.integrations.supplier_edi:EdiWay")

So does the app that has pages for suppliers, for letters to name them: :func:`page_register`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol, cast

from hecang.kernel.connectors import ConnectorSettings


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line as the supplier is told it."""

    number: int
    sku_code: str
    supplier_sku: str
    name: str
    unit: str
    barcode: str
    quantity: int
    unit_price: Decimal
    expected_on: date | None

    @property
    def amount(self) -> Decimal:
        return (self.unit_price * self.quantity).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class DocumentParty:
    """Somebody on paper: who orders, who delivers, where to."""

    code: str
    name: str
    address: str = ""
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """One revision of an order, as it is sent.

    :param kind: ``order``, ``change`` (replaces what was sent before) or ``cancel``.
    :param key: the same at every try: receivers recognise a second copy by it.
    :param dispatch_id: rises with every sending, of all orders.
    :param page: address of the page where the supplier answers; empty where there is none, and for programs.
    """

    key: str
    dispatch_id: int
    kind: str
    number: str
    revision: int
    ordered_on: date
    currency: str
    amount: Decimal
    buyer: DocumentParty
    supplier: DocumentParty
    account_number: str
    email: str
    ship_to: DocumentParty
    lines: Sequence[DocumentLine]
    note: str
    language: str
    at: datetime
    page: str = ""


class DispatchFailed(Exception):
    """It did not get there. ``may_retry``: trying again later may help."""

    def __init__(self, message: str, *, may_retry: bool = True) -> None:
        super().__init__(message[:300])
        self.may_retry = may_retry


class DispatchWay(Protocol):
    """One way out.

    :ivar code: a value of ``Supplier.SendBy``.
    :ivar Settings: what has to be known of a supplier; ``None`` where its master data are enough.
    :ivar is_repeatable: a second copy does no harm, for the receiver recognises it.
    :ivar is_read: by a person, who is told the address of the supplier's page.
    """

    code: str
    Settings: type[ConnectorSettings] | None
    is_repeatable: bool
    is_read: bool

    def target(self, settings: Any) -> str:
        """Where it goes, for people to read."""

    def send(self, document: OrderDocument, settings: Any) -> None:
        """Send. Outside of any transaction. Raises :class:`DispatchFailed`."""


_ways: dict[str, DispatchWay | str] = {}


def way_register(code: str, way: DispatchWay | str) -> None:
    """Make a way known; the last of a code counts.

    :param way: or ``module:Class``, imported at its first use, for what takes long to load.
    """
    _ways[code] = way


def way_of(code: str) -> DispatchWay | None:
    """The way of this code; ``None`` where a person carries it."""
    found = _ways.get(code)
    if isinstance(found, str):
        module, _colon, name = found.partition(":")
        found = _ways[code] = cast("DispatchWay", getattr(import_module(module), name)())
    return found


def way_codes() -> list[str]:
    """The ways that are installed."""
    return sorted(_ways)


#: (supplier, warehouse, owner) → the whole address of the supplier's page, empty where none may be told.
SupplierPage = Callable[[int, int, int], str]
_pages: list[SupplierPage] = []


def page_register(page: SupplierPage) -> None:
    """Make known who has pages for suppliers; the last one counts."""
    _pages[:] = [page]


def page_of(*, supplier_id: int, warehouse_id: int, owner_id: int) -> str:
    """The address of a supplier's page; empty where there is none."""
    return _pages[0](supplier_id, warehouse_id, owner_id) if _pages else ""
