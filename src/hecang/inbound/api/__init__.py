"""Operations of inbound: announcements, appointments, receipts, inspection, putaway, returns."""

from hecang.inbound.api.base import router

__all__ = ["router"]
