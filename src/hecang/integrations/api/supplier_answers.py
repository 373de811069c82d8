"""Answers of suppliers to purchase orders by EDI (X12 855): taken here or from their folders, and what became of each."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.api.channel_files import ChannelFileProblem
from hecang.integrations.models import SupplierFile
from hecang.integrations.services.supplier_answers import answers_take
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, InputSchema, ListDefinition, Moment, Ref, Schema
from hecang.kernel.errors import InvalidInput, Problem


class SupplierAnswersIn(InputSchema):
    content: str = Field(min_length=1, max_length=5_000_000, description="the interchange, as it stands")
    name: str = Field("", max_length=255, description="of the file, for people")


class SupplierAnswersOut(Schema):
    is_known: bool = Field(description="it was taken before, and has changed nothing now")
    orders: list[str] = Field(description="numbers of the orders that were answered")
    problems: list[ChannelFileProblem] = Field(
        description="answers that were not taken: segment (row, from ISA) and element (field)"
    )


@router.post(
    "/suppliers/{supplier_id}/edi-answers",
    permission="purchasing.order.confirm",
    response=SupplierAnswersOut,
    summary="Take an interchange with answers to purchase orders (X12 855)",
)
def supplier_answers_post(request: ApiRequest, supplier_id: int, payload: SupplierAnswersIn) -> Any:
    taken = answers_take(supplier_id=supplier_id, content=payload.content.encode(), name=payload.name)
    if taken.is_failed:
        raise InvalidInput(
            _("This is no interchange between this supplier and us: nothing was taken. %(first)s")
            % {"first": taken.problems[0].message if taken.problems else ""},
            problems=[
                Problem(one.message, code=one.code, row=one.row, loc="content", field=one.field or "content")
                for one in taken.problems
            ],
        )
    return {"is_known": taken.is_known, "orders": taken.orders, "problems": taken.problems}


class SupplierFileFilters(Schema):
    state: list[Literal["taken", "failed"]] = Field(default_factory=list, max_length=2)
    supplier_id: Id | None = None


class SupplierFileRow(Schema):
    id: int
    supplier: Ref
    name: str
    state: str
    orders: list[str]
    problems: list[ChannelFileProblem] = Field(description="what was not taken; the first hundred")
    taken_at: Moment


def _files(actor: Actor, filters: SupplierFileFilters) -> Any:
    rows = SupplierFile.objects.all()
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.supplier_id is not None:
        rows = rows.filter(supplier_id=filters.supplier_id)
    return rows.values(
        "id",
        "supplier__id",
        "supplier__code",
        "supplier__name",
        "name",
        "state",
        "orders",
        "problems",
        "taken_at",
    )


FILES = ListDefinition(
    name="supplier_files",
    filters=SupplierFileFilters,
    row=SupplierFileRow,
    columns=(
        Column("name", _lazy("Name")),
        Column("supplier.code", _lazy("Supplier")),
        Column("state", _lazy("State")),
        Column("taken_at", _lazy("Taken in at")),
    ),
    sorts={"taken_at": "taken_at"},
    default_sort="-taken_at",
    query=_files,
    title="files with answers of suppliers",
)
router.list("/supplier-files", FILES, permission="purchasing.link.view")
