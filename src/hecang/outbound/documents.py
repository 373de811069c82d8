"""Documents of outbound that scans find by their number."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from hecang.work.scanning import DocumentKind, documents_register


def register() -> None:
    documents_register(
        DocumentKind(
            "fulfilment", gettext_noop("Fulfilment"), "outbound.Fulfilment", "outbound.fulfilment.view",
            owner="owner_id",
        ),
        DocumentKind("wave", gettext_noop("Wave"), "outbound.Wave", "outbound.wave.view"),
        DocumentKind(
            "batch", gettext_noop("Pick list"), "outbound.Batch", "outbound.batch.view",
            warehouses=("(SELECT w.warehouse_id FROM wave w WHERE w.id = wave_id)",),
        ),
        DocumentKind(
            "parcel", gettext_noop("Parcel"), "outbound.Parcel", "outbound.parcel.view",
            warehouses=("(SELECT f.warehouse_id FROM fulfilment f WHERE f.id = fulfilment_id)",),
            owner="(SELECT f.owner_id FROM fulfilment f WHERE f.id = fulfilment_id)",
        ),
    )  # fmt: skip
