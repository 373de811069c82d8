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
