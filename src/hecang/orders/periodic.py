"""What orders do from time to time."""

from __future__ import annotations

from hecang.kernel.periodic import periodic
from hecang.orders.services.backorders import backorders_fill


@periodic("orders.backorders_fill", "*/15 * * * *")
def fill() -> None:
    """Give what is free to whoever waits for it: a net under the events that do so at once."""
    backorders_fill()
