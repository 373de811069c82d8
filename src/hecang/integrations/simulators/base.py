"""What all simulators share: a neutral world of orders, stock and parcels, misbehaviour, and a server.

A simulator is a WSGI application. Tests either call it through ``httpx.WSGITransport`` or serve it on
loopback by :func:`serving`; ``hecang simulate channel NAME`` serves it for people.
"""

from __future__ import annotations

import random
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from hecang.kernel.connectors import Token

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class SimLine:
    """A line of an order in the neutral world. Simulators render it in their platform's words."""

    external_line: str
    product_id: str
    variant_id: str
    outer_sku: str
    quantity: int
    unit_price: Decimal = Decimal("10.00")
    title: str = ""
    is_gift: bool = False
    shipped: int = 0
    refunding: bool = False


@dataclass(slots=True)
class SimOrder:
    """An order in the neutral world.

    :param status: one of ``unpaid``, ``blocked``, ``to_ship``, ``partly_shipped``, ``shipped``, ``done``, ``cancelled``.
    """

    number: str
    lines: list[SimLine]
    status: str = "to_ship"
    created_at: datetime = field(default_factory=wall_clock)
    modified_at: datetime = field(default_factory=wall_clock)
    paid_at: datetime | None = None
    buyer: str = "buyer-1"
    name: str = "王小明"
    phone: str = "13900000001"
    province: str = "上海市"
    city: str = "上海市"
    district: str = "浦东新区"
    address: str = "世纪大道 100 号"
    freight: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    buyer_remark: str = ""
    seller_remark: str = ""
    ship_by: datetime | None = None
    ship_after: datetime | None = None
    is_presale: bool = False

    @property
    def goods(self) -> Decimal:
        return sum((line.unit_price * line.quantity for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.goods - self.discount + self.freight


@dataclass(frozen=True, slots=True)
class SimShipment:
    """What the shop told the platform about a parcel. ``carrier`` is the platform's code."""

    order_number: str
    carrier: str
    waybill: str
    #: (external line, units); empty where the platform takes whole orders.
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class SimRefund:
    """``status`` is ``open``, ``agreed``, ``done`` or ``closed``; ``kind`` ``refund``, ``return`` or ``exchange``."""

    number: str
    order_number: str
    kind: str = "refund"
    status: str = "open"
    external_line: str = ""
    quantity: int = 0
    amount: Decimal = Decimal(0)
    reason: str = ""
    before_shipping: bool = True
    modified_at: datetime = field(default_factory=wall_clock)
    return_waybill: str = ""


@dataclass(slots=True)
class Misbehaviour:
    """How badly the platform behaves: probabilities from 0 to 1 of each call, drawn from a seed.

    :param errors: answers 500 **before** doing anything; ``lost_answers`` does the work and then answers 500.
    :param throttled: answers as if the rate limit were reached.
    :param hangs: keeps silent for ``hang_seconds``, then answers 500 without having done anything.
    :param duplicates: lists an order twice, or pushes a message twice.
    :param disorder: lists and pushes in another order than things happened.
    :param clock_skew: what the platform's clock is ahead of ours.
    """

    errors: float = 0.0
    lost_answers: float = 0.0
    throttled: float = 0.0
    hangs: float = 0.0
    hang_seconds: float = 0.2
    duplicates: float = 0.0
    disorder: float = 0.0
    clock_skew: timedelta = timedelta(0)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Push:
    """A message that the platform sends to the shop's address."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class SimServer(ABC):
    """Whoever answers calls: a clock, a way to misbehave, and a gate before every answer.

    :cvar code: that of the connector it stands opposite to.
    All state is guarded by ``lock``: servers answer from several threads.
    """

    code: ClassVar[str]
    #: Whether the other side has to be told an address to call.
    has_address: ClassVar[bool] = True
    #: Calls per second of one account before it throttles; 0 for no limit.
    calls_per_second: ClassVar[float] = 0.0

    def __init__(self, *, clock: Clock = wall_clock, misbehaviour: Misbehaviour | None = None) -> None:
        self._clock = clock
        self.misbehaviour = misbehaviour or Misbehaviour()
        self.chance = random.Random(self.misbehaviour.seed)
        self.lock = threading.RLock()
        self.calls: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.is_expired = False
        self.is_down = False
        self._bucket = max(self.calls_per_second, 1.0)
        self._filled_at = clock()

    def now(self) -> datetime:
        """Its own clock."""
        return self._clock() + self.misbehaviour.clock_skew

    def expire_tokens(self) -> None:
        """Every call fails until the token is refreshed (those without tokens ignore it)."""
        with self.lock:
            self.is_expired = True

    def misordered(self, page: Sequence[Any]) -> list[Any]:
        """One page as somebody who misbehaves answers it: shuffled or with a doubled row."""
        rows = list(page)
        if rows and self.chance.random() < self.misbehaviour.duplicates:
            rows.append(self.chance.choice(rows))
        if self.chance.random() < self.misbehaviour.disorder:
            self.chance.shuffle(rows)
        return rows

    # ---------------------------------------------------------------- what each says itself

    @abstractmethod
    def credentials(self) -> dict[str, Any]:
        """Settings of an account there, without ``base_url``."""

    def token(self) -> Token:
        """The token that the account was given; empty where there is none, or the first is fetched."""
        return Token()

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Answer one call: verify, enforce, do."""

    @abstractmethod
    def throttle(self) -> Response:
        """How it says that calls come too fast."""

    def pushes(self, number: str) -> Iterable[Push]:  # noqa: ARG002 - those that push override it
        """The signed messages that are sent when something happened to this order or parcel."""
        return ()

    def tick(self) -> None:  # noqa: B027 - most only answer
        """What it does by itself now and then: a partner looks into a folder, say."""

    # ---------------------------------------------------------------- serving

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        return self._respond(request)(environ, start_response)

    def _respond(self, request: Request) -> Response:
        bad = self.misbehaviour
        with self.lock:
            draw = self.chance.random()
            if self.is_down or draw < bad.errors:
                return Response("temporarily unavailable", status=500)
            draw -= bad.errors
            hangs = draw < bad.hangs
            throttled = not hangs and (draw - bad.hangs < bad.throttled or not self._allowed())
            loses = self.chance.random() < bad.lost_answers
        if hangs:
            threading.Event().wait(bad.hang_seconds)
            return Response("timed out", status=504)
        if throttled:
            with self.lock:
                self.refusals["throttled"] += 1
            return self.throttle()
        answer = self.answer(request)
        return Response("bad gateway", status=502) if loses else answer

    def _allowed(self) -> bool:
        """Whether the token bucket of this platform has a call left (``lock`` is held)."""
        if not self.calls_per_second:
            return True
        now = self._clock()
        gained = max(0.0, (now - self._filled_at).total_seconds()) * self.calls_per_second
        self._bucket = min(self._bucket + gained, max(self.calls_per_second, 1.0))
        self._filled_at = now
        if self._bucket < 1.0:
            return False
        self._bucket -= 1.0
        return True


class Simulator(SimServer):
    """One platform with one shop on it."""

    def __init__(self, *, clock: Clock = wall_clock, misbehaviour: Misbehaviour | None = None) -> None:
        super().__init__(clock=clock, misbehaviour=misbehaviour)
        self.orders: dict[str, SimOrder] = {}
        self.refunds: dict[str, SimRefund] = {}
        self.shipments: list[SimShipment] = []
        self._known_parcels: set[SimShipment] = set()
        #: (product, variant) → units that the shop may sell, as it told us last.
        self.stock: dict[tuple[str, str], int] = {}

    # ---------------------------------------------------------------- the platform's world

    def place(self, *orders: SimOrder) -> None:
        """Buyers buy."""
        with self.lock:
            for order in orders:
                self.orders[order.number] = order

    def change(self, number: str, **fields: Any) -> None:
        """Something about an order changes; ``modified_at`` moves to now unless it is given."""
        with self.lock:
            order = self.orders[number]
            for name, value in {"modified_at": self.now(), **fields}.items():
                setattr(order, name, value)

    def ask_refund(self, refund: SimRefund) -> None:
        with self.lock:
            self.refunds[refund.number] = refund

    def modified_between(self, since: datetime, until: datetime) -> list[SimOrder]:
        """Orders by modified time, oldest first; both ends included; disordered and doubled on demand."""
        with self.lock:
            found = [order for order in self.orders.values() if since <= order.modified_at <= until]
            found.sort(key=lambda order: (order.modified_at, order.number))
            return found

    def refunds_between(self, since: datetime, until: datetime) -> list[SimRefund]:
        with self.lock:
            found = [refund for refund in self.refunds.values() if since <= refund.modified_at <= until]
            found.sort(key=lambda refund: (refund.modified_at, refund.number))
            return found

    def ship(self, shipment: SimShipment) -> bool:
        """Note a parcel and move the order on; false where exactly this parcel had been noted before."""
        with self.lock:
            if shipment in self._known_parcels:
                return False
            self._known_parcels.add(shipment)
            self.shipments.append(shipment)
            order = self.orders[shipment.order_number]
            units = dict(shipment.lines)
            for line in order.lines:
                line.shipped = (
                    min(line.quantity, line.shipped + units.get(line.external_line, 0))
                    if units
                    else line.quantity
                )
            whole = all(line.shipped >= line.quantity or line.refunding for line in order.lines)
            order.status = "shipped" if whole else "partly_shipped"
            order.modified_at = self.now()
            return True


class _Silent(WSGIRequestHandler):
    """A platform does not tell its shops of every call on their terminal."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size


@contextmanager
def serving(simulator: Callable[..., Any], *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve a simulator on loopback from a thread of its own; its address. Port 0 takes any free one."""
    server = make_server(host, port, simulator, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, name="simulator", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
