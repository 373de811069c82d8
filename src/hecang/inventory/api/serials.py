"""Serials: where each unit stands, and its whole history from receipt to customer and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.api.base import ContainerRef, LocationRef, router
from hecang.inventory.selectors import goods
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, ListDefinition, Moment, Ref, Schema
from hecang.kernel.errors import NotFound


class SerialFilters(Schema):
    q: str | None = Field(None, max_length=64, description="beginning of the number, or a whole SKU code")
    sku: Id | None = None
    warehouse: list[Id] | None = Field(None, max_length=100)
    location: Id | None = None
    container: Id | None = None
    stock: Id | None = None
    in_house: bool | None = Field(None, description="whether it stands in a warehouse now")


class CodeOnly(Schema):
    code: str


class StandsAt(Schema):
    warehouse: Ref
    location: LocationRef
    container: ContainerRef | None
    lot: CodeOnly | None
    condition: str
    owner: Ref


class LastEntry(Schema):
    to_kind: str = Field(description="kind of the location that it went to last: customer, scrap …")
    at: Moment
    source_kind: str
    source_id: int | None
    is_presumed: bool = Field(description="nobody named it: it was taken for one of the units that went")


class SerialOut(Schema):
    id: int
    number: str
    sku: Ref
    stock: StandsAt | None = Field(description="null while it is outside")
    last: LastEntry | None
    created_at: Moment


def _with_last(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    last = goods.serial_last([row["id"] for row in rows])
    for row in rows:
        row["last"] = last.get(row["id"])
    return rows


SERIALS = ListDefinition(
    name="serials",
    title="Serials",
    filters=SerialFilters,
    row=SerialOut,
    columns=(
        Column("number", _("Serial")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("stock.warehouse.code", _("Warehouse")),
        Column("stock.location.code", _("Location")),
        Column("stock.container.code", _("Container")),
        Column("stock.condition", _("Condition")),
        Column("last.to_kind", _("Went to")),
        Column("last.at", _("At")),
        Column("last.is_presumed", _("Presumed")),
        Column("created_at", _("Created at")),
    ),
    sorts={"id": "id", "number": "number"},
    default_sort="-id",
    query=lambda actor, filters: goods.serial_rows(actor, **filters.model_dump()),
    enrich=_with_last,
)
router.list("/serials", SERIALS, permission="inventory.stock.view")


class SerialEntry(Schema):
    movement_id: int
    at: Moment
    actor: str
    reason: str
    from_location_id: int
    from_location: str
    from_is_virtual: bool
    to_location_id: int
    to_location: str
    to_is_virtual: bool
    warehouse: str
    from_container: str | None
    to_container: str | None
    from_condition: str
    to_condition: str
    owner: str
    lot: str | None
    source_kind: str
    source_id: int | None
    note: str
    is_presumed: bool


class SerialDetail(SerialOut):
    history: list[SerialEntry]


@router.get(
    "/serials/{serial_id}",
    permission="inventory.stock.view",
    response=SerialDetail,
    summary="A serial with every entry that carried it",
)
def serial_get(request: ApiRequest, serial_id: Id) -> Any:
    rows = [*goods.serial_rows(request.actor).filter(id=serial_id)]
    if not rows:
        raise NotFound(_t("There is no such serial."))
    return {**SERIALS.finish(request.actor, rows)[0], "history": goods.serial_history(serial_id)}


class UnnumberedRow(Schema):
    stock_id: int
    warehouse: str
    location: str
    sku: str
    sku_name: str
    quantity: int
    serials: int


class UnnumberedOut(Schema):
    items: list[UnnumberedRow]


@router.get(
    "/stock/unnumbered",
    permission="inventory.stock.view",
    response=UnnumberedOut,
    summary="Goods kept by serial that lie without numbers",
)
def stock_unnumbered(request: ApiRequest) -> Any:
    """What came in before numbers were kept, or without them; 1000 places at most."""
    return {"items": goods.unnumbered(request.actor)}
