"""Waybills and manifests by their numbers, for the desk's search field."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher
from hecang.shipping.models import Manifest, Waybill


@searcher(permission="shipping.waybill.view")
def waybills_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Waybills whose number begins with ``text``."""
    rows = Waybill.objects.filter(number__startswith=text.upper()).order_by("number")
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    return [
        SearchHit(
            kind="waybill",
            id=row["id"],
            title=row["number"],
            subtitle=_("Waybill of parcel %(parcel)s") % {"parcel": row["reference"]},
            url_path=f"/waybills?q={row['number']}",
        )
        for row in rows.values("id", "number", "reference")[:limit]
    ]


@searcher(permission="shipping.manifest.view")
def manifests_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Manifests whose number begins with ``text``."""
    rows = Manifest.objects.filter(number__startswith=text.upper()).order_by("-id")
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    return [
        SearchHit(
            kind="manifest",
            id=row["id"],
            title=row["number"],
            subtitle=row["carrier__name"],
            url_path=f"/manifests?q={row['number']}",
        )
        for row in rows.values("id", "number", "carrier__name")[:limit]
    ]
