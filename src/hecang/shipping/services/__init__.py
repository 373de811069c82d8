"""Everything that quotes, chooses, issues, hands over and prints; one module a subject."""

from hecang.shipping.choosing.base import Choice, ChoiceAsk
from hecang.shipping.packing.base import CartonChooser, PackDemand, PackedCarton, PackItem, PackPlace
from hecang.shipping.services.cartons import cartons_choose_many
from hecang.shipping.services.choosing import choice_words, services_choose_many
from hecang.shipping.services.errands import errands_run, waybill_intercept
from hecang.shipping.services.lanes import lanes_measure
from hecang.shipping.services.manifests import (
    ManifestView,
    manifest_add,
    manifest_close,
    manifest_lock,
    manifest_open,
    manifest_remove,
)
from hecang.shipping.services.ordering import (
    CarrierRequest,
    OrderStanding,
    waybill_orders_abandon,
    waybill_orders_place,
    waybill_orders_prepare,
    waybill_orders_standing,
)
from hecang.shipping.services.print_tasks import PrintDocument, print_documents
from hecang.shipping.services.printing import (
    LabelIn,
    PackingListIn,
    PackingListLine,
    Party,
    labels_pdf,
    labels_zpl,
    manifest_pdf,
    packing_lists_pdf,
)
from hecang.shipping.services.quoting import ParcelSpec, Quote, rates_quote, service_choose_many
from hecang.shipping.services.tables import (
    carrier_save_many,
    carton_save_many,
    pool_save_many,
    rate_save_many,
    service_save_many,
)
from hecang.shipping.services.tariffs import Tariff, Travel, tariff_read
from hecang.shipping.services.terms import LeadTimeRow, cutoff_set, lead_times_save, lead_times_save_measured
from hecang.shipping.services.tracks import TrackFacts, track_events_record, tracks_describe, tracks_wake
from hecang.shipping.services.waybills import IssuedWaybill, WaybillRequest, waybills_cancel, waybills_issue

__all__ = [
    "CarrierRequest",
    "CartonChooser",
    "Choice",
    "ChoiceAsk",
    "IssuedWaybill",
    "LabelIn",
    "LeadTimeRow",
    "ManifestView",
    "OrderStanding",
    "PackDemand",
    "PackItem",
    "PackPlace",
    "PackedCarton",
    "PackingListIn",
    "PackingListLine",
    "ParcelSpec",
    "Party",
    "PrintDocument",
    "Quote",
    "Tariff",
    "TrackFacts",
    "Travel",
    "WaybillRequest",
    "carrier_save_many",
    "carton_save_many",
    "cartons_choose_many",
    "choice_words",
    "cutoff_set",
    "errands_run",
    "labels_pdf",
    "labels_zpl",
    "lanes_measure",
    "lead_times_save",
    "lead_times_save_measured",
    "manifest_add",
    "manifest_close",
    "manifest_lock",
    "manifest_open",
    "manifest_pdf",
    "manifest_remove",
    "packing_lists_pdf",
    "pool_save_many",
    "print_documents",
    "rate_save_many",
    "rates_quote",
    "service_choose_many",
    "service_save_many",
    "services_choose_many",
    "tariff_read",
    "track_events_record",
    "tracks_describe",
    "tracks_wake",
    "waybill_intercept",
    "waybill_orders_abandon",
    "waybill_orders_place",
    "waybill_orders_prepare",
    "waybill_orders_standing",
    "waybills_cancel",
    "waybills_issue",
]
