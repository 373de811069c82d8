"""Cainiao's waybill service that is none, at both its doors: TOP's gateway and LINK's."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimParcel, md5_base64
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_time

APP_KEY = "23456789"
SECRET = "cainiao-secret-of-the-simulator"  # noqa: S105 - of nobody
SESSION = "session-of-the-waybill-account"
LINK_TOKEN = "link-token-of-the-simulator"  # noqa: S105 - of nobody
CP_CODE = "ZTO"
TEMPLATE = "http://cloudprint.cainiao.com/template/standard/101/1"
NO_CANCEL = {"unknown": "面单号不存在", "cancelled": "面单号已取消", "picked_up": "面单已使用，不能取消"}
_SAFE_ID = re.compile(r"[0-9A-Za-z_]+")


class CainiaoSimulator(CarrierSimulator):
    code = "cainiao"
    prefix = "7550"
    words = {"picked_up": "GOT"}  # noqa: RUF012 - a table

    def credentials(self) -> dict[str, Any]:
        return {
            "app_key": APP_KEY, "app_secret": SECRET, "session_key": SESSION, "link_token": LINK_TOKEN,
            "cp_code": CP_CODE, "template_url": TEMPLATE, "user_id": "12",
        }  # fmt: skip

    def throttle(self) -> Response:
        limited = {"code": 7, "msg": "App Call Limited", "sub_msg": "This ban will last for 1 more seconds"}
        return answer_json(
            {"error_response": limited, "success": False, "errorCode": "LIMIT", "errorMsg": "限流"}
        )

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                if request.path == "/router/rest" and request.method == "POST":
                    return answer_json(self._top(request.form.to_dict()))
                if request.path == "/gateway/link.do" and request.method == "POST":
                    return answer_json({"success": True, **self._link(request.form.to_dict())})
                raise Refusal("22", "Invalid Method", word="path")
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                if request.path == "/router/rest":
                    said = {
                        "code": int(refusal.code), "msg": refusal.message, "sub_code": refusal.sub,
                        "sub_msg": refusal.message,
                    }  # fmt: skip
                    return answer_json({"error_response": said})
                return answer_json({"success": False, "errorCode": refusal.code, "errorMsg": refusal.message})

    # ---------------------------------------------------------------- the door of TOP

    def _top(self, form: dict[str, str]) -> dict[str, Any]:
        signed = "".join(f"{name}{form[name]}" for name in sorted(form) if name != "sign")
        wanted = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest().upper()
        if (
            form.get("app_key") != APP_KEY
            or form.get("sign_method") != "hmac-sha256"
            or form.get("sign") != wanted
        ):
            raise Refusal("25", "Invalid Signature", word="signature")
        sent = beijing_time(form.get("timestamp", ""))
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("31", "Invalid Timestamp", word="timestamp")
        if self.is_expired or form.get("session") != SESSION:
            raise Refusal("27", "Invalid Session", word="session")
        method = form.get("method", "")
        self.calls[method] += 1
        if method == "cainiao.waybill.ii.get":
            parcels = self._get(json.loads(form["param_waybill_cloud_print_apply_new_request"]))
            rows = [
                {"object_id": "1", "waybill_code": one.number, "print_data": _printed(one)} for one in parcels
            ]
            answer: dict[str, Any] = {"modules": {"waybill_cloud_print_response": rows}}
        elif method == "cainiao.waybill.ii.cancel":
            self._discard(form.get("cp_code", ""), form.get("waybill_code", ""))
            answer = {"cancel_result": True}
        elif method == "cainiao.waybill.ii.query.by.tradecode":
            found = [self._by_trade(one["biz_sub_code"]) for one in json.loads(form["param_list"])]
            answer = {"modules": {"waybill_cloud_print_with_result_desc_response": found}}
        elif method == "cainiao.waybill.ii.search":
            answer = {"waybill_apply_subscription_cols": {"waybill_apply_subscription_info": []}}
        else:
            raise Refusal("22", "Invalid Method", word="method")
        return {method.replace(".", "_") + "_response": {**answer, "request_id": "sim"}}

    def _by_trade(self, trade: str) -> dict[str, Any]:
        for parcel in self.parcels.values():
            [info] = parcel.told["trade_order_info_dtos"]
            if trade in info["order_info"]["trade_order_list"]:
                return {
                    "object_id": "1",
                    "success": True,
                    "waybill_cloud_print_response": {"waybill_code": parcel.number},
                }
        return {"object_id": "1", "success": False, "error_message": "查询不到"}

    # ---------------------------------------------------------------- the door of LINK

    def _link(self, form: dict[str, str]) -> dict[str, Any]:
        text = form.get("logistics_interface", "")
        if form.get("data_digest") != md5_base64(text + SECRET):
            raise Refusal("S02", "非法的签名", word="signature")
        if self.is_expired or form.get("logistic_provider_id") != LINK_TOKEN:
            raise Refusal("S05", "token不存在或已过期", word="token")
        kind, message = form.get("msg_type", ""), json.loads(text)
        self.calls[kind] += 1
        if kind == "TMS_WAYBILL_GET":
            parcels = self._get(_snake(message))
            rows = [
                {"objectId": "1", "waybillCode": one.number, "printData": _printed(one)} for one in parcels
            ]
            return {"waybillCloudPrintResponseList": rows}
        if kind == "TMS_WAYBILL_DISCARD":
            self._discard(message.get("cpCode", ""), message.get("waybillCode", ""))
            return {"discardResult": True}
        if kind == "TMS_WAYBILL_SUBSCRIPTION_QUERY":
            return {"waybillApplySubscriptionCols": []}
        raise Refusal("S03", "msg_type不存在", word="method")

    # ---------------------------------------------------------------- waybills

    def _get(self, request: Mapping[str, Any]) -> list[SimParcel]:
        if request.get("cp_code") != CP_CODE or not request.get("sender", {}).get("address", {}).get(
            "province"
        ):
            raise Refusal("15", "cp_code或发货地址不合法", sub="isv.parameter-invalid", word="required")
        trades = request.get("trade_order_info_dtos", [])
        if not 1 <= len(trades) <= 10:
            raise Refusal("15", "一次最多10个面单", sub="isv.parameter-invalid", word="batch")
        if self.refuse:
            raise Refusal("15", self.refuse, sub="isv.refused", word="refused")
        return [self._book(trade, request) for trade in trades]

    def _book(self, trade: Mapping[str, Any], request: Mapping[str, Any]) -> SimParcel:
        info, package, recipient = trade["order_info"], trade["package_info"], trade["recipient"]
        if not info.get("order_channels_type") or not 1 <= len(info.get("trade_order_list", [])) <= 100:
            raise Refusal("15", "订单信息不合法", sub="isv.parameter-invalid", word="required")
        if not _SAFE_ID.fullmatch(package.get("id", "")) or not 1 <= len(package.get("items", [])) <= 100:
            raise Refusal("15", "包裹信息不合法", sub="isv.parameter-invalid", word="package")
        if not trade.get("template_url") or not recipient.get("name") or not recipient.get("mobile"):
            raise Refusal("15", "收件人或模板不合法", sub="isv.parameter-invalid", word="required")
        if "*" in recipient["name"] and not (recipient.get("oaid") and recipient.get("tid")):
            raise Refusal("15", "收件人已加密，请传oaid", sub="isv.oaid-required", word="oaid")
        key = "/".join([*info["trade_order_list"], package["id"]])
        return self.book(key, request)[0]

    def _discard(self, cp_code: str, number: str) -> None:
        if cp_code != CP_CODE:
            raise Refusal("15", "cp_code不合法", sub="isv.parameter-invalid", word="required")
        if why := self.give_back(number or "?"):
            raise Refusal("15", NO_CANCEL[why], sub=f"isv.{why}", word=why)


def _printed(parcel: SimParcel) -> str:
    return json.dumps(
        {
            "encryptedData": f"AES:{parcel.number}", "signature": "MD:sim", "templateURL": TEMPLATE,
            "ver": "waybill_print_secret_version_1",
        }
    )  # fmt: skip


def _snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name): _snake(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_snake(one) for one in value]
    return value
