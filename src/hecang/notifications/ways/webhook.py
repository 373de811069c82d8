"""A message to a program, signed by the Standard Webhooks specification."""

from __future__ import annotations

import json

from django.utils.translation import gettext_noop
from pydantic import Field, SecretStr, field_validator

from hecang.kernel import clock
from hecang.kernel.connectors import ConnectorSettings
from hecang.kernel.signing import signed_headers
from hecang.notifications.ways.base import Letter, Sender
from hecang.notifications.ways.posting import post_bytes


class WebhookWaySettings(ConnectorSettings):
    url: str = Field(title=gettext_noop("Address"), max_length=500)
    secret: SecretStr = Field(
        title=gettext_noop("Signing secret"), description=gettext_noop("whsec_ and base64")
    )

    @field_validator("secret")
    @classmethod
    def _signs(cls, secret: SecretStr) -> SecretStr:
        try:
            signed_headers(message_id="", at=clock.now(), body=b"", secrets=[secret.get_secret_value()])
        except (RuntimeError, ValueError):
            raise ValueError("whsec_ and base64") from None
        return secret


class Webhook(Sender):
    settings = WebhookWaySettings

    def send(self, settings: WebhookWaySettings, letter: Letter) -> None:
        value = {
            "type": letter.topic,
            "timestamp": letter.at.isoformat(),
            "data": {"title": letter.title, "text": letter.text, "url": letter.link, **letter.data},
        }
        body = json.dumps(value, ensure_ascii=False).encode()
        headers = signed_headers(
            message_id=letter.key, at=clock.now(), body=body, secrets=[settings.secret.get_secret_value()]
        )
        post_bytes(settings.url, body, headers)
