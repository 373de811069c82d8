"""One-legged OAuth 1.0a, by which WooCommerce proves calls that are not encrypted (RFC 5849, section 3.4)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote


def encoded(text: str) -> str:
    """Percent-encoded; only letters, digits and ``-._~`` stay."""
    return quote(text, safe="-._~")


def base_string(method: str, url: str, params: Mapping[str, str]) -> str:
    """What is signed: the method, the address without its query, and all parameters in order."""
    pairs = sorted((encoded(name), encoded(value)) for name, value in params.items())
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join([method.upper(), encoded(url), encoded(joined)])


def signature(
    method: str, url: str, params: Mapping[str, str], key: str, digest: Literal["sha1", "sha256"] = "sha256"
) -> str:
    """``key`` is the consumer's secret, an ampersand, and the secret of a token, of which one leg has none."""
    text = base_string(method, url, params)
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), digest)).decode()
