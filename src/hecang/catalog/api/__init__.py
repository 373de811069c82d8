"""Operations on products: lists and single SKUs, their parts, and what is odd about their data."""

from hecang.catalog.api import findings, parts, skus
from hecang.catalog.api.base import router

__all__ = ["findings", "parts", "router", "skus"]
