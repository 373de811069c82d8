"""Operations of outbound: waves, picking, packing, parcels and handover, today's numbers."""

from hecang.outbound.api import choosing, dashboard, fulfilments, packing, parcels, picking, promises, waves
from hecang.outbound.api.base import router

__all__ = [
    "choosing",
    "dashboard",
    "fulfilments",
    "packing",
    "parcels",
    "picking",
    "promises",
    "router",
    "waves",
]
