"""The API without a network: requests go through all of Django, middleware included, in this process."""

from __future__ import annotations

from typing import Any

from django.test import Client

from hecang.accounts.services.keys import key_create
from hecang.accounts.services.users import user_create


class ApiClient:
    """A program with an API key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._client = Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})

    @classmethod
    def signed_in(cls) -> ApiClient:
        """A new administrator's key."""
        user, _password = user_create(username="bench", roles=["admin"])
        return cls(key_create(user_id=user.pk, name="bench")[1])

    def get(self, path: str) -> Any:
        answer = self._client.get(f"/api/v1{path}")
        if answer.status_code != 200:
            raise RuntimeError(f"GET {path}: {answer.status_code} {answer.content.decode()[:500]}")
        return answer.json()
