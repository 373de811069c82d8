"""What lists and other apps ask of shipping, as plain rows; one module a subject."""

from hecang.shipping.selectors.bills import bill_line_list, bill_list, bill_totals
from hecang.shipping.selectors.policies import service_policy_rows, track_policy_rows
from hecang.shipping.selectors.tables import (
    ServiceRef,
    WaybillRef,
    carrier_list,
    carton_list,
    cutoffs_of,
    lead_time_list,
    manifest_list,
    manifest_totals,
    pool_list,
    rate_list,
    service_list,
    services_by_id,
    unreached_list,
    waybill_list,
    waybills_by_id,
    waybills_by_number,
    waybills_on_manifest,
)
from hecang.shipping.selectors.tracking import lane_list, track_list, track_view

__all__ = [
    "ServiceRef",
    "WaybillRef",
    "bill_line_list",
    "bill_list",
    "bill_totals",
    "carrier_list",
    "carton_list",
    "cutoffs_of",
    "lane_list",
    "lead_time_list",
    "manifest_list",
    "manifest_totals",
    "pool_list",
    "rate_list",
    "service_list",
    "service_policy_rows",
    "services_by_id",
    "track_list",
    "track_policy_rows",
    "track_view",
    "unreached_list",
    "waybill_list",
    "waybills_by_id",
    "waybills_by_number",
    "waybills_on_manifest",
]
