"""The door for messages of platforms: public, its address unguessable, every message verified."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hecang.integrations.api.base import router
from hecang.integrations.services.channels.inbox import MAX_BYTES, message_receive
from hecang.kernel.api import PUBLIC
from hecang.kernel.connectors import Incoming
from hecang.kernel.errors import LimitExceeded


def incoming(request: HttpRequest) -> Incoming:
    """A request as connectors verify it, verbatim. Raises :class:`LimitExceeded`."""
    body = request.body
    if len(body) > MAX_BYTES:
        raise LimitExceeded(_("The message is larger than %(most)s bytes.") % {"most": MAX_BYTES})
    return Incoming(
        method=request.method or "POST",
        path=request.path,
        query={name: values[-1] for name, values in request.GET.lists() if values},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


@router.post(
    "/channels/{inbox_key}/push",
    permission=PUBLIC,
    produces="application/octet-stream",
    summary="A platform tells something: its own form, its own signature",
)
def channel_push(request: HttpRequest, inbox_key: str) -> HttpResponse:
    reply = message_receive(inbox_key=inbox_key, message=incoming(request))
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)


@router.get(
    "/channels/{inbox_key}/push",
    permission=PUBLIC,
    produces="application/octet-stream",
    summary="A platform asks whether the address is ours (WeChat and others)",
)
def channel_push_verify(request: HttpRequest, inbox_key: str) -> HttpResponse:
    return channel_push(request, inbox_key)
