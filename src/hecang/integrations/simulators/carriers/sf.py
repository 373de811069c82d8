"""SF's 丰桥 that is none: one form for every service, results as JSON in a text, routes pushed unsigned."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import quoteattr

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimParcel, SimScan, md5_base64
from hecang.integrations.simulators.wire import Refusal, answer_json, beijing_text

PARTNER = "SFHC"
CHECK_WORD = "check-word-of-the-simulator"
CARD = "7551234567"
PUSH_KEY = "push-key-of-the-simulator"
LABEL = b"%PDF-1.4 label of the simulator"
LABEL_TOKEN = "AUTH_tkv12_simulator"  # noqa: S105 - of nobody
NO_CANCEL = {
    "unknown": ("8024", "未下单"), "cancelled": ("8037", "已消单"), "picked_up": ("8252", "订单已确认,不能消单"),
}  # fmt: skip


class Turned(Exception):
    """What the gateway itself refuses."""

    def __init__(self, code: str, message: str, word: str) -> None:
        super().__init__(message)
        self.code, self.message, self.word = code, message, word


class SfSimulator(CarrierSimulator):
    code = "sf"
    calls_per_second = 30.0
    prefix = "SF"
    words = {  # noqa: RUF012 - a table
        "picked_up": "54", "in_transit": "36", "customs": "605", "out_for_delivery": "204", "delivered": "80",
        "attempt_failed": "70", "at_pickup_point": "130", "returning": "99",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        #: Where label files lie; empty: here.
        self.files_at = ""
        self._request_ids: set[str] = set()
        self._services: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "EXP_RECE_CREATE_ORDER": self._create,
            "EXP_RECE_SEARCH_ORDER_RESP": self._search,
            "EXP_RECE_UPDATE_ORDER": self._update,
            "EXP_RECE_SEARCH_ROUTES": self._routes,
            "EXP_RECE_QUERY_DELIVERTM": self._deliver_time,
            "EXP_RECE_WANTED_INTERCEPT": self._intercept,
        }

    def credentials(self) -> dict[str, Any]:
        return {
            "partner_id": PARTNER, "check_word": CHECK_WORD, "monthly_card": CARD, "push_key": PUSH_KEY,
            "return_address": {
                "contact": "仓库", "phone": "02155550000", "province": "上海市", "city": "上海市",
                "county": "青浦区", "address": "仓库路 1 号",
            },
        }  # fmt: skip

    def throttle(self) -> Response:
        return _gateway("A1005", "流量受控")

    # ---------------------------------------------------------------- the gate

    def answer(self, request: Request) -> Response:
        with self.lock:
            if request.path == "/label.pdf":
                ok = request.headers.get("X-Auth-token") == LABEL_TOKEN
                return Response(LABEL, content_type="application/pdf") if ok else Response(status=401)
            try:
                service, message = self._verified(request)
                self.calls[service] += 1
                if service == "COM_RECE_CLOUD_PRINT_WAYBILLS":
                    return _result(
                        {"success": True, "obj": self._print(message, self.files_at or request.host_url)}
                    )
                data = self._services[service](message)
            except Turned as turned:
                self.refusals[turned.word] += 1
                return _gateway(turned.code, turned.message)
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _result({"success": False, "errorCode": refusal.code, "errorMsg": refusal.message})
            return _result({"success": True, "errorCode": "S0000", "errorMsg": None, "msgData": data})

    def _verified(self, request: Request) -> tuple[str, Mapping[str, Any]]:
        if request.path != "/std/service" or request.method != "POST":
            raise Turned("A1004", "无对应服务权限", "path")
        form = request.form
        names = ("partnerID", "requestID", "serviceCode", "timestamp", "msgDigest", "msgData")
        missing = [name for name in names if not form.get(name)]
        if missing:
            raise Turned("A1001", "必传参数不可为空", missing[0])
        signed = form["msgData"] + form["timestamp"] + CHECK_WORD
        if form["partnerID"] != PARTNER or form["msgDigest"] != md5_base64(_java_encoded(signed)):
            raise Turned("A1006", "数字签名无效", "signature")
        sent = int(form["timestamp"]) / 1000
        if abs(self.now().timestamp() - sent) > timedelta(minutes=10).total_seconds():
            raise Turned("A1002", "请求时效已过期", "timestamp")
        if form["requestID"] in self._request_ids:
            raise Turned("A1007", "重复请求", "request_id")
        self._request_ids.add(form["requestID"])
        if form["serviceCode"] not in {*self._services, "COM_RECE_CLOUD_PRINT_WAYBILLS"}:
            raise Turned("A1004", "无对应服务权限", "service")
        return form["serviceCode"], json.loads(form["msgData"])

    # ---------------------------------------------------------------- services

    def _create(self, message: Mapping[str, Any]) -> dict[str, Any]:
        contacts = {one.get("contactType"): one for one in message.get("contactInfoList", [])}
        if not message.get("orderId") or set(contacts) != {1, 2} or not message.get("cargoDetails"):
            raise Refusal("1010", "寄件地址不能为空", word="required")
        if any(
            not one.get("address") or not (one.get("mobile") or one.get("tel")) for one in contacts.values()
        ):
            raise Refusal("1023", "联系方式不能为空", word="required")
        if not 1 <= message.get("parcelQty", 1) <= 307:
            raise Refusal("8018", "包裹数不合法", word="parcels")
        if self.refuse:
            raise Refusal("8177", self.refuse, word="refused")
        parcel, is_new = self.book(message["orderId"], message)
        if not is_new:
            raise Refusal("8016", "重复下单", word="repeated")
        return _order(parcel)

    def _search(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return _order(self._known(message))

    def _update(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if message.get("dealType") != 2:
            raise Refusal("8027", "不支持的操作", word="deal")
        reference = str(message.get("orderId", ""))
        if why := self.give_back(reference=reference):
            raise Refusal(NO_CANCEL[why][0], NO_CANCEL[why][1], word=why)
        return {"orderId": reference, "resStatus": 2}

    def _known(self, message: Mapping[str, Any]) -> SimParcel:
        parcel = self.find(reference=str(message.get("orderId", "")))
        if parcel is None:
            raise Refusal("8024", "未下单", word="unknown")
        return parcel

    def _routes(self, message: Mapping[str, Any]) -> dict[str, Any]:
        numbers = message.get("trackingNumber", [])
        if not 1 <= len(numbers) <= 10 or message.get("trackingType") != "1":
            raise Refusal("20012", "查询单号数量超限", word="batch")
        found = []
        for number in numbers:
            parcel = self.find(number)
            phone = _phone(parcel)
            seen = parcel is not None and message.get("checkPhoneNo", "") == phone[-4:]
            routes = [_route(self.word(one), one) for one in self.scans_of(parcel)] if parcel and seen else []
            found.append({"mailNo": number, "routes": routes})
        return {"routeResps": found}

    def _deliver_time(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if not message.get("srcAddress", {}).get("city") or not message.get("destAddress", {}).get("city"):
            raise Refusal("1010", "地址不能为空", word="required")
        arrives = beijing_text(self.now() + timedelta(days=2))
        return {
            "deliverTmDto": [
                {"businessType": "1", "deliverTime": f"{arrives},{arrives}", "fee": 18 + message["weight"]},
                {"businessType": "2", "deliverTime": f"{arrives},{arrives}", "fee": 12 + message["weight"]},
            ]
        }

    def _print(self, message: Mapping[str, Any], host: str) -> dict[str, Any]:
        documents = message.get("documents", [])
        if message.get("templateCode") != f"fm_150_standard_{PARTNER}" or not 1 <= len(documents) <= 20:
            raise Refusal("40001", "模板不存在", word="template")
        if any(one.get("masterWaybillNo") not in self.parcels for one in documents):
            raise Refusal("40002", "运单不存在", word="unknown")
        return {"files": [{"url": f"{host}label.pdf", "token": LABEL_TOKEN}]}

    def _intercept(self, message: Mapping[str, Any]) -> dict[str, Any]:
        parcel = self.find(str(message.get("waybillNo", "")))
        if parcel is None:
            raise Refusal("6150", "找不到该订单", word="unknown")
        if message.get("serviceCode") != "2" or not message.get("newDestAddress", {}).get("address"):
            raise Refusal("20010", "参数错误", word="required")
        parcel.is_stopped = True
        return {}

    # ---------------------------------------------------------------- pushes

    def pushes(self, number: str) -> Iterable[Push]:
        """The routes of a parcel, as JSON; ten of them at most."""
        with self.lock:
            parcel = self.parcels[number]
            rows = [_pushed(parcel, self.word(one), one) for one in self.scans_of(parcel)][-10:]
        return [self.signed_push({"Body": {"WaybillRoute": rows}})]

    def signed_push(self, given: Any) -> Push:
        """Any push; what stands for a signature is the key in the address."""
        body = json.dumps(given, ensure_ascii=False).encode()
        return Push("POST", {"key": PUSH_KEY}, {"Content-Type": "application/json;charset=UTF-8"}, body)

    def push_xml(self, number: str) -> Push:
        """The same as a form with XML, as older customers get it."""
        with self.lock:
            parcel = self.parcels[number]
            rows = [_pushed(parcel, self.word(one), one) for one in self.scans_of(parcel)]
        routes = "".join(
            "<WaybillRoute " + " ".join(f"{name}={quoteattr(value)}" for name, value in row.items()) + "/>"
            for row in rows
        )
        xml = f'<Request service="RoutePushService" lang="zh-CN"><Body>{routes}</Body></Request>'
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        return Push("POST", {"key": PUSH_KEY}, headers, f"content={quote(xml)}".encode())


def _java_encoded(text: str) -> str:
    """As ``java.net.URLEncoder`` does it."""
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def _gateway(code: str, message: str) -> Response:
    return answer_json(
        {"apiErrorMsg": message, "apiResponseID": "sim", "apiResultCode": code, "apiResultData": None}
    )


def _result(result: Mapping[str, Any]) -> Response:
    data = json.dumps(result, ensure_ascii=False)
    return answer_json(
        {"apiErrorMsg": "", "apiResponseID": "sim", "apiResultCode": "A1000", "apiResultData": data}
    )


def _phone(parcel: SimParcel | None) -> str:
    contacts = parcel.told.get("contactInfoList", []) if parcel else []
    return next((str(one.get("mobile", "")) for one in contacts if one.get("contactType") == 2), "")


def _order(parcel: SimParcel) -> dict[str, Any]:
    count = parcel.told.get("parcelQty", 1)
    subs = [{"waybillType": 2, "waybillNo": f"{parcel.number}{n:03}"} for n in range(1, count)]
    return {
        "orderId": parcel.reference, "filterResult": 2, "remark": "",
        "waybillNoInfoList": [{"waybillType": 1, "waybillNo": parcel.number}, *subs],
        "routeLabelInfo": [
            {"code": "1000", "routeLabelData": {"destRouteLabel": "021WG-M1", "proCode": "T4"}, "message": "SF"}
        ],
    }  # fmt: skip


def _route(code: str, one: SimScan) -> dict[str, Any]:
    return {
        "acceptTime": beijing_text(one.at), "acceptAddress": one.place, "remark": one.text, "opCode": code,
    }  # fmt: skip


def _pushed(parcel: SimParcel, code: str, one: SimScan) -> dict[str, str]:
    return {
        "mailno": parcel.number, "orderid": parcel.reference, "acceptTime": beijing_text(one.at),
        "acceptAddress": one.place, "remark": one.text, "opCode": code, "id": str(int(one.at.timestamp())),
        "reasonCode": "", "reasonName": "",
    }  # fmt: skip
