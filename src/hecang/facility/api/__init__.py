"""Operations on warehouses, their layouts and their locations."""

from hecang.facility.api import layouts, locations, warehouses
from hecang.facility.api.base import router

__all__ = ["layouts", "locations", "router", "warehouses"]
