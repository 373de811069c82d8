"""What purchasing does by itself."""

from __future__ import annotations

from hecang.kernel import clock
from hecang.kernel.db import fetch_one
from hecang.kernel.periodic import periodic
from hecang.kernel.pumps import pump
from hecang.purchasing.services.announcing import supply_overdue_announce
from hecang.purchasing.services.sending import dispatches_recover, dispatches_send


def dispatches_waiting() -> bool:
    """Whether an order is to be sent now."""
    row = fetch_one(
        "SELECT EXISTS (SELECT FROM purchase_dispatch WHERE state = 'waiting' AND due_at <= %s)",
        [clock.now()],
    )
    return bool(row and row[0])


pump("purchasing.send", waiting=dispatches_waiting)(dispatches_send)
periodic("purchasing.recover", "*/5 * * * *")(dispatches_recover)
periodic("purchasing.overdue", "7 16 * * *")(supply_overdue_announce)
