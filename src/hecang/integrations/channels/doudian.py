"""Douyin shops through Doudian (抖店开放平台), https://op.jinritemai.com.

Every method has a path of its own; what it wants is one JSON text with sorted keys, which is the body and is
signed. Money is counted in fen. Messages are pushed, signed over their raw body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    AddressChange,
    ChannelConnector,
    ChannelEvent,
    ChannelOrder,
    ChannelRefund,
    Feature,
    Limits,
    OrderTouched,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, Sheet, as_number, from_last_page, malformed
from hecang.integrations.channels.doudian_orders import order_of, recipient_of, refund_of
from hecang.integrations.channels.tokens import only_access
from hecang.integrations.channels.values import to_unix
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
    Unreachable,
)
from hecang.kernel.connectors.link import parse_json

_NO_SUCH_ORDER: Final = "不存在"
#: Answers to a wish for another address: agreed, or already being sent.
AGREED, BEING_SENT = 0, 1005


def param_json(params: Mapping[str, Any]) -> str:
    """Keys sorted at every level, no blanks, nothing escaped that need not be."""
    return json.dumps(params, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sign(secret: str, *, app_key: str, method: str, body: str, timestamp: str) -> str:
    text = f"app_key{app_key}method{method}param_json{body}timestamp{timestamp}v2"
    return hmac.new(secret.encode(), f"{secret}{text}{secret}".encode(), "sha256").hexdigest()


class DoudianSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    shop_id: str = Field(
        "",
        title=_("Shop number"),
        description=_("With it, an app of your own fetches its first token by itself."),
        max_length=32,
    )
    access_token: SecretStr = Field(SecretStr(""), title=_("Access token"))
    refresh_token: SecretStr = Field(
        SecretStr(""),
        title=_("Refresh token"),
        description=_("Both tokens come from the shop's authorisation; they are renewed from then on."),
    )
    base_url: str = Field(
        "https://openapi-fxg.jinritemai.com", title=_("Address of the platform"), max_length=200
    )
    page_size: int = Field(100, ge=1, le=100, title=_("Orders per page"))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class DoudianConnector(ChannelConnector):
    """One shop on Douyin."""

    code = "doudian"
    title = _("Douyin")
    Settings = DoudianSettings
    features = frozenset(
        {
            Feature.PULL_ORDERS,
            Feature.GET_ORDER,
            Feature.PULL_REFUNDS,
            Feature.RECEIVE,
            Feature.CONFIRM_SHIPMENT,
            Feature.CONFIRM_PARTS,
            Feature.PUSH_STOCK,
            Feature.ANSWER_ADDRESS,
            Feature.REFRESH_TOKEN,
        }
    )
    limits = Limits(page_size=100, window=timedelta(minutes=30), calls_per_second=10, stock_batch=20)
    #: Well-known codes of ``order.logisticsCompanyList``; settings may add to them.
    carriers: ClassVar[Mapping[str, str]] = {
        "SF": "shunfeng", "STO": "shentong", "YTO": "yuantong", "ZTO": "zhongtong", "YUNDA": "yunda",
        "EMS": "ems", "POSTB": "youzhengguonei", "JD": "jd", "DBL": "debangwuliu", "JT": "jtexpress",
    }  # fmt: skip

    settings: DoudianSettings

    # ---------------------------------------------------------------- calling

    def _call(self, method: str, *, with_token: bool = True, **params: Any) -> Doc:
        """One call; what is inside ``data``."""
        body = param_json(params)
        timestamp = str(to_unix(self.link.now()))
        secret = self.settings.app_secret.get_secret_value()
        query = {
            "app_key": self.settings.app_key,
            "method": method,
            "v": "2",
            "timestamp": timestamp,
            "sign_method": "hmac-sha256",
            "sign": sign(
                secret, app_key=self.settings.app_key, method=method, body=body, timestamp=timestamp
            ),
        }
        if with_token:
            query["access_token"] = self.link.token.access or self.settings.access_token.get_secret_value()
        answer = Doc.of(
            self.link.json(
                "POST",
                f"{self.settings.base_url.rstrip('/')}/{method.replace('.', '/')}",
                params=query,
                content=body.encode(),
                headers={"Content-Type": "application/json;charset=UTF-8"},
            )
        )
        if answer.text("code") != "10000":
            raise _error(answer)
        return answer.doc("data") if isinstance(answer.data.get("data"), dict) else Doc({}, "data")

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._changes(window, page, size)
            return Sheet(answer.docs("shop_order_list"), answer.integer("total"))

        rows, following = from_last_page(ask, size=size, cursor=cursor, first=0)
        return Page([order_of(row) for row in rows], following)

    def _changes(self, window: Window, page: int, size: int) -> Doc:
        return self._call(
            "order.searchList",
            update_time_start=to_unix(window.since),
            update_time_end=to_unix(window.until),
            order_by="update_time",
            order_asc=True,
            page=page,
            size=size,
        )

    def get_order(self, number: str) -> ChannelOrder | None:
        detail = self._detail(number)
        return order_of(detail) if detail else None

    def _detail(self, number: str) -> Doc | None:
        try:
            answer = self._call("order.orderDetail", shop_order_id=number)
        except Refused as error:
            if _NO_SUCH_ORDER in error.message:
                return None
            raise
        detail = answer.doc("shop_order_detail")
        return detail if detail.has("order_id") else None

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "afterSale.List",
                update_start_time=to_unix(window.since),
                update_end_time=to_unix(window.until),
                page=page,
                size=size,
            )
            return Sheet(answer.docs("items"), answer.integer("total"))

        rows, following = from_last_page(ask, size=size, cursor=cursor, first=0)
        return Page([refund_of(row) for row in rows], following)

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """The parcel with the units of each line in it; ``request_id`` makes repeating it harmless."""
        company = self.carrier_code(shipment.carrier)
        parcel: dict[str, Any] = {"company_code": company, "logistics_code": shipment.waybill}
        try:
            if shipment.lines:
                self._call(
                    "order.logisticsAddSinglePack",
                    order_id_list=[shipment.order_number],
                    shipped_order_info=[
                        {"shipped_order_id": line.external_line, "shipped_num": line.quantity}
                        for line in shipment.lines
                    ],
                    request_id=shipment.key,
                    **parcel,
                )
            else:
                self._call("order.logisticsAdd", order_id=shipment.order_number, **parcel)
        except Refused as refusal:
            if self._bears(shipment):
                raise AlreadyDone(refusal.message, code=refusal.code) from None
            raise

    def _bears(self, shipment: Shipment) -> bool:
        """Whether the order bears this parcel, with these units of these lines."""
        detail = self._detail(shipment.order_number)
        if detail is None:
            return False
        wanted = {line.external_line: line.quantity for line in shipment.lines}
        for parcel in detail.docs("logistics_info"):
            if parcel.text("tracking_no") != shipment.waybill:
                continue
            inside = {
                one.text("sku_order_id"): one.integer("product_count") for one in parcel.docs("product_info")
            }
            return not wanted or wanted == inside
        return False

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Variants of one product in one call, which is taken as a whole or not at all: then one by one."""
        grouped: dict[str, list[StockLevel]] = {}
        for level in levels:
            grouped.setdefault(level.product_id, []).append(level)
        outcomes: dict[int, StockOutcome] = {}
        for group in grouped.values():
            for outcome in self._set_levels(group):
                outcomes[id(outcome.level)] = outcome
        return [outcomes[id(level)] for level in levels]

    def _set_levels(self, group: Sequence[StockLevel]) -> list[StockOutcome]:
        try:
            if len(group) == 1:
                self._set_one(group[0])
            else:
                self._set_batch(group)
        except OutsideError as error:
            if len(group) > 1 and isinstance(error, Refused):
                return [outcome for level in group for outcome in self._set_levels([level])]
            return [StockOutcome(level, error) for level in group]
        return [StockOutcome(level) for level in group]

    def _set_batch(self, group: Sequence[StockLevel]) -> None:
        self._call(
            "sku.syncStockBatch",
            product_id=as_number(group[0].product_id),
            incremental=False,
            sku_sync_list=[
                {"sku_id": as_number(level.variant_id), "sku_type": 0, "stock_num": level.quantity}
                for level in group
            ],
        )

    def _set_one(self, level: StockLevel) -> None:
        by: dict[str, Any] = (
            {"sku_id": as_number(level.variant_id)} if level.variant_id else {"code": level.outer_sku}
        )
        self._call(
            "sku.syncStock",
            product_id=as_number(level.product_id),
            stock_num=level.quantity,
            incremental=False,
            **by,
        )

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        """A list of messages; each tells of an order by ``p_id``."""
        secret = self.settings.app_secret.get_secret_value()
        text = self.settings.app_key.encode() + message.body + secret.encode()
        wanted = hashlib.md5(text, usedforsecurity=False).hexdigest()
        given = message.headers.get("event-sign", "")
        if message.headers.get("app-id", "") != self.settings.app_key or not hmac.compare_digest(
            wanted.encode(), given.lower().encode()
        ):
            raise BadSignature("the message is not signed by the platform", code="event-sign")
        told = parse_json(message.body)
        events: list[ChannelEvent] = []
        for one in told if isinstance(told, list) else [told]:
            events += self._events(Doc.of(one, "message"))
        return Received(events, Reply(b'{"code":0,"msg":"success"}'))

    def refusal(self, error: Exception) -> Reply:  # noqa: ARG002 - all are answered alike
        return Reply(b'{"code":40041,"msg":"illegal message"}', status=401)

    def _events(self, message: Doc) -> Iterable[ChannelEvent]:
        told = _inner(message, "data")
        number = told.text("p_id", "order_id")
        if not number or number == "0":
            return []
        if told.has("receiver_msg") and told.has("post_receiver_msg"):  # asked for, not yet agreed
            return [self._address_change(number, told)]
        return [OrderTouched(number)]

    def _address_change(self, number: str, told: Doc) -> AddressChange:
        new = told.doc("receiver_msg")
        place = _inner(new, "addr")
        recipient = recipient_of(
            place,
            name=new.text("name"),
            phone=new.text("tel"),
            sealed={
                "encrypt_post_receiver": new.text("encrypt_name"),
                "encrypt_post_tel": new.text("encrypt_tel"),
            },
        )
        asked = told.seconds("apply_time") or self.link.now()
        return AddressChange("", number, recipient, asked)

    def answer_address(self, change: AddressChange, *, accepted: bool) -> None:
        self._call(
            "order.addressConfirm",
            order_id=change.order_number,
            is_approved=AGREED if accepted else BEING_SENT,
        )

    # ---------------------------------------------------------------- tokens

    def refresh_token(self) -> Token:
        """By the refresh token; where that is spent, or there is none yet, by the shop's own number."""
        present = self.link.token.refresh or self.settings.refresh_token.get_secret_value()
        if present:
            try:
                return self._token("token.refresh", grant_type="refresh_token", refresh_token=present)
            except TokenExpired:
                if not self.settings.shop_id:
                    raise
        if not self.settings.shop_id:
            return only_access(self.settings.access_token, self.link.token)
        return self._token(
            "token.create", code="", grant_type="authorization_self", shop_id=self.settings.shop_id
        )

    def _token(self, method: str, **params: str) -> Token:
        answer = self._call(method, with_token=False, **params)
        lifetime = answer.integer("expires_in")
        if not 0 < lifetime < 10**9:
            malformed("expires_in")
        return Token(
            access=answer.need("access_token"),
            refresh=answer.text("refresh_token"),
            expires_at=self.link.now() + timedelta(seconds=lifetime),
        )

    def check(self) -> None:
        now = self.link.now()
        self._changes(Window(now - timedelta(minutes=1), now), 0, 1)


def _inner(told: Doc, name: str) -> Doc:
    """An object that is told as JSON inside a text."""
    value = told.data.get(name)
    if isinstance(value, str) and value:
        value = parse_json(value.encode("utf-8", "replace"))
    return Doc.of(value or {}, f"{told.where}.{name}")


def _error(said: Doc) -> OutsideError:
    code, sub = said.text("code"), said.text("sub_code")
    words = said.text("sub_msg") or said.text("msg") or "refused"
    if "access-token" in sub or "token-generate-failed" in sub:
        return TokenExpired(words, code=sub or code)
    if code == "60000" or "call-limit" in sub or "rate-limit" in sub:
        return Throttled(words, code=sub or code)
    if code == "20000" or sub.startswith("isp."):
        return Unreachable(words, code=sub or code)
    return Refused(words, code=sub or code)
