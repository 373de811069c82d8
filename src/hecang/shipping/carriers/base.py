"""What a carrier's system is to Hecang: the one interface that every carrier connector has.

The connectors live in ``integrations.carriers``; shipping calls them through
:mod:`hecang.shipping.carriers.gateway`, which ``integrations`` fills in: a lower app never imports a higher one.
A connector speaks one protocol and does nothing else: no database, no sleeping, no retries. It is never called
while a lock is held.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from hecang.kernel.connectors import ConnectorSettings, Incoming, Link, Reply, Token


class CarrierFeature(StrEnum):
    """What a carrier's system can do; nothing else is asked for."""

    RATE = "rate"
    ORDER = "order"
    CANCEL = "cancel"
    LABEL = "label"
    TRACK = "track"
    SUBSCRIBE = "subscribe"
    RECEIVE = "receive"
    INTERCEPT = "intercept"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a name


class TrackStatus(StrEnum):
    """Where a parcel stands: the small state machine that all carriers' words are mapped to."""

    CREATED = "created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AT_PICKUP_POINT = "at_pickup_point"
    DELIVERED = "delivered"
    ATTEMPT_FAILED = "attempt_failed"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartyAddress:
    """A sender or recipient, in clear or sealed (``sealed`` as in ``orders``: OAID and the like)."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    address: str
    postcode: str = ""
    country: str = "CN"
    company: str = ""
    sealed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Goods:
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class WaybillOrder:
    """A parcel that needs a number.

    :param reference: our number of the parcel, the same for every try: the carrier's idempotency key.
    :param product: the carrier's code of the service, empty for its usual one; ``channel`` our channel code of
        the order's shop and ``channel_order`` the platform's number, for platform waybills.
    """

    reference: str
    product: str
    sender: PartyAddress
    recipient: PartyAddress
    weight_g: int
    volume_mm3: int = 0
    goods: Sequence[Goods] = ()
    parcels: int = 1
    declared_value: Decimal | None = None
    cash_on_delivery: Decimal | None = None
    channel: str = ""
    channel_order: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class WaybillMade:
    """The carrier's answer.

    :param routing_code: what the carrier sorts by, for our own label.
    :param print_data: what a local print component prints: ``{"component": "cainiao", "contents": […]}``, the
        contents of one document; empty where our own label (or the carrier's file) is printed. The components
        are those of ``shipping.carriers.components``.
    """

    number: str
    sub_numbers: Sequence[str] = ()
    routing_code: str = ""
    print_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RateAsk:
    product: str
    sender: PartyAddress
    recipient: PartyAddress
    weight_g: int
    volume_mm3: int = 0


@dataclass(frozen=True, slots=True)
class RateOffer:
    product: str
    price: Decimal
    currency: str = "CNY"
    delivery_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A label that the carrier made: ``pdf``, ``png`` or ``zpl``."""

    format: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TrackEvent:
    """One scan of a parcel. ``raw_code`` and ``text`` are the carrier's own."""

    number: str
    at: datetime
    status: TrackStatus
    raw_code: str = ""
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class TrackAsk:
    """A parcel to ask about.

    :param phone_tail: last four digits of the recipient's phone: some carriers tell nothing without.
    :param carrier: aggregators' code of the carrier whose parcel it is; empty at the carrier's own system.
    """

    number: str
    phone_tail: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a push said, and what it is to be answered with."""

    events: Sequence[TrackEvent]
    reply: Reply = field(default_factory=Reply)


class CarrierConnector(ABC):
    """One contract with one carrier or aggregator.

    :cvar code: short, lower case, for ever: ``sf``.
    :cvar title: English source string of its name; translated when shown.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[ConnectorSettings]]
    features: ClassVar[frozenset[CarrierFeature]]
    #: Numbers in one ``track`` call, and calls per second of one contract.
    track_batch: ClassVar[int] = 1
    calls_per_second: ClassVar[float] = 10.0
    #: Channels whose sealed recipients (OAID and the like) its waybills take: codes in capitals, compared without case.
    sealed_channels: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, settings: Any, link: Link) -> None:
        self.settings = settings
        self.link = link

    def rate(self, ask: RateAsk) -> list[RateOffer]:
        """Prices and times for a parcel; empty where the carrier does not reach it."""
        raise NotImplementedError

    def order(self, order: WaybillOrder) -> WaybillMade:
        """Get a number. Asking again under one reference gives the same one."""
        raise NotImplementedError

    def cancel(self, *, number: str, reference: str) -> None:
        """Give a number back. ``number`` is empty where the answer to the order never came: then by reference.

        Raises :class:`~hecang.kernel.connectors.AlreadyDone` where it is cancelled or was never made.
        """
        raise NotImplementedError

    def label(self, *, number: str, reference: str) -> LabelFile:
        raise NotImplementedError

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        """All scans known of these parcels, at most ``track_batch`` of them."""
        raise NotImplementedError

    def subscribe(self, ask: TrackAsk) -> None:
        """Ask the carrier to push the scans of a parcel from now on."""
        raise NotImplementedError

    def receive(self, message: Incoming) -> Tracked:
        """Verify and read a push. Raises :class:`~hecang.kernel.connectors.BadSignature`."""
        raise NotImplementedError

    def refusal(self, error: Exception) -> Reply:  # noqa: ARG002 - carriers that want a certain text override it
        """What a push that could not be verified or read is answered with."""
        return Reply(b'{"error":"refused"}', status=401)

    def intercept(self, *, number: str, reference: str, reason: str) -> None:
        """Ask the carrier to stop a parcel that is on its way and bring it back."""
        raise NotImplementedError

    def refresh_token(self) -> Token:
        raise NotImplementedError

    @abstractmethod
    def check(self) -> None:
        """The cheapest call that proves the settings right. Raises what is wrong."""
