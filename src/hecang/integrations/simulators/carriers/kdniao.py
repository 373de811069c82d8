"""kdniao that is none: one form for queries, subscriptions and waybills, and pushes signed the same way."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimParcel, md5_hex
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text

BUSINESS = "1256059"
APP_KEY = "kdniao-key-of-the-simulator"
PATHS = {
    "1002": "/Ebusiness/EbusinessOrderHandle.aspx", "8001": "/Ebusiness/EbusinessOrderHandle.aspx",
    "1008": "/api/dist", "8008": "/api/dist", "1007": "/api/EOrderService", "1147": "/api/EOrderService",
}  # fmt: skip
NO_CANCEL = {"unknown": "订单不存在", "cancelled": "订单已取消", "picked_up": "快件已揽收"}
PARTY = ("Name", "Mobile", "ProvinceName", "CityName", "ExpAreaName", "Address")


class KdniaoSimulator(CarrierSimulator):
    code = "kdniao"
    prefix = "KDN0"
    words = {  # noqa: RUF012 - a table
        "picked_up": "1", "in_transit": "2", "out_for_delivery": "202", "delivered": "301", "at_pickup_point": "211",
        "exception": "4", "attempt_failed": "404", "returning": "407", "returned": "406",
    }  # fmt: skip

    def credentials(self) -> dict[str, Any]:
        return {
            "business_id": BUSINESS,
            "app_key": APP_KEY,
            "shipper_code": "YTO",
            "customer_name": "K21000119",
        }

    def throttle(self) -> Response:
        return _no("110", "查询频率超限")

    def answer(self, request: Request) -> Response:
        with self.lock:
            form = request.form
            kind, data = form.get("RequestType", ""), form.get("RequestData", "")
            self.calls[kind] += 1
            try:
                if PATHS.get(kind) != request.path or request.method != "POST" or form.get("DataType") != "2":
                    raise Refusal("101", "缺少必要参数", word="path")
                if form.get("EBusinessID") != BUSINESS or form.get("DataSign") != _sign(data):
                    raise Refusal("104", "数据签名验证失败", word="signature")
                return answer_json({"EBusinessID": BUSINESS, **self._do(kind, json.loads(data))})
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _no(refusal.code, refusal.message)

    def _do(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if not given.get("ShipperCode"):
            raise Refusal("105", "ShipperCode不能为空", word="required")
        if kind == "1007":
            return self._order(given)
        if kind == "1147":
            if why := self.give_back(str(given.get("ExpNo") or ""), str(given.get("OrderCode", ""))):
                raise Refusal("105", NO_CANCEL[why], word=why)
            return {"Success": True, "ResultCode": "100", "Reason": "成功"}
        number = str(given.get("LogisticCode", ""))
        if not number:
            raise Refusal("105", "LogisticCode不能为空", word="required")
        if kind in {"1008", "8008"}:
            self.subscribed.add(number)
            return {"Success": True, "UpdateTime": beijing_text(self.now()), "Reason": ""}
        parcel = self.find(number)
        if parcel is None or not parcel.scans:
            return {
                "Success": False,
                "LogisticCode": number,
                "State": "0",
                "Reason": "暂无轨迹信息",
                "Traces": [],
            }
        return self._traces(parcel, given["ShipperCode"], has_actions=kind == "8001")

    def _traces(self, parcel: SimParcel, shipper: str, *, has_actions: bool) -> dict[str, Any]:
        rows = sorted(parcel.scans, key=lambda one: one.at)
        word = self.word(rows[-1])
        traces: list[dict[str, Any]] = [
            {"AcceptTime": beijing_text(one.at), "AcceptStation": one.text, "Location": one.place}
            for one in rows
        ]
        if has_actions:
            for one, trace in zip(rows, traces, strict=True):
                trace["Action"] = self.word(one)
        return {
            "ShipperCode": shipper, "LogisticCode": parcel.number, "Success": True, "State": word[0],
            "StateEx": word, "Traces": traces,
        }  # fmt: skip

    def _order(self, given: Mapping[str, Any]) -> dict[str, Any]:
        parties = [given.get(name, {}) for name in ("Sender", "Receiver")]
        if not given.get("OrderCode") or any(not party.get(name) for party in parties for name in PARTY):
            raise Refusal("105", "收发件人信息不完整", word="required")
        if not given.get("Commodity") or given.get("PayType") not in {1, 2, 3}:
            raise Refusal("105", "商品信息不完整", word="required")
        if self.refuse:
            raise Refusal("105", self.refuse, word="refused")
        parcel, is_new = self.book(given["OrderCode"], given)
        made = {
            "OrderCode": parcel.reference, "ShipperCode": given["ShipperCode"], "LogisticCode": parcel.number,
            "MarkDestination": "560-302-007",
        }  # fmt: skip
        if is_new:
            return {"Success": True, "ResultCode": "100", "Reason": "成功", "Order": made}
        self.refusals["repeated"] += 1
        return {"Success": False, "ResultCode": "106", "Reason": "该订单号已下单成功", "Order": made}

    def pushes(self, number: str) -> Iterable[Push]:
        """All scans so far, signed."""
        with self.lock:
            parcel = self._traces(self.parcels[number], "YTO", has_actions=True)
        pushed = {
            "PushTime": beijing_text(self.now()), "EBusinessID": BUSINESS, "Count": "1",
            "Data": [{"EBusinessID": BUSINESS, **parcel}],
        }  # fmt: skip
        return [self.signed_push(pushed)]

    def signed_push(self, given: Any) -> Push:
        """Any push, signed."""
        data = json.dumps(given, ensure_ascii=False)
        body = urlencode({"RequestData": data, "RequestType": "102", "DataSign": _sign(data)}).encode()
        return Push("POST", {}, {"Content-Type": "application/x-www-form-urlencoded"}, body)


def _sign(data: str) -> str:
    return base64.b64encode(md5_hex(data + APP_KEY).encode()).decode()


def _no(code: str, reason: str) -> Response:
    return answer_json({"EBusinessID": BUSINESS, "Success": False, "ResultCode": code, "Reason": reason})
