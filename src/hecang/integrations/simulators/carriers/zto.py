"""ZTO's open platform that is none: JSON signed over the very bytes, a service to each address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimScan, md5_base64
from hecang.integrations.simulators.wire import Refusal, answer_json

APP_KEY = "zto-app"
SECRET = "zto-secret-of-the-simulator"  # noqa: S105 - of nobody
NO_CANCEL = {"unknown": "查询不到该订单", "cancelled": "订单已取消", "picked_up": "快件已揽收，不能取消"}
PARTY = ("Name", "Mobile", "Province", "City", "District", "Address")


class ZtoSimulator(CarrierSimulator):
    code = "zto"
    prefix = "7310"
    words = {  # noqa: RUF012 - a table
        "picked_up": "收件", "in_transit": "发件", "out_for_delivery": "派件", "delivered": "签收",
        "at_pickup_point": "入库", "exception": "问题件", "returning": "退件", "returned": "退件签收",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self._services: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "zto.open.createOrder": self._create,
            "zto.open.cancelPreOrder": self._cancel,
            "zto.merchant.waybill.track.query": self._track,
        }

    def credentials(self) -> dict[str, Any]:
        return {"app_key": APP_KEY, "app_secret": SECRET, "account_id": "test", "account_password": "ZTO123"}

    def throttle(self) -> Response:
        return _no("S206", "api qos limit")

    def answer(self, request: Request) -> Response:
        with self.lock:
            service = request.path.strip("/")
            self.calls[service] += 1
            try:
                result = self._verified(request, service)(json.loads(request.get_data()))
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _no(refusal.code, refusal.message)
            return answer_json(
                {"status": True, "statusCode": "SYS000", "message": "请求成功", "result": result}
            )

    def _verified(self, request: Request, service: str) -> Callable[[Mapping[str, Any]], Any]:
        if service not in self._services:
            raise Refusal("S207", "API不存在", word="service")
        if request.method != "POST" or request.mimetype != "application/json":
            raise Refusal("S208", "body不能为空", word="content_type")
        signed = request.get_data(as_text=True) + SECRET
        if request.headers.get("x-appKey") != APP_KEY or request.headers.get("x-dataDigest") != md5_base64(
            signed
        ):
            raise Refusal("S211", "签名错误", word="signature")
        return self._services[service]

    def _create(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if not message.get("partnerOrderCode") or message.get("orderType") not in {"1", "2", "3", "4"}:
            raise Refusal("S208", "partnerOrderCode不能为空", word="required")
        for section, kind in (("senderInfo", "sender"), ("receiveInfo", "receiver")):
            if any(not message.get(section, {}).get(f"{kind}{name}") for name in PARTY):
                raise Refusal("S208", f"{section}不能为空", word="required")
        if message.get("accountInfo", {}).get("accountId") != "test":
            raise Refusal("B001", "电子面单账号不存在", word="account")
        if self.refuse:
            raise Refusal("B002", self.refuse, word="refused")
        parcel, _is_new = self.book(message["partnerOrderCode"], message)
        return {
            "orderCode": f"26{parcel.number}", "billCode": parcel.number, "siteCode": "02100",
            "bigMarkInfo": {"bagAddr": "广州", "mark": "500-A1"},
        }  # fmt: skip

    def _cancel(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if not message.get("cancelType"):
            raise Refusal("S208", "cancelType不能为空", word="required")
        if why := self.give_back(str(message.get("billCode", "")), str(message.get("orderCode", ""))):
            raise Refusal("B003", NO_CANCEL[why], word=why)
        return {}

    def _track(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        parcel = self.find(str(message.get("billCode", "")))
        if parcel is None:
            raise Refusal("B004", "查询不到该运单", word="unknown")
        phone = parcel.told.get("receiveInfo", {}).get("receiverMobile", "")
        if message.get("mobilePhone") != phone[-4:]:
            raise Refusal("B005", "手机号后四位不正确", word="phone")
        return [_trace(self.word(one), one) for one in self.scans_of(parcel)]


def _no(code: str, message: str) -> Response:
    return answer_json({"status": False, "statusCode": code, "message": message, "result": None})


def _trace(code: str, one: SimScan) -> dict[str, Any]:
    return {
        "scanType": code, "scanDate": int(one.at.timestamp() * 1000), "desc": one.text,
        "scanSite": {"name": f"{one.place}中转", "city": one.place, "prov": "", "phone": "", "isTransfer": 1},
    }  # fmt: skip
