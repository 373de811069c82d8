"""The signature that several Chinese gateways share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def sorted_text(params: Mapping[str, str]) -> str:
    """Names and values without anything between them, in the order of the names."""
    return "".join(f"{name}{params[name]}" for name in sorted(params))


def md5_between_secrets(secret: str, text: str) -> str:
    """``MD5(secret + text + secret)`` in upper case: TOP, JD and Pinduoduo."""
    return hashlib.md5(f"{secret}{text}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
