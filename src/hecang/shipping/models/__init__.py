"""How parcels travel: carriers and services, waybills and manifests, tracking, bills; one module a subject."""

from hecang.shipping.models.bills import CarrierBill, CarrierBillLine
from hecang.shipping.models.ordering import CarrierErrand, PrintTask, WaybillOrder
from hecang.shipping.models.tables import (
    Carrier,
    CarrierService,
    Carton,
    LeadTime,
    Manifest,
    RateRule,
    ServiceCutoff,
    UnreachedRegion,
    Waybill,
    WaybillPool,
)
from hecang.shipping.models.tracking import (
    LaneMeasure,
    ParcelTrack,
    ServicePolicy,
    TrackEvent,
    TrackPolicy,
    TrackState,
    Trouble,
)

__all__ = [
    "Carrier",
    "CarrierBill",
    "CarrierBillLine",
    "CarrierErrand",
    "CarrierService",
    "Carton",
    "LaneMeasure",
    "LeadTime",
    "Manifest",
    "ParcelTrack",
    "PrintTask",
    "RateRule",
    "ServiceCutoff",
    "ServicePolicy",
    "TrackEvent",
    "TrackPolicy",
    "TrackState",
    "Trouble",
    "UnreachedRegion",
    "Waybill",
    "WaybillOrder",
    "WaybillPool",
]
