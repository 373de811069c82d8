"""A shop on the toy platform, connected to a world with goods: the ground that tests of the engine stand on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from tests.factories import outbound
from tests.factories.orders import world
from tests.integrations.test_toy_channel import ToySimulator
from tests.integrations.toy_channel import ToyChannel

from hecang.integrations.channels.registry import connector_add
from hecang.integrations.models import Connection, PlatformOrder
from hecang.integrations.services.channels.pulling import connection_pull
from hecang.integrations.services.channels.rules import pull_from
from hecang.integrations.services.connections import connection_activate, connection_save
from hecang.integrations.services.outside import through
from hecang.integrations.simulators.base import Misbehaviour, SimLine, SimOrder
from hecang.kernel import clock
from hecang.orders.models import SalesOrder

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class Moment:
    """What time it is, for the simulator's threads too."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


class Unhurried(ToySimulator):
    """The toy platform without a limit of calls: the clock of these tests stands still."""

    calls_per_second = 0.0


@dataclass
class Shopfloor:
    """One shop on the toy platform, and the world behind it."""

    world: Any
    sim: Unhurried
    moment: Moment
    connection_id: int
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def connection(self) -> Connection:
        return Connection.objects.get(pk=self.connection_id)

    def place(self, *lines: tuple[str, int], number: str = "", **fields: Any) -> SimOrder:
        """A buyer buys; (SKU code, quantity) each."""
        number = number or f"T{next(_numbers):06}"
        order = SimOrder(
            number=number,
            lines=[
                SimLine(f"{number}-{n}", f"P{sku}", "", sku, quantity, Decimal("10.00"), f"商品 {sku}")
                for n, (sku, quantity) in enumerate(lines, start=1)
            ],
            **{
                "created_at": self.moment.now,
                "modified_at": self.moment.now,
                "paid_at": self.moment.now,
                "phone": f"138{next(_numbers):08}",
                **fields,
            },
        )
        self.sim.place(order)
        return order

    def pass_time(self, **span: float) -> None:
        """Let time pass, for the shop and its platform."""
        self.moment.now += timedelta(**span)
        self.stack.close()
        self.stack.enter_context(clock.at(self.moment.now))

    def pull(self, **later: float) -> Any:
        """Pull once, a little later."""
        self.pass_time(**(later or {"seconds": 10}))
        return connection_pull(connection_id=self.connection_id)

    def platform_order(self, order: SimOrder) -> PlatformOrder:
        return PlatformOrder.objects.get(connection=self.connection_id, number=order.number)

    def sales_order(self, order: SimOrder) -> SalesOrder:
        return SalesOrder.objects.get(shop=self.world.shop, external_number=order.number)

    def misbehave(self, **how: Any) -> None:
        self.sim.misbehaviour = Misbehaviour(**how)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Reach the platform and its time, in a thread of its own."""
        with clock.at(self.moment.now), through(httpx.WSGITransport(app=self.sim)):
            yield


@contextmanager
def shopfloor(*skus: str, stock: int = 100, with_floor: bool = False, **rules: Any) -> Iterator[Shopfloor]:
    """A connected shop with goods of these codes on the shelf; calls go to the simulator inside the block.

    :param with_floor: a warehouse that can pick, pack and ship.
    """
    moment = Moment()
    wanted = skus or ("SKU-1", "SKU-2")
    codes: dict[str, str] = {}
    with clock.at(moment.now):
        if with_floor:
            ground: Any = outbound.world(goods=dict.fromkeys(wanted, stock), hold_remarks=False, **rules)
            codes = {ground.carrier.code: "shunfeng"}
        else:
            ground = world(**rules)
            for sku in wanted:
                ground.put(sku, stock)
    sim = Unhurried(clock=moment)
    connector_add(ToyChannel)
    with through(httpx.WSGITransport(app=sim)), ExitStack() as stack:
        stack.enter_context(clock.at(moment.now))
        key = connect(ground.shop.pk, sim, carrier_codes=codes)
        with ExitStack() as inner:
            floor = Shopfloor(ground, sim, moment, key, inner)
            yield floor


def connect(shop_id: int, sim: ToySimulator, name: str = "Toy", **settings: Any) -> int:
    """A connection of a shop to its platform, switched on."""
    key = connection_save(
        kind="channel",
        connector="toy",
        name=name,
        shop_id=shop_id,
        settings={**sim.credentials(), "base_url": "http://platform.test", **settings},
        token=sim.token(),
    )
    connection_activate(connection_id=key, is_active=True)
    pull_from(connection_id=key, since=clock.now() - timedelta(minutes=5))
    return key
