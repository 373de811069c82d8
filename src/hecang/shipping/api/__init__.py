"""Operations of shipping: tables (``tables``), prices and parcels (``parcels``), lead times (``terms``),
parcels on their way (``tracking``), choice of services and printing (``policies``), bills (``bills``)."""

from hecang.shipping.api import bills, parcels, policies, tables, terms, tracking
from hecang.shipping.api.base import router

__all__ = ["bills", "parcels", "policies", "router", "tables", "terms", "tracking"]
