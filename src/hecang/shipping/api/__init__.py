"""Operations of shipping: tables (``tables``), prices and parcels (``parcels``)."""

from hecang.shipping.api import parcels, tables
from hecang.shipping.api.base import router

__all__ = ["parcels", "router", "tables"]
