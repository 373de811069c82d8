"""A shop connected to a generic channel, and the world behind it: the ground that tests of those stand on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories import outbound
from tests.factories.orders import world

from hecang.integrations.models import ChannelFile, Connection
from hecang.integrations.services.channels.confirms import confirms_send
from hecang.integrations.services.channels.pulling import connection_pull
from hecang.integrations.services.connections import connection_activate, connection_save
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Parcel

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass
class GenericShop:
    """One shop on one channel.

    :param now: what time it is.
    """

    world: Any
    connection_id: int
    stack: ExitStack
    now: datetime = START

    @property
    def connection(self) -> Connection:
        return Connection.objects.get(pk=self.connection_id)

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.stack.close()
        self.stack.enter_context(clock.at(self.now))

    def pull(self, **later: float) -> Any:
        """Pull once, a little later."""
        self.pass_time(**(later or {"minutes": 1}))
        return connection_pull(connection_id=self.connection_id)

    def order(self, number: str) -> SalesOrder:
        return SalesOrder.objects.get(shop=self.world.shop, external_number=number)

    def files(self) -> list[tuple[str, str, int]]:
        """(name, state, orders) of every file that is remembered."""
        found = ChannelFile.objects.filter(connection=self.connection_id).order_by("pk")
        return list(found.values_list("name", "state", "orders"))

    def ship(self, *numbers: str) -> list[Parcel]:
        """Everything of these orders in one parcel each, to the carrier."""
        drain()
        self.world.released()
        self.world.pick_all()
        parcels: list[Parcel] = self.world.pack_all(*[self.order(number) for number in numbers])
        self.world.hand_over(*parcels)
        return parcels

    def confirm(self) -> Any:
        """Tell of the parcels that have left."""
        drain()
        return confirms_send(connection_id=self.connection_id)


@contextmanager
def generic_shop(
    connector: str, settings: dict[str, Any], *, with_floor: bool = False, **rules: Any
) -> Iterator[GenericShop]:
    """A shop with SKU-1 and SKU-2 on the shelf, connected and switched on.

    :param with_floor: a warehouse that can pick, pack and ship.
    """
    with clock.at(START):
        if with_floor:
            ground: Any = outbound.world(goods={"SKU-1": 100, "SKU-2": 100}, hold_remarks=False, **rules)
        else:
            ground = world(**rules)
            for sku in ("SKU-1", "SKU-2"):
                ground.put(sku, 100)
        key = connection_save(
            kind="channel", connector=connector, name="Generic", shop_id=ground.shop.pk, settings=settings
        )
        connection_activate(connection_id=key, is_active=True)
    with ExitStack() as stack:
        stack.enter_context(clock.at(START))
        yield GenericShop(ground, key, stack)
