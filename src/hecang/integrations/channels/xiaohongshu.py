"""Xiaohongshu (小红书开放平台, ark), https://open.xiaohongshu.com.

One gateway takes flat JSON; only method, app, time and version are signed, neither the token nor what is asked.
Lists tell of orders without their lines: each is asked for. Recipients are told by region and by an id that
stands for the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelOrder,
    ChannelRefund,
    Feature,
    Limits,
    Page,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, Sheet, compact, each_from_last_page, from_last_page
from hecang.integrations.channels.tokens import only_access
from hecang.integrations.channels.values import to_unix, to_unix_ms
from hecang.integrations.channels.xiaohongshu_orders import PARTLY_SHIPPED, order_of, refund_of
from hecang.kernel.connectors import (
    AlreadyDone,
    ConnectorSettings,
    OutsideError,
    Refused,
    Throttled,
    Token,
    TokenExpired,
)

GATEWAY: Final = "/ark/open_api/v3/common_controller"
VERSION: Final = "2.0"
#: The platform publishes no list of numbers for its errors: they are told apart by their words.
_TOKEN_OVER: Final = ("过期", "失效", "无效", "expire", "invalid")
_TOO_FAST: Final = ("限流", "频繁", "rate limit", "too many")
_NO_SUCH_ORDER: Final = "不存在"
_NAMES: Final = {
    "shunfeng": "顺丰速运", "shentong": "申通快递", "yuantong": "圆通速递", "zhongtong": "中通快递",
    "yunda": "韵达快递", "ems": "EMS", "youzhengguonei": "邮政快递包裹", "jd": "京东快递",
    "debangkuaidi": "德邦快递", "jtexpress": "极兔速递",
}  # fmt: skip


def sign(secret: str, *, method: str, app_id: str, timestamp: str) -> str:
    text = f"{method}?appId={app_id}&timestamp={timestamp}&version={VERSION}{secret}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class XiaohongshuSettings(ConnectorSettings):
    app_id: str = Field(title=_("App number"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    authorization_code: SecretStr = Field(
        SecretStr(""),
        title=_("Authorisation code"),
        description=_("Of the shop's authorisation; it yields the first token once, and soon ends."),
    )
    access_token: SecretStr = Field(SecretStr(""), title=_("Access token"))
    refresh_token: SecretStr = Field(SecretStr(""), title=_("Refresh token"))
    base_url: str = Field("https://ark.xiaohongshu.com", title=_("Address of the platform"), max_length=200)
    page_size: int = Field(
        50,
        ge=1,
        le=100,
        title=_("Orders per page"),
        description=_("Each order of a page is one more call."),
    )
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class XiaohongshuConnector(ChannelConnector):
    """One shop on Xiaohongshu."""

    code = "xiaohongshu"
    title = _("Xiaohongshu")
    Settings = XiaohongshuSettings
    features = frozenset(
        {
            Feature.PULL_ORDERS,
            Feature.GET_ORDER,
            Feature.PULL_REFUNDS,
            Feature.CONFIRM_SHIPMENT,
            Feature.CONFIRM_PARTS,
            Feature.PUSH_STOCK,
            Feature.REFRESH_TOKEN,
        }
    )
    limits = Limits(page_size=50, window=timedelta(minutes=30), calls_per_second=20, stock_batch=1)
    #: Well-known codes of ``common.getExpressCompanyList``; settings may add to them.
    carriers: ClassVar[Mapping[str, str]] = {
        "SF": "shunfeng", "STO": "shentong", "YTO": "yuantong", "ZTO": "zhongtong", "YUNDA": "yunda",
        "EMS": "ems", "POSTB": "youzhengguonei", "JD": "jd", "DBL": "debangkuaidi", "JT": "jtexpress",
    }  # fmt: skip

    settings: XiaohongshuSettings

    # ---------------------------------------------------------------- calling

    def _call(self, method: str, *, with_token: bool = True, **params: Any) -> Doc:
        """One call; what is inside ``data``."""
        timestamp = str(to_unix(self.link.now()))
        secret = self.settings.app_secret.get_secret_value()
        body = {
            "appId": self.settings.app_id,
            "timestamp": timestamp,
            "version": VERSION,
            "method": method,
            "sign": sign(secret, method=method, app_id=self.settings.app_id, timestamp=timestamp),
            **params,
        }
        if with_token:
            body["accessToken"] = self.link.token.access or self.settings.access_token.get_secret_value()
        answer = Doc.of(
            self.link.json(
                "POST",
                self.settings.base_url.rstrip("/") + GATEWAY,
                content=compact(body).encode("utf-8", "replace"),
                headers={"Content-Type": "application/json;charset=utf-8"},
            )
        )
        if answer.integer("error_code") != 0 or not answer.flag("success"):
            raise _error(answer)
        data = answer.data.get("data")
        return Doc(data if isinstance(data, dict) else {}, "data")

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        """By page from the last; each order is asked for, since lists tell no lines."""
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._changes(window, page, size)
            return Sheet(answer.docs("orderList"), answer.integer("total"))

        def read(row: Doc) -> ChannelOrder | None:
            return self.get_order(row.need("orderId"))

        return Page(*each_from_last_page(ask, read, key="orderId", size=size, cursor=cursor))

    def _changes(self, window: Window, page: int, size: int) -> Doc:
        return self._call(
            "order.getOrderList",
            startTime=to_unix(window.since),
            endTime=to_unix(window.until),
            timeType=2,
            orderType=0,
            orderStatus=0,
            pageNo=page,
            pageSize=size,
        )

    def get_order(self, number: str) -> ChannelOrder | None:
        detail = self._detail(number)
        return order_of(detail) if detail else None

    def _detail(self, number: str) -> Doc | None:
        try:
            detail = self._call("order.getOrderDetail", orderId=number)
        except Refused as error:
            if _NO_SUCH_ORDER in error.message:
                return None
            raise
        return detail if detail.has("orderId") else None

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        """After-sales cases. Their list names orders, not lines."""
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "afterSale.listAfterSaleInfos",
                startTime=to_unix_ms(window.since),
                endTime=to_unix_ms(window.until),
                timeType=2,
                pageNo=page,
                pageSize=size,
            )
            return Sheet(answer.docs("afterSaleBasicInfos"), answer.integer("totalCount"))

        rows, following = from_last_page(ask, size=size, cursor=cursor)
        return Page([refund_of(row) for row in rows], following)

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Whole orders in one go, else the SKUs of the parcel (``unpack``).

        A SKU goes with one parcel on this platform: a second parcel of the same SKU is refused.
        """
        company = self.carrier_code(shipment.carrier)
        skus = list(dict.fromkeys(line.variant_id for line in shipment.lines))
        split = not shipment.completes_order
        try:
            self._deliver(shipment, company, skus if split else [])
        except Refused as refusal:
            rest = self._unsent(shipment, skus, refusal)
            if split or not rest:
                raise
            self._deliver(shipment, company, rest)

    def _deliver(self, shipment: Shipment, company: str, skus: Sequence[str]) -> None:
        params: dict[str, Any] = {
            "orderId": shipment.order_number,
            "expressNo": shipment.waybill,
            "expressCompanyCode": company,
            "expressCompanyName": _NAMES.get(company, company),
            "deliveringTime": to_unix_ms(shipment.shipped_at),
            "unpack": bool(skus),
        }
        if skus:
            params["skuIdList"] = list(skus)
        self._call("order.orderDeliver", **params)

    def _unsent(self, shipment: Shipment, skus: Sequence[str], refusal: Refused) -> list[str]:
        """After a refusal: the SKUs of the parcel that a partly shipped order still waits for.

        :raises AlreadyDone: the order bears exactly this parcel.
        """
        detail = self._detail(shipment.order_number)
        if detail is None:
            raise refusal
        if detail.text("expressTrackingNo") == shipment.waybill and not detail.flag("unpack"):
            raise AlreadyDone(refusal.message, code=refusal.code)
        parcels = [one for one in detail.docs("simpleDeliveryOrderList") if one.text("expressTrackingNo")]
        sent = {sku: one.text("expressTrackingNo") for one in parcels for sku in one.texts("skuIdList")}
        if skus and all(sent.get(sku) == shipment.waybill for sku in skus):
            raise AlreadyDone(refusal.message, code=refusal.code)
        if detail.text("orderStatus") != PARTLY_SHIPPED:
            return []
        return [sku for sku in skus if sku not in sent]

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        outcomes = []
        for level in levels:
            try:
                self._call("inventory.syncSkuStock", skuId=level.variant_id, qty=level.quantity)
                outcomes.append(StockOutcome(level))
            except OutsideError as error:
                outcomes.append(StockOutcome(level, error))
        return outcomes

    # ---------------------------------------------------------------- tokens

    def refresh_token(self) -> Token:
        """By the refresh token, else by the code of the shop's authorisation.

        More than half an hour before its end the platform answers the present token once more.
        """
        present = self.link.token.refresh or self.settings.refresh_token.get_secret_value()
        code = self.settings.authorization_code.get_secret_value()
        if not present and not code:
            return only_access(self.settings.access_token, self.link.token)
        try:
            if present:
                answer = self._call("oauth.refreshToken", with_token=False, refreshToken=present)
            else:
                answer = self._call("oauth.getAccessToken", with_token=False, code=code)
        except Refused as refusal:
            raise TokenExpired(refusal.message, code=refusal.code) from refusal
        return Token(
            access=answer.need("accessToken"),
            refresh=answer.text("refreshToken") or present,
            expires_at=answer.needed(answer.millis("accessTokenExpiresAt"), "accessTokenExpiresAt"),
            refresh_expires_at=answer.millis("refreshTokenExpiresAt"),
        )

    def check(self) -> None:
        now = self.link.now()
        self._changes(Window(now - timedelta(minutes=1), now), 1, 1)


def _error(said: Doc) -> OutsideError:
    code = said.text("error_code")
    words = said.text("error_msg", "msg") or "refused"
    plain = words.lower()
    if "token" in plain and any(one in plain for one in _TOKEN_OVER):
        return TokenExpired(words, code=code)
    if any(one in plain for one in _TOO_FAST):
        return Throttled(words, code=code)
    return Refused(words, code=code)
