"""STO's LINK gateway that is none: one address, a content that is signed, and who it is for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimScan, md5_base64
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text

APP_KEY = "CAKsimulator"
SECRET = "sto-secret-of-the-simulator"  # noqa: S105 - of nobody
SITE = "666666"
NO_CANCEL = {"unknown": "订单不存在", "cancelled": "订单已取消，请勿重复操作", "picked_up": "订单已揽收"}
PARTY = ("name", "mobile", "province", "city", "area", "address")
MOST_NUMBERS = 10


class StoSimulator(CarrierSimulator):
    code = "sto"
    prefix = "7730"
    words = {  # noqa: RUF012 - a table
        "picked_up": "收件", "in_transit": "发件", "out_for_delivery": "派件", "delivered": "客户签收",
        "at_pickup_point": "第三方代派", "exception": "问题件", "returning": "退回件",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self._apis: dict[tuple[str, str], Callable[[Mapping[str, Any]], Any]] = {
            ("OMS_EXPRESS_ORDER_CREATE", "sto_oms"): self._create,
            ("EDI_MODIFY_ORDER_CANCEL", "edi_modify_order"): self._cancel,
            ("STO_TRACE_QUERY_COMMON", "sto_trace_query"): self._track,
        }

    def credentials(self) -> dict[str, Any]:
        return {"app_key": APP_KEY, "secret": SECRET, "site_code": SITE, "customer_name": "666666000001"}

    def throttle(self) -> Response:
        return _no("S07", "接口限流", retry=True)

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                form = request.form
                if request.path != "/gateway/link.do" or request.method != "POST":
                    raise Refusal("S01", "非法的请求", word="path")
                if form.get("from_appkey") != APP_KEY or form.get("from_code") != APP_KEY:
                    raise Refusal("S04", "非法的from_appkey", word="app_key")
                if form.get("data_digest") != md5_base64(form.get("content", "") + SECRET):
                    raise Refusal("S02", "非法的签名", word="signature")
                api = self._apis.get((form.get("api_name", ""), form.get("to_appkey", "")))
                if api is None or form.get("to_code") != form.get("to_appkey"):
                    raise Refusal("S03", "接口不存在", word="api")
                self.calls[form["api_name"]] += 1
                data = api(json.loads(form["content"]))
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _no(refusal.code, refusal.message)
            return answer_json(
                {"success": "true", "errorCode": None, "errorMsg": None, "needRetry": "false", "data": data}
            )

    def _create(self, content: Mapping[str, Any]) -> dict[str, Any]:
        parties = [content.get(kind, {}) for kind in ("sender", "receiver")]
        if not content.get("orderNo") or not content.get("orderSource"):
            raise Refusal("B01", "orderNo不能为空", word="required")
        if any(not party.get(name) for party in parties for name in PARTY):
            raise Refusal("B01", "收寄件人信息不完整", word="required")
        if (
            not content.get("cargo", {}).get("goodsName")
            or content.get("customer", {}).get("siteCode") != SITE
        ):
            raise Refusal("B01", "客户信息不存在", word="customer")
        if self.refuse:
            raise Refusal("B02", self.refuse, word="refused")
        parcel, _is_new = self.book(content["orderNo"], content)
        return {
            "orderNo": parcel.reference, "waybillNo": parcel.number, "bigWord": "877-342-213",
            "packagePlace": "广州", "sourceOrderId": parcel.reference,
        }  # fmt: skip

    def _cancel(self, content: Mapping[str, Any]) -> dict[str, Any]:
        if not content.get("orderSource"):
            raise Refusal("B01", "orderSource不能为空", word="required")
        number, reference = str(content.get("billCode", "")), str(content.get("sourceOrderId", ""))
        if why := self.give_back(number, reference):
            raise Refusal("B03", NO_CANCEL[why], word=why)
        return {}

    def _track(self, content: Mapping[str, Any]) -> dict[str, Any]:
        numbers = content.get("waybillNoList", [])
        if not 1 <= len(numbers) <= MOST_NUMBERS:
            raise Refusal("B04", "单号数量超限", word="batch")
        known = [self.parcels[number] for number in numbers if number in self.parcels]
        return {
            parcel.number: [_trace(parcel.number, self.word(one), one) for one in self.scans_of(parcel)]
            for parcel in known
        }


def _no(code: str, message: str, *, retry: bool = False) -> Response:
    return answer_json(
        {
            "success": "false", "errorCode": code, "errorMsg": message, "needRetry": str(retry).lower(),
            "data": None,
        }
    )  # fmt: skip


def _trace(number: str, code: str, one: SimScan) -> dict[str, Any]:
    return {
        "waybillNo": number, "opTime": beijing_text(one.at), "scanType": code, "memo": one.text,
        "opOrgName": f"{one.place}公司", "opOrgCityName": one.place, "opOrgProvinceName": "",
    }  # fmt: skip
