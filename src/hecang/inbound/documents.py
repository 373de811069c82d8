"""Documents of inbound that scans find by their number."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from hecang.work.scanning import DocumentKind, documents_register


def register() -> None:
    documents_register(
        DocumentKind("asn", gettext_noop("Inbound notice"), "inbound.Asn", "inbound.asn.view", owner="owner_id"),
        DocumentKind(
            "appointment", gettext_noop("Appointment"), "inbound.Appointment", "inbound.appointment.view"
        ),
        DocumentKind(
            "receipt", gettext_noop("Receipt"), "inbound.Receipt", "inbound.receipt.view", owner="owner_id"
        ),
        DocumentKind(
            "inspection", gettext_noop("Inspection"), "inbound.Inspection", "inbound.inspection.view",
            owner="owner_id",
        ),
        DocumentKind(
            "claim", gettext_noop("Supplier claim"), "inbound.Claim", "inbound.claim.view", owner="owner_id"
        ),
        DocumentKind(
            "goods_return", gettext_noop("Return"), "inbound.GoodsReturn", "inbound.goods_return.view",
            owner="owner_id",
        ),
    )  # fmt: skip
