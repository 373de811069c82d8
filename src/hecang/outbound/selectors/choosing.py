"""What is known of fulfilments when a carrier service is chosen for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from hecang.facility.selectors import warehouse_terms
from hecang.kernel.clock import now
from hecang.kernel.db import fetch
from hecang.orders.selectors import order_ship_wishes
from hecang.shipping.services import ChoiceAsk, ParcelSpec


def choice_asks(fulfilment_ids: Sequence[int]) -> dict[int, ChoiceAsk]:
    """For each fulfilment that is not cancelled, by id, what rate shopping is asked. Four statements.

    A parcel leaves when the calendar and the cut-off of its warehouse say, as promises reckon; the wish is that
    of its order.
    """
    rows = fetch(
        "SELECT id, order_id, warehouse_id, region_code, weight_g, volume_mm3 FROM fulfilment"
        " WHERE id = ANY(%s) AND state <> 'cancelled' ORDER BY id",
        [list(fulfilment_ids)],
    )
    wishes = order_ship_wishes(sorted({row[1] for row in rows}))
    leaves_at = _departures({row[2] for row in rows})
    return {
        key: ChoiceAsk(
            parcel=ParcelSpec(
                warehouse_id=warehouse_id, region_code=region, weight_g=max(weight, 1), volume_mm3=volume
            ),
            leaves_at=leaves_at[warehouse_id],
            promised_at=wishes[order_id].promised_at,
            wish_id=wishes[order_id].service_id,
            shop_id=wishes[order_id].shop_id,
            owner_id=wishes[order_id].owner_id,
            sealed_channel=wishes[order_id].sealed_channel,
            allow_split=True,
        )
        for key, order_id, warehouse_id, region, weight, volume in rows
    }


def _departures(warehouse_ids: Collection[int]) -> dict[int, datetime]:
    """When what is released now leaves each warehouse; now, where it ships nothing any more."""
    moment = now()
    found = {}
    for warehouse_id, terms in warehouse_terms(warehouse_ids).items():
        departure = terms.calendar.departure(moment)
        found[warehouse_id] = departure.leaves_at if departure else moment
    return found
