"""An own site: it pushes orders as JSON, signed as Standard Webhooks 1.0.0 says, and is told back the same way."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr, TypeAdapter, ValidationError, field_validator
from standardwebhooks.webhooks import Webhook

from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    ChannelConnector,
    Feature,
    Limits,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
)
from hecang.integrations.channels.webhook_messages import Message
from hecang.kernel import outgoing
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    TokenExpired,
    Unreachable,
)
from hecang.kernel.signing import signed_headers

#: A message whose time differs more than this from ours is not taken.
TOLERANCE = timedelta(minutes=5)
#: Mistakes of a message that are told to its sender.
MOST_PROBLEMS = 20
_MESSAGE: TypeAdapter[Any] = TypeAdapter(Message)


class WebhookSettings(ConnectorSettings):
    secret: SecretStr = Field(
        title=_("Secret"), description=_("whsec_ and at least 24 bytes in base64; signs in both directions")
    )
    old_secret: SecretStr = Field(
        SecretStr(""),
        title=_("Old secret"),
        description=_("Still taken while the site changes to the new one"),
    )
    base_url: str = Field(
        "",
        title=_("Address of the site"),
        description=_(
            "Parcels, stock and answers are posted to it; empty for a site that wants to hear nothing"
        ),
        max_length=500,
    )
    carrier_codes: dict[str, str] = Field(
        default_factory=dict, title=_("Carrier codes"), description=_("Your carrier code to the site's")
    )

    @field_validator("secret", "old_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not _is_good_secret(text):
            raise ValueError("a secret is whsec_ and at least 24 bytes in base64")
        return value

    @property
    def secrets(self) -> list[str]:
        """Those that count, the one in force first."""
        return [one.get_secret_value() for one in (self.secret, self.old_secret) if one.get_secret_value()]


class WebhookChannel(ChannelConnector):
    code = "webhook"
    title = _("Own site (signed webhook)")
    Settings = WebhookSettings
    features = frozenset(
        {
            Feature.RECEIVE,
            Feature.CONFIRM_SHIPMENT,
            Feature.CONFIRM_PARTS,
            Feature.PUSH_STOCK,
            Feature.ANSWER_CANCEL,
            Feature.ANSWER_ADDRESS,
        }
    )
    limits = Limits(calls_per_second=20, stock_batch=500)

    def carrier_code(self, carrier: str) -> str:
        """The site's code; our own where the settings know no other."""
        codes: Mapping[str, str] = self.settings.carrier_codes
        return codes.get(carrier, carrier)

    # ---------------------------------------------------------------- from the site

    def receive(self, message: Incoming) -> Received:
        self._verify(message)
        said = _MESSAGE.validate_json(message.body)
        return Received(said.events(), Reply(b'{"ok":true}'))

    def refusal(self, error: Exception) -> Reply:
        """Names what is wrong, so that whoever writes the site finds it without us."""
        if isinstance(error, ValidationError):
            problems = [
                {"field": ".".join(map(str, one["loc"])), "code": one["type"], "message": one["msg"]}
                for one in error.errors(include_input=False, include_url=False, include_context=False)
            ]
            body = {"error": "invalid", "problems": problems[:MOST_PROBLEMS]}
            return Reply(json.dumps(body).encode(), status=422)
        return Reply(b'{"error":"signature"}', status=401)

    def _verify(self, message: Incoming) -> None:
        """Signed with a secret of ours, and now. The library signs; the time is judged by the link's clock."""
        name = message.headers.get("webhook-id", "")
        moment = message.headers.get("webhook-timestamp", "")
        given = [
            part[3:] for part in message.headers.get("webhook-signature", "").split(" ") if part[:3] == "v1,"
        ]
        if not name or not given or not moment.isascii() or not moment.isdigit() or len(moment) > 12:
            raise BadSignature("the headers of the signature are missing")
        at = datetime.fromtimestamp(int(moment), tz=UTC)
        try:
            text = message.body.decode()
        except UnicodeDecodeError as error:
            raise BadSignature("the body is not UTF-8") from error
        for secret in self.settings.secrets:
            right = Webhook(secret).sign(name, at, text)[3:]
            if any(hmac.compare_digest(right.encode(), one.encode()) for one in given):
                break
        else:
            raise BadSignature("the signature is wrong")
        if abs(self.link.now() - at) > TOLERANCE:
            raise BadSignature("the message is too old, or from the future")

    # ---------------------------------------------------------------- to the site

    def confirm_shipment(self, shipment: Shipment) -> None:
        lines = [
            {
                "line": line.external_line,
                "product_id": line.product_id,
                "variant_id": line.variant_id,
                "quantity": line.quantity,
            }
            for line in shipment.lines
        ]
        data = {
            "order": shipment.order_number,
            "carrier": self.carrier_code(shipment.carrier),
            "waybill": shipment.waybill,
            "completes_order": shipment.completes_order,
            "shipped_at": shipment.shipped_at.isoformat(),
            "lines": lines,
        }
        self._tell("shipment", data, key=shipment.key)

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        rows = [
            {
                "sku": level.outer_sku,
                "product_id": level.product_id,
                "variant_id": level.variant_id,
                "quantity": level.quantity,
            }
            for level in levels
        ]
        answer = self._tell("stock", {"levels": rows})
        unknown = {str(one) for one in answer.get("unknown") or ()} if isinstance(answer, dict) else set()
        return [
            StockOutcome(
                level,
                Refused("the site does not know it", code="unknown_product")
                if level.outer_sku in unknown
                else None,
            )
            for level in levels
        ]

    def answer_cancel(self, wish: CancelWish, *, stopped: bool) -> None:
        data = {"number": wish.number, "order": wish.order_number, "accepted": stopped}
        self._tell("cancel.answer", data, key=f"cancel-{wish.number}")

    def answer_address(self, change: AddressChange, *, accepted: bool) -> None:
        data = {"number": change.number, "order": change.order_number, "accepted": accepted}
        self._tell("address.answer", data, key=f"address-{change.number}")

    def check(self) -> None:
        self._tell("ping", {})

    def _tell(self, kind: str, data: Mapping[str, Any], *, key: str = "") -> Any:
        """Post one message; what the site answered, where it is JSON.

        :param key: the same at every try, by which the site knows it again; made of the message where empty.
        """
        if not self.settings.base_url:
            return {}
        now = self.link.now()
        body = json.dumps(
            {"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False
        ).encode()
        name = key or f"{kind}-{hashlib.sha256(body).hexdigest()[:32]}"
        try:
            target = outgoing.pinned(self.settings.base_url)
        except outgoing.AddressRefused as error:
            raise Unreachable(str(error), code="address_refused") from error
        except outgoing.NotReached as error:
            raise Unreachable(str(error), code="network") from error
        headers = signed_headers(message_id=name, at=now, body=body, secrets=self.settings.secrets)
        answer = self.link.send(
            "POST",
            target.url,
            content=body,
            headers={**headers, **target.headers},
            extensions=target.extensions,
        )
        if answer.status_code >= 300:
            raise _refused(answer.status_code, answer.content)
        try:
            return json.loads(answer.content)
        except (ValueError, RecursionError):
            return {}


def _refused(status: int, body: bytes) -> OutsideError:
    """409 says that it has been done; a lost door or key is worth another try; anything else is a no."""
    text = body[:200].decode("utf-8", "replace")
    if status == 409:
        return AlreadyDone(text or "done before", code="409")
    if status in {401, 403}:
        return TokenExpired(f"HTTP {status}: {text}", code=str(status))
    if status < 400 or status in {404, 405, 408, 410, 425}:
        return Unreachable(f"HTTP {status}: {text}", code=str(status))
    return Refused(f"HTTP {status}: {text}", code=str(status))


def _is_good_secret(text: str) -> bool:
    try:
        return len(base64.b64decode(text.removeprefix("whsec_") + "==", validate=False)) >= 24
    except (binascii.Error, ValueError):
        return False
