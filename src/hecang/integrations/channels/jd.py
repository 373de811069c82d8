"""JD POP (京东开放平台), https://open.jd.com: shops of merchants on JD.

Calls are forms to one gateway; what a method wants is one JSON text among them (``360buy_param_json``). The
answers are called ``…_responce``: that is how the platform spells it. An order is one parcel here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    CancelWish,
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
from hecang.integrations.channels.documents import Doc, Sheet, as_number, compact, from_last_page, malformed
from hecang.integrations.channels.jd_answers import error_of, result_of, sign, stock_error
from hecang.integrations.channels.jd_orders import (
    OPTIONAL_FIELDS,
    STATES,
    cancel_application,
    order_of,
    service_bill,
)
from hecang.integrations.channels.tokens import only_access
from hecang.integrations.channels.values import to_china_time
from hecang.kernel.connectors import (
    AlreadyDone,
    ConnectorSettings,
    OutsideError,
    Refused,
    Token,
    TokenExpired,
)

PRODUCTION: Final = "https://api.jd.com"
#: The platform renews tokens until a day before they end; an hour more is for clocks and queues.
RENEW_AHEAD: Final = timedelta(hours=25)
#: Of ``order_state``: all that a list may be asked for.
LISTED_STATES: Final = ",".join(state for state in STATES if state not in {"NOT_PAY", "RECEIPT_CONFIRM"})
#: Reviews of cancellations come in pages of at most 50.
CANCEL_PAGE: Final = 50
_NO_SUCH_ORDER: Final = ("不存在", "not exist")


class JdSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    access_token: SecretStr = Field(SecretStr(""), title=_("Access token"))
    refresh_token: SecretStr = Field(
        SecretStr(""),
        title=_("Refresh token"),
        description=_("Both tokens come from the shop's authorisation; they are renewed from then on."),
    )
    vender_id: str = Field("", title=_("Merchant number"), max_length=32)
    operator: str = Field(
        "hecang",
        title=_("Name of the operator"),
        description=_("Stands beside decisions on cancellations and refunds."),
        max_length=32,
    )
    base_url: str = Field(PRODUCTION, title=_("Address of the platform"), max_length=200)
    oauth_url: str = Field(
        "",
        title=_("Address for tokens"),
        description=_("Empty: the platform's own, or the address above where that is another one."),
        max_length=200,
    )
    stock_method: Literal["jingdong.ware.stock.sku.set", "jingdong.stock.write.updateSkuStock"] = Field(
        "jingdong.ware.stock.sku.set",
        title=_("Method for stock"),
        description=_("Look into the console which of them the app may call."),
    )
    store_id: int = Field(0, ge=0, title=_("Stock location"), description=_("0 for the default one."))
    page_size: int = Field(100, ge=1, le=100, title=_("Orders per page"))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class JdConnector(ChannelConnector):
    """One shop on JD."""

    code = "jd"
    title = _("JD")
    Settings = JdSettings
    features = frozenset(
        {
            Feature.PULL_ORDERS,
            Feature.GET_ORDER,
            Feature.PULL_REFUNDS,
            Feature.CONFIRM_SHIPMENT,
            Feature.PUSH_STOCK,
            Feature.ANSWER_CANCEL,
            Feature.REFRESH_TOKEN,
        }
    )
    limits = Limits(page_size=100, window=timedelta(hours=1), calls_per_second=10, stock_batch=20)
    #: Examples of carriers' numbers (``logiCoprId``); each shop sees its own list in the console.
    carriers: ClassVar[Mapping[str, str]] = {
        "ZTO": "1499", "YUNDA": "1327", "STO": "470", "YTO": "463", "SF": "467", "EMS": "465",
        "DBL": "3046", "JD": "2087", "SELF": "1274",
    }  # fmt: skip

    settings: JdSettings

    # ---------------------------------------------------------------- calling

    def _call(self, method: str, **param: Any) -> Doc:
        """One call; what is inside ``…_responce``."""
        form = {
            "method": method,
            "app_key": self.settings.app_key,
            "access_token": self.link.token.access or self.settings.access_token.get_secret_value(),
            "timestamp": to_china_time(self.link.now()),
            "v": "2.0",
            "360buy_param_json": compact(param),
        }
        form["sign"] = sign(self.settings.app_secret.get_secret_value(), form)
        address = self.settings.base_url.rstrip("/") + "/routerjson"
        answer = Doc.of(self.link.json("POST", address, data=form))
        if answer.has("error_response"):
            raise error_of(answer.doc("error_response"))
        name = method.replace(".", "_")
        found = answer.need_doc(name + ("_responce" if answer.has(name + "_responce") else "_response"))
        if found.text("code") not in {"", "0"}:
            raise error_of(found)
        return found

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "jingdong.pop.order.search",
                start_date=to_china_time(window.since),
                end_date=to_china_time(window.until),
                order_state=LISTED_STATES,
                optional_fields=OPTIONAL_FIELDS,
                source_id="JOS",
                page=str(page),
                page_size=str(size),
                sortType="0",
                dateType="0",
            )
            result = result_of(answer, "searchorderinfo_result", "orderInfoResult")
            return Sheet(result.docs("orderInfoList"), result.integer("orderTotal"))

        rows, following = from_last_page(ask, size=size, cursor=cursor)
        return Page([order_of(row) for row in rows], following)

    def get_order(self, number: str) -> ChannelOrder | None:
        info = self._order_info(number)
        return order_of(info) if info else None

    def _order_info(self, number: str) -> Doc | None:
        try:
            answer = self._call(
                "jingdong.pop.order.get",
                order_id=as_number(number),
                optional_fields=OPTIONAL_FIELDS,
                source_id="JOS",
            )
            detail = result_of(answer, "orderDetailInfo")
        except Refused as error:
            if any(words in error.message for words in _NO_SUCH_ORDER):
                return None
            raise
        info = detail.doc("orderInfo")
        return info if info.has("orderId") else None

    # ---------------------------------------------------------------- refunds

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        """Cancellations applied for, cancellations decided, then after-sales services: ``leg:page``.

        The platform lists cancellations by when they were applied for or decided, not by when they changed.
        """
        legs = {"applied": self._applied, "checked": self._checked, "services": self._services}
        leg, _colon, page = (cursor or "applied:").partition(":")
        if leg not in legs:
            raise Refused("the cursor is none of this channel", code="bad_cursor")
        items, following = legs[leg](window, page or None)
        if following is not None:
            return Page(items, f"{leg}:{following}")
        names = list(legs)
        if not self.settings.vender_id:  # services are asked for by merchant
            names.remove("services")
        rest = names[names.index(leg) + 1 :]
        return Page(items, f"{rest[0]}:" if rest else None)

    def _applied(self, window: Window, cursor: str | None) -> tuple[list[ChannelRefund], str | None]:
        rows, following = self._cancellations("applyTime", window, cursor)
        return [cancel_application(row) for row in rows if not row.has("checkTime")], following

    def _checked(self, window: Window, cursor: str | None) -> tuple[list[ChannelRefund], str | None]:
        rows, following = self._cancellations("checkTime", window, cursor)
        return [cancel_application(row) for row in rows], following

    def _cancellations(self, by: str, window: Window, cursor: str | None) -> tuple[Sequence[Doc], str | None]:
        def ask(page: int) -> Sheet:
            answer = self._call(
                "jingdong.pop.afs.soa.refundapply.queryPageList",
                **{f"{by}Start": to_china_time(window.since), f"{by}End": to_china_time(window.until)},
                pageIndex=page,
                pageSize=CANCEL_PAGE,
            )
            result = result_of(answer, "queryResult")
            return Sheet(result.docs("result"), result.integer("totalCount"))

        rows, following = from_last_page(ask, size=CANCEL_PAGE, cursor=cursor)
        return list(rows), following

    def _services(self, window: Window, cursor: str | None) -> tuple[list[ChannelRefund], str | None]:
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "jingdong.asc.query.list",
                buId=self.settings.vender_id,
                operatePin=self.settings.operator,
                operateNick=self.settings.operator,
                updateTimeBegin=to_china_time(window.since),
                updateTimeEnd=to_china_time(window.until),
                pageNumber=str(page),
                pageSize=str(size),
            )
            result = answer.doc("pageResult")
            return Sheet(result.docs("data"), result.integer("totalCount"))

        rows, following = from_last_page(ask, size=size, cursor=cursor)
        return [service_bill(row) for row in rows], following

    def answer_cancel(self, wish: CancelWish, *, stopped: bool) -> None:
        """Decide a cancellation: agreed where the parcel was stopped, else “already on its way”."""
        param: dict[str, Any] = {
            "id": as_number(wish.number),
            "status": 1 if stopped else 2,
            "checkUserName": self.settings.operator,
            "remark": "已拦截，未发货" if stopped else "已发货，无法拦截",
            "outWareStatus": 2 if stopped else 1,
        }
        if not stopped:
            param["rejectType"] = 1
        answer = self._call("jingdong.pop.afs.soa.refundapply.replyRefund", **param)
        result_of(answer, "replyResult")

    # ---------------------------------------------------------------- shipping and stock

    def confirm_shipment(self, shipment: Shipment) -> None:
        carrier = self.carrier_code(shipment.carrier)
        try:
            answer = self._call(
                "jingdong.pop.order.shipment",
                orderId=as_number(shipment.order_number),
                logiCoprId=carrier,
                logiNo=shipment.waybill,
            )
            result_of(answer, "sopjosshipment_result")
        except Refused as refusal:
            info = self._order_info(shipment.order_number)
            if info is not None and shipment.waybill in info.text("waybill").replace("|", ",").split(","):
                raise AlreadyDone(refusal.message, code=refusal.code) from None
            raise

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Absolute numbers by SKU: all in one call, or one by one with the older method."""
        if self.settings.stock_method == "jingdong.ware.stock.sku.set":
            try:
                return self._set_together(levels)
            except OutsideError as error:
                return [StockOutcome(level, error) for level in levels]
        outcomes = []
        for level in levels:
            try:
                self._call(
                    "jingdong.stock.write.updateSkuStock",
                    skuId=as_number(level.variant_id),
                    stockNum=level.quantity,
                    storeId=self.settings.store_id,
                )
                outcomes.append(StockOutcome(level))
            except OutsideError as error:
                outcomes.append(StockOutcome(level, error))
        return outcomes

    def _set_together(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        stocks = [
            {
                "skuId": as_number(level.variant_id),
                "storeId": self.settings.store_id,
                "stockNum": level.quantity,
            }
            for level in levels
        ]
        answer = self._call("jingdong.ware.stock.sku.set", req={"skuStocks": stocks})
        said = answer.doc("returnType")
        results = {one.text("data"): one for one in said.doc("obj").docs("updateStockResult")}
        if not said.flag("success") and not results:
            raise Refused(said.text("message", "msg") or "not taken", code=said.text("code"))
        return [StockOutcome(level, stock_error(results.get(level.variant_id))) for level in levels]

    # ---------------------------------------------------------------- tokens

    def refresh_token(self) -> Token:
        """A new pair of tokens; the old refresh token is spent with it.

        They have to be renewed a day before they end: told is when that day begins.
        """
        present = self.link.token.refresh or self.settings.refresh_token.get_secret_value()
        if not present:
            return only_access(self.settings.access_token, self.link.token)
        query = {
            "app_key": self.settings.app_key,
            "app_secret": self.settings.app_secret.get_secret_value(),
            "grant_type": "refresh_token",
            "refresh_token": present,
        }
        answer = Doc.of(self.link.json("GET", self._oauth() + "/oauth2/refresh_token", params=query))
        if not answer.has("access_token"):
            raise TokenExpired(answer.text("msg") or "not renewed", code=answer.text("code"))
        lifetime = answer.integer("expires_in")
        if not 0 < lifetime < 10**9:
            malformed("expires_in")
        return Token(
            access=answer.need("access_token"),
            refresh=answer.text("refresh_token") or present,
            expires_at=self.link.now()
            + timedelta(seconds=lifetime)
            - min(RENEW_AHEAD, timedelta(seconds=lifetime / 2)),
        )

    def _oauth(self) -> str:
        if self.settings.oauth_url:
            return self.settings.oauth_url.rstrip("/")
        base = self.settings.base_url.rstrip("/")
        return "https://open-oauth.jd.com" if base == PRODUCTION else base

    def check(self) -> None:
        now = self.link.now()
        answer = self._call(
            "jingdong.pop.order.search",
            start_date=to_china_time(now - timedelta(minutes=1)),
            end_date=to_china_time(now),
            order_state=LISTED_STATES,
            optional_fields="orderId",
            source_id="JOS",
            page="1",
            page_size="1",
            sortType="0",
            dateType="0",
        )
        result_of(answer, "searchorderinfo_result", "orderInfoResult")
