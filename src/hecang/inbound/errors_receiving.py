"""What can go wrong with announcements, appointments and receipts."""

from __future__ import annotations

from typing import ClassVar

from hecang.kernel.errors import Conflict, InvalidInput, NotFound, StateConflict, TooManyRequests


class AsnInvalid(InvalidInput):
    """An announcement cannot be taken as it is; names lines and fields."""

    code: ClassVar[str] = "asn_invalid"


class AsnNotFound(NotFound):
    code: ClassVar[str] = "asn_not_found"


class AsnStateConflict(StateConflict):
    """It has been received, or was cancelled."""

    code: ClassVar[str] = "asn_state_conflict"


class AsnDiffers(Conflict):
    """The sender's number is known with other goods."""

    code: ClassVar[str] = "asn_differs"


class ContainerAnnounced(Conflict):
    """A code of a pallet or carton stands in another announcement that is still to come."""

    code: ClassVar[str] = "container_announced"


class SsccPrefixMissing(Conflict):
    """There is no GS1 company prefix to make numbers from."""

    code: ClassVar[str] = "sscc_prefix_missing"


class SsccExhausted(Conflict):
    """All serial references of a prefix are used up."""

    code: ClassVar[str] = "sscc_exhausted"


class InboundLinkUnknown(NotFound):
    """No such page, expired or revoked: all look the same."""

    code: ClassVar[str] = "inbound_link_unknown"


class InboundLinkBusy(TooManyRequests):
    """More changes through one link than a day has."""

    code: ClassVar[str] = "inbound_link_busy"


class DockNotFound(NotFound):
    code: ClassVar[str] = "dock_not_found"


class DockInvalid(InvalidInput):
    """A dock or its hours make no sense."""

    code: ClassVar[str] = "dock_invalid"


class AppointmentNotFound(NotFound):
    code: ClassVar[str] = "appointment_not_found"


class AppointmentStateConflict(StateConflict):
    code: ClassVar[str] = "appointment_state_conflict"


class SlotTaken(Conflict):
    """The dock is taken for a part of the time; choose another."""

    code: ClassVar[str] = "slot_taken"


class SlotInvalid(InvalidInput):
    """Outside of opening hours, in the past, too long, or not on whole steps."""

    code: ClassVar[str] = "slot_invalid"


class DayFull(Conflict):
    """The day takes no more appointments, pallets or units."""

    code: ClassVar[str] = "day_full"


class DockOccupied(Conflict):
    """A truck stands at the dock already."""

    code: ClassVar[str] = "dock_occupied"


class ReceiptNotFound(NotFound):
    code: ClassVar[str] = "receipt_not_found"


class ReceiptStateConflict(StateConflict):
    """It is closed or cancelled."""

    code: ClassVar[str] = "receipt_state_conflict"


class ReceiptInvalid(InvalidInput):
    """A receipt cannot be opened as it is asked for."""

    code: ClassVar[str] = "receipt_invalid"


class UnannouncedRefused(Conflict):
    """The policy takes nothing in that nobody has announced or ordered."""

    code: ClassVar[str] = "unannounced_refused"


class ReceiptLineGone(Conflict):
    """The goods lie no more where they were received."""

    code: ClassVar[str] = "receipt_line_gone"


class DiscrepancyNotFound(NotFound):
    code: ClassVar[str] = "discrepancy_not_found"


class DiscrepancyStateConflict(StateConflict):
    code: ClassVar[str] = "discrepancy_state_conflict"
