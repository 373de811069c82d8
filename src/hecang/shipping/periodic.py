"""What comes round for parcels: numbers still to be had, errands, scans, silence, and what lanes teach."""

from __future__ import annotations

from hecang.kernel.periodic import periodic
from hecang.shipping.services.errands import errands_run
from hecang.shipping.services.lanes import lanes_measure
from hecang.shipping.services.ordering import waybill_orders_retry
from hecang.shipping.services.pulling import tracks_judge, tracks_pull, tracks_subscribe

periodic("shipping.waybill_orders", "* * * * *")(waybill_orders_retry)
periodic("shipping.carrier_errands", "* * * * *")(errands_run)
periodic("shipping.tracks_subscribe", "*/5 * * * *")(tracks_subscribe)
periodic("shipping.tracks_pull", "*/5 * * * *")(tracks_pull)
periodic("shipping.tracks_judge", "*/10 * * * *")(tracks_judge)
#: At half past three in the night in China.
periodic("shipping.lanes_measure", "30 19 * * *")(lanes_measure)
