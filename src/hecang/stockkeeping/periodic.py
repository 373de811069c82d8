"""What comes round in stockkeeping."""

from __future__ import annotations

from hecang.kernel.periodic import periodic
from hecang.kernel.pumps import pump
from hecang.stockkeeping.services.alerts import alerts_refresh_all, alerts_refresh_quantities
from hecang.stockkeeping.services.counts import (
    counts_post_run,
    counts_post_waiting,
    models_train,
    programmes_run,
    risks_score,
)
from hecang.stockkeeping.services.rounds import pick_faces_round, replenishments_round

periodic("stockkeeping.replenish", "*/10 * * * *")(replenishments_round)
periodic("stockkeeping.pick_faces", "17 18 * * *")(pick_faces_round)  # at night in China
periodic("stockkeeping.alerts_quantities", "*/10 * * * *")(alerts_refresh_quantities)
periodic("stockkeeping.alerts", "23 18 * * *")(alerts_refresh_all)

pump("stockkeeping.counts_post", waiting=counts_post_waiting)(counts_post_run)
periodic("stockkeeping.count_programmes", "*/15 * * * *")(programmes_run)
# At night in China: first learn from what was counted, then score all places for the day to come.
periodic("stockkeeping.count_models", "37 18 * * *")(models_train)
periodic("stockkeeping.count_risks", "52 18 * * *")(risks_score)
