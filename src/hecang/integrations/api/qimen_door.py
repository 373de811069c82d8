"""The door for Qimen messages: public, its address unguessable, every message signed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from hecang.integrations.api.base import router
from hecang.integrations.qimen.xml import MAX_BYTES
from hecang.integrations.services.qimen.receiving import qimen_receive
from hecang.kernel.api import PUBLIC
from hecang.kernel.connectors import Incoming


@router.post(
    "/qimen/{inbox_key}",
    permission=PUBLIC,
    produces="text/xml",
    summary="An ERP or a WMS speaks Qimen: its method in the address, signed",
)
def qimen_door(request: HttpRequest, inbox_key: str) -> HttpResponse:
    body = request.body[: MAX_BYTES + 1]
    reply = qimen_receive(
        inbox_key=inbox_key,
        message=Incoming(
            method=request.method or "POST",
            path=request.path,
            query={name: values[-1] for name, values in request.GET.lists() if values},
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
        ),
    )
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
