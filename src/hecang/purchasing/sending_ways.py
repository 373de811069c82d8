"""The ways that need nobody else: a mail with the order as PDF, and a signed call to the supplier's own address."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_noop
from pydantic import Field, SecretStr, field_validator

from hecang.kernel import clock
from hecang.kernel.connectors import ConnectorSettings
from hecang.kernel.signing import signed_headers
from hecang.notifications.ways.base import SendFailed
from hecang.notifications.ways.email import mail_post
from hecang.notifications.ways.posting import post_bytes
from hecang.purchasing.pdf import order_pdf
from hecang.purchasing.ways import DispatchFailed, OrderDocument

_SUBJECTS = {
    "order": "采购订单 Purchase order {number}",
    "change": "采购订单变更 Changed purchase order {number} (rev. {revision})",
    "cancel": "采购订单取消 Cancelled purchase order {number}",
}
#: Where the supplier has a page; it is theirs alone, and shows the orders of this warehouse and owner.
_PAGE = (
    "\n\n也可以在贵方的专用页面上逐行确认数量和日期、通知发货、预约卸货，无需登录（请勿转发）：\n{page}\n\nOn your own page you can"
    " confirm line by line, announce deliveries and book a dock, without a login (please do not pass it on):\n{page}"
)
_BODIES = {
    "order": "您好，\n\n附件为采购订单 {number}，请确认数量与到货日期。\n\nPlease find attached purchase order {number}"
    " and confirm quantities and dates.{page}\n\n{buyer}",
    "change": "您好，\n\n附件为采购订单 {number} 的变更（第 {revision} 版），替代此前版本，请确认。\n\nPlease find attached"
    " revision {revision} of purchase order {number}; it replaces what was sent before.{page}\n\n{buyer}",
    "cancel": "您好，\n\n采购订单 {number} 已全部取消，请勿发货。\n\nPurchase order {number} is cancelled; please do not"
    " deliver.\n\n{buyer}",
}


class EmailWay:
    """To the supplier's e-mail address."""

    code = "email"
    Settings = None
    is_repeatable = False
    is_read = True

    def target(self, settings: Any) -> str:  # noqa: ARG002 - the address is the supplier's own
        return ""

    def send(self, document: OrderDocument, settings: Any) -> None:  # noqa: ARG002
        facts = {
            "number": document.number,
            "revision": document.revision,
            "buyer": document.buyer.name,
            "page": _PAGE.format(page=document.page) if document.page else "",
        }
        name = f"{document.number}{f'-{document.revision}' if document.revision else ''}.pdf"
        try:
            mail_post(
                to=document.email,
                subject=_SUBJECTS[document.kind].format(**facts),
                body=_BODIES[document.kind].format(**facts),
                key=f"purchase-{document.key}-{document.dispatch_id}",
                attachments=[(name, order_pdf(document), "application/pdf")],
            )
        except SendFailed as error:
            raise DispatchFailed(str(error), may_retry=error.may_retry) from None


class ApiSettings(ConnectorSettings):
    url: str = Field(
        title=gettext_noop("Address"),
        description=gettext_noop("Orders are posted to it as JSON, signed as Standard Webhooks 1.0.0 says"),
        max_length=500,
        pattern=r"^https?://",
    )
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


class ApiWay:
    """To a program of the supplier; ``webhook-id`` is the same at every try."""

    code = "api"
    Settings = ApiSettings
    is_repeatable = True
    is_read = False

    def target(self, settings: Any) -> str:
        return urlsplit(settings.url).hostname or ""

    def send(self, document: OrderDocument, settings: Any) -> None:
        body = order_json(document)
        headers = signed_headers(
            message_id=f"purchase-{document.key}",
            at=clock.now(),
            body=body,
            secrets=[settings.secret.get_secret_value()],
        )
        try:
            post_bytes(settings.url, body, headers)
        except SendFailed as error:
            raise DispatchFailed(str(error), may_retry=error.may_retry) from None


def order_json(document: OrderDocument) -> bytes:
    """What is posted: ``type`` (``purchase_order.order``, ``.change``, ``.cancel``), ``timestamp``, ``data``."""
    data = asdict(document)
    for name in ("email", "language", "at", "dispatch_id", "kind", "page"):
        del data[name]
    value = {
        "type": f"purchase_order.{document.kind}",
        "timestamp": document.at.isoformat(),
        "data": data,
    }
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
