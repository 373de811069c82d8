"""YTO's open platform that is none: an address with a key for each interface, parameters signed with its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.carriers.base import CarrierSimulator, md5_base64
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text

CUSTOMER = "K21000119"
SECRET = "yto-secret-of-the-simulator"  # noqa: S105 - of nobody
KEYS = {
    "privacy_create_adapter": "jEJxlq",
    "korder_cancel_adapter": "N364gM",
    "track_query_adapter": "PFUYji",
}
NO_CANCEL = {"unknown": "订单不存在", "cancelled": "订单已取消", "picked_up": "订单已揽收，不能取消"}
PARTY = ("Name", "ProvinceName", "CityName", "CountyName", "Address", "Mobile")


class YtoSimulator(CarrierSimulator):
    code = "yto"
    prefix = "YT28"
    words = {  # noqa: RUF012 - a table
        "picked_up": "GOT", "in_transit": "DEPARTURE", "out_for_delivery": "SENT_SCAN", "delivered": "SIGNED",
        "attempt_failed": "FAILED", "at_pickup_point": "INBOUND", "returning": "TMS_RETURN",
    }  # fmt: skip

    def credentials(self) -> dict[str, Any]:
        return {
            "customer_code": CUSTOMER, "secret": SECRET, "create_key": KEYS["privacy_create_adapter"],
            "cancel_key": KEYS["korder_cancel_adapter"], "track_key": KEYS["track_query_adapter"],
        }  # fmt: skip

    def throttle(self) -> Response:
        return answer_json({"success": False, "code": "S05", "message": "访问频率超限"})

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                method, param = self._verified(request)
                self.calls[method] += 1
                if method == "privacy_create_adapter":
                    return answer_json(self._create(param))
                if method == "korder_cancel_adapter":
                    return answer_json(self._cancel(param))
                return answer_json(self._track(param))
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return answer_json({"success": False, "code": refusal.code, "message": refusal.message})

    def _verified(self, request: Request) -> tuple[str, Mapping[str, Any]]:
        parts = request.path.strip("/").split("/")
        if len(parts) != 5 or parts[0] != "open" or KEYS.get(parts[1]) != parts[3] or parts[4] != CUSTOMER:
            raise Refusal("S01", "接口不存在", word="path")
        given = request.get_json(force=True)
        if given.get("format") != "JSON" or not isinstance(given.get("timestamp"), int):
            raise Refusal("S02", "参数缺失", word="required")
        if given.get("sign") != md5_base64(f"{given.get('param')}{parts[1]}{parts[2]}{SECRET}"):
            raise Refusal("S03", "签名验证失败", word="signature")
        return parts[1], json.loads(given["param"])

    def _create(self, param: Mapping[str, Any]) -> dict[str, Any]:
        missing = [
            kind + name for kind in ("sender", "recipient") for name in PARTY if not param.get(kind + name)
        ]
        if not param.get("logisticsNo") or missing:
            raise Refusal("B01", "必填参数为空", word="required")
        if self.refuse:
            raise Refusal("B02", self.refuse, word="refused")
        parcel, _is_new = self.book(param["logisticsNo"], param)
        return {"logisticsNo": parcel.reference, "mailNo": parcel.number, "shortAddress": "560-302-007"}

    def _cancel(self, param: Mapping[str, Any]) -> dict[str, Any]:
        if why := self.give_back(reference=str(param.get("logisticsNo", ""))):
            raise Refusal("B03", NO_CANCEL[why], word=why)
        return {"success": True, "code": "200", "message": "取消成功"}

    def _track(self, param: Mapping[str, Any]) -> Any:
        parcel = self.find(str(param.get("NUMBER", "")))
        if parcel is None or not parcel.scans:
            raise Refusal("1001", "查询结果为空", word="unknown")
        return [
            {
                "waybill_No": parcel.number, "upload_Time": beijing_text(one.at), "infoContent": self.word(one),
                "processInfo": one.text, "city": one.place, "district": "", "weight": "1.0",
            }
            for one in self.scans_of(parcel)
        ]  # fmt: skip
