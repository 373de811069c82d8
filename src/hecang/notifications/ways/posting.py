"""Posting JSON, and reading what comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hecang.kernel.outgoing import AddressRefused, Answer, NotReached, post
from hecang.notifications.ways.base import SendFailed


def post_bytes(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post, and take anything but 2xx for a failure. Raises :class:`SendFailed`."""
    try:
        answer = post(url, content=body, headers=headers)
    except AddressRefused as error:
        raise SendFailed(str(error), may_retry=False) from None
    except NotReached as error:
        raise SendFailed(str(error)) from None
    if answer.status == 429:
        raise SendFailed("HTTP 429", retry_after=timedelta(minutes=1))
    if not 200 <= answer.status < 300:
        raise SendFailed(f"HTTP {answer.status}", may_retry=answer.status >= 500)
    return answer


def post_json(url: str, value: Any) -> dict[str, Any]:
    """Post a JSON value and return the JSON object that comes back. Raises :class:`SendFailed`."""
    body = json.dumps(value, ensure_ascii=False).encode()
    answer = post_bytes(url, body, {"Content-Type": "application/json; charset=utf-8"})
    try:
        parsed = json.loads(answer.body)
    except ValueError:
        raise SendFailed("the answer is no JSON") from None
    if not isinstance(parsed, dict):
        raise SendFailed("the answer is no JSON object")
    return parsed
