"""A carrier whose system is connected: the toy carrier and its simulator, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import httpx
from tests.shipping.toy_carrier import ToyCarrier, ToySimulator

from hecang.integrations import connectors
from hecang.integrations.models import Connection
from hecang.integrations.services.carriers import CarrierLinkIn, carrier_links_save
from hecang.integrations.services.connections import connection_activate, connection_save
from hecang.integrations.services.outside import through
from hecang.shipping.models import Carrier


@dataclass
class Toy:
    """A connected toy carrier."""

    simulator: ToySimulator
    connection: Connection


@contextmanager
def installed() -> Iterator[None]:
    """The toy connector is among those that are installed."""
    real = connectors.connector_classes

    def classes(kind: str) -> dict[str, object]:
        return {**real(kind), **({"toy": ToyCarrier} if kind == "carrier" else {})}

    with patch.object(connectors, "connector_classes", classes):
        yield


@contextmanager
def toy(*carriers: Carrier, code: str = "") -> Iterator[Toy]:
    """Inside the block these carriers are served by a toy connection that leads to a simulator."""
    simulator = ToySimulator()
    with installed(), through(httpx.WSGITransport(app=simulator)):  # type: ignore[arg-type]
        connection_id = connection_save(
            kind="carrier", connector="toy", name="Toy", settings={"secret": ToySimulator.secret}
        )
        connection_activate(connection_id=connection_id, is_active=True)
        carrier_links_save(
            connection_id=connection_id,
            links=[CarrierLinkIn(carrier.pk, ships=True, tracks=True, code=code) for carrier in carriers],
        )
        yield Toy(simulator, Connection.objects.get(pk=connection_id))
