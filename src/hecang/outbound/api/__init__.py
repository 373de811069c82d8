"""Operations of outbound: waves, picking, packing, parcels and handover, today's numbers."""

from hecang.outbound.api import dashboard, fulfilments, packing, parcels, picking, waves
from hecang.outbound.api.base import router

__all__ = ["dashboard", "fulfilments", "packing", "parcels", "picking", "router", "waves"]
