"""Operations of outbound: waves, picking, packing, parcels and handover, today's numbers."""

from hecang.outbound.api import (
    choosing,
    dashboard,
    fulfilments,
    packing,
    parcels,
    picking,
    promises,
    recall,
    waves,
)
from hecang.outbound.api.base import router

__all__ = [
    "choosing",
    "dashboard",
    "fulfilments",
    "packing",
    "parcels",
    "picking",
    "promises",
    "recall",
    "router",
    "waves",
]
