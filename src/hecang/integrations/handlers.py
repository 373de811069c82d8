"""What channels do when parcels leave: their platforms are told. And what webhooks tell of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hecang.integrations import qimen_handlers
from hecang.integrations.services.channels.confirms import confirms_note
from hecang.integrations.services.webhooks.catalogue import TYPES, EventType
from hecang.integrations.services.webhooks.telling import events_tell
from hecang.kernel.outbox import Event, subscribe
from hecang.outbound.events import ParcelsShipped

__all__ = ["qimen_handlers"]


@subscribe(ParcelsShipped, consumer="integrations.confirms")
def parcels_shipped(events: Sequence[ParcelsShipped]) -> None:
    """Parcels have left: note whom to tell. Telling itself is done outside of this transaction."""
    confirms_note(parcel_ids={parcel for event in events for parcel in event.parcel_ids})


def _teller(kind: EventType) -> Callable[[Sequence[Event]], None]:
    """Facts of one kind become messages for whoever subscribed."""

    def tell(events: Sequence[Event]) -> None:
        events_tell(kind, events)

    return tell


for _kind in TYPES.values():
    subscribe(_kind.event, consumer="integrations.webhooks")(_teller(_kind))
