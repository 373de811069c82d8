"""Files that channels brought: what became of each."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.api.channel_orders import ConnectionRef
from hecang.integrations.models import ChannelFile
from hecang.integrations.selectors.scope import visible_connections
from hecang.kernel.actor import Actor
from hecang.kernel.api import Column, Id, ListDefinition, Moment, Schema


class ChannelFileFilters(Schema):
    state: list[Literal["taken", "failed"]] = Field(default_factory=list, max_length=2)
    connection: Id | None = None
    q: str = Field("", max_length=255, description="the name of the file")


class ChannelFileProblem(Schema):
    code: str
    message: str
    row: int | None
    field: str


class ChannelFileRow(Schema):
    id: int
    connection: ConnectionRef
    name: str
    state: str
    orders: int
    problems: list[ChannelFileProblem] = Field(description="why it could not be read; the first hundred")
    taken_at: Moment


def _files(actor: Actor, filters: ChannelFileFilters) -> Any:
    rows = ChannelFile.objects.filter(connection__in=visible_connections(actor))
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.connection is not None:
        rows = rows.filter(connection=filters.connection)
    if filters.q:
        rows = rows.filter(name=filters.q)
    return rows.values(
        "id", "connection__id", "connection__name", "connection__connector", "name", "state", "orders", "problems",
        "taken_at",
    )  # fmt: skip


FILES = ListDefinition(
    name="channel_files",
    filters=ChannelFileFilters,
    row=ChannelFileRow,
    columns=(
        Column("name", _lazy("Name")),
        Column("connection.name", _lazy("Connection")),
        Column("state", _lazy("State")),
        Column("orders", _lazy("Orders")),
        Column("taken_at", _lazy("Taken in at")),
    ),
    sorts={"taken_at": "taken_at"},
    default_sort="-taken_at",
    query=_files,
    title="files that channels brought",
)
router.list("/channel-files", FILES, permission="integrations.order.view")
