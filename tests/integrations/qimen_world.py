"""A connection by Qimen with a simulated partner, and a warehouse that can ship: the ground of its tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx
from tests.factories import outbound

from hecang.integrations.models import Connection
from hecang.integrations.services.connections import connection_activate, connection_save
from hecang.integrations.services.outside import through
from hecang.integrations.services.qimen.receiving import qimen_receive
from hecang.integrations.services.qimen.sending import sendings_send
from hecang.integrations.simulators.qimen import QimenSimulator
from hecang.kernel import clock
from hecang.kernel.connectors import Incoming
from hecang.kernel.outbox import drain


@dataclass
class Partner:
    """A partner and the world that it works with."""

    world: outbound.World
    sim: QimenSimulator
    connection: Connection

    def send(self, method: str, body: str | bytes, **change: Any) -> ElementTree.Element:
        """The partner sends a message; our answer."""
        raw = body.encode() if isinstance(body, str) else body
        reply = qimen_receive(
            inbox_key=self.connection.inbox_key,
            message=Incoming("POST", "/", self.sim.address(method, raw, **change), {}, raw),
        )
        return ElementTree.fromstring(reply.body)

    def ok(self, method: str, body: str | bytes, **change: Any) -> ElementTree.Element:
        """The same; it has to be taken."""
        answer = self.send(method, body, **change)
        assert answer.findtext("flag") == "success", ElementTree.tostring(answer, encoding="unicode")
        return answer

    def refused(self, method: str, body: str | bytes, **change: Any) -> str:
        """The same; it has to be refused: the code."""
        answer = self.send(method, body, **change)
        assert answer.findtext("flag") == "failure", ElementTree.tostring(answer, encoding="unicode")
        return answer.findtext("code") or ""

    def tell(self) -> int:
        """Send what waits."""
        drain()
        return sendings_send(connection_id=self.connection.pk)


@contextmanager
def partner(role: Any = "erp", *, goods: dict[str, int] | None = None, **settings: Any) -> Iterator[Partner]:
    """A connected partner; calls go to the simulator inside the block."""
    world = outbound.world(goods=goods if goods is not None else {"SKU-1": 100, "SKU-2": 100})
    sim = QimenSimulator(role=role, now=clock.now)
    service = world.carrier.services.get()
    key = connection_save(
        kind="erp",
        connector="qimen_erp" if role == "erp" else "qimen_wms",
        name=f"Partner {world.shop.code}",
        settings={
            **sim.credentials(),
            "base_url": "http://qimen.test/router",
            "shop": world.shop.code,
            "owner_code": "O1",
            "warehouses": {"WH01": world.warehouse.code},
            "services": {"SF": service.code},
            "calls_per_second": 1000,
            **settings,
        },
    )
    connection_activate(connection_id=key, is_active=True)
    with through(httpx.WSGITransport(app=sim)):
        yield Partner(world, sim, Connection.objects.get(pk=key))
