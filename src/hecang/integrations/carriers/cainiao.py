"""Cainiao e-waybills, on either of their two routes: through TOP (https://open.taobao.com) or through LINK
(https://link.cainiao.com).

One waybill service for many carriers: the connection says for which (``cp_code``). Labels are printed by
Cainiao's local component from ``print_data``, which nobody here can read. On the TOP route recipients may stay
sealed (OAID). A parcel is known by its package id: the same id of the same order gives the same number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal, NoReturn

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import json_in, keepable, md5_base64, refuse_cash, says_gone
from hecang.integrations.channels.documents import Doc, compact, malformed
from hecang.integrations.channels.taobao_messages import sign
from hecang.integrations.channels.values import to_china_time
from hecang.kernel.connectors import (
    AlreadyDone,
    ConnectorSettings,
    Refused,
    Throttled,
    TokenExpired,
    Unreachable,
)
from hecang.shipping.carriers.base import (
    CarrierConnector,
    CarrierFeature,
    PartyAddress,
    WaybillMade,
    WaybillOrder,
)

#: Our channel code → Cainiao's; the settings go before. Others are OTHERS.
CHANNELS: Final[Mapping[str, str]] = {"TAOBAO": "TB", "TB": "TB", "TMALL": "TM", "TM": "TM", "JD": "JD"}
MOST_ITEMS: Final = 100
_BAN: Final = re.compile(r"(\d{1,5}) (?:more )?second")
_NO_ID: Final = re.compile(r"[^0-9A-Za-z_]")


class CainiaoSettings(ConnectorSettings):
    route: Literal["top", "link"] = Field(
        "top",
        title=_("Route"),
        description=_("top for an app of the Taobao Open Platform, link for one of Cainiao's LINK."),
    )
    app_key: str = Field("", title=_("App key (top)"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    session_key: SecretStr = Field(
        SecretStr(""),
        title=_("Session key (top)"),
        description=_("Of the shop or the waybill account; renew it before it ends."),
    )
    link_token: SecretStr = Field(
        SecretStr(""),
        title=_("Token (link)"),
        description=_("logistic_provider_id: what the authorisation yielded."),
    )
    to_code: str = Field("", title=_("Receiver code (link)"), max_length=64)
    cp_code: str = Field(title=_("Carrier code (cp_code)"), description=_("ZTO, YTO, SF …"), max_length=32)
    customer_code: str = Field("", title=_("Monthly account"), max_length=64)
    brand_code: str = Field("", title=_("Brand of the carrier"), max_length=64)
    branch_code: str = Field("", title=_("Branch of the carrier"), max_length=64)
    template_url: str = Field(title=_("Address of the label template"), max_length=500)
    user_id: str = Field("", title=_("User number"), max_length=32)
    channel_types: dict[str, str] = Field(
        default_factory=dict,
        title=_("Kinds of channels"),
        description=_("Our channel code → TB, TM, JD and so on; those that are missing are OTHERS."),
    )
    base_url: str = Field(
        "https://eco.taobao.com",
        title=_("Address"),
        description=_("https://eco.taobao.com for top, https://link.cainiao.com for link."),
        max_length=200,
    )


class CainiaoConnector(CarrierConnector):
    code = "cainiao"
    title = _("Cainiao waybills")
    Settings = CainiaoSettings
    features = frozenset({CarrierFeature.ORDER, CarrierFeature.CANCEL})
    calls_per_second = 10.0
    sealed_channels = frozenset({"TAOBAO", "TB", "TMALL", "TM"})
    settings: CainiaoSettings

    @property
    def _is_top(self) -> bool:
        return self.settings.route == "top"

    # ---------------------------------------------------------------- the wire

    def _top(self, method: str, **params: str) -> Doc:
        form = {
            "method": method,
            "app_key": self.settings.app_key,
            "session": self.settings.session_key.get_secret_value(),
            "timestamp": to_china_time(self.link.now()),
            "format": "json",
            "v": "2.0",
            "sign_method": "hmac-sha256",
            **params,
        }
        form = {name: value for name, value in form.items() if value}
        form["sign"] = sign(self.settings.app_secret.get_secret_value(), form, form["sign_method"])
        answer = Doc.of(
            self.link.json("POST", self.settings.base_url.rstrip("/") + "/router/rest", data=form), method
        )
        if answer.has("error_response"):
            _refuse_top(answer.doc("error_response"))
        return answer.need_doc(method.replace(".", "_") + "_response")

    def _link(self, kind: str, message: Mapping[str, Any]) -> Doc:
        text = compact(message)
        form = {
            "msg_type": kind,
            "logistic_provider_id": self.settings.link_token.get_secret_value(),
            "logistics_interface": text,
            "data_digest": md5_base64(text + self.settings.app_secret.get_secret_value()),
        }
        if self.settings.to_code:
            form["to_code"] = self.settings.to_code
        address = self.settings.base_url.rstrip("/") + "/gateway/link.do"
        answer = Doc.of(self.link.json("POST", address, data=form), kind)
        if not answer.flag("success"):
            _refuse_link(answer)
        return answer

    # ---------------------------------------------------------------- orders

    def order(self, order: WaybillOrder) -> WaybillMade:
        refuse_cash(order)
        if order.recipient.sealed and not self._is_top:
            raise Refused("sealed recipients go through the route top alone", code="sealed")
        request = self._request(order)
        if self._is_top:
            told = self._top(
                "cainiao.waybill.ii.get",
                param_waybill_cloud_print_apply_new_request=compact(request),
            )
            rows = _array(told, "modules", "waybill_cloud_print_response")
            number, data = "waybill_code", "print_data"
        else:
            told = self._link("TMS_WAYBILL_GET", _camel(request))
            rows = told.docs("waybillCloudPrintResponseList")
            number, data = "waybillCode", "printData"
        if not rows:
            malformed("no waybill is told")
        printed = json_in(rows[0].data.get(data), data)
        if not isinstance(printed, Mapping) or not printed:
            malformed("nothing is told to print")
        return WaybillMade(
            rows[0].need(number), print_data={"component": "cainiao", "contents": [keepable(printed)]}
        )

    def _request(self, order: WaybillOrder) -> dict[str, Any]:
        """The order as TOP wants it; LINK takes the same in other letters."""
        settings = self.settings
        recipient: dict[str, Any] = _party(order.recipient)
        if oaid := order.recipient.sealed.get("oaid", ""):
            recipient |= {"oaid": oaid, "tid": order.channel_order}
        own = {code.upper(): kind for code, kind in settings.channel_types.items()}
        kinds = {**CHANNELS, **own}
        trade = {
            "object_id": "1",
            "order_info": {
                "order_channels_type": kinds.get(order.channel.upper(), "OTHERS"),
                "trade_order_list": [order.channel_order or order.reference],
            },
            "package_info": {
                "id": _NO_ID.sub("_", order.reference),
                "items": [{"name": one.name, "count": one.quantity} for one in order.goods[:MOST_ITEMS]]
                or [{"name": "商品", "count": 1}],
                "weight": order.weight_g,
                "volume": order.volume_mm3 // 1000,
                "goods_description": "、".join(one.name for one in order.goods)[:60],
            },
            "recipient": recipient,
            "template_url": settings.template_url,
            "user_id": settings.user_id,
        }
        extras = {
            "product_code": order.product,
            "customer_code": settings.customer_code,
            "brand_code": settings.brand_code,
            "shipping_branch_code": settings.branch_code,
        }
        return {
            "cp_code": settings.cp_code,
            "sender": _party(order.sender),
            "trade_order_info_dtos": [trade],
            "need_encrypt": True,
            **{name: value for name, value in extras.items() if value},
        }

    def cancel(self, *, number: str, reference: str) -> None:
        number = number or self._number_of(reference)
        try:
            if self._is_top:
                told = self._top(
                    "cainiao.waybill.ii.cancel", cp_code=self.settings.cp_code, waybill_code=number
                )
                done = told.flag("cancel_result")
            else:
                told = self._link(
                    "TMS_WAYBILL_DISCARD", {"cpCode": self.settings.cp_code, "waybillCode": number}
                )
                done = told.flag("discardResult")
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise
        if not done:
            raise Refused("the waybill was not cancelled", code="not_cancelled")

    def _number_of(self, reference: str) -> str:
        """The number that an order has whose answer never came.

        :raises Refused: it is not found. Cainiao finds it by the number of the order on its channel alone,
            which nobody knows here: a person has to look.
        """
        if self._is_top:
            told = self._top(
                "cainiao.waybill.ii.query.by.tradecode",
                param_list=compact([{"biz_sub_code": reference, "object_id": "1"}]),
            )
            for row in _array(told, "modules", "waybill_cloud_print_with_result_desc_response"):
                if number := row.doc("waybill_cloud_print_response").text("waybill_code"):
                    return number
        raise Refused(
            "look for a waybill of this parcel in Cainiao's console and cancel it there", code="unknown"
        )

    def check(self) -> None:
        if self._is_top:
            self._top("cainiao.waybill.ii.search", cp_code=self.settings.cp_code)
        else:
            self._link("TMS_WAYBILL_SUBSCRIPTION_QUERY", {"cpCode": self.settings.cp_code})


def _array(told: Doc, name: str, kind: str) -> list[Doc]:
    """A list as TOP writes it: ``{"modules": {"kind": […]}}``; also without the wrapping."""
    if isinstance(told.data.get(name), list):
        return told.docs(name)
    return told.doc(name).docs(kind)


def _camel(value: Any) -> Any:
    """``trade_order_info_dtos`` → ``tradeOrderInfoDtos``, all the way down."""
    if isinstance(value, dict):
        return {
            re.sub(r"_(\w)", lambda found: found[1].upper(), name): _camel(one) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_camel(one) for one in value]
    return value


def _party(party: PartyAddress) -> dict[str, Any]:
    return {
        "name": party.name,
        "mobile": party.phone,
        "address": {
            "province": party.province,
            "city": party.city,
            "district": party.district,
            "detail": party.address,
        },
    }


def _refuse_top(said: Doc) -> NoReturn:
    code, sub = said.text("code"), said.text("sub_code")
    words = said.text("sub_msg", "msg") or "refused without a word"
    if code == "7" or "call-limited" in sub:
        ban = _BAN.search(words)
        raise Throttled(words, code=sub or code, retry_after=timedelta(seconds=int(ban[1]) + 1 if ban else 1))
    if code in {"26", "27"}:
        raise TokenExpired(words, code=sub or code)
    if code == "10" or sub.startswith("isp."):
        raise Unreachable(words, code=sub or code)
    raise Refused(words, code=sub or code)


def _refuse_link(said: Doc) -> NoReturn:
    code, words = said.text("errorCode"), said.text("errorMsg")
    if not code and not words:
        malformed("the answer says neither yes nor no")
    if "限流" in words or "limit" in code.lower():
        raise Throttled(words, code=code)
    if "token" in words.lower() or "授权" in words:
        raise TokenExpired(words, code=code)
    raise Refused(words or "refused without a word", code=code)
