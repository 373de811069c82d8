"""The outermost layer of our own: request id, limits, errors in our shape, one log line, metrics."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hecang.kernel import metrics
from hecang.kernel.actor import NOBODY, acting
from hecang.kernel.api.problems import CONTENT_TYPE, exception_response, http_error
from hecang.kernel.idempotency import IdempotencyMiddleware
from hecang.kernel.ids import new_id

__all__ = ["IdempotencyMiddleware", "RequestMiddleware"]

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
logger = structlog.get_logger("hecang.request")


class RequestMiddleware:
    """Wraps every request that is not a static file."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        wanted = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = wanted if _SANE_ID.match(wanted) else str(new_id())
        with acting(replace(NOBODY, address=client_address(request)), request_id=request_id):
            response = self._answer(request)
            response["X-Request-ID"] = request_id
            if not response.streaming and "Content-Length" not in response:
                response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
            self._note(request, response, time.perf_counter() - started, request_id)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "\ufffd" in request.path:
            return http_error(400)
        if _body_too_large(request):
            return http_error(413)
        try:
            response = self.get_response(request)
        except Exception as error:  # a middleware below us failed, for instance because the database is away
            return exception_response(request, error)
        if (
            response.status_code >= 400
            and request.path.startswith("/api/")
            and not response.get("Content-Type", "").startswith(CONTENT_TYPE)
        ):
            problem = http_error(response.status_code)
            if allow := response.get("Allow"):
                problem["Allow"] = allow
            return problem
        return response

    def _note(
        self, request: HttpRequest, response: HttpResponseBase, seconds: float, request_id: str
    ) -> None:
        match = request.resolver_match
        route = match.route if match else ("static" if response.status_code < 400 else "unknown")
        metrics.request_done(request.method or "", route, response.status_code, seconds)
        actor = getattr(request, "actor", None)
        logger.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            actor=f"{actor.kind}:{actor.user_id}" if actor else None,
            request_id=request_id,
        )


def client_address(request: HttpRequest) -> str | None:
    """Where the request came from, looking behind as many proxies as the installation says it has."""
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= proxies and _is_address(hops[-proxies]):
            return str(hops[-proxies])
    address: str = request.META.get("REMOTE_ADDR") or ""
    return address if _is_address(address) else None


def _is_address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _body_too_large(request: HttpRequest) -> bool:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    if request.content_type == "multipart/form-data":
        return length > settings.IMPORT_MAX_BYTES + 1_000_000
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return length > limit
