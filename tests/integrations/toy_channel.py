"""A channel that exists on no platform: what ``docs/how-to/add-a-channel.md`` builds."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    ChannelConnector,
    ChannelEvent,
    ChannelLine,
    ChannelOrder,
    ChannelProduct,
    ChannelRefund,
    Feature,
    Limits,
    OrderStatus,
    OrderTouched,
    Page,
    Received,
    RefundKind,
    RefundStatus,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    Token,
    TokenExpired,
)
from hecang.kernel.connectors.link import parse_json
from hecang.orders.services import RecipientIn

#: A message whose time differs more than this from ours is not taken.
OLDEST_MESSAGE = timedelta(minutes=5)


class ToySettings(ConnectorSettings):
    app_key: str = Field(title="App key", max_length=64)
    app_secret: SecretStr = Field(title="App secret")
    base_url: str = Field("https://api.toy.example", title="Address", max_length=200)
    carrier_codes: dict[str, str] = Field(
        default_factory=dict, title="Carrier codes", description="Your carrier code to the platform's"
    )


class ToyChannel(ChannelConnector):
    """The whole protocol of the toy platform."""

    code = "toy"
    title = "Toy shop"
    Settings = ToySettings
    features = frozenset(Feature)
    limits = Limits(page_size=50, window=timedelta(minutes=30), calls_per_second=50, stock_batch=20)
    carriers: ClassVar[Mapping[str, str]] = {"SF": "shunfeng", "ZTO": "zhongtong"}

    # ---------------------------------------------------------------- orders and refunds

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        data = self._get("/orders", _span(window, cursor))
        return Page([_order(one) for one in data["orders"]], data["cursor"])

    def get_order(self, number: str) -> ChannelOrder | None:
        data = self._get(f"/orders/{number}", {})
        return _order(data["order"]) if data["order"] else None

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        data = self._get("/refunds", _span(window, cursor))
        return Page([_refund(one) for one in data["refunds"]], data["cursor"])

    def list_products(self, cursor: str | None) -> Page[ChannelProduct]:
        data = self._get("/products", {"cursor": cursor or ""})
        products = [
            ChannelProduct(one["product"], one["variant"], one["outer_sku"], one["title"])
            for one in data["products"]
        ]
        return Page(products, data["cursor"])

    # ---------------------------------------------------------------- telling the platform

    def confirm_shipment(self, shipment: Shipment) -> None:
        lines = [{"line": line.external_line, "quantity": line.quantity} for line in shipment.lines]
        self._post(
            f"/orders/{shipment.order_number}/shipments",
            {"carrier": self.carrier_code(shipment.carrier), "waybill": shipment.waybill, "lines": lines},
        )

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        rows = [
            {"product": level.product_id, "variant": level.variant_id, "quantity": level.quantity}
            for level in levels
        ]
        unknown = set(self._post("/stock", {"levels": rows})["unknown"])
        return [
            StockOutcome(level, Refused("no such product", code="6") if level.product_id in unknown else None)
            for level in levels
        ]

    def answer_cancel(self, wish: CancelWish, *, stopped: bool) -> None:
        self._post(f"/cancels/{wish.number}", {"stopped": stopped})

    def answer_address(self, change: AddressChange, *, accepted: bool) -> None:
        self._post(f"/addresses/{change.number}", {"accepted": accepted})

    def refresh_token(self) -> Token:
        data = self._post("/token", {"refresh": self.link.token.refresh})
        return Token(data["access"], data["refresh"], datetime.fromisoformat(data["expires_at"]))

    def check(self) -> None:
        self._get("/ping", {})

    # ---------------------------------------------------------------- messages from the platform

    def receive(self, message: Incoming) -> Received:
        moment = message.headers.get("x-toy-time", "")
        signature = message.headers.get("x-toy-sign", "")
        if not hmac.compare_digest(self._sign(moment, "", message.body).encode(), signature.encode()):
            raise BadSignature("the signature is wrong")
        if abs(self.link.now().timestamp() - int(moment)) > OLDEST_MESSAGE.total_seconds():
            raise BadSignature("the message is too old")
        events = [_event(one) for one in parse_json(message.body)["events"]]
        return Received(events, Reply(b'{"ok":true}'))

    # ---------------------------------------------------------------- the protocol

    def _sign(self, moment: str, target: str, body: bytes) -> str:
        text = f"{moment}\n{target}\n".encode() + body
        return hmac.new(
            self.settings.app_secret.get_secret_value().encode(), text, hashlib.sha256
        ).hexdigest()

    def _get(self, path: str, query: Mapping[str, str]) -> Any:
        return self._call("GET", path, b"", query)

    def _post(self, path: str, content: Mapping[str, Any]) -> Any:
        return self._call("POST", path, json.dumps(content).encode(), {})

    def _call(self, method: str, path: str, body: bytes, query: Mapping[str, str]) -> Any:
        request = self.link.http.build_request(method, self.settings.base_url + path, params=dict(query))
        moment = str(int(self.link.now().timestamp()))
        target = request.url.raw_path.decode()
        headers = {
            "X-Toy-Key": self.settings.app_key,
            "X-Toy-Token": self.link.token.access,
            "X-Toy-Time": moment,
            "X-Toy-Sign": self._sign(moment, target, body),
        }
        answer = self.link.json(method, str(request.url), content=body, headers=headers)
        if answer["code"] != 0:
            raise _error(answer)
        return answer["data"]


def _error(answer: Mapping[str, Any]) -> OutsideError:
    code, message = str(answer["code"]), str(answer["message"])
    if code == "3":
        return Throttled(message, code=code, retry_after=timedelta(seconds=int(answer["retry_after"])))
    kinds = {"2": TokenExpired, "5": AlreadyDone}
    return kinds.get(code, Refused)(message, code=code)


def _span(window: Window, cursor: str | None) -> dict[str, str]:
    return {
        "since": window.since.isoformat(),
        "until": window.until.isoformat(),
        "cursor": cursor or "",
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _order(data: Mapping[str, Any]) -> ChannelOrder:
    return ChannelOrder(
        number=data["number"],
        status=OrderStatus(data["status"]),
        created_at=datetime.fromisoformat(data["created_at"]),
        modified_at=datetime.fromisoformat(data["modified_at"]),
        paid_at=_moment(data["paid_at"]),
        lines=[_line(one) for one in data["lines"]],
        recipient=_recipient(data["recipient"]),
        buyer=data["buyer"],
        total=Decimal(data["total"]),
        discount=Decimal(data["discount"]),
        freight=Decimal(data["freight"]),
        buyer_remark=data["buyer_remark"],
        seller_remark=data["seller_remark"],
        ship_by=_moment(data["ship_by"]),
        ship_after=_moment(data["ship_after"]),
        is_presale=data["is_presale"],
    )


def _line(data: Mapping[str, Any]) -> ChannelLine:
    return ChannelLine(
        external_line=data["line"],
        product_id=data["product"],
        variant_id=data["variant"],
        outer_sku=data["outer_sku"],
        title=data["title"],
        quantity=data["quantity"],
        unit_price=Decimal(data["price"]),
        is_gift=data["is_gift"],
        is_refunding=data["is_refunding"],
    )


def _recipient(data: Mapping[str, str]) -> RecipientIn:
    return RecipientIn(**data)


def _refund(data: Mapping[str, Any]) -> ChannelRefund:
    return ChannelRefund(
        number=data["number"],
        order_number=data["order"],
        kind=RefundKind(data["kind"]),
        status=RefundStatus(data["status"]),
        modified_at=datetime.fromisoformat(data["modified_at"]),
        external_line=data["line"],
        quantity=data["quantity"],
        amount=Decimal(data["amount"]),
        reason=data["reason"],
        before_shipping=data["before_shipping"],
        return_waybill=data["return_waybill"],
    )


def _event(data: Mapping[str, Any]) -> ChannelEvent:
    match data["type"]:
        case "order":
            return _order(data["order"])
        case "refund":
            return _refund(data["refund"])
        case "cancel":
            requested = datetime.fromisoformat(data["requested_at"])
            return CancelWish(data["number"], data["order"], requested, data["line"], data["reason"])
        case "address":
            requested = datetime.fromisoformat(data["requested_at"])
            return AddressChange(data["number"], data["order"], _recipient(data["recipient"]), requested)
        case _:
            return OrderTouched(data["order"])
