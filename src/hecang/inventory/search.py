"""Lots by their code, for the desk's search field."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.inventory.models import Lot
from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher


@searcher(permission="inventory.lot.view")
def lots_search(_actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Lots with this very code; one code may name lots of several SKUs."""
    rows = (
        Lot.objects.filter(code=text)
        .order_by("-id")
        .values("id", "code", "sku__code", "sku_id", "expires_on")
    )
    return [
        SearchHit(
            kind="lot",
            id=row["id"],
            title=row["code"],
            subtitle=_("Lot of %(sku)s, expires %(day)s")
            % {"sku": row["sku__code"], "day": row["expires_on"] or "–"},
            url_path=f"/stock/movements?sku={row['sku_id']}&lot={row['id']}",
        )
        for row in rows[:limit]
    ]
