"""Products in the search box: by code, name, or whatever a scanner reads."""

from __future__ import annotations

from hecang.catalog.selectors import barcode_resolve, skus_by_id
from hecang.catalog.selectors.lists import skus_matching
from hecang.kernel.actor import Actor
from hecang.kernel.search import SearchHit, searcher


@searcher(permission="catalog.sku.view")
def skus_search(_actor: Actor, text: str, limit: int) -> list[SearchHit]:
    """What the text means as a scan first, then SKUs with it in code or name."""
    scanned = barcode_resolve([text]).get(text)
    found = {ref.id: (ref.code, ref.name) for ref in skus_by_id([scanned.sku_id] if scanned else []).values()}
    for pk, code, name in skus_matching(q=text).order_by("code").values_list("id", "code", "name")[:limit]:
        found.setdefault(pk, (code, name))
    return [
        SearchHit(kind="sku", id=pk, title=code, subtitle=name, url_path=f"/products/{pk}")
        for pk, (code, name) in list(found.items())[:limit]
    ]
