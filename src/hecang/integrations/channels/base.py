"""What a sales channel is to Hecang: the one interface that every channel connector has.

A connector is one module of this package. It turns the platform's protocol into the values below and back,
and nothing else: no database, no clock but the link's, no sleeping, no retries (the engine in ``services``
does all that). ``docs/how-to/add-a-channel.md`` walks through one.

What connectors promise:

- Money is Decimal in the order's currency (platforms that count in fen are converted), times are aware.
- ``pull_orders`` answers every order whose *modified* time lies in the window, however the platform pages;
  it walks pages so that orders which change meanwhile are not skipped (from the last page, or by cursor).
- ``confirm_shipment`` and ``push_stock`` may be repeated: the same call again changes nothing, or raises
  :class:`~hecang.kernel.connectors.AlreadyDone`.
- A message from outside is verified before a byte of it is parsed.
- Numbers that the platform does not tell in clear are carried as ``RecipientIn.sealed``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from hecang.kernel.connectors import ConnectorSettings, Incoming, Link, Reply, Token
from hecang.orders.services import RecipientIn

ZERO = Decimal(0)
T = TypeVar("T")


class Feature(StrEnum):
    """What a channel can do; the engine asks for nothing else."""

    PULL_ORDERS = "pull_orders"
    GET_ORDER = "get_order"
    PULL_REFUNDS = "pull_refunds"
    RECEIVE = "receive"  # push or webhook
    CONFIRM_SHIPMENT = "confirm_shipment"
    CONFIRM_PARTS = "confirm_parts"  # several parcels of one order, by line
    PUSH_STOCK = "push_stock"
    ANSWER_CANCEL = "answer_cancel"  # tell the platform whether shipping could be stopped
    ANSWER_ADDRESS = "answer_address"  # accept or refuse a change of address
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a name
    LIST_PRODUCTS = "list_products"


class OrderStatus(StrEnum):
    """Where an order stands on the platform."""

    UNPAID = "unpaid"
    BLOCKED = (
        "blocked"  # paid, but the platform does not let it be shipped yet (risk check, group not full …)
    )
    TO_SHIP = "to_ship"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DONE = "done"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    DONE = "done"
    CLOSED = "closed"  # withdrawn or refused


class RefundKind(StrEnum):
    REFUND = "refund"  # money only
    RETURN = "return"  # goods back, money back
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform allows.

    :param page_size: of order lists.
    :param window: longest span of modified times in one question.
    :param overlap: how far each window reaches back into the last one: clocks differ, writes are late.
    :param delay: how far from now a window has to end.
    :param calls_per_second: of one account, all methods together.
    :param stock_batch: levels in one ``push_stock``.
    """

    page_size: int = 100
    window: timedelta = timedelta(minutes=30)
    overlap: timedelta = timedelta(minutes=2)
    delay: timedelta = timedelta(0)
    calls_per_second: float = 10.0
    stock_batch: int = 1


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One line as the platform tells it.

    :param external_line: the platform's number of the line (oid).
    :param product_id: and ``variant_id``: the platform's; ``outer_sku`` the code that the merchant gave there.
    :param amount: what the buyer pays for the line in all, after discounts on it.
    :param is_refunding: a refund of it is open or done: it is not to be shipped.
    """

    external_line: str
    product_id: str
    variant_id: str
    outer_sku: str
    title: str
    quantity: int
    unit_price: Decimal = ZERO
    amount: Decimal | None = None
    is_gift: bool = False
    is_refunding: bool = False


@dataclass(frozen=True, slots=True)
class ChannelOrder:
    """One order as the platform tells it. ``modified_at`` orders the versions of it that we hear of."""

    number: str
    status: OrderStatus
    created_at: datetime
    modified_at: datetime
    lines: Sequence[ChannelLine]
    recipient: RecipientIn = field(default_factory=RecipientIn)
    paid_at: datetime | None = None
    buyer: str = ""
    currency: str = ""
    total: Decimal | None = None
    discount: Decimal = ZERO
    freight: Decimal = ZERO
    buyer_remark: str = ""
    seller_remark: str = ""
    ship_by: datetime | None = None
    ship_after: datetime | None = None
    is_presale: bool = False
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChannelRefund:
    """A wish for money or goods back. ``external_line`` is empty where it concerns the whole order.

    :param before_shipping: the goods had not left when it was asked for: the order is to be stopped.
    """

    number: str
    order_number: str
    kind: RefundKind
    status: RefundStatus
    modified_at: datetime
    external_line: str = ""
    quantity: int = 0
    amount: Decimal = ZERO
    reason: str = ""
    before_shipping: bool = False
    return_waybill: str = ""


@dataclass(frozen=True, slots=True)
class AddressChange:
    """The buyer wants the parcel to go elsewhere. ``number`` names the request where the platform numbers it."""

    number: str
    order_number: str
    recipient: RecipientIn
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class CancelWish:
    """The buyer wants an order (or a line of it) not to be shipped."""

    number: str
    order_number: str
    requested_at: datetime
    external_line: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderTouched:
    """Something happened to an order: ask for it."""

    number: str


ChannelEvent = ChannelOrder | ChannelRefund | AddressChange | CancelWish | OrderTouched


@dataclass(frozen=True, slots=True)
class ChannelProduct:
    """A product or variant that the shop offers, to be mapped to one of our SKUs."""

    product_id: str
    variant_id: str
    outer_sku: str
    title: str
    barcode: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """Modified times asked for, both ends included."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong in a file. ``row`` is counted as a spreadsheet does; ``None`` concerns the whole file."""

    code: str
    message: str
    row: int | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file, attachment or interchange that orders came in.

    :param key: names it for ever: the same key again is the same file, and nothing of it is applied.
    :param digest: of its content; another one under a known key is a mistake of the sender.
    :param name: for people.
    :param problems: why it cannot be read; nothing of it is applied then.
    :param place: the connector's own word for where it lies.
    """

    key: str
    digest: str
    name: str
    problems: Sequence[FileProblem] = ()
    place: str = ""


class FileOutcome(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    KNOWN = "known"  # had been taken before
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of an answer. ``cursor`` goes into the next call; ``None`` says that the window is done.

    :param file: what the items were read from, where a channel brings files: ``settle_file`` is called for it.
    """

    items: Sequence[T]
    cursor: str | None = None
    file: OrderFile | None = None


@dataclass(frozen=True, slots=True)
class ShippedLine:
    external_line: str
    product_id: str
    variant_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel of one order that has left.

    :param key: the same for every try; for platforms with an idempotency key.
    :param carrier: our code of the carrier; connectors translate it (``carrier_code``).
    :param completes_order: nothing of the order is left to ship.
    """

    key: str
    order_number: str
    carrier: str
    waybill: str
    lines: Sequence[ShippedLine]
    completes_order: bool
    shipped_at: datetime


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What may be sold of one offered product, absolute."""

    key: str
    product_id: str
    variant_id: str
    outer_sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class StockOutcome:
    """What the platform said to one level. ``error`` is ``None`` where it was taken."""

    level: StockLevel
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What a message from outside says, and what it is to be answered with."""

    events: Sequence[ChannelEvent]
    reply: Reply = field(default_factory=Reply)


class ChannelConnector(ABC):
    """One account on one platform.

    :cvar code: short, lower case, for ever: ``taobao``.
    :cvar title: English source string of its name; translated when shown.
    :cvar Settings: typed settings, from which the form is made.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[ConnectorSettings]]
    features: ClassVar[frozenset[Feature]]
    limits: ClassVar[Limits] = Limits()
    #: Our carrier code → the platform's. Settings may add to it (``carrier_codes``).
    carriers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, settings: Any, link: Link) -> None:
        self.settings = settings
        self.link = link

    def carrier_code(self, carrier: str) -> str:
        """The platform's code of a carrier of ours: from the settings, else the connector's own table.

        :raises Refused: neither knows it.
        """
        from hecang.kernel.connectors import Refused

        known: Mapping[str, str] = {**self.carriers, **getattr(self.settings, "carrier_codes", {})}
        code = known.get(carrier.lower()) or known.get(carrier.upper()) or known.get(carrier)
        if code is None:
            raise Refused(f"carrier “{carrier}” has no code on this platform", code="unknown_carrier")
        return code

    def close(self) -> None:  # noqa: B027 - most open nothing
        """End what the connector has opened itself; called when nothing more is asked of it."""

    # Each of the following is called only where ``features`` has it.

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        """One page of the orders modified within ``window``; ``cursor`` is ``None`` for the first."""
        raise NotImplementedError

    def settle_file(self, file: OrderFile, outcome: FileOutcome, problems: Sequence[FileProblem]) -> None:
        """Put a file away whose orders have been applied, or that cannot be: called once for every page with one.

        Whoever is killed before it leaves the file where it lies: ``pull_orders`` brings it again, and this is
        called with what became of it the first time. So it must bear to be repeated.
        """
        raise NotImplementedError

    def get_order(self, number: str) -> ChannelOrder | None:
        """One order as it stands now; ``None`` where the platform has none of that number."""
        raise NotImplementedError

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        """One page of the refunds modified within ``window``."""
        raise NotImplementedError

    def receive(self, message: Incoming) -> Received:
        """Verify and read a message. Raises :class:`~hecang.kernel.connectors.BadSignature`."""
        raise NotImplementedError

    def refusal(self, error: Exception) -> Reply:  # noqa: ARG002 - platforms that want a certain text override it
        """What a message that could not be verified or read is answered with."""
        return Reply(b'{"error":"refused"}', status=401)

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Tell the platform that a parcel has left."""
        raise NotImplementedError

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Tell the platform what may be sold; at most ``limits.stock_batch`` levels; one outcome each."""
        raise NotImplementedError

    def answer_cancel(self, wish: CancelWish, *, stopped: bool) -> None:
        raise NotImplementedError

    def answer_address(self, change: AddressChange, *, accepted: bool) -> None:
        raise NotImplementedError

    def refresh_token(self) -> Token:
        """A new token for the present one (``link.token``). The engine stores it."""
        raise NotImplementedError

    def list_products(self, cursor: str | None) -> Page[ChannelProduct]:
        raise NotImplementedError

    @abstractmethod
    def check(self) -> None:
        """The cheapest call that proves settings and token right. Raises what is wrong."""
