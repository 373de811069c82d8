"""Purchase orders by their numbers, for the desk's search field."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher
from hecang.purchasing.selectors.lists import order_rows


@searcher(permission="purchasing.order.view")
def purchase_orders_search(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """Orders whose number begins with ``text``."""
    rows = order_rows(actor).filter(number__startswith=text.upper()).order_by("number")
    return [
        SearchHit(
            kind="purchase_order",
            id=row["id"],
            title=row["number"],
            subtitle=_("Purchase order to %(supplier)s") % {"supplier": row["supplier__name"]},
            url_path=f"/purchase-orders?open={row['id']}",
        )
        for row in rows.values("id", "number", "supplier__name")[:limit]
    ]
