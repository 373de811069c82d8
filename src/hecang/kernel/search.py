"""One box that finds anything by its code: each app says how its things are found.

::

    @searcher(permission="orders.order.view")
    def orders_search(actor: Actor, text: str, limit: int) -> list[SearchHit]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import SIGNED_IN, ApiRequest, ApiRouter, Schema

Search = Callable[[Actor, str, int], list["SearchHit"]]


class SearchHit(Schema):
    """Something found.

    :param kind: ``order``, ``sku``, ``location``, …
    :param url_path: where the desk shows it.
    """

    kind: str
    id: int
    title: str
    subtitle: str = ""
    url_path: str


class SearchOut(Schema):
    items: list[SearchHit]


_searchers: list[tuple[str, Search]] = []
PER_KIND = 5


def searcher(*, permission: str) -> Callable[[Search], Search]:
    """Let the decorated function find things for everybody who holds ``permission``.

    It is called with (actor, text, limit), must keep to the actor's scope, and be answered by indexes.
    """

    def register(function: Search) -> Search:
        _searchers.append((permission, function))
        return function

    return register


router = ApiRouter(tag="search")


@router.get("/search", permission=SIGNED_IN, response=SearchOut, summary="Find anything by its code")
def search(request: ApiRequest, q: Annotated[str, Field(max_length=64)]) -> dict[str, Any]:
    text = q.strip()
    if len(text) < 2:
        return {"items": []}
    items: list[SearchHit] = []
    for permission, function in _searchers:
        if request.actor.may(permission):
            items += function(request.actor, text, PER_KIND)
    # what was asked for exactly stands first
    items.sort(key=lambda hit: hit.title.casefold() != text.casefold())
    return {"items": items[:30]}
