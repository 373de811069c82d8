"""How WeChat seals and signs what it sends to servers (消息加解密, “safe mode”)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hecang.kernel.connectors import BadSignature

#: The padding fills up to multiples of this, not of AES' sixteen.
BLOCK = 32


def signature(*parts: str) -> str:
    """SHA-1 over the parts, sorted and put together: token, timestamp, nonce and, if sealed, the cipher."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    return hmac.compare_digest(signature(*parts).encode(), given.encode())


def opened(cipher: str, encoding_key: str, app_id: str) -> bytes:
    """The message in ``cipher``.

    :raises BadSignature: it is not sealed with this key, or for another app.
    """
    try:
        key = base64.b64decode(encoding_key + "=", validate=True)
        sealed = base64.b64decode(cipher, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        if not padded or not 1 <= padded[-1] <= BLOCK or len(padded) < padded[-1] + 20:
            raise ValueError("padding")
        plain = padded[: -padded[-1]]
        length = int.from_bytes(plain[16:20], "big")
        message, receiver = plain[20 : 20 + length], plain[20 + length :]
        if len(message) != length or receiver != app_id.encode():
            raise ValueError("receiver")
    except ValueError as error:
        raise BadSignature("the message is not sealed with our key", code="bad_cipher") from error
    return message
