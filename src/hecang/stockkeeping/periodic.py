"""What comes round in stockkeeping."""

from __future__ import annotations

from hecang.kernel.periodic import periodic
from hecang.stockkeeping.services.alerts import alerts_refresh_all, alerts_refresh_quantities
from hecang.stockkeeping.services.rounds import pick_faces_round, replenishments_round

periodic("stockkeeping.replenish", "*/10 * * * *")(replenishments_round)
periodic("stockkeeping.pick_faces", "17 18 * * *")(pick_faces_round)  # at night in China
periodic("stockkeeping.alerts_quantities", "*/10 * * * *")(alerts_refresh_quantities)
periodic("stockkeeping.alerts", "23 18 * * *")(alerts_refresh_all)
