"""What changes warehouses."""

from hecang.facility.services.calendars import DayIn, warehouse_days_save
from hecang.facility.services.inference import sequence_renumber
from hecang.facility.services.layouts import LayoutResult, layout_generate
from hecang.facility.services.locations import location_change, locations_change
from hecang.facility.services.upsert import LocationRow, UpsertResult, locations_upsert
from hecang.facility.services.warehouses import warehouse_change, warehouse_create, zone_change

__all__ = [
    "DayIn",
    "LayoutResult",
    "LocationRow",
    "UpsertResult",
    "layout_generate",
    "location_change",
    "locations_change",
    "locations_upsert",
    "sequence_renumber",
    "warehouse_change",
    "warehouse_create",
    "warehouse_days_save",
    "zone_change",
]
