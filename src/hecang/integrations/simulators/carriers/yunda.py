"""Yunda's open platform that is none: a body signed with an underscore, repeated orders sent to the update."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimParcel, md5_hex
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text

APP_KEY = "999999"
SECRET = "yunda-secret-of-the-simulator"  # noqa: S105 - of nobody
PARTNER = "529951202001"
PARTNER_SECRET = "partner-secret-of-the-simulator"  # noqa: S105 - of nobody
NO_CANCEL = {"unknown": "ERROR:订单不存在", "cancelled": "ERROR:订单已取消", "picked_up": "ERROR:订单已揽收"}
PARTY = ("name", "province", "city", "county", "address", "mobile")


class YundaSimulator(CarrierSimulator):
    code = "yunda"
    prefix = "3120"
    words = {  # noqa: RUF012 - a table
        "picked_up": "GOT", "in_transit": "TRANSIT", "out_for_delivery": "DELIVERING", "delivered": "SIGNED",
        "attempt_failed": "SIGNFAIL", "returning": "RETURN",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self._services: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "/openapi-api/v1/accountOrder/createBmOrder": self._create,
            "/openapi-api/v1/accountOrder/updateBmOrder": self._update,
            "/openapi-api/v1/accountOrder/cancelBmOrder": self._cancel,
            "/openapi/outer/logictis/query": self._query,
            "/openapi/outer/logictis/subscribe": self._subscribe,
        }

    def credentials(self) -> dict[str, Any]:
        return {
            "app_key": APP_KEY, "app_secret": SECRET, "partner_id": PARTNER, "partner_secret": PARTNER_SECRET,
        }  # fmt: skip

    def throttle(self) -> Response:
        return _no("1009", "调用频率超过限制")

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[request.path] += 1
            try:
                service = self._services.get(request.path)
                if service is None or request.method != "POST":
                    raise Refusal("1001", "服务不存在", word="path")
                signed = f"{request.get_data(as_text=True)}_{SECRET}"
                if request.headers.get("app-key") != APP_KEY or request.headers.get("sign") != md5_hex(
                    signed
                ):
                    raise Refusal("1004", "签名验证失败", word="signature")
                if not request.headers.get("req-time", "").isdigit():
                    raise Refusal("1003", "请求时间为空", word="required")
                data = service(json.loads(request.get_data()))
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _no(refusal.code, refusal.message)
            return answer_json(
                {
                    "code": "0000",
                    "result": True,
                    "message": "请求成功",
                    "sub_code": None,
                    "sub_msg": None,
                    "data": data,
                }
            )

    def _one(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        if message.get("partner_id") != PARTNER or message.get("secret") != PARTNER_SECRET:
            raise Refusal("2001", "白马账号或密码错误", word="partner")
        orders = message.get("orders", [])
        if message.get("appid") != APP_KEY or len(orders) != 1:
            raise Refusal("2002", "参数错误", word="required")
        one: Mapping[str, Any] = orders[0]
        return one

    def _create(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        order = self._one(message)
        for kind in ("sender", "receiver"):
            party = order.get(kind, {})
            if any(not party.get(name) for name in PARTY) or party["address"].count(",") < 3:
                raise Refusal("2003", "收发件人信息不完整", word="required")
        if not order.get("order_serial_no") or order.get("order_type") != "common":
            raise Refusal("2003", "订单号为空", word="required")
        if self.refuse:
            self.refusals["refused"] += 1
            return [
                {
                    "order_serial_no": order["order_serial_no"],
                    "mail_no": "",
                    "status": "0",
                    "msg": self.refuse,
                }
            ]
        parcel, is_new = self.book(order["order_serial_no"], order)
        if not is_new:
            self.refusals["repeated"] += 1
            msg = "订单已存在，更新订单请使用更新接口"
            return [{"order_serial_no": parcel.reference, "mail_no": "", "status": "0", "msg": msg}]
        return [_made(parcel)]

    def _update(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        parcel = self.find(reference=str(self._one(message).get("order_serial_no", "")))
        if parcel is None:
            return [{"mail_no": "", "status": "0", "msg": "订单不存在"}]
        return [_made(parcel)]

    def _cancel(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        order = self._one(message)
        why = self.give_back(str(order.get("mailno") or ""), str(order.get("order_serial_no", "")))
        status, msg = ("0", NO_CANCEL[why]) if why else ("1", "取消成功")
        return [{"order_serial_no": order.get("order_serial_no"), "status": status, "msg": msg}]

    def _query(self, message: Mapping[str, Any]) -> dict[str, Any]:
        number = str(message.get("mailno", ""))
        if number not in self.subscribed:
            raise Refusal("3001", "运单未订阅", word="subscribed")
        parcel = self.find(number)
        return {
            "mailno": number, "result": "true",
            "steps": [
                {
                    "time": beijing_text(one.at), "status": self.word(one), "description": one.text,
                    "city": one.place, "station_name": f"{one.place}公司",
                }
                for one in (self.scans_of(parcel) if parcel else [])
            ],
        }  # fmt: skip

    def _subscribe(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        numbers = [str(one.get("mailno", "")) for one in message.get("orders", [])]
        if not numbers or not all(numbers):
            raise Refusal("2003", "运单号为空", word="required")
        self.subscribed.update(numbers)
        return [{"mailno": number, "status": "1"} for number in numbers]


def _no(code: str, message: str) -> Response:
    return answer_json({"code": code, "result": False, "message": message, "data": None})


def _made(parcel: SimParcel) -> dict[str, Any]:
    return {
        "order_serial_no": parcel.reference, "mail_no": parcel.number, "status": "1", "msg": "创建成功",
        "position": "300-A12-B3",
    }  # fmt: skip
