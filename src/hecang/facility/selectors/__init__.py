"""Questions that other apps ask about warehouses."""

from hecang.facility.calendars import DayException, Departure, WorkCalendar
from hecang.facility.geometry import LayoutGeometry, Route
from hecang.facility.selectors.calendars import WarehouseTerms, warehouse_terms
from hecang.facility.selectors.layout import layout_geometry
from hecang.facility.selectors.places import (
    LocationRef,
    WarehouseRef,
    locations_by_id,
    locations_of_kind,
    locations_resolve,
    pack_stations,
    special_location,
    staging_location,
    virtual_location,
    warehouse_candidates,
    warehouse_distances,
    warehouse_points,
    warehouses_active,
    warehouses_by_code,
    warehouses_by_id,
    warehouses_of_suppliers,
)
from hecang.facility.selectors.senders import WarehouseSender, warehouse_senders

__all__ = [
    "DayException",
    "Departure",
    "LayoutGeometry",
    "LocationRef",
    "Route",
    "WarehouseRef",
    "WarehouseSender",
    "WarehouseTerms",
    "WorkCalendar",
    "layout_geometry",
    "locations_by_id",
    "locations_of_kind",
    "locations_resolve",
    "pack_stations",
    "special_location",
    "staging_location",
    "virtual_location",
    "warehouse_candidates",
    "warehouse_distances",
    "warehouse_points",
    "warehouse_senders",
    "warehouse_terms",
    "warehouses_active",
    "warehouses_by_code",
    "warehouses_by_id",
    "warehouses_of_suppliers",
]
