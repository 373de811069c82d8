"""Operations of shipping: tables (``tables``), prices and parcels (``parcels``), lead times (``terms``)."""

from hecang.shipping.api import parcels, tables, terms
from hecang.shipping.api.base import router

__all__ = ["parcels", "router", "tables", "terms"]
