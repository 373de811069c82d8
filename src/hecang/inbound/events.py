"""What inbound tells upwards, and itself for what is done in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class GoodsArrived(Event):
    """Putaways wait for their places; at most 1000 of them."""

    name: ClassVar[str] = "inbound.goods_arrived"
    warehouse_id: int
    putaway_ids: tuple[int, ...]


@dataclass(frozen=True)
class InspectionDecided(Event):
    """A lot was judged. ``supplier_id`` 0 where nobody supplied it."""

    name: ClassVar[str] = "inbound.inspection_decided"
    inspection_id: int
    warehouse_id: int
    supplier_id: int
    sku_id: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class ClaimMoved(Event):
    """A claim on a supplier was made or went on a step."""

    name: ClassVar[str] = "inbound.claim_moved"
    claim_id: int
    supplier_id: int
    state: str


@dataclass(frozen=True)
class PutawayDone(Event):
    """Units lie on their shelf; ``kind`` is ``shelf`` or ``crossdock``."""

    name: ClassVar[str] = "inbound.putaway_done"
    putaway_id: int
    kind: str
    warehouse_id: int
    location_id: int
    quantity: int
    source_kind: str
    source_id: int


@dataclass(frozen=True)
class ReturnReceived(Event):
    """Goods of a return are in the house. ``order_id`` 0 while nobody knows whose they are."""

    name: ClassVar[str] = "inbound.return_received"
    return_id: int
    order_id: int
    rma: str


@dataclass(frozen=True)
class ReturnDisposed(Event):
    """It was decided what becomes of returned units."""

    name: ClassVar[str] = "inbound.return_disposed"
    return_id: int
    line_id: int
    order_id: int
    order_line_id: int
    sku_id: int
    grade: str
    disposition: str
    quantity: int


@dataclass(frozen=True)
class ReturnClosed(Event):
    """Nothing of a return is open any more: a refund or exchange may be settled."""

    name: ClassVar[str] = "inbound.return_closed"
    return_id: int
    order_id: int
    rma: str
