"""Facts about waybills and handovers that higher apps act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class ManifestClosed(Event):
    """The carrier took these parcels over: their stock leaves the ledger now.

    Large manifests tell in several events of at most 1,000 waybills.
    """

    name: ClassVar[str] = "shipping.manifest_closed"

    manifest_id: int
    warehouse_id: int
    carrier_id: int
    waybill_ids: tuple[int, ...]


@dataclass(frozen=True)
class WaybillPoolLow(Event):
    """The numbers left for a service fell below the alert threshold; told once per crossing."""

    name: ClassVar[str] = "shipping.waybill_pool_low"

    pool_id: int
    service_id: int
    remaining: int


@dataclass(frozen=True)
class WaybillsOrdered(Event):
    """Carriers have given numbers for parcels; ``references`` are the parcels' numbers, in the same order."""

    name: ClassVar[str] = "shipping.waybills_ordered"

    waybill_ids: tuple[int, ...]
    references: tuple[str, ...]


@dataclass(frozen=True)
class ParcelTracked(Event):
    """A parcel moved on to another status; told once per change.

    :param reference: the parcel's number; ``status`` and ``previous`` as in ``TrackStatus``; ``at`` ISO 8601.
    """

    name: ClassVar[str] = "shipping.parcel_tracked"

    waybill_id: int
    number: str
    reference: str
    status: str
    previous: str
    at: str


@dataclass(frozen=True)
class ParcelTroubled(Event):
    """Something is wrong with a parcel on its way: ``stalled``, ``lost``, ``refused``, ``returned``, ``damaged``.

    :param since: ISO 8601.
    """

    name: ClassVar[str] = "shipping.parcel_troubled"

    waybill_id: int
    number: str
    reference: str
    kind: str
    since: str


@dataclass(frozen=True)
class LanesMeasured(Event):
    """Times and reliability of all lanes were learned anew from the parcels of the last months."""

    name: ClassVar[str] = "shipping.lanes_measured"

    lanes: int
