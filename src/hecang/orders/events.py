"""What orders tell upwards. Each event carries at most 1000 orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class OrdersApproved(Event):
    """These orders may be shipped and have reserved units: approved, or no longer held, or newly filled."""

    name: ClassVar[str] = "orders.orders_approved"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersStopped(Event):
    """A hold was placed on orders that had been approved: nothing more of them is to leave."""

    name: ClassVar[str] = "orders.orders_stopped"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersResumed(Event):
    """The last hold on orders that had been approved is gone."""

    name: ClassVar[str] = "orders.orders_resumed"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersCancelRequested(Event):
    """Orders that had been approved are cancelled as far as orders can do it alone.

    Nothing of them is reserved any more. Units that are allocated wait for the answer of the warehouse
    (``orders_cancel_answer``); such orders are ``is_cancelling``.
    """

    name: ClassVar[str] = "orders.orders_cancel_requested"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersCancelled(Event):
    """Orders have ended without anything shipped."""

    name: ClassVar[str] = "orders.orders_cancelled"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrderLinesChanged(Event):
    """The desk changed quantities or lines of approved orders before their wave."""

    name: ClassVar[str] = "orders.order_lines_changed"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrderRecipientChanged(Event):
    """Approved orders go to somebody or somewhere else: labels must be made anew."""

    name: ClassVar[str] = "orders.order_recipient_changed"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class ReservationsShorted(Event):
    """Goods went away under promises: these lines went from reserved to backordered."""

    name: ClassVar[str] = "orders.reservations_shorted"
    line_ids: tuple[int, ...]


@dataclass(frozen=True)
class BackordersPlaced(Event):
    """Lines wait for stock of these SKUs; at most 1000 of them.

    Told so that stock which came in while the order was being written is looked at once more.
    """

    name: ClassVar[str] = "orders.backorders_placed"
    sku_ids: tuple[int, ...]


@dataclass(frozen=True)
class ReservationsFreed(Event):
    """Orders gave up promised units of these SKUs; at most 1000 of them. Others may wait for them."""

    name: ClassVar[str] = "orders.reservations_freed"
    sku_ids: tuple[int, ...]


@dataclass(frozen=True)
class BackordersFilled(Event):
    """Backordered units of these orders are reserved now."""

    name: ClassVar[str] = "orders.backorders_filled"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class PresalesReleased(Event):
    """Pre-sales wait no longer: their units are normal demand, reserved or backordered."""

    name: ClassVar[str] = "orders.presales_released"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersResourced(Event):
    """Approved orders that no wave has taken are to come from other warehouses now."""

    name: ClassVar[str] = "orders.orders_resourced"
    order_ids: tuple[int, ...]
