"""Tables of ``integrations``: connections to systems outside, and what went through them."""

from hecang.integrations.models.carrier import CarrierLink
from hecang.integrations.models.connection import Connection, ConnectionPace

__all__ = ["CarrierLink", "Connection", "ConnectionPace"]
