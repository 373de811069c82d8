"""Tickets in the box that finds anything: by their number or that of a document that they are about."""

from __future__ import annotations

from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher
from hecang.tickets.selectors.lists import FIELDS, found_by, title_of, visible


@searcher(permission="tickets.ticket.view")
def tickets_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Newest first."""
    rows = visible(actor).filter(found_by(text)).order_by("-id").values(*FIELDS)[:limit]
    return [
        SearchHit(
            kind="ticket",
            id=row["id"],
            title=row["number"],
            subtitle=title_of(row),
            url_path=f"/tickets?open={row['id']}",
        )
        for row in rows
    ]
