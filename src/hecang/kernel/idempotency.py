"""``Idempotency-Key``: the same key gets the first answer again, whatever happened to the first one.

The record of the key is written in the transaction of the work itself. So there is no moment at which
the work is done and the key unknown, or the other way round; a second request with the same key that
comes while the first one still runs waits on the unique index and then gets its answer.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hecang.kernel.api.problems import error_response
from hecang.kernel.clock import now
from hecang.kernel.crypto import decrypt, encrypt
from hecang.kernel.db import ATTEMPTS, execute, fetch_one
from hecang.kernel.errors import IdempotencyMismatch, InvalidInput, Problem

HEADER = "HTTP_IDEMPOTENCY_KEY"
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MAX_KEY = 128
#: What people do without signing in whose failures are not counted; the secret in their address is part of the
#: fingerprint, so that one cannot ask for the answer of another.
WITHOUT_LOGIN = "/api/v1/inbound-page/"
#: Signing in counts its failures, which must not be undone with the request.
NEVER = "/api/v1/auth/"
#: How long an answer can be asked for again.
KEPT = timedelta(days=7)


class IdempotencyMiddleware:
    """Comes after the actor is known: a key means something only to whom sent it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.META.get(HEADER)
        if key is None or request.method not in METHODS or not request.path.startswith("/api/"):
            return self.get_response(request)
        if request.path.startswith(NEVER):
            return self.get_response(request)
        actor = getattr(request, "actor", None)
        if actor is None and not request.path.startswith(WITHOUT_LOGIN):
            return self.get_response(request)
        if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
            message = _("The Idempotency-Key must have 1 to %(limit)s printable ASCII characters.") % {
                "limit": MAX_KEY
            }
            return error_response(
                InvalidInput(message, problems=[Problem(message=message, loc="header.Idempotency-Key")])
            )
        scope = f"{actor.kind}:{actor.user_id}" if actor else "nobody"
        print_of_request = fingerprint(request)
        attempt = 1
        while True:
            response = self._once(request, scope, key, print_of_request)
            if attempt == ATTEMPTS or not getattr(request, "retryable", False):
                return response
            request.retryable = False  # type: ignore[attr-defined]
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
            attempt += 1

    def _once(self, request: HttpRequest, scope: str, key: str, print_of_request: str) -> HttpResponseBase:
        with transaction.atomic():
            record = fetch_one(
                "INSERT INTO idempotency_record (scope, key, fingerprint, content_type, created_at)"
                " VALUES (%s, %s, %s, '', %s) ON CONFLICT (scope, key) DO NOTHING RETURNING id",
                [scope, key, print_of_request, now()],
            )
            if record is None:
                return _replay(scope, key, print_of_request)
            response = self.get_response(request)
            if response.status_code >= 400 or response.streaming:
                transaction.set_rollback(response.status_code >= 400)
                if response.status_code < 400:  # a file is made anew each time
                    execute("DELETE FROM idempotency_record WHERE id = %s", record)
                return response
            assert isinstance(response, HttpResponse)
            # encrypted, since an answer may hold what is shown only once, such as a new API key
            execute(
                "UPDATE idempotency_record SET status = %s, body = %s, content_type = %s WHERE id = %s",
                [
                    response.status_code,
                    encrypt(response.content),
                    response.get("Content-Type", "")[:100],
                    record[0],
                ],
            )
            return response


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 over method, path with query, and what was sent. Files count by content, not by boundary."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, file.name, file.size)).encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _replay(scope: str, key: str, print_of_request: str) -> HttpResponse:
    row = fetch_one(
        "SELECT fingerprint, status, body, content_type FROM idempotency_record WHERE scope = %s AND key = %s",
        [scope, key],
    )
    if row is None or row[0] != print_of_request:
        return error_response(
            IdempotencyMismatch(
                _(
                    "This Idempotency-Key was already used for another request. Use a new key for a new request."
                )
            )
        )
    response = HttpResponse(decrypt(row[2]), status=row[1], content_type=row[3] or None)
    response["Idempotency-Replayed"] = "true"
    return response


def records_purge() -> int:
    """Forget answers older than :data:`KEPT`; their number. Deletes in pieces, so that nobody waits."""
    gone = 0
    while True:
        count = execute(
            "DELETE FROM idempotency_record WHERE id IN"
            " (SELECT id FROM idempotency_record WHERE created_at < %s ORDER BY created_at LIMIT 5000)",
            [now() - KEPT],
        )
        gone += count
        if count < 5000:
            return gone
