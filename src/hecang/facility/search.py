"""Locations in the search box, by the beginning of their code."""

from __future__ import annotations

from hecang.facility.selectors.lists import location_rows
from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher


@searcher(permission="facility.location.view")
def locations_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Locations within the actor's warehouses."""
    rows = location_rows(actor.scope.warehouses, q=text).order_by("code", "id")[:limit]
    return [
        SearchHit(
            kind="location",
            id=row["id"],
            title=row["code"],
            subtitle=f"{row['warehouse__code']} · {row['zone__code']}",
            url_path=f"/map?wh={row['warehouse__id']}&location={row['id']}",
        )
        for row in rows
    ]
