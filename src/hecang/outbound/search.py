"""Fulfilments, parcels, waves and batches by their numbers, for the desk's search field."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher
from hecang.outbound.selectors.lists import batch_rows, fulfilment_rows, parcel_rows, wave_rows


@searcher(permission="outbound.fulfilment.view")
def fulfilments_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Fulfilments whose number begins with ``text``."""
    rows = fulfilment_rows(actor).filter(number__startswith=text.upper()).order_by("number")
    return [
        SearchHit(
            kind="fulfilment",
            id=row["id"],
            title=row["number"],
            subtitle=_("Fulfilment of order %(order)s") % {"order": row["order__number"]},
            url_path=f"/fulfilments?open={row['id']}",
        )
        for row in rows.values("id", "number", "order__number")[:limit]
    ]


@searcher(permission="outbound.parcel.view")
def parcels_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Parcels whose number begins with ``text``."""
    rows = parcel_rows(actor).filter(number__startswith=text.upper()).order_by("number")
    return [
        SearchHit(
            kind="parcel",
            id=row["id"],
            title=row["number"],
            subtitle=_("Parcel of order %(order)s") % {"order": row["fulfilment__order__number"]},
            url_path=f"/parcels?open={row['id']}",
        )
        for row in rows.values("id", "number", "fulfilment__order__number")[:limit]
    ]


@searcher(permission="outbound.wave.view")
def waves_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Waves whose number begins with ``text``."""
    rows = wave_rows(actor).filter(number__startswith=text.upper()).order_by("number")
    return [
        SearchHit(
            kind="wave",
            id=row["id"],
            title=row["number"],
            subtitle=row["warehouse__code"],
            url_path=f"/waves?open={row['id']}",
        )
        for row in rows.values("id", "number", "warehouse__code")[:limit]
    ]


@searcher(permission="outbound.batch.view")
def batches_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Batches whose number begins with ``text``."""
    rows = batch_rows(actor).filter(number__startswith=text.upper()).order_by("number")
    return [
        SearchHit(
            kind="batch",
            id=row["id"],
            title=row["number"],
            subtitle=_("Batch of wave %(wave)s") % {"wave": row["wave__number"]},
            url_path=f"/picking?batch={row['id']}",
        )
        for row in rows.values("id", "number", "wave__number")[:limit]
    ]
