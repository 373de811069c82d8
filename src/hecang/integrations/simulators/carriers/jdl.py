"""JD Logistics' open platform that is none: who asks and the sign in the address, a list as body."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.carriers.base import CarrierSimulator, md5_hex
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text, beijing_time

APP_KEY = "jdl-app"
SECRET = "jdl-secret-of-the-simulator"  # noqa: S105 - of nobody
TOKEN = "jdl-token-of-the-simulator"  # noqa: S105 - of nobody
CUSTOMER = "010K1234567"
ALGORITHMS = {"HMacMD5": "md5", "HMacSHA1": "sha1", "HMacSHA256": "sha256", "HMacSHA512": "sha512"}
NAMES = ("LOP-DN", "app_key", "access_token", "timestamp", "v", "sign", "algorithm")


class JdlSimulator(CarrierSimulator):
    code = "jdl"
    prefix = "JDV0"
    words = {  # noqa: RUF012 - a table
        "created": "已下单", "picked_up": "已揽收", "in_transit": "运输中", "out_for_delivery": "派送中",
        "delivered": "已签收", "attempt_failed": "拒收", "returning": "退回中",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self._paths: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "/ecap/v1/orders/create": self._create,
            "/ecap/v1/orders/cancel": self._cancel,
            "/ecap/v1/orders/trace/query": self._trace,
        }

    def credentials(self) -> dict[str, Any]:
        return {"app_key": APP_KEY, "app_secret": SECRET, "access_token": TOKEN, "customer_code": CUSTOMER}

    def throttle(self) -> Response:
        return _error("19", "接口限流，请稍后再试")

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[request.path] += 1
            try:
                path = self._verified(request)
                [message] = json.loads(request.get_data())
                if message.get("customerCode") != CUSTOMER or message.get("orderOrigin") != 1:
                    raise Refusal("10010", "客户编码与应用未绑定", word="customer")
                data = path(message)
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                if refusal.sub == "gateway":
                    return _error(refusal.code, refusal.message)
                return answer_json({"code": int(refusal.code), "msg": refusal.message, "data": None})
            return answer_json({"code": 0, "msg": "success", "data": data, "requestId": "sim"})

    def _verified(self, request: Request) -> Callable[[Mapping[str, Any]], Any]:
        path = self._paths.get(request.path)
        args = request.args
        if path is None or request.method != "POST":
            raise Refusal("61", "方法不存在", sub="gateway", word="path")
        missing = [name for name in NAMES if not args.get(name)]
        if missing:
            raise Refusal("21", f"缺少参数 {missing[0]}", sub="gateway", word="required")
        body = request.get_data(as_text=True)
        content = (
            f"{SECRET}access_token{args['access_token']}app_key{args['app_key']}method{request.path}param_json{body}"
            f"timestamp{args['timestamp']}v{args['v']}{SECRET}"
        )
        if args["app_key"] != APP_KEY or not hmac.compare_digest(
            _sign(args["algorithm"], content), args["sign"]
        ):
            raise Refusal("25", "签名错误", sub="gateway", word="signature")
        sent = beijing_time(args["timestamp"])
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("31", "时间戳过期", sub="gateway", word="timestamp")
        if args["access_token"] != TOKEN or self.is_expired:
            raise Refusal("19", "token已过期或者不存在", sub="gateway", word="token")
        return path

    def _create(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if not message.get("orderId") or not message.get("cargoes"):
            raise Refusal("10001", "参数错误", word="required")
        for contact in ("senderContact", "receiverContact"):
            if any(not message.get(contact, {}).get(name) for name in ("name", "mobile", "fullAddress")):
                raise Refusal("10001", f"{contact}不完整", word="required")
        if not message.get("productsReq", {}).get("productCode") or message.get("settleType") not in {
            1,
            2,
            3,
        }:
            raise Refusal("10001", "产品编码不能为空", word="required")
        if self.refuse:
            raise Refusal("11001", self.refuse, word="refused")
        parcel, _is_new = self.book(message["orderId"], message)
        return {"orderCode": f"ECP{parcel.number}", "waybillCode": parcel.number}

    def _cancel(self, message: Mapping[str, Any]) -> dict[str, Any]:
        number, reference = str(message.get("waybillCode", "")), str(message.get("customerOrderId", ""))
        if not message.get("cancelReason") or message.get("cancelType") != 1:
            raise Refusal("10001", "参数错误", word="required")
        why = self.give_back(number, reference)
        if why == "picked_up":  # on its way already: stopped and brought back
            self.parcels[number].is_stopped = True
            return {"resultType": 1}
        if why:
            raise Refusal("12001", "订单不存在" if why == "unknown" else "订单已取消", word=why)
        return {"resultType": 0}

    def _trace(self, message: Mapping[str, Any]) -> dict[str, Any]:
        parcel = self.find(str(message.get("waybillCode", "")))
        if parcel is None:
            raise Refusal("12002", "运单不存在", word="unknown")
        return {
            "traceDetails": [
                {
                    "waybillCode": parcel.number, "operationTime": beijing_text(one.at),
                    "operationRemark": one.text, "categoryName": self.word(one), "operatorName": "快递员",
                }
                for one in self.scans_of(parcel)
            ]
        }  # fmt: skip


def _error(code: str, message: str) -> Response:
    return answer_json({"error_response": {"code": code, "zh_desc": message, "en_desc": ""}})


def _sign(algorithm: str, content: str) -> str:
    if algorithm == "md5-salt":
        return md5_hex(content).upper()
    if algorithm not in ALGORITHMS:
        return ""
    return base64.b64encode(
        hmac.new(SECRET.encode(), content.encode(), ALGORITHMS[algorithm]).digest()
    ).decode()
