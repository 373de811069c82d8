"""Encryption of personal data at rest, keyed hashes for finding it, masks for showing it.

All keys are derived from the installation's ``SECRET_KEY``: whoever holds only a dump of the database
reads no names, phones or addresses. Whoever loses the secret loses them, too: back it up.
"""

from __future__ import annotations

import functools
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"  # first byte of every ciphertext: names the key and the method
_NONCE_BYTES = 12


class Undecryptable(Exception):
    """The data are damaged, or were encrypted under another ``SECRET_KEY``."""


@functools.lru_cache(maxsize=8)
def _derived(secret: str, purpose: bytes) -> bytes:
    """A 256-bit key for one purpose (HKDF-SHA256)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


@functools.lru_cache(maxsize=2)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(_derived(secret, b"hecang personal data v1"))


def encrypt(data: bytes) -> bytes:
    """AES-256-GCM under a fresh nonce: version byte, nonce (12), ciphertext with tag (16)."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, data, _VERSION)


def decrypt(data: bytes | memoryview) -> bytes:
    """The bytes that :func:`encrypt` was given. Raises :class:`Undecryptable`."""
    raw = bytes(data)
    if raw[:1] != _VERSION or len(raw) < 1 + _NONCE_BYTES + 16:
        raise Undecryptable("not encrypted by this version of Hecang")
    try:
        return _cipher(settings.SECRET_KEY).decrypt(
            raw[1 : 1 + _NONCE_BYTES], raw[1 + _NONCE_BYTES :], _VERSION
        )
    except InvalidTag:
        raise Undecryptable("the data are damaged or belong to another SECRET_KEY") from None


def encrypt_json(value: Any) -> bytes:
    """Encrypt a JSON-serialisable value."""
    return encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def decrypt_json(data: bytes | memoryview) -> Any:
    """The value that :func:`encrypt_json` was given. Raises :class:`Undecryptable`."""
    return json.loads(decrypt(data))


def keyed_hash(text: str) -> str:
    """HMAC-SHA256 of ``text`` in hex: finds equal phones or addresses without storing them.

    The caller normalises first (spaces, case, country code), or equal things look different.
    """
    key = _derived(settings.SECRET_KEY, b"hecang keyed hash v1")
    return hmac.digest(key, text.encode(), "sha256").hex()  # at one go: a third of the time of an object


def mask_name(name: str) -> str:
    """A name as lists show it: ``张三丰`` → ``张**``, ``Li Lei`` → ``L*****``."""
    name = name.strip()
    return name[:1] + "*" * min(max(len(name) - 1, 1), 5) if name else ""


def mask_phone(phone: str) -> str:
    """A phone as lists show it: ``13812345678`` → ``138****5678``."""
    phone = phone.strip()
    if not phone:
        return ""
    if len(phone) >= 11:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return "*" * max(len(phone) - 2, 1) + phone[-2:] if len(phone) > 2 else "*" * len(phone)
