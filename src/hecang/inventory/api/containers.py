"""Containers: list, tree with content and history; made, carried, nested, put out of use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.api.base import ContainerRef, Note, locations_within, router
from hecang.inventory.models import Container
from hecang.inventory.selectors import goods
from hecang.inventory.services import (
    ContainerIn,
    ContainerMove,
    containers_empty_close,
    containers_make,
    containers_move,
    containers_nest,
    containers_unnest,
)
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Day, Id, InputSchema, ListDefinition, Moment, Ref, Schema
from hecang.kernel.errors import NotFound


class ContainerFilters(Schema):
    q: str | None = Field(None, max_length=40, description="beginning of the code")
    warehouse: list[Id] | None = Field(None, max_length=100)
    location: Id | None = None
    kind: list[Container.Kind] | None = Field(None, max_length=3)
    parent: Id | None = None
    outermost: bool | None = Field(None, description="true: stands in no other one")
    held: bool | None = None
    closed: bool | None = Field(False, description="true: only those out of use")
    filled: bool | None = Field(None, description="whether goods lie directly in it")


class ContainerPlace(Schema):
    id: int
    code: str
    kind: str | None = None
    warehouse: Ref | None = None


class ContainerOut(Schema):
    id: int
    code: str
    kind: str
    location: ContainerPlace | None
    parent: ContainerRef | None
    is_held: bool
    containers: int = Field(description="standing directly in it")
    units: int = Field(description="lying directly in it")
    skus: int
    created_at: Moment
    closed_at: Moment | None


def _with_figures(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    figures = goods.container_figures([row["id"] for row in rows])
    for row in rows:
        row["containers"], row["units"], row["skus"] = figures[row["id"]]
    return rows


CONTAINERS = ListDefinition(
    name="containers",
    title="Containers",
    filters=ContainerFilters,
    row=ContainerOut,
    columns=(
        Column("code", _("Container")),
        Column("kind", _("Kind")),
        Column("location.warehouse.code", _("Warehouse")),
        Column("location.code", _("Location")),
        Column("parent.code", _("Stands in")),
        Column("units", _("Units")),
        Column("skus", _("SKUs")),
        Column("containers", _("Containers")),
        Column("is_held", _("Held")),
        Column("created_at", _("Created at")),
        Column("closed_at", _("Out of use since")),
    ),
    sorts={"id": "id", "code": "code"},
    default_sort="-id",
    query=lambda actor, filters: goods.container_rows(actor, **filters.model_dump()),
    enrich=_with_figures,
)
router.list("/containers", CONTAINERS, permission="inventory.stock.view")


class ContainerTreeRow(Schema):
    id: int
    code: str
    kind: str
    depth: int
    parent_id: int | None
    is_held: bool
    units: int


class ContainerContentRow(Schema):
    stock_id: int
    container_id: int
    container: str
    sku_id: int
    sku: str
    sku_name: str
    unit: str
    lot: str | None
    expires_on: Day | None
    owner_id: int
    owner: str
    condition: str
    quantity: int
    allocated: int
    is_sellable: bool
    serials: int


class ContainerHistoryRow(Schema):
    at: Moment
    actor: str
    what: str = Field(description="reason of the ledger entry, or action of the audit log")
    quantity: int | None
    sku: str | None
    origin: str | None
    target: str | None
    note: str
    movement_id: int | None


class ContainerDetail(ContainerOut):
    tree: list[ContainerTreeRow]
    content: list[ContainerContentRow] = Field(description="goods in it and in all that stands in it")
    history: list[ContainerHistoryRow]


def containers_within(ids: Iterable[int], actor: Actor) -> None:
    """Raise NotFound if a container does not exist or lies outside of the scope."""
    wanted = set(ids)
    found = set(goods.container_rows(actor, closed=None).filter(id__in=wanted).values_list("id", flat=True))
    if wanted - found:
        raise NotFound(_t("There is no such container."), data={"container_ids": sorted(wanted - found)})


@router.get(
    "/containers/{container_id}",
    permission="inventory.stock.view",
    response=ContainerDetail,
    summary="A container with its tree, content and history",
)
def container_get(request: ApiRequest, container_id: Id) -> Any:
    rows = [*goods.container_rows(request.actor, closed=None).filter(id=container_id)]
    if not rows:
        raise NotFound(_t("There is no such container."))
    return {
        **CONTAINERS.finish(request.actor, rows)[0],
        "tree": goods.container_tree(container_id),
        "content": goods.container_content(request.actor, [container_id]),
        "history": goods.container_history(container_id),
    }


class ContainerSpec(InputSchema):
    kind: Container.Kind = Container.Kind.CARTON
    code: str = Field("", max_length=44, description="drawn if blank; an SSCC must be a valid one")
    location_id: Id | None = None
    parent_id: Id | None = None
    parent_index: int | None = Field(
        None, ge=0, lt=1000, description="position of one in the same call to stand in"
    )


class ContainersIn(InputSchema):
    containers: list[ContainerSpec] = Field(min_length=1, max_length=1000)


class ContainerOfMade(Schema):
    id: int
    code: str


class ContainersMade(Schema):
    items: list[ContainerOfMade]


@router.post(
    "/containers",
    permission="inventory.stock.move",
    response=ContainersMade,
    status=201,
    summary="Make containers",
)
def containers_post(request: ApiRequest, payload: ContainersIn) -> Any:
    specs = [ContainerIn(**{**item.model_dump(), "kind": item.kind.value}) for item in payload.containers]
    locations_within((s.location_id for s in specs if s.location_id is not None), request.actor.scope)
    containers_within((s.parent_id for s in specs if s.parent_id is not None), request.actor)
    return {"items": containers_make(specs=specs)}


class ContainerMoveIn(InputSchema):
    container_ids: list[Id] = Field(min_length=1, max_length=200)
    to_location_id: Id
    note: Note = ""


class ContainersMoved(Schema):
    movement_ids: list[int]


@router.post(
    "/containers/move",
    permission="inventory.stock.move",
    response=ContainersMoved,
    summary="Carry containers with everything in them",
)
def containers_move_post(request: ApiRequest, payload: ContainerMoveIn) -> Any:
    """Nested containers, goods, serials and allocations follow. A repetition changes nothing."""
    containers_within(payload.container_ids, request.actor)
    locations_within([payload.to_location_id], request.actor.scope)
    moves = [ContainerMove(key, payload.to_location_id) for key in dict.fromkeys(payload.container_ids)]
    return {"movement_ids": containers_move(moves=moves, note=payload.note)}


class ContainersNestIn(InputSchema):
    container_ids: list[Id] = Field(min_length=1, max_length=200)
    parent_id: Id | None = Field(None, description="null takes them out of what they stand in")


class ContainersDone(Schema):
    done: bool = True


@router.post(
    "/containers/nest",
    permission="inventory.stock.move",
    response=ContainersDone,
    summary="Put containers into another one, or take them out",
)
def containers_nest_post(request: ApiRequest, payload: ContainersNestIn) -> ContainersDone:
    containers_within(
        [*payload.container_ids, *([payload.parent_id] if payload.parent_id else [])], request.actor
    )
    if payload.parent_id is None:
        containers_unnest(container_ids=payload.container_ids)
    else:
        containers_nest(container_ids=payload.container_ids, parent_id=payload.parent_id)
    return ContainersDone()


class ContainersCloseIn(InputSchema):
    container_ids: list[Id] = Field(min_length=1, max_length=1000)


@router.post(
    "/containers/close",
    permission="inventory.stock.move",
    response=ContainersDone,
    summary="Put empty containers out of use",
)
def containers_close_post(request: ApiRequest, payload: ContainersCloseIn) -> ContainersDone:
    containers_within(payload.container_ids, request.actor)
    containers_empty_close(container_ids=payload.container_ids)
    return ContainersDone()
