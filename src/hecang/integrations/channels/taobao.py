"""Taobao and Tmall through the Taobao Open Platform (TOP), https://open.taobao.com.

Calls are forms to one gateway, signed over their sorted parameters (“API calling and signature”, doc 101617).
Recipients come masked, with an OAID that waybills are ordered with; the clear text is never asked for.
"""

from __future__ import annotations

import re
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
    OrderStatus,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import (
    Doc,
    Sheet,
    as_number,
    compact,
    each_from_last_page,
    from_last_page,
)
from hecang.integrations.channels.taobao_messages import events_of, refusal_of, said_in, sign, verified
from hecang.integrations.channels.taobao_orders import (
    REFUND_FIELDS,
    TRADE_FIELDS,
    refund,
    trade_lines,
    trade_order,
)
from hecang.integrations.channels.values import to_china_time
from hecang.kernel.connectors import (
    AlreadyDone,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    TokenExpired,
    Unreachable,
)

_BAN: Final = re.compile(r"(\d{1,5}) (?:more )?second")
_NO_SUCH_TRADE: Final = frozenset({"isv.trade-not-exist", "isv.trade-not-found"})


class TaobaoSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    session_key: SecretStr = Field(
        title=_("Session key"),
        description=_("What the shop's authorisation yielded; renew it before it ends."),
    )
    base_url: str = Field("https://eco.taobao.com", title=_("Address of the platform"), max_length=200)
    sign_method: Literal["md5", "hmac", "hmac-sha256"] = Field("hmac-sha256", title=_("Signature method"))
    page_size: int = Field(100, ge=1, le=100, title=_("Orders per page"))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))
    spi_methods: dict[str, str] = Field(
        default_factory=dict,
        title=_("Meaning of messages"),
        description=_(
            "Method of a message → cancel, address or order. Others name an order to be asked for."
        ),
    )


class TaobaoConnector(ChannelConnector):
    """One shop on Taobao or Tmall."""

    code = "taobao"
    title = _("Taobao and Tmall")
    Settings = TaobaoSettings
    features = frozenset(
        {
            Feature.PULL_ORDERS,
            Feature.GET_ORDER,
            Feature.PULL_REFUNDS,
            Feature.RECEIVE,
            Feature.CONFIRM_SHIPMENT,
            Feature.CONFIRM_PARTS,
            Feature.PUSH_STOCK,
            Feature.ANSWER_CANCEL,
        }
    )
    limits = Limits(page_size=100, window=timedelta(minutes=30), calls_per_second=10, stock_batch=20)
    carriers: ClassVar[Mapping[str, str]] = {
        code: code for code in ("SF", "STO", "YTO", "ZTO", "YUNDA", "EMS", "POSTB", "ZJS")
    } | {"DBL": "DBKD", "JD": "JD"}

    settings: TaobaoSettings

    # ---------------------------------------------------------------- calling

    def _call(self, method: str, **params: str) -> Doc:
        """One call; what is inside ``…_response``."""
        form = {
            "method": method,
            "app_key": self.settings.app_key,
            "session": self.link.token.access or self.settings.session_key.get_secret_value(),
            "timestamp": to_china_time(self.link.now()),
            "format": "json",
            "v": "2.0",
            "sign_method": self.settings.sign_method,
            **params,
        }
        form = {name: value for name, value in form.items() if value}
        form["sign"] = sign(self.settings.app_secret.get_secret_value(), form, self.settings.sign_method)
        address = self.settings.base_url.rstrip("/") + "/router/rest"
        answer = Doc.of(self.link.json("POST", address, data=form))
        if answer.has("error_response"):
            raise _error(answer.doc("error_response"))
        return answer.need_doc(method.removeprefix("taobao.").replace(".", "_") + "_response")

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        """By page from the last; trades that are to be shipped but came without OAID are asked for in full."""
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "taobao.trades.sold.increment.get",
                fields=TRADE_FIELDS,
                start_modified=to_china_time(window.since),
                end_modified=to_china_time(window.until),
                page_no=str(page),
                page_size=str(size),
                use_has_next="false",
            )
            return Sheet(answer.doc("trades").docs("trade"), answer.integer("total_results"))

        def read(row: Doc) -> ChannelOrder:
            return self._sealed(trade_order(row))

        return Page(*each_from_last_page(ask, read, key="tid", size=size, cursor=cursor))

    def _sealed(self, order: ChannelOrder) -> ChannelOrder:
        to_ship = order.status in {OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED}
        if not to_ship or order.recipient.sealed or "*" not in order.recipient.name + order.recipient.phone:
            return order
        return self.get_order(order.number) or order

    def get_order(self, number: str) -> ChannelOrder | None:
        trade = self._trade(number)
        return trade_order(trade) if trade else None

    def _trade(self, number: str) -> Doc | None:
        try:
            answer = self._call(
                "taobao.trade.fullinfo.get", fields=TRADE_FIELDS, tid=number, include_oaid="true"
            )
        except Refused as error:
            if error.code in _NO_SUCH_TRADE:
                return None
            raise
        return answer.need_doc("trade")

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        size = self.settings.page_size

        def ask(page: int) -> Sheet:
            answer = self._call(
                "taobao.refunds.receive.get",
                fields=REFUND_FIELDS,
                start_modified=to_china_time(window.since),
                end_modified=to_china_time(window.until),
                page_no=str(page),
                page_size=str(size),
                use_has_next="false",
            )
            return Sheet(answer.doc("refunds").docs("refund"), answer.integer("total_results"))

        rows, following = from_last_page(ask, size=size, cursor=cursor)
        return Page([refund(row) for row in rows], following)

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Whole trades in one go, else the lines of the parcel (``is_split``).

        A line goes with one parcel on this platform: a second parcel of the same line is refused.
        """
        company = self.carrier_code(shipment.carrier)
        oids = [line.external_line for line in shipment.lines]
        split = not shipment.completes_order
        try:
            self._send(shipment, company, oids if split else [])
        except Refused as refusal:
            rest = self._unsent(shipment, oids, refusal)
            if split or not rest:
                raise
            self._send(shipment, company, rest)

    def _send(self, shipment: Shipment, company: str, oids: Sequence[str]) -> None:
        answer = self._call(
            "taobao.logistics.offline.send",
            tid=shipment.order_number,
            company_code=company,
            out_sid=shipment.waybill,
            is_split="1" if oids else "0",
            sub_tid=",".join(oids),
        )
        if not answer.doc("shipping").flag("is_success"):
            raise Refused("the platform did not take the parcel", code="not_success")

    def _unsent(self, shipment: Shipment, oids: Sequence[str], refusal: Refused) -> list[str]:
        """After a refusal: the lines of the parcel that a partly shipped trade still waits for.

        :raises AlreadyDone: the trade bears exactly this parcel.
        """
        trade = self._trade(shipment.order_number)
        if trade is None:
            raise refusal
        lines = [line for line in trade_lines(trade) if not oids or line.text("oid_str", "oid") in oids]
        if lines and all(line.text("invoice_no") == shipment.waybill for line in lines):
            raise AlreadyDone(refusal.message, code=refusal.code)
        if trade.text("status") != "SELLER_CONSIGNED_PART":
            return []
        return [line.text("oid_str", "oid") for line in lines if not line.text("invoice_no")]

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Variants of one product in one call; if that is refused, one by one, to find the culprit."""
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
            self._set(group)
        except OutsideError as error:
            if len(group) > 1 and isinstance(error, Refused):
                return [outcome for level in group for outcome in self._set_levels([level])]
            return [StockOutcome(level, error) for level in group]
        return [StockOutcome(level) for level in group]

    def _set(self, group: Sequence[StockLevel]) -> None:
        product = group[0].product_id
        with_variants = [level for level in group if level.variant_id]
        if with_variants:
            self._call(
                "taobao.skus.quantity.update",
                num_iid=product,
                type="1",
                skuid_quantities=";".join(f"{level.variant_id}:{level.quantity}" for level in with_variants),
            )
        for level in group:
            if not level.variant_id:
                self._call(
                    "taobao.item.quantity.update", num_iid=product, quantity=str(level.quantity), type="1"
                )

    # ---------------------------------------------------------------- cancelling

    def answer_cancel(self, wish: CancelWish, *, stopped: bool) -> None:
        """Tell AliGenius whether the parcel could be stopped."""
        param: dict[str, Any] = {
            "refund_id": as_number(wish.number),
            "tid": as_number(wish.order_number),
            "status": "SUCCESS" if stopped else "FAIL",
            "operate_time": to_china_time(self.link.now()),
            "msg": "已拦截，未发货" if stopped else "已发货，无法拦截",
        }
        if wish.external_line:
            param["oid"] = as_number(wish.external_line)
        answer = self._call("taobao.rdc.aligenius.sendgoods.cancel", param=compact(param)).doc("result")
        if answer.has("success") and not answer.flag("success"):
            raise Refused(answer.text("error_msg", "msg") or "not taken", code=answer.text("error_code"))

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        """A call of the platform to our address (SPI), signed like a call to it."""
        secret = self.settings.app_secret.get_secret_value()
        params = verified(message, secret=secret, now=self.link.now())
        meaning = self.settings.spi_methods.get(params.get("method", ""), "order")
        events = events_of(said_in(message, params), meaning=meaning, now=self.link.now())
        return Received(events, Reply(b'{"success":true}'))

    def refusal(self, error: Exception) -> Reply:
        return refusal_of(error)

    def check(self) -> None:
        """Ask for one number of the last minute's trades."""
        now = self.link.now()
        self._call(
            "taobao.trades.sold.increment.get",
            fields="tid",
            start_modified=to_china_time(now - timedelta(minutes=1)),
            end_modified=to_china_time(now),
            page_no="1",
            page_size="1",
            use_has_next="true",
        )


def _error(said: Doc) -> OutsideError:
    code, sub = said.text("code"), said.text("sub_code")
    words = said.text("sub_msg") or said.text("msg") or "refused"
    if code == "7" or "call-limited" in sub:
        ban = _BAN.search(words)
        wait = timedelta(seconds=int(ban[1]) + 1 if ban else 1)
        return Throttled(words, code=sub or code, retry_after=wait)
    if code in {"26", "27"}:
        return TokenExpired(words, code=sub or code)
    if code == "10" or sub.startswith("isp."):
        return Unreachable(words, code=sub or code)
    return Refused(words, code=sub or code)
