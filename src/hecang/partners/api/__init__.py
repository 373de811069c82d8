"""Operations on owners, customers, regions, the black list and suppliers."""

from hecang.partners.api import people, suppliers
from hecang.partners.api.base import router

__all__ = ["people", "router", "suppliers"]
