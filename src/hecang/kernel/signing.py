"""Signatures of what we send, by the Standard Webhooks specification 1.0.0.

The signed text is ``{id}.{timestamp}.{body}``; while a secret is being rotated, one signature for each of the secrets
goes along, and a receiver is content if any of them fits.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

#: Random bytes of a secret.
SECRET_BYTES = 32


def secret_make() -> str:
    """A new secret: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def signed_headers(*, message_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that prove where a message is from.

    :param message_id: the same at every try: receivers recognise by it what they have had.
    :param at: the moment of this try.
    :param secrets: the secret in force first, then those that still count.
    """
    moment = at.astimezone(UTC)
    signatures = " ".join(Webhook(secret).sign(message_id, moment, body.decode()) for secret in secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }
