"""Who is asking: an API key or a session, else nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import get_resolver
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from hecang.accounts.models import User
from hecang.accounts.roles import permissions_of
from hecang.accounts.selectors import actor_of_user, scope_of
from hecang.kernel.actor import Actor, acting
from hecang.kernel.api.problems import error_response, exception_response
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch_one
from hecang.kernel.errors import NotAuthenticated, PermissionMissing
from hecang.kernel.middleware import client_address

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: all that a user with a one-time password may ask for: who they are, and to change that password
OWN_ACCOUNT = "/api/v1/auth/"
_csrf = CsrfViewMiddleware(lambda _request: None)  # type: ignore[arg-type]

_KEY_QUERY = """
    SELECT k.id, k.name, k.prefix, k.expires_at, k.revoked_at, k.last_used_on,
           u.id, u.username, u.is_active, u.roles, u.warehouse_ids, u.owner_ids, u.shop_ids, u.language
    FROM api_key k JOIN "user" u ON u.id = k.user_id
    WHERE k.key_hash = %s
"""


class ActorMiddleware:
    """Sets ``request.actor``, acts as that actor, and speaks the actor's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # Roles are patterns over all declared permissions: every operation has to be known by now.
        assert get_resolver().url_patterns

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            with translation.override(translation.get_language_from_request(request)):
                return self.get_response(request)
        try:
            actor, language = self._identify(request)
        except (NotAuthenticated, PermissionMissing) as error:
            with translation.override(translation.get_language_from_request(request)):
                return error_response(error)
        request.actor = actor  # type: ignore[attr-defined]
        with (
            translation.override(language or translation.get_language_from_request(request)),
            acting(actor) if actor else nullcontext(),
        ):
            try:
                response = self.get_response(request)
            except Exception as error:
                return exception_response(request, error)
            if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):  # a token was made: keep it in the session
                _csrf.process_response(request, response)
            response.setdefault("Content-Language", translation.get_language() or "")
            return response

    def _identify(self, request: HttpRequest) -> tuple[Actor | None, str | None]:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if header:
            actor, language = actor_of_key(header, client_address(request))
            return actor, None if request.META.get("HTTP_ACCEPT_LANGUAGE") else language
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None, None
        user = session_user(request)
        if user is None:
            return None, None
        _csrf.process_request(request)
        if request.method not in SAFE_METHODS and not _is_from_our_page(request):
            raise PermissionMissing(
                _(
                    "This request does not come from the page you signed in on. Reload the page and try again."
                ),
                code="csrf_failed",
            )
        if user.must_change_password and not request.path.startswith(OWN_ACCOUNT):
            raise PermissionMissing(
                _("Choose a password of your own first: the one you signed in with was given to you."),
                code="password_change_required",
            )
        request.user = user
        return actor_of_user(user, client_address(request)), user.language


def _is_from_our_page(request: HttpRequest) -> bool:
    """Whether a write of a session carries its CSRF token and comes from an origin of ours."""
    return _csrf.process_view(request, None, (), {}) is None  # type: ignore[arg-type]


def session_user(request: HttpRequest) -> User | None:
    """The user of the request's session, if the session stands and the user may still sign in."""
    user_id = request.session.get(SESSION_KEY)
    if user_id is None:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    known = request.session.get(HASH_SESSION_KEY, "")
    if not constant_time_compare(known, user.get_session_auth_hash()):  # the password has changed
        request.session.flush()
        return None
    return user


def actor_of_key(header: str, address: str | None) -> tuple[Actor, str]:
    """The actor that an ``Authorization`` header stands for, and its user's language. Raises NotAuthenticated."""
    scheme, _space, key = header.partition(" ")
    row = None
    if scheme.lower() == "bearer" and key.startswith("hk_") and len(key) <= 128:
        row = fetch_one(_KEY_QUERY, [hashlib.sha256(key.strip().encode()).hexdigest()])
    moment = now()
    if row is None or row[4] is not None or not row[8] or (row[3] is not None and row[3] <= moment):
        raise NotAuthenticated(
            _("This API key is unknown, expired or revoked. Ask an administrator for a new one."),
            code="bad_api_key",
        )
    key_id, name, _prefix, _expires, _revoked, used_on, user_id, username = row[:8]
    if used_on != _utc_day(moment):
        execute("UPDATE api_key SET last_used_on = %s WHERE id = %s", [_utc_day(moment), key_id])
    actor = Actor(
        kind="api_key",
        name=f"{username}/{name}",
        user_id=user_id,
        permissions=permissions_of(_list(row[9])),
        scope=scope_of(*(_list(value) for value in row[10:13])),
        address=address,
    )
    return actor, row[13]


def _utc_day(moment: datetime) -> Any:
    return moment.astimezone(UTC).date()


def _list(value: Any) -> Any:
    """A JSON column of a plain cursor, which Django leaves as text."""
    return json.loads(value) if isinstance(value, str) else value
