"""What is not the API: health, metrics, the web desk's entry page, and errors outside of operations."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hecang.config.health import gauges
from hecang.config.static import CONTENT_SECURITY_POLICY, HANDHELD_PAGE, HANDHELD_SECURITY_POLICY
from hecang.kernel import metrics as figures
from hecang.kernel.api.problems import exception_response, http_error, not_found

_migrated = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers. Asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready for work: the database answers and has all migrations."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        migrated = _is_migrated()
    except Exception:
        return JsonResponse({"status": "unavailable", "database": "down"}, status=503)
    if not migrated:
        return JsonResponse({"status": "unavailable", "database": "up", "migrations": "pending"}, status=503)
    return JsonResponse({"status": "ok", "database": "up", "migrations": "applied"})


def _is_migrated() -> bool:
    """Whether the tables are up to date; once they are, they stay so for the life of the process."""
    global _migrated  # noqa: PLW0603
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, on this machine only or with an API key that may see them."""
    from hecang.accounts.middleware import actor_of_key
    from hecang.kernel.errors import HecangError
    from hecang.kernel.middleware import client_address

    address = client_address(request)
    if not (address and ipaddress.ip_address(address).is_loopback):
        try:
            actor, _language = actor_of_key(request.META.get("HTTP_AUTHORIZATION", ""), address)
            actor.require("kernel.metrics.view")
        except HecangError as error:
            return exception_response(request, error)
    return HttpResponse(
        figures.exposition() + gauges(), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def web_desk(request: HttpRequest) -> HttpResponseBase:
    """The entry page of the web desk, for every address that the desk itself understands."""
    if request.method not in {"GET", "HEAD"}:
        return http_error(405)
    last = request.path.rsplit("/", 1)[-1]
    if "." in last:  # a file that does not exist, such as an old script: never answer HTML for it
        raise Http404
    return _entry("index.html")


def track_page(request: HttpRequest) -> HttpResponseBase:
    """The entry page for buyers; the token is for the script, which asks the API."""
    return _page_by_link(request, "track.html")


def partner_page(request: HttpRequest) -> HttpResponseBase:
    """The entry page for suppliers and carriers; the token is for the script, which asks the API."""
    return _page_by_link(request, "partner.html")


def _page_by_link(request: HttpRequest, page: str) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"}:
        return http_error(405)
    response = _entry(page)
    # The address is the key: let no other site hear of it, and no crawler keep it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def handheld_page(request: HttpRequest) -> HttpResponseBase:
    """The entry page of the handhelds of the floor."""
    if request.method not in {"GET", "HEAD"}:
        return http_error(405)
    response = _entry(HANDHELD_PAGE)
    if response.status_code == 200:
        response["Content-Security-Policy"] = HANDHELD_SECURITY_POLICY
    return response


def _entry(page: str) -> HttpResponseBase:
    entry = Path(settings.WEB_ROOT) / page
    if not entry.is_file():
        return HttpResponse(
            _("The web desk is not built. Run “make web”, then start the server again."),
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    response = FileResponse(entry.open("rb"), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


def no_such_operation(request: HttpRequest) -> HttpResponse:
    return not_found()


def page_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return not_found()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return http_error(400)


def crashed(request: HttpRequest, *args: Any) -> HttpResponse:
    """What Django itself could not handle, such as a database that is away while it loads a session."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception):
        return exception_response(request, error)
    return http_error(500)
