"""Operations of inbound: announcements, appointments, receipts, inspection, putaway, returns."""

from hecang.inbound.api import (  # noqa: F401 - each fills the router
    announcements,
    appointments,
    discrepancies,
    links,
    partner_page,
    putaways,
    quality,
    receipts,
    returns,
)
from hecang.inbound.api.base import router

__all__ = ["router"]
