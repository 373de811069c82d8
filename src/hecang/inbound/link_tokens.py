"""What stands in the addresses of pages without a login. Nothing of it is stored but its hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from django.conf import settings

_TOKEN_BYTES: Final = 20


def token_of(link_id: int, version: int) -> str:
    """160 bits of HMAC-SHA256 in 32 letters and digits."""
    key = hashlib.sha256(b"hecang inbound v1|" + settings.SECRET_KEY.encode()).digest()
    mac = hmac.new(key, f"{link_id}|{version}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:_TOKEN_BYTES]).decode().lower()


def link_address(token: str) -> str:
    """Where the page is: whole where ``HECANG_PUBLIC_URL`` is set, else a path."""
    return f"{settings.PUBLIC_URL}/s/{token}"
