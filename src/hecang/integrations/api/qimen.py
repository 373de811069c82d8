"""What goes to and fro by Qimen: messages that came in, and what the other side is told."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.api.channel_orders import ConnectionRef
from hecang.integrations.models import QimenMessage, QimenSending
from hecang.integrations.services.qimen.sending import sendings_resend
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    BulkIn,
    BulkOut,
    Column,
    CountsOut,
    Id,
    ListDefinition,
    Moment,
    Schema,
    state_counts,
)
from hecang.kernel.api.bulk import BulkItem

_CONNECTION = ("connection__id", "connection__name", "connection__connector")


def open_to(rows: Any, actor: Actor) -> Any:
    """Messages name goods and orders of whole connections: whoever sees some owners or shops only, sees none."""
    scope = actor.scope
    limited = (scope.owners, scope.shops, scope.warehouses) != (None, None, None)
    return rows.none() if limited else rows


# ------------------------------------------------------------------ messages


class QimenMessageFilters(Schema):
    state: list[Literal["done", "partial", "failed"]] = Field(default_factory=list, max_length=3)
    connection: Id | None = None
    method: str = Field("", max_length=64)
    q: str = Field("", max_length=100, description="code of a document")


class QimenMessageRow(Schema):
    id: int
    connection: ConnectionRef
    method: str
    document_code: str
    state: str
    code: str
    message: str
    repeats: int
    received_at: Moment


def _messages(actor: Actor, filters: QimenMessageFilters) -> Any:
    rows = open_to(QimenMessage.objects.all(), actor)
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.connection is not None:
        rows = rows.filter(connection=filters.connection)
    if filters.method:
        rows = rows.filter(method=filters.method)
    if filters.q:
        rows = rows.filter(document_code=filters.q)
    return rows.values(
        "id",
        *_CONNECTION,
        "method",
        "document_code",
        "state",
        "code",
        "message",
        "repeats",
        "received_at",
    )


MESSAGES = ListDefinition(
    name="qimen_messages",
    filters=QimenMessageFilters,
    row=QimenMessageRow,
    columns=(
        Column("received_at", _lazy("Received")),
        Column("connection.name", _lazy("Connection")),
        Column("method", _lazy("Method")),
        Column("document_code", _lazy("Document")),
        Column("state", _lazy("State")),
        Column("code", _lazy("Code")),
        Column("message", _lazy("Message")),
        Column("repeats", _lazy("Repeated")),
    ),
    sorts={"received_at": "received_at"},
    default_sort="-received_at",
    query=_messages,
    title="Qimen messages that came in",
)
router.list("/qimen-messages", MESSAGES, permission="integrations.qimen.view")


@router.get(
    "/qimen-messages/counts",
    permission="integrations.qimen.view",
    response=CountsOut,
    summary="Qimen messages by state",
)
def qimen_messages_counts(request: ApiRequest) -> dict[str, Any]:
    rows = open_to(QimenMessage.objects.all(), request.actor)
    return state_counts(rows, QimenMessage.State.values)


# ------------------------------------------------------------------ what is told


class QimenSendingFilters(Schema):
    state: list[Literal["pending", "done", "refused"]] = Field(default_factory=list, max_length=3)
    connection: Id | None = None
    method: str = Field("", max_length=64)
    q: str = Field("", max_length=100, description="code of a document, or outBizCode")


class QimenSendingRow(Schema):
    id: int
    connection: ConnectionRef
    method: str
    key: str
    document_code: str
    state: str
    tries: int
    error: str
    message: str
    created_at: Moment
    next_try_at: Moment
    done_at: Moment | None


def _sendings(actor: Actor, filters: QimenSendingFilters) -> Any:
    rows = open_to(QimenSending.objects.all(), actor)
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.connection is not None:
        rows = rows.filter(connection=filters.connection)
    if filters.method:
        rows = rows.filter(method=filters.method)
    if filters.q:
        rows = rows.filter(Q(document_code=filters.q) | Q(key=filters.q))
    return rows.values(
        "id", *_CONNECTION, "method", "key", "document_code", "state", "tries", "error", "message", "created_at",
        "next_try_at", "done_at",
    )  # fmt: skip


SENDINGS = ListDefinition(
    name="qimen_sendings",
    filters=QimenSendingFilters,
    row=QimenSendingRow,
    columns=(
        Column("created_at", _lazy("Created")),
        Column("connection.name", _lazy("Connection")),
        Column("method", _lazy("Method")),
        Column("key", _lazy("outBizCode")),
        Column("document_code", _lazy("Document")),
        Column("state", _lazy("State")),
        Column("tries", _lazy("Tries")),
        Column("message", _lazy("Message")),
        Column("done_at", _lazy("Arrived")),
    ),
    sorts={"created_at": "created_at"},
    default_sort="-created_at",
    query=_sendings,
    title="Qimen messages to send",
)
router.list("/qimen-sendings", SENDINGS, permission="integrations.qimen.view")


@router.get(
    "/qimen-sendings/counts",
    permission="integrations.qimen.view",
    response=CountsOut,
    summary="Qimen messages to send by state",
)
def qimen_sendings_counts(request: ApiRequest) -> dict[str, Any]:
    rows = open_to(QimenSending.objects.all(), request.actor)
    return state_counts(rows, QimenSending.State.values)


@router.post(
    "/qimen-sendings/resend",
    permission="integrations.qimen.resend",
    response=BulkOut,
    summary="Send Qimen messages again; the other side knows them by their keys",
)
def qimen_sendings_resend(request: ApiRequest, payload: BulkIn) -> BulkOut:
    mine = open_to(QimenSending.objects.filter(pk__in=payload.ids), request.actor)
    again = set(sendings_resend(sending_ids=list(mine.values_list("pk", flat=True))))
    return BulkOut(
        results=[
            BulkItem(id=key, ok=key in again, code="" if key in again else "not_found")
            for key in dict.fromkeys(payload.ids)
        ]
    )
