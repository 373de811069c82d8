"""Operations on warehouses, their layouts and their locations."""

from hecang.facility.api import calendars, layouts, locations, warehouses
from hecang.facility.api.base import router

__all__ = ["calendars", "layouts", "locations", "router", "warehouses"]
