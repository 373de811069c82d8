"""Pinduoduo (拼多多开放平台), https://open.pinduoduo.com.

Calls are forms to one gateway. Changes are listed for half an hour at most, which has to have ended three minutes
ago. An order is one parcel here, and a refund concerns the whole order. Its messages (PMC) come over a websocket
that the platform holds; what they tell is heard by pulling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    OrderStatus,
    Page,
    RefundKind,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, Sheet, each_from_last_page, from_last_page
from hecang.integrations.channels.pinduoduo_orders import order_of, refund_of
from hecang.integrations.channels.signing import md5_between_secrets, sorted_text
from hecang.integrations.channels.tokens import only_access
from hecang.integrations.channels.values import to_unix
from hecang.kernel.connectors import (
    AlreadyDone,
    ConnectorSettings,
    OutsideError,
    Refused,
    Throttled,
    Token,
    TokenExpired,
    Unreachable,
)

#: Three minutes by the documents, and two for clocks that differ.
DELAY: Final = timedelta(minutes=5)
_TOKEN: Final = frozenset({"10018", "10019"})
_TOO_FAST: Final = frozenset({"52101", "70031", "70032", "70033", "70034", "70036"})
_LATER: Final = frozenset({"50000", "50002", "52001", "52002", "52102", "52103", "70035"})
_NO_SUCH_ORDER: Final = "不存在"


def sign(secret: str, params: Mapping[str, str]) -> str:
    return md5_between_secrets(secret, sorted_text(params))


class PinduoduoSettings(ConnectorSettings):
    client_id: str = Field(title=_("Client number"), max_length=64)
    client_secret: SecretStr = Field(title=_("Client secret"))
    access_token: SecretStr = Field(SecretStr(""), title=_("Access token"))
    refresh_token: SecretStr = Field(
        SecretStr(""),
        title=_("Refresh token"),
        description=_("Both tokens come from the shop's authorisation; they are renewed from then on."),
    )
    base_url: str = Field("https://gw-api.pinduoduo.com", title=_("Address of the platform"), max_length=200)
    page_size: int = Field(100, ge=1, le=100, title=_("Orders per page"))
    refund_filter: int = Field(
        1,
        ge=0,
        le=50,
        title=_("Refunds to list"),
        description=_("The number that stands for “all” in after_sales_status; documents differ about it."),
    )
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class PinduoduoConnector(ChannelConnector):
    """One shop on Pinduoduo."""

    code = "pinduoduo"
    title = _("Pinduoduo")
    Settings = PinduoduoSettings
    features = frozenset(
        {
            Feature.PULL_ORDERS,
            Feature.GET_ORDER,
            Feature.PULL_REFUNDS,
            Feature.CONFIRM_SHIPMENT,
            Feature.PUSH_STOCK,
            Feature.REFRESH_TOKEN,
        }
    )
    limits = Limits(
        page_size=100, window=timedelta(minutes=30), delay=DELAY, calls_per_second=50, stock_batch=1
    )
    #: Well-known numbers of ``pdd.logistics.companies.get``; settings may add to them.
    carriers: ClassVar[Mapping[str, str]] = {
        "SF": "44", "STO": "1", "YTO": "85", "ZTO": "115", "YUNDA": "121", "EMS": "118", "POSTB": "132",
        "JD": "120", "DBL": "131", "JT": "384",
    }  # fmt: skip

    settings: PinduoduoSettings

    # ---------------------------------------------------------------- calling

    def _call(self, kind: str, answer_name: str, *, with_token: bool = True, **params: Any) -> Doc:
        """One call; what is inside ``answer_name``."""
        form = {
            "type": kind,
            "client_id": self.settings.client_id,
            "timestamp": str(to_unix(self.link.now())),
            "data_type": "JSON",
            "version": "V1",
            **{name: str(value) for name, value in params.items() if value != ""},
        }
        if with_token:
            form["access_token"] = self.link.token.access or self.settings.access_token.get_secret_value()
        form["sign"] = sign(self.settings.client_secret.get_secret_value(), form)
        address = self.settings.base_url.rstrip("/") + "/api/router"
        answer = Doc.of(self.link.json("POST", address, data=form))
        if answer.has("error_response"):
            raise _error(answer.doc("error_response"))
        return answer.need_doc(answer_name)

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._changes(window, page, size)
            return Sheet(answer.docs("order_sn_list"), answer.integer("total_count"))

        rows, following = from_last_page(ask, size=size, cursor=cursor)
        return Page([order_of(row) for row in rows], following)

    def _changes(self, window: Window, page: int, size: int) -> Doc:
        return self._call(
            "pdd.order.number.list.increment.get",
            "order_sn_increment_get_response",
            is_lucky_flag=0,
            order_status=5,
            refund_status=5,
            start_updated_at=to_unix(window.since),
            end_updated_at=to_unix(window.until),
            page=page,
            page_size=size,
        )

    def get_order(self, number: str) -> ChannelOrder | None:
        info = self._order_info(number)
        return order_of(info) if info else None

    def _order_info(self, number: str) -> Doc | None:
        try:
            answer = self._call("pdd.order.information.get", "order_info_get_response", order_sn=number)
        except Refused as error:
            if _NO_SUCH_ORDER in error.message:
                return None
            raise
        return answer.need_doc("order_info")

    # ---------------------------------------------------------------- refunds

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        """Whether goods had left, refunds do not tell: the orders of those without return are asked."""
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "pdd.refund.list.increment.get",
                "refund_increment_get_response",
                after_sales_status=self.settings.refund_filter,
                after_sales_type=1,
                start_updated_at=to_unix(window.since),
                end_updated_at=to_unix(window.until),
                page=page,
                page_size=size,
            )
            return Sheet(answer.docs("refund_list"), answer.integer("total_count"))

        def read(row: Doc) -> ChannelRefund:
            return self._with_stage(refund_of(row))

        return Page(*each_from_last_page(ask, read, key="id", size=size, cursor=cursor))

    def _with_stage(self, refund: ChannelRefund) -> ChannelRefund:
        if refund.kind != RefundKind.REFUND:
            return refund
        info = self._order_info(refund.order_number)
        return replace(refund, before_shipping=info is not None and info.text("order_status") == "1")

    # ---------------------------------------------------------------- shipping and stock

    def confirm_shipment(self, shipment: Shipment) -> None:
        carrier = self.carrier_code(shipment.carrier)
        try:
            answer = self._call(
                "pdd.logistics.online.send",
                "logistics_online_send_response",
                order_sn=shipment.order_number,
                logistics_id=carrier,
                tracking_number=shipment.waybill,
            )
            if not answer.flag("is_success"):
                raise Refused("the platform did not take the parcel", code="not_success")
        except Refused as refusal:
            info = self._order_info(shipment.order_number)
            if (
                info is not None
                and info.text("tracking_number") == shipment.waybill
                and order_of(info).status in {OrderStatus.SHIPPED, OrderStatus.DONE}
            ):
                raise AlreadyDone(refusal.message, code=refusal.code) from None
            raise

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        outcomes = []
        for level in levels:
            try:
                self._set(level)
                outcomes.append(StockOutcome(level))
            except OutsideError as error:
                outcomes.append(StockOutcome(level, error))
        return outcomes

    def _set(self, level: StockLevel) -> None:
        answer = self._call(
            "pdd.goods.quantity.update",
            "goods_quantity_update_response",
            goods_id=level.product_id,
            sku_id=level.variant_id,
            outer_id="" if level.variant_id else level.outer_sku,
            quantity=level.quantity,
            update_type=1,
        )
        if not answer.flag("is_success"):
            raise Refused("the platform did not take the level", code="not_success")

    # ---------------------------------------------------------------- tokens

    def refresh_token(self) -> Token:
        """A new pair of tokens for the present one."""
        present = self.link.token.refresh or self.settings.refresh_token.get_secret_value()
        if not present:
            return only_access(self.settings.access_token, self.link.token)
        try:
            answer = self._call(
                "pdd.pop.auth.token.refresh",
                "pop_auth_token_refresh_response",
                with_token=False,
                refresh_token=present,
            )
        except Refused as refusal:
            raise TokenExpired(refusal.message, code=refusal.code) from refusal
        return Token(
            access=answer.need("access_token"),
            refresh=answer.text("refresh_token") or present,
            expires_at=answer.needed(answer.seconds("expires_at"), "expires_at"),
            refresh_expires_at=answer.seconds("refresh_token_expires_at"),
        )

    def check(self) -> None:
        until = self.link.now() - DELAY
        self._changes(Window(until - timedelta(minutes=1), until), 1, 1)


def _error(said: Doc) -> OutsideError:
    code = said.text("error_code")
    words = said.text("sub_msg") or said.text("error_msg") or "refused"
    if code in _TOKEN:
        return TokenExpired(words, code=code)
    if code in _TOO_FAST:
        return Throttled(words, code=code)
    if code in _LATER:
        return Unreachable(words, code=code)
    return Refused(words, code=said.text("sub_code") or code)
