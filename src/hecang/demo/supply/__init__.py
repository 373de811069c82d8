"""What goes on behind the sales day: buying, trucks, receiving, quality, returns, counts, replenishment, people.

Everything is made through the services that the desk and the handheld use. Each step is one transaction with a mark
of its own (``house``), so a run that was killed goes on where it stopped, and a second run changes nothing. What is
left standing is left on purpose: every page of the desk has something that waits for somebody.
"""

from __future__ import annotations

import hecang.config.api  # noqa: F401 - declares all permissions: buyers and managers act by theirs
from hecang.demo.calendar import Calendar
from hecang.demo.progress import Board
from hecang.demo.supply import (
    buying,
    counting,
    crew,
    gate,
    keeping,
    paying,
    receiving,
    returning,
)
from hecang.demo.supply.house import House
from hecang.kernel.outbox import drain

_PARTS = (
    ("Goods are bought", buying.work),
    ("Trucks are announced and come", gate.work),
    ("Goods are received, judged, put away", receiving.work),
    ("Invoices and claims", paying.work),
    ("Customers send goods back", returning.work),
    ("Stock is counted", counting.work),
    ("Faces, transfers, alerts, kits", keeping.work),
    ("People on shift, tickets", crew.work),
)


def live(board: Board, calendar: Calendar, sites: dict[str, int]) -> None:
    """Work through all parts; what was done before is left as it is.

    :param sites: ids of the warehouses by code.
    """
    house = House(calendar, sites)
    for title, part in _PARTS:
        with board.stage(title) as ticker:
            ticker.note(part(house))
            drain()
