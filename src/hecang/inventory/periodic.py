"""What comes round for stock."""

from __future__ import annotations

from hecang.inventory.services import lots_expire, reservations_expire
from hecang.kernel.periodic import periodic

periodic("inventory.reservations_expire", "* * * * *")(reservations_expire)
#: Every hour, because every warehouse has a midnight of its own.
periodic("inventory.lots_expire", "4 * * * *")(lots_expire)
