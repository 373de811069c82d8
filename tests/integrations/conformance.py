"""What every channel connector must do, proved against its simulator. A connector's test file subclasses it::

    class TestToy(ChannelConformance):
        connector = ToyChannel
        simulator = ToySimulator

and adds tests of what is the platform's own (published signature vectors, refusals by name). Tests that need
a feature which the connector does not have fall away by themselves. What is different on a platform is said by
the class variables and hooks below, never by rewriting a test.

Everything runs over WSGI with a clock that stands still but for the calls: no network, no waiting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelEvent,
    ChannelOrder,
    Feature,
    OrderStatus,
    Page,
    RefundStatus,
    Shipment,
    ShippedLine,
    StockLevel,
    Window,
)
from hecang.integrations.simulators.base import (
    Misbehaviour,
    Push,
    SimLine,
    SimOrder,
    SimRefund,
    Simulator,
)
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    Incoming,
    Link,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    Token,
    TokenExpired,
    Unreachable,
)

T = TypeVar("T")
Test = TypeVar("Test", bound=Callable[..., object])

#: Where the simulators live; nothing is looked up, since the transport answers by itself.
BASE_URL = "http://platform.test"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
#: Pages after which a connector is said to walk in circles.
MOST_PAGES = 200


def needs(*features: Feature) -> Callable[[Test], Test]:
    """Mark a test that only connectors with these features have to pass."""

    def mark(test: Test) -> Test:
        test.needed_features = frozenset(features)  # type: ignore[attr-defined]
        return test

    return mark


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = START) -> None:
        self.moment = now

    def __call__(self) -> datetime:
        return self.moment

    def move(self, span: timedelta) -> None:
        self.moment += span


class PacedTransport(httpx.BaseTransport):
    """Calls the simulator in process, and lets so much time pass with each call that it is not too fast."""

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self._inner = httpx.WSGITransport(app=simulator)
        self._clock = clock
        self._step = timedelta(seconds=1.05 / simulator.calls_per_second if simulator.calls_per_second else 0)
        self.is_paced = True
        #: Every request as it went out, to look at.
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_paced:
            self._clock.move(self._step)
        self.sent.append(request)
        return self._inner.handle_request(request)


class Platform:
    """A simulator, the connector opposite to it, and the clock of both."""

    def __init__(self, test: ChannelConformance, misbehaviour: Misbehaviour | None = None) -> None:
        self.clock = Clock()
        self.sim = test.simulator(clock=self.clock, misbehaviour=Misbehaviour())
        self.transport = PacedTransport(self.sim, self.clock)
        self.link = Link(http=httpx.Client(transport=self.transport), now=self.clock, token=self.sim.token())
        self.settings = test.connector.Settings.model_validate(
            {**self.sim.credentials(), "base_url": BASE_URL, **test.settings}
        )
        self.connector = test.connector(self.settings, self.link)
        if Feature.REFRESH_TOKEN in test.connector.features and not self.link.token.access:
            self.link.token = self.connector.refresh_token()
        if misbehaviour is not None:
            self.sim.misbehaviour = misbehaviour

    def behave(self, **how: Any) -> None:
        """Misbehave from now on; without words, behave."""
        self.sim.misbehaviour = Misbehaviour(**how)

    def settle(self) -> None:
        """Let so much time pass that everything placed so far can be asked for."""
        self.clock.move(self.connector.limits.delay + timedelta(seconds=5))


def walk(pull: Callable[[Window, str | None], Page[T]], window: Window) -> Iterator[Page[T]]:
    """Every page of one window."""
    cursor: str | None = None
    for _page in range(MOST_PAGES):
        page = pull(window, cursor)
        yield page
        if page.cursor is None:
            return
        cursor = page.cursor
    raise AssertionError(f"no end after {MOST_PAGES} pages")


def windows(connector: ChannelConnector, since: datetime, until: datetime) -> Iterator[Window]:
    """``since`` to ``until`` in pieces that the platform allows."""
    while since < until:
        end = min(since + connector.limits.window, until)
        yield Window(since, end)
        since = end


class ChannelConformance:
    """See the module."""

    connector: ClassVar[type[ChannelConnector]]
    simulator: ClassVar[type[Simulator]]
    #: Settings beyond the simulator's ``credentials``.
    settings: ClassVar[Mapping[str, Any]] = {}

    # ---------------------------------------------------------------- what may differ

    #: Neutral statuses that the platform has, and what the connector has to make of each.
    statuses: ClassVar[Mapping[str, OrderStatus]] = {status.value: status for status in OrderStatus}
    refund_statuses: ClassVar[Mapping[str, RefundStatus]] = {status.value: status for status in RefundStatus}
    #: Statuses that the platform does not list (an abandoned checkout, say): absent is right, too.
    unlisted: ClassVar[frozenset[str]] = frozenset({"unpaid"})
    #: The platform refuses a span that is longer than ``limits.window``.
    refuses_long_windows: ClassVar[bool] = True
    #: Page by page in a steady order; false for channels that answer everything in one page.
    has_pages: ClassVar[bool] = True
    #: Recipients come as tokens; nothing of them in clear.
    is_sealed: ClassVar[bool] = False
    tells_remarks: ClassVar[bool] = True
    tells_freight: ClassVar[bool] = True
    tells_refunding_lines: ClassVar[bool] = True
    #: The platform knows which carrier and number it has been told, and refuses unknown carriers.
    carrier: ClassVar[str] = "SF"
    #: Pushed messages carry their time, and old ones have to be refused.
    pushes_age: ClassVar[bool] = True
    #: Tokens run out, whether or not they can be renewed by us.
    tokens_expire: ClassVar[bool | None] = None

    def order_number(self, n: int) -> str:
        """The platform's form of order numbers."""
        return f"26030200000{n:06d}"

    def sim_line(self, number: str, n: int, **fields: Any) -> SimLine:
        """Line ``n`` of an order, numbered as the platform would."""
        given: dict[str, Any] = {
            "external_line": f"{number}{n}",
            "product_id": f"6100{n}",
            "variant_id": f"7100{n}",
            "outer_sku": f"SKU-{n}",
            "quantity": n,
            "unit_price": Decimal("19.90"),
            "title": f"商品 {n}",
        }
        return SimLine(**{**given, **fields})

    def sim_order(self, platform: Platform, n: int = 1, *, lines: int = 2, **fields: Any) -> SimOrder:
        """An order of the neutral world: paid, of two lines, modified now."""
        number = self.order_number(n)
        now = platform.sim.now()
        given: dict[str, Any] = {
            "number": number,
            "lines": [self.sim_line(number, one) for one in range(1, lines + 1)],
            "created_at": now,
            "modified_at": now,
            "paid_at": None if fields.get("status") == "unpaid" else now,
            "buyer": f"buyer{n}",
        }
        return SimOrder(**{**given, **fields})

    def sim_refund(self, order: SimOrder, n: int = 1, **fields: Any) -> SimRefund:
        given: dict[str, Any] = {
            "number": f"9{order.number}{n}"[-18:],
            "order_number": order.number,
            "external_line": order.lines[0].external_line,
            "quantity": order.lines[0].quantity,
            "amount": Decimal("19.90"),
            "reason": "不想要了",
            "modified_at": order.modified_at,
        }
        return SimRefund(**{**given, **fields})

    def wrong_settings(self, platform: Platform) -> dict[str, Any]:
        """Settings with a secret that is not the shop's."""
        plain = dict(platform.settings.plain())
        for name, field in type(platform.settings).model_fields.items():
            if field.annotation is SecretStr or SecretStr in getattr(field.annotation, "__args__", ()):
                plain[name] = _altered(plain[name])
        return plain

    def push_tampered(self, push: Push) -> Push:
        """The same message with another body."""
        return replace(push, body=_altered_digits(push.body))

    # ---------------------------------------------------------------- plumbing

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        connector = getattr(cls, "connector", None)
        if connector is None:
            return
        for name in dir(cls):
            wanted: frozenset[Feature] = getattr(getattr(cls, name), "needed_features", frozenset())
            if not wanted <= connector.features:
                setattr(cls, name, None)

    @pytest.fixture
    def platform(self) -> Platform:
        return Platform(self)

    def pull(
        self, platform: Platform, since: datetime = START, until: datetime | None = None
    ) -> list[ChannelOrder]:
        """Everything modified since, as the engine would pull it."""
        end = until or platform.clock() - platform.connector.limits.delay
        return [
            order
            for window in windows(platform.connector, since, end)
            for page in walk(platform.connector.pull_orders, window)
            for order in page.items
        ]

    def one(self, platform: Platform, number: str) -> ChannelOrder | None:
        """One order as the platform tells it."""
        platform.settle()
        if Feature.PULL_ORDERS in self.connector.features:
            found = [
                order for order in self.pull(platform, START - timedelta(hours=1)) if order.number == number
            ]
            return found[-1] if found else None
        return platform.connector.get_order(number)

    def shipment(
        self, order: SimOrder, lines: Sequence[tuple[int, int]] | None = None, **fields: Any
    ) -> Shipment:
        """A parcel with (index of line, units); with everything where ``lines`` is ``None``."""
        units = lines if lines is not None else [(n, line.quantity) for n, line in enumerate(order.lines)]
        given: dict[str, Any] = {
            "key": f"parcel-{order.number}",
            "order_number": order.number,
            "carrier": self.carrier,
            "waybill": "SF1000000000001",
            "lines": [
                ShippedLine(
                    order.lines[n].external_line,
                    order.lines[n].product_id,
                    order.lines[n].variant_id,
                    quantity,
                )
                for n, quantity in units
            ],
            "completes_order": lines is None,
            "shipped_at": START,
        }
        return Shipment(**{**given, **fields})

    @contextmanager
    def silent_about_secrets(self, platform: Platform, *kinds: type[OutsideError]) -> Iterator[None]:
        """One of these errors must come, and name no secret."""
        with pytest.raises(kinds) as raised:
            yield
        secrets = [
            value.get_secret_value()
            for value in (getattr(platform.settings, name) for name in type(platform.settings).model_fields)
            if isinstance(value, SecretStr)
        ]
        secrets += [platform.link.token.access, platform.link.token.refresh]
        assert not [secret for secret in secrets if len(secret) > 5 and secret in str(raised.value)]

    def _loses_tokens(self) -> bool:
        if self.tokens_expire is not None:
            return self.tokens_expire
        return Feature.REFRESH_TOKEN in self.connector.features

    # ---------------------------------------------------------------- settings and errors

    def test_check_proves_settings_right(self, platform: Platform) -> None:
        platform.connector.check()

        assert sum(platform.sim.refusals.values()) == 0

    def test_check_finds_a_wrong_secret(self, platform: Platform) -> None:
        wrong = self.connector(
            self.connector.Settings.model_validate(self.wrong_settings(platform)),
            replace(
                platform.link,
                token=Token("wrong-token", "wrong-refresh") if self._loses_tokens() else Token(),
            ),
        )

        with self.silent_about_secrets(platform, Refused, TokenExpired, BadSignature):
            wrong.check()

    def test_clocks_that_differ_by_a_minute_do_no_harm(self, platform: Platform) -> None:
        for skew in (timedelta(minutes=1), timedelta(minutes=-1)):
            platform.behave(clock_skew=skew)

            platform.connector.check()

    def test_errors_say_what_to_do_next(self, platform: Platform) -> None:
        for misbehaviour, kind in (
            ({"errors": 1.0}, Unreachable),
            ({"lost_answers": 1.0}, Unreachable),
            ({"hangs": 1.0, "hang_seconds": 0.0}, Unreachable),
            ({"throttled": 1.0}, Throttled),
        ):
            platform.behave(**misbehaviour)

            with self.silent_about_secrets(platform, kind):
                platform.connector.check()

    def test_a_platform_that_throttles_is_understood(self, platform: Platform) -> None:
        if not self.simulator.calls_per_second:
            return
        platform.transport.is_paced = False

        with pytest.raises(Throttled) as raised:
            _hurry(platform)

        assert raised.value.retry_after <= timedelta(hours=1)

    def test_an_expired_token_is_told_and_renewed(self, platform: Platform) -> None:
        if not self._loses_tokens():
            return
        platform.sim.expire_tokens()

        with self.silent_about_secrets(platform, TokenExpired):
            platform.connector.check()
        if Feature.REFRESH_TOKEN in self.connector.features:
            fresh = platform.connector.refresh_token()
            platform.link.token = fresh
            platform.connector.check()

            assert fresh.access
            assert fresh.expires_at is None or fresh.expires_at > platform.clock()

    # ---------------------------------------------------------------- orders

    @needs(Feature.PULL_ORDERS)
    def test_every_order_is_pulled_exactly_once(self, platform: Platform) -> None:
        limits = platform.connector.limits
        count = min(limits.page_size, 100) * 2 + 3
        span = min(limits.window, timedelta(days=1)) * 2 + timedelta(minutes=1)
        step = timedelta(seconds=max(int(span.total_seconds()) // count, 1))
        placed = [
            self.sim_order(platform, n, modified_at=START + step * n, created_at=START + step * n)
            for n in range(1, count + 1)
        ]
        platform.sim.place(*placed)
        platform.clock.move(step * (count + 1) + limits.delay)
        platform.settle()

        pulled = self.pull(platform)

        met = Counter(order.number for order in pulled)
        assert sorted(met) == sorted(order.number for order in placed)
        on_border = [number for number, times in met.items() if times > 1]
        assert len(on_border) <= span // limits.window + 1
        assert sum(platform.sim.refusals.values()) == 0

    @needs(Feature.PULL_ORDERS)
    def test_nothing_is_pulled_from_an_empty_window(self, platform: Platform) -> None:
        platform.settle()

        assert self.pull(platform) == []

    @needs(Feature.PULL_ORDERS)
    def test_only_what_was_modified_in_the_window_is_pulled(self, platform: Platform) -> None:
        times = {
            1: START - timedelta(minutes=10),
            2: START + timedelta(minutes=5),
            3: START + timedelta(minutes=20),
        }
        for n, moment in times.items():
            platform.sim.place(self.sim_order(platform, n, modified_at=moment, created_at=moment))
        platform.clock.move(timedelta(minutes=30) + platform.connector.limits.delay)

        pulled = self.pull(platform, START, START + timedelta(minutes=10))

        assert [order.number for order in pulled] == [self.order_number(2)]
        assert pulled[0].modified_at == times[2]

    @needs(Feature.PULL_ORDERS)
    def test_orders_that_change_between_two_pages_hide_no_others(self, platform: Platform) -> None:
        if not self.has_pages:
            return
        count = min(platform.connector.limits.page_size, 100) * 2 + 5
        moments = {n: START + timedelta(seconds=n) for n in range(1, count + 1)}
        for n, moment in moments.items():
            platform.sim.place(self.sim_order(platform, n, lines=1, modified_at=moment, created_at=moment))
        window = Window(START, START + min(platform.connector.limits.window, timedelta(minutes=20)))
        platform.clock.move(window.until - START + timedelta(minutes=1) + platform.connector.limits.delay)

        seen: set[str] = set()
        for number, page in enumerate(walk(platform.connector.pull_orders, window)):
            seen |= {order.number for order in page.items}
            if number == 0:  # they leave the window, and all that come after them move up
                changed = sorted(seen)[: len(seen) // 2]
                for one in changed:
                    platform.sim.change(one, seller_remark="改")

        assert sorted(seen) == sorted(map(self.order_number, moments))

    @needs(Feature.PULL_ORDERS)
    def test_the_platform_refuses_a_longer_window(self, platform: Platform) -> None:
        if not self.refuses_long_windows:
            return
        span = platform.connector.limits.window * 2
        platform.clock.move(span + platform.connector.limits.delay)

        with pytest.raises(Refused):
            platform.connector.pull_orders(Window(START, START + span), None)

    @needs(Feature.PULL_ORDERS)
    def test_doubled_and_disordered_pages_lose_nothing(self, platform: Platform) -> None:
        count = min(platform.connector.limits.page_size, 100) + 7
        for n in range(1, count + 1):
            moment = START + timedelta(seconds=n)
            platform.sim.place(self.sim_order(platform, n, lines=1, modified_at=moment, created_at=moment))
        platform.clock.move(timedelta(seconds=count) + platform.connector.limits.delay)
        platform.settle()
        platform.behave(duplicates=1.0, disorder=1.0)

        pulled = self.pull(platform)

        assert {order.number for order in pulled} == {self.order_number(n) for n in range(1, count + 1)}

    def test_an_order_is_told_with_all_that_matters(self, platform: Platform) -> None:
        if not self.connector.features & {Feature.PULL_ORDERS, Feature.GET_ORDER}:
            return
        placed = self.sim_order(
            platform, 1, freight=Decimal("8.00") if self.tells_freight else Decimal(0),
            buyer_remark="请尽快", seller_remark="老客户",
        )  # fmt: skip
        platform.sim.place(placed)

        order = self.one(platform, placed.number)

        assert order is not None
        assert (order.number, order.status) == (placed.number, OrderStatus.TO_SHIP)
        assert [(line.external_line, line.quantity) for line in order.lines] == [
            (line.external_line, line.quantity) for line in placed.lines
        ]
        assert [(line.product_id, line.variant_id, line.outer_sku) for line in order.lines] == [
            (line.product_id, line.variant_id, line.outer_sku) for line in placed.lines
        ]
        assert [line.unit_price for line in order.lines] == [line.unit_price for line in placed.lines]
        assert order.total == placed.total
        assert order.freight == placed.freight
        if self.tells_remarks:
            assert (order.buyer_remark, order.seller_remark) == ("请尽快", "老客户")
        for moment in (order.created_at, order.modified_at, order.paid_at):
            assert moment is None or moment.tzinfo is not None
        assert abs(order.created_at - placed.created_at) < timedelta(seconds=1)

    def test_a_recipient_is_told_in_clear_or_sealed(self, platform: Platform) -> None:
        if not self.connector.features & {Feature.PULL_ORDERS, Feature.GET_ORDER}:
            return
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        order = self.one(platform, placed.number)

        assert order is not None
        recipient = order.recipient
        assert (recipient.province, recipient.city, recipient.district) == (
            placed.province, placed.city, placed.district,
        )  # fmt: skip
        if self.is_sealed:
            assert recipient.sealed
            assert all(recipient.sealed.values())
            assert placed.phone not in (recipient.phone, *recipient.sealed.values())
        else:
            assert (recipient.name, recipient.phone) == (placed.name, placed.phone)
            assert placed.address in recipient.address

    def test_every_status_is_understood(self, platform: Platform) -> None:
        if not self.connector.features & {Feature.PULL_ORDERS, Feature.GET_ORDER}:
            return
        for n, status in enumerate(self.statuses, start=1):
            placed = self.sim_order(platform, n, status=status)
            if status in {"partly_shipped", "shipped", "done"}:
                shipped = placed.lines[:1] if status == "partly_shipped" else placed.lines
                for line in shipped:
                    line.shipped = line.quantity
            platform.sim.place(placed)

        for n, (status, meant) in enumerate(self.statuses.items(), start=1):
            order = self.one(platform, self.order_number(n))
            if order is None:
                assert status in self.unlisted, status
            else:
                assert order.status == meant, status
                assert status != "unpaid" or order.status != OrderStatus.TO_SHIP

    def test_a_line_under_refund_is_told(self, platform: Platform) -> None:
        if not self.tells_refunding_lines or not self.connector.features & {
            Feature.PULL_ORDERS,
            Feature.GET_ORDER,
        }:
            return
        placed = self.sim_order(platform, 1)
        placed.lines[1].refunding = True
        platform.sim.place(placed)

        order = self.one(platform, placed.number)

        assert order is not None
        assert [line.is_refunding for line in order.lines] == [False, True]

    @needs(Feature.GET_ORDER)
    def test_one_order_can_be_asked_for(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        order = platform.connector.get_order(placed.number)

        assert order is not None
        assert order.number == placed.number
        assert sum(line.quantity for line in order.lines) == 3
        assert platform.connector.get_order(self.order_number(99)) is None

    @needs(Feature.GET_ORDER, Feature.PULL_ORDERS)
    def test_asked_for_and_pulled_an_order_is_the_same(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        asked, pulled = platform.connector.get_order(placed.number), self.one(platform, placed.number)

        assert asked is not None
        assert pulled is not None
        assert (asked.status, asked.lines, asked.total) == (pulled.status, pulled.lines, pulled.total)

    # ---------------------------------------------------------------- refunds

    @needs(Feature.PULL_REFUNDS)
    def test_every_refund_is_pulled_with_its_status(self, platform: Platform) -> None:
        for n, status in enumerate(self.refund_statuses, start=1):
            placed = self.sim_order(platform, n)
            platform.sim.place(placed)
            platform.sim.ask_refund(self.sim_refund(placed, status=status))
        platform.settle()

        pulled = [
            refund
            for window in windows(
                platform.connector, START, platform.clock() - platform.connector.limits.delay
            )
            for page in walk(platform.connector.pull_refunds, window)
            for refund in page.items
        ]

        met = {refund.order_number: refund for refund in pulled}
        assert len(pulled) == len(self.refund_statuses)
        for n, (status, meant) in enumerate(self.refund_statuses.items(), start=1):
            refund = met[self.order_number(n)]
            assert refund.status == meant, status
            assert (refund.amount, refund.before_shipping) == (Decimal("19.90"), True)
            assert refund.modified_at.tzinfo is not None

    # ---------------------------------------------------------------- shipping

    @needs(Feature.CONFIRM_SHIPMENT)
    def test_a_shipment_confirmed_twice_is_one_at_the_platform(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        shipment = self.shipment(placed)

        platform.connector.confirm_shipment(shipment)
        _again(platform, shipment)

        assert [(one.order_number, one.waybill) for one in platform.sim.shipments] == [
            (placed.number, shipment.waybill)
        ]
        assert platform.sim.orders[placed.number].status == "shipped"
        assert platform.sim.shipments[0].carrier == platform.connector.carrier_code(self.carrier)

    @needs(Feature.CONFIRM_SHIPMENT)
    def test_a_confirmation_whose_answer_was_lost_can_be_repeated(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        shipment = self.shipment(placed)
        platform.behave(lost_answers=1.0)

        for _try in range(3):  # with several calls to one confirmation the first may be the one that is lost
            with pytest.raises(OutsideError) as raised:
                platform.connector.confirm_shipment(shipment)
            assert raised.value.may_retry or isinstance(raised.value, AlreadyDone)
        platform.behave()
        _again(platform, shipment)

        assert len(platform.sim.shipments) == 1

    @needs(Feature.CONFIRM_SHIPMENT)
    def test_a_throttled_confirmation_is_not_made(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        platform.behave(throttled=1.0)

        with pytest.raises(Throttled):
            platform.connector.confirm_shipment(self.shipment(placed))

        assert platform.sim.shipments == []

    @needs(Feature.CONFIRM_SHIPMENT)
    def test_what_cannot_be_shipped_is_refused(self, platform: Platform) -> None:
        cancelled = self.sim_order(platform, 1, status="cancelled")
        platform.sim.place(cancelled)
        unknown = self.sim_order(platform, 2)

        for order in (cancelled, unknown):
            with pytest.raises(Refused) as raised:
                platform.connector.confirm_shipment(self.shipment(order))
            assert not isinstance(raised.value, AlreadyDone)

        assert platform.sim.shipments == []

    @needs(Feature.CONFIRM_SHIPMENT)
    def test_a_carrier_without_a_code_is_refused_before_any_call(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)

        if not self.connector.carriers:
            return
        with pytest.raises(Refused):
            platform.connector.confirm_shipment(self.shipment(placed, carrier="NOBODY-KNOWS"))

        assert platform.sim.shipments == []

    @needs(Feature.CONFIRM_SHIPMENT, Feature.CONFIRM_PARTS)
    def test_parcels_of_one_order_are_told_line_by_line(self, platform: Platform) -> None:
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        first = self.shipment(placed, [(0, 1)], key="parcel-1", waybill="SF1000000000001")
        second = self.shipment(
            placed, [(1, 2)], key="parcel-2", waybill="SF1000000000002", completes_order=True
        )

        platform.connector.confirm_shipment(first)
        after_first = platform.sim.orders[placed.number].status
        platform.connector.confirm_shipment(second)
        _again(platform, first)
        _again(platform, second)

        assert after_first == "partly_shipped"
        assert platform.sim.orders[placed.number].status == "shipped"
        assert [one.waybill for one in platform.sim.shipments] == [first.waybill, second.waybill]

    # ---------------------------------------------------------------- stock

    def levels(self, quantity: int, count: int | None = None) -> list[StockLevel]:
        """Levels of so many products that the shop offers."""
        lines = [self.sim_line("1", n) for n in range(1, (count or self.connector.limits.stock_batch) + 1)]
        return [
            StockLevel(f"k{n}-{quantity}", line.product_id, line.variant_id, line.outer_sku, quantity + n)
            for n, line in enumerate(lines)
        ]

    def offer(self, platform: Platform, levels: Sequence[StockLevel]) -> None:
        """Have the platform offer these products, where it has to know them."""
        for level in levels:
            platform.sim.stock.setdefault((level.product_id, level.variant_id), 0)

    @needs(Feature.PUSH_STOCK)
    def test_stock_is_told_as_it_is(self, platform: Platform) -> None:
        many = min(self.connector.limits.stock_batch, 25)
        self.offer(platform, self.levels(0, many))

        for quantity in (40, 7, 7, 0):
            levels = self.levels(quantity, many)
            outcomes = platform.connector.push_stock(levels)

            assert [outcome.error for outcome in outcomes] == [None] * many
            assert [outcome.level for outcome in outcomes] == levels
            assert {(one.product_id, one.variant_id): one.quantity for one in levels} == {
                key: platform.sim.stock[key] for key in ((one.product_id, one.variant_id) for one in levels)
            }

    @needs(Feature.PUSH_STOCK)
    def test_stock_whose_answer_was_lost_can_be_told_again(self, platform: Platform) -> None:
        levels = self.levels(5, 1)
        self.offer(platform, levels)
        platform.behave(lost_answers=1.0)
        _stock_fails(platform, levels, Unreachable)
        platform.behave(throttled=1.0)
        _stock_fails(platform, levels, Throttled)
        platform.behave()

        outcomes = platform.connector.push_stock(levels)

        assert [outcome.error for outcome in outcomes] == [None]
        assert platform.sim.stock[levels[0].product_id, levels[0].variant_id] == levels[0].quantity

    # ---------------------------------------------------------------- messages from outside

    def messages(self, platform: Platform) -> list[Push]:
        """What the platform sends when an order has been placed."""
        placed = self.sim_order(platform, 1)
        platform.sim.place(placed)
        return list(platform.sim.pushes(placed.number))

    @needs(Feature.RECEIVE)
    def test_a_message_tells_of_its_order(self, platform: Platform) -> None:
        messages = self.messages(platform)

        received = [platform.connector.receive(incoming(push)) for push in messages]

        assert messages
        assert {number_of(event) for one in received for event in one.events} == {self.order_number(1)}
        assert {one.reply.status for one in received} == {200}

    @needs(Feature.RECEIVE)
    def test_a_tampered_message_is_refused(self, platform: Platform) -> None:
        for push in self.messages(platform):
            with self.silent_about_secrets(platform, BadSignature):
                platform.connector.receive(incoming(self.push_tampered(push)))
            assert isinstance(platform.connector.refusal(BadSignature("no")), Reply)

    @needs(Feature.RECEIVE)
    def test_a_message_without_its_signature_is_refused(self, platform: Platform) -> None:
        for push in self.messages(platform):
            with self.silent_about_secrets(platform, BadSignature):
                platform.connector.receive(incoming(replace(push, headers={}, query={})))

    @needs(Feature.RECEIVE)
    def test_an_old_message_is_refused(self, platform: Platform) -> None:
        if not self.pushes_age:
            return
        messages = self.messages(platform)
        platform.clock.move(timedelta(days=1))

        for push in messages:
            with self.silent_about_secrets(platform, BadSignature):
                platform.connector.receive(incoming(push))


def incoming(push: Push) -> Incoming:
    """A pushed message as it arrives."""
    headers = {name.lower(): value for name, value in push.headers.items()}
    return Incoming(push.method, "/api/v1/channels/inbox/push", push.query, headers, push.body)


def number_of(event: ChannelEvent) -> str:
    """The order that an event is about."""
    number: str = getattr(event, "order_number", "") or event.number
    return number


def _again(platform: Platform, shipment: Shipment) -> None:
    """The same confirmation once more: it changes nothing, or says that it has been done."""
    try:
        platform.connector.confirm_shipment(shipment)
    except AlreadyDone:
        return


def _hurry(platform: Platform) -> None:
    for _call in range(int(platform.sim.calls_per_second) + 10):
        platform.connector.check()


def _stock_fails(platform: Platform, levels: Sequence[StockLevel], kind: type[OutsideError]) -> None:
    """The whole call fails, or each level by itself."""
    try:
        outcomes = platform.connector.push_stock(levels)
    except kind:
        return
    assert [type(outcome.error) for outcome in outcomes] == [kind] * len(levels)


def _altered(secret: str) -> str:
    """Another secret of the same form: the last letter or digit is another one."""
    for place in range(len(secret) - 1, -1, -1):
        if secret[place].isalnum():
            other = "1" if secret[place] == "0" else "0"
            return secret[:place] + other + secret[place + 1 :]
    return secret + "0"


def _altered_digits(body: bytes) -> bytes:
    """Another body of the same form: the last digit (else letter) in it is another one."""
    for place in range(len(body) - 1, -1, -1):
        if 48 <= body[place] <= 57:
            return body[:place] + (b"1" if body[place] != 49 else b"2") + body[place + 1 :]
    return body[:-1] + bytes([body[-1] ^ 1]) if body else b"{}"
