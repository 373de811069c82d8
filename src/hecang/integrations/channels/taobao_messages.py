"""Calls of the Taobao Open Platform to the shop's address (SPI), and the signature that both sides use."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from hecang.integrations.channels.base import AddressChange, CancelWish, ChannelEvent, OrderTouched
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.signing import sorted_text
from hecang.integrations.channels.values import CHINA, CHINA_FORMAT
from hecang.kernel.connectors import BadSignature, Incoming, Reply
from hecang.kernel.connectors.link import parse_json
from hecang.orders.services import RecipientIn

#: Messages that are older, or newer, than this are not believed.
TOLERANCE: Final = timedelta(minutes=10)


def sign(secret: str, params: Mapping[str, str], method: str, body: bytes = b"") -> str:
    """The signature of a call; ``params`` without empty ones and without ``sign``."""
    text = sorted_text(params).encode("utf-8", "replace") + body
    if method == "md5":
        key = secret.encode()
        return hashlib.md5(key + text + key, usedforsecurity=False).hexdigest().upper()
    digest = "md5" if method == "hmac" else "sha256"
    return hmac.new(secret.encode(), text, digest).hexdigest().upper()


def verified(message: Incoming, *, secret: str, now: datetime) -> dict[str, str]:
    """The parameters of a call. The headers that ``top-sign-list`` names are signed, too.

    :raises BadSignature: it is not signed with our secret, or too old.
    """
    params, body = dict(message.query), message.body
    if _is_form(message):
        params |= _form(message)
        body = b""
    given = params.pop("sign", "")
    listed = [name.strip() for name in message.headers.get("top-sign-list", "").split(",") if name.strip()]
    signed = params | {name: message.headers.get(name.lower(), "") for name in listed}
    wanted = sign(secret, signed, "md5", body)
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise BadSignature("the message is not signed by the platform", code="sign-check-failure")
    try:
        sent = datetime.strptime(params.get("timestamp", ""), CHINA_FORMAT).replace(tzinfo=CHINA)
    except ValueError:
        raise BadSignature("the message tells no time", code="sign-check-failure") from None
    if abs(now - sent) > TOLERANCE:
        raise BadSignature("the message is too old", code="sign-check-failure")
    return params


def said_in(message: Incoming, params: Mapping[str, str]) -> Doc:
    """What a verified call says: its form, or the JSON in its body."""
    if _is_form(message):
        return Doc(params, "message")
    return Doc.of(parse_json(message.body or b"{}"), "message")


def events_of(said: Doc, *, meaning: str, now: datetime) -> list[ChannelEvent]:
    """What it means: ``cancel``, ``address``, or else that a trade is to be asked for."""
    number = said.text("tid", "bizOrderId", "orderId")
    if not number:
        return []
    if meaning == "cancel":
        return [
            CancelWish(
                number=said.text("refund_id", "refundId"),
                order_number=number,
                requested_at=now,
                external_line=said.text("oid"),
                reason=said.text("reason"),
            )
        ]
    if meaning == "address":
        return [AddressChange(said.text("requestId", "request_id"), number, _recipient(said), now)]
    return [OrderTouched(number)]


def refusal_of(error: Exception) -> Reply:
    """What the platform's document wants to read where a check fails."""
    if isinstance(error, BadSignature):
        return Reply(b'{"success":false,"errorCode":"sign-check-failure","errorMsg":"Illegal request"}')
    return Reply(b'{"success":false,"errorCode":"illegal-message","errorMsg":"Illegal message"}')


def _recipient(said: Doc) -> RecipientIn:
    new = said.doc("modifiedAddress") if said.has("modifiedAddress") else said
    oaid = said.text("oaid")
    return RecipientIn(
        name=new.text("receiver_name", "name"),
        phone=new.text("receiver_mobile", "phone"),
        province=new.text("receiver_state", "province"),
        city=new.text("receiver_city", "city"),
        district=new.text("receiver_district", "area"),
        address=new.text("receiver_town", "town") + new.text("receiver_address", "addressDetail"),
        country="CN",
        sealed={"oaid": oaid} if oaid else {},
    )


def _is_form(message: Incoming) -> bool:
    return message.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _form(message: Incoming) -> dict[str, str]:
    return dict(parse_qsl(message.body.decode("utf-8", "replace"), keep_blank_values=True))
