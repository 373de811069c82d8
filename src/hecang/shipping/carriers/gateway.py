"""The way from shipping to the carriers' systems: a port that ``integrations`` fills in when the house starts.

Shipping knows carriers, not contracts: which connection serves a carrier, with which settings and token, is
``integrations``' business. Without a gateway (or a connection) a carrier has no abilities, and everything
goes the way of number pools and paper.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from hecang.shipping.carriers.base import CarrierConnector, CarrierFeature

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Ability:
    """What the connections of a carrier can do.

    :param ships: features of the connection that orders its waybills; ``tracks`` of the one that follows its
        parcels, which may be an aggregator's.
    :param sealed_channels: channels whose sealed recipients the first takes.
    :param track_code: the second's code of the carrier.
    """

    carrier_id: int
    ships: frozenset[CarrierFeature] = frozenset()
    tracks: frozenset[CarrierFeature] = frozenset()
    sealed_channels: frozenset[str] = frozenset()
    track_code: str = ""
    track_batch: int = 1


#: A carrier that nothing is connected to.
NO_ABILITY = Ability(carrier_id=0)


class CarrierCalls(Protocol):
    """An opened connector: paced, its token renewed, its failures noted."""

    def make(self, call: Callable[[CarrierConnector], R]) -> R:
        """Call the connector in its turn. Raises :class:`~hecang.kernel.connectors.OutsideError`."""


class CarrierGateway(Protocol):
    """What ``integrations`` offers."""

    def abilities(self, carrier_ids: Collection[int] | None = None) -> dict[int, Ability]:
        """Abilities of these carriers (of all); those without an active connection are missing."""

    def shipping(self, carrier_id: int) -> AbstractContextManager[CarrierCalls]:
        """The opened connector that orders, cancels and stops parcels of a carrier.

        Raises :class:`~hecang.kernel.connectors.Refused` where there is none.
        """

    def tracking(self, carrier_id: int) -> AbstractContextManager[CarrierCalls]:
        """The opened connector that follows parcels of a carrier. Raises like :meth:`shipping`."""


_gateways: list[CarrierGateway] = []


def register(gateway: CarrierGateway) -> None:
    """Make ``gateway`` the way out; the last one registered counts."""
    _gateways[:] = [gateway]


def registered() -> CarrierGateway | None:
    return _gateways[0] if _gateways else None


def abilities(carrier_ids: Collection[int] | None = None) -> dict[int, Ability]:
    """Abilities of these carriers (of all); empty without a gateway."""
    gateway = registered()
    return gateway.abilities(carrier_ids) if gateway else {}
