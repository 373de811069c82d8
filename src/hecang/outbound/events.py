"""What outbound tells upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class FulfilmentsCreated(Event):
    """Orders have got work for a warehouse."""

    name: ClassVar[str] = "outbound.fulfilments_created"
    fulfilment_ids: tuple[int, ...]


@dataclass(frozen=True)
class FulfilmentsCancelled(Event):
    """Nothing of these is shipped after all."""

    name: ClassVar[str] = "outbound.fulfilments_cancelled"
    fulfilment_ids: tuple[int, ...]


@dataclass(frozen=True)
class WaveReleased(Event):
    """Goods are allocated and pick tasks are on the floor."""

    name: ClassVar[str] = "outbound.wave_released"
    wave_id: int
    warehouse_id: int


@dataclass(frozen=True)
class PicksShort(Event):
    """Pickers did not find, or found damaged, what the books promised; a count should follow.

    :param task_ids: the tasks; location, SKU and lot are theirs.
    """

    name: ClassVar[str] = "outbound.picks_short"
    warehouse_id: int
    task_ids: tuple[int, ...]


@dataclass(frozen=True)
class BatchesPicked(Event):
    """Walks are over; the goods are in staging."""

    name: ClassVar[str] = "outbound.batches_picked"
    batch_ids: tuple[int, ...]


@dataclass(frozen=True)
class ParcelsLabelled(Event):
    """Parcels are sealed and have the number of a carrier."""

    name: ClassVar[str] = "outbound.parcels_labelled"
    parcel_ids: tuple[int, ...]


@dataclass(frozen=True)
class ParcelsShipped(Event):
    """Parcels were handed over and their goods have left the books."""

    name: ClassVar[str] = "outbound.parcels_shipped"
    parcel_ids: tuple[int, ...]
    order_ids: tuple[int, ...]
