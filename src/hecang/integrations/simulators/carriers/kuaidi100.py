"""kuaidi100 that is none: three products, each with a signature of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimParcel, md5_hex
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text

CUSTOMER = "CUSTOMER1234567890"
KEY = "kd100-key-of-the-simulator"
SECRET = "kd100-secret-of-the-simulator"  # noqa: S105 - of nobody
SALT = "kd100-salt-of-the-simulator"
NO_CANCEL = {"unknown": "订单不存在", "cancelled": "订单已取消", "picked_up": "快件已揽收"}


class Kuaidi100Simulator(CarrierSimulator):
    code = "kuaidi100"
    prefix = "KD10"
    words = {  # noqa: RUF012 - a table
        "created": "102", "picked_up": "1", "in_transit": "0", "out_for_delivery": "5", "delivered": "301",
        "at_pickup_point": "501", "exception": "2", "attempt_failed": "14", "returning": "6", "returned": "4",
        "customs": "11",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        #: Where it was asked to push to.
        self.callbacks: set[str] = set()

    def credentials(self) -> dict[str, Any]:
        return {
            "customer": CUSTOMER, "key": KEY, "secret": SECRET, "salt": SALT, "order_carrier": "yuantong",
            "partner_id": "K21000119",
        }  # fmt: skip

    def addresses(self, address: str) -> dict[str, str]:
        return {
            "base_url": address, "label_url": f"{address}/label/order", "price_url": f"{address}/order/borderapi.do",
        }  # fmt: skip

    def throttle(self) -> Response:
        return _no("510", "请求过于频繁")

    def answer(self, request: Request) -> Response:
        with self.lock:
            form = request.form
            self.calls[request.path] += 1
            try:
                if request.method != "POST":
                    raise Refusal("400", "提交的数据不完整", word="method")
                if request.path == "/poll/query.do":
                    return answer_json(self._query(form))
                if request.path == "/poll":
                    return answer_json(self._poll(form))
                if request.path in {"/label/order", "/order/borderapi.do"}:
                    data = self._signed(request.path, form)
                    return answer_json(
                        {"success": True, "result": True, "code": 200, "message": "成功", "data": data}
                    )
                raise Refusal("404", "接口不存在", word="path")
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _no(refusal.code, refusal.message)

    # ---------------------------------------------------------------- tracking

    def _query(self, form: Mapping[str, str]) -> dict[str, Any]:
        text = form.get("param", "")
        if form.get("customer") != CUSTOMER or form.get("sign") != md5_hex(text + KEY + CUSTOMER).upper():
            raise Refusal("503", "验证签名失败", word="signature")
        param = json.loads(text)
        if not param.get("com") or not param.get("num") or param["com"] != param["com"].lower():
            raise Refusal("400", "提交的数据不完整", word="required")
        parcel = self.find(param["num"])
        if parcel is None or not parcel.scans:
            raise Refusal("500", "查询无结果，请隔段时间再查", word="unknown")
        return {"message": "ok", "status": "200", "condition": "00", **self._result(parcel, param["com"])}

    def _result(self, parcel: SimParcel, com: str) -> dict[str, Any]:
        rows = self.scans_of(parcel)
        last = max(rows, key=lambda one: one.at)
        return {
            "nu": parcel.number, "com": com, "state": self.word(last), "ischeck": str(int(last.status == "delivered")),
            "data": [
                {
                    "time": beijing_text(one.at), "ftime": beijing_text(one.at), "context": one.text,
                    "statusCode": self.word(one), "areaCode": "CN440100000000", "areaName": one.place,
                }
                for one in rows
            ],
        }  # fmt: skip

    def _poll(self, form: Mapping[str, str]) -> dict[str, Any]:
        param = json.loads(form.get("param", "{}"))
        parameters = param.get("parameters", {})
        if form.get("schema") != "json" or not param.get("company") or not param.get("number"):
            raise Refusal("701", "拒绝订阅的快递公司", word="required")
        if param.get("key") != KEY:
            raise Refusal("600", "您不是合法的订阅者（即授权Key出错）", word="signature")
        if not parameters.get("callbackurl") or parameters.get("salt") != SALT:
            raise Refusal("700", "不支持的回调", word="required")
        if param["number"] in self.subscribed:
            raise Refusal("501", "重复订阅", word="repeated")
        self.subscribed.add(param["number"])
        self.callbacks.add(parameters["callbackurl"])
        return {"result": True, "returnCode": "200", "message": "提交成功"}

    def pushes(self, number: str) -> Iterable[Push]:
        """All scans so far, signed with the salt."""
        with self.lock:
            result = self._result(self.parcels[number], "yuantong")
        pushed = {
            "status": "polling", "billstatus": "change", "message": "", "autoCheck": "0", "lastResult": result,
        }  # fmt: skip
        return [self.signed_push(pushed)]

    def signed_push(self, given: Any) -> Push:
        """Any push, signed with the salt."""
        text = json.dumps(given, ensure_ascii=False)
        body = urlencode({"sign": md5_hex(text + SALT).upper(), "param": text}).encode()
        return Push("POST", {}, {"Content-Type": "application/x-www-form-urlencoded"}, body)

    # ---------------------------------------------------------------- waybills and prices

    def _signed(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        text, time = form.get("param", ""), form.get("t", "")
        if form.get("key") != KEY or form.get("sign") != md5_hex(text + time + KEY + SECRET).upper():
            raise Refusal("30001", "签名错误", word="signature")
        if not time.isdigit() or abs(int(time) / 1000 - self.now().timestamp()) > 600:
            raise Refusal("30002", "时间戳过期", word="timestamp")
        param = json.loads(text)
        if path == "/order/borderapi.do":
            return self._price(form.get("method", ""), param)
        if not param.get("partnerId") or not param.get("kuaidicom"):
            raise Refusal("30003", "电子面单账号不能为空", word="required")
        if form.get("method") == "order":
            return self._order(param)
        if form.get("method") == "cancel":
            if why := self.give_back(str(param.get("kuaidinum") or ""), str(param.get("orderId", ""))):
                raise Refusal("30006", NO_CANCEL[why], word=why)
            return {}
        raise Refusal("30009", "method不支持", word="method")

    def _order(self, param: Mapping[str, Any]) -> dict[str, Any]:
        for man in ("recMan", "sendMan"):
            if any(not param.get(man, {}).get(name) for name in ("name", "mobile", "printAddr")):
                raise Refusal("30004", f"{man}不完整", word="required")
        if param.get("printType") != "NON" or not param.get("orderId") or not param.get("cargo"):
            raise Refusal("30004", "参数不完整", word="required")
        if self.refuse:
            raise Refusal("30005", self.refuse, word="refused")
        parcel, _is_new = self.book(param["orderId"], param)
        return {"taskId": f"T{parcel.number}", "kuaidinum": parcel.number, "bulkpen": "560-302", "label": ""}

    def _price(self, method: str, param: Mapping[str, Any]) -> dict[str, Any]:
        if method != "price" or not param.get("sendManPrintAddr") or not param.get("recManPrintAddr"):
            raise Refusal("30004", "参数不完整", word="required")
        return {"price": f"{8 + float(param['weight']):.2f}", "serviceType": "标准快递"}


def _no(code: str, message: str) -> Response:
    return answer_json(
        {"result": False, "success": False, "returnCode": code, "code": code, "message": message}
    )
