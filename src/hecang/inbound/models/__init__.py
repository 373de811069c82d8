"""Everything between the announcement of goods and the shelf."""

from hecang.inbound.models.announcements import (
    ASN_STANDING,
    Asn,
    AsnContainer,
    AsnLine,
    AsnState,
    InboundKind,
    InboundLink,
    SsccPrefix,
)
from hecang.inbound.models.appointments import (
    APPOINTMENT_STANDING,
    Appointment,
    AppointmentState,
    Dock,
    DockHours,
    DockPolicy,
)
from hecang.inbound.models.receipts import (
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyPhoto,
    DiscrepancyState,
    Receipt,
    ReceiptLine,
    ReceiptState,
    ReceivingPolicy,
)

__all__ = [
    "APPOINTMENT_STANDING",
    "ASN_STANDING",
    "Appointment",
    "AppointmentState",
    "Asn",
    "AsnContainer",
    "AsnLine",
    "AsnState",
    "Discrepancy",
    "DiscrepancyKind",
    "DiscrepancyPhoto",
    "DiscrepancyState",
    "Dock",
    "DockHours",
    "DockPolicy",
    "InboundKind",
    "InboundLink",
    "Receipt",
    "ReceiptLine",
    "ReceiptState",
    "ReceivingPolicy",
    "SsccPrefix",
]
