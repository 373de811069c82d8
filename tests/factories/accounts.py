"""Users, keys and clients for tests."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.test.client import MULTIPART_CONTENT

from hecang.accounts.models import ApiKey, User
from hecang.accounts.roles import permissions_of
from hecang.kernel.actor import Actor, Scope
from hecang.kernel.clock import now


def user_make(
    username: str = "", *, roles: Iterable[str] = ("admin",), password: str = "", **fields: Any
) -> User:
    user = User(
        username=username or f"user-{secrets.token_hex(4)}",
        roles=list(roles),
        created_at=now(),
        **fields,
    )
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


def key_make(user: User, **fields: Any) -> str:
    """An API key of ``user``, in clear."""
    key = f"hk_{secrets.token_urlsafe(32)}"
    ApiKey.objects.create(
        user=user,
        name="test",
        prefix=key[:12],
        key_hash=hashlib.sha256(key.encode()).hexdigest(),
        created_at=now(),
        **fields,
    )
    return key


def actor_make(*, roles: Iterable[str] = ("admin",), scope: Scope | None = None) -> Actor:
    """An actor for calling services, without a row in the database."""
    return Actor(kind="user", name="tester", permissions=permissions_of(roles), scope=scope or Scope())


class ApiClient(Client):
    """Speaks JSON to the API with a key: ``client.post("/orders", {...}).json()``. Paths are below /api/v1."""

    def __init__(self, key: str = "", *, language: str = "en", **options: Any) -> None:
        super().__init__(raise_request_exception=False, **options)
        self.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        if key:
            self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key}"

    def generic(
        self, method: str, path: str, data: Any = "", content_type: Any = "application/json", **more: Any
    ) -> Any:
        return super().generic(method, f"/api/v1{path}", data, content_type, **more)

    def post(self, path: str, data: Any = None, content_type: str = "application/json", **more: Any) -> Any:
        return super().post(path, data if data is not None else {}, content_type, **more)

    def put(self, path: str, data: Any = None, content_type: str = "application/json", **more: Any) -> Any:
        return super().put(path, data if data is not None else {}, content_type, **more)

    def patch(self, path: str, data: Any = None, content_type: str = "application/json", **more: Any) -> Any:
        return super().patch(path, data if data is not None else {}, content_type, **more)

    def upload(self, path: str, data: dict[str, Any], **more: Any) -> Any:
        """POST a form with files."""
        return super().post(path, data, MULTIPART_CONTENT, **more)


def api_client(*, roles: Iterable[str] = ("admin",), **fields: Any) -> ApiClient:
    """A client signed in by API key as a new user with ``roles`` (and scopes: ``warehouse_ids=[1]``)."""
    return ApiClient(key_make(user_make(roles=roles, **fields)))
