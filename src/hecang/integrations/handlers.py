"""What channels do when parcels leave: their platforms are told."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.integrations.services.channels.confirms import confirms_note
from hecang.kernel.outbox import subscribe
from hecang.outbound.events import ParcelsShipped


@subscribe(ParcelsShipped, consumer="integrations.confirms")
def parcels_shipped(events: Sequence[ParcelsShipped]) -> None:
    """Parcels have left: note whom to tell. Telling itself is done outside of this transaction."""
    confirms_note(parcel_ids={parcel for event in events for parcel in event.parcel_ids})
