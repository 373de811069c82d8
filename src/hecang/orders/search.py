"""Orders in the box that finds anything: by our number, the channel's, a phone number, its tail or a name."""

from __future__ import annotations

from django.db.models import Q

from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher
from hecang.orders.models import SalesOrder
from hecang.orders.selectors.desk import found_by


@searcher(permission="orders.order.view")
def orders_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Newest first."""
    orders = SalesOrder.objects.filter(found_by(text))
    if actor.scope.shops is not None:
        orders = orders.filter(shop_id__in=actor.scope.shops)
    if actor.scope.owners is not None:
        orders = orders.filter(Q(owner_id__in=actor.scope.owners))
    rows = orders.order_by("-placed_at", "-id").values(
        "id", "number", "external_number", "recipient_masked", "shop__name"
    )
    return [
        SearchHit(
            kind="order",
            id=row["id"],
            title=row["number"],
            subtitle=" · ".join(
                filter(None, (row["shop__name"], row["external_number"], row["recipient_masked"]))
            ),
            url_path=f"/orders?open={row['id']}",
        )
        for row in rows[:limit]
    ]
