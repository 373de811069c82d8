"""A Kuaishou shop that is none: signs, pages, refuses and pushes as the open platform documents it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.keyset import page_after
from hecang.integrations.simulators.kuaishou_world import (
    STATES,
    milliseconds,
    numbered,
    order_document,
    refund_document,
)
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
)
from hecang.kernel.connectors import Token

APP_KEY = "ks669064233797003102"
APP_SECRET = "app-secret-of-the-simulator"  # noqa: S105 - of nobody
SIGN_SECRET = "sign-secret-of-the-simulator"  # noqa: S105 - of nobody
MESSAGE_KEY = base64.b64encode(hashlib.sha256(b"messages").digest()[:16]).decode()

PARTIAL, COMPLETE = 1, 2


class KuaishouSimulator(Simulator):
    code = "kuaishou"
    calls_per_second = 300.0

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.access = "access-1"
        self.refresh = "refresh-1"
        #: The refresh token before, and until when it is still good.
        self._former = ("", self._clock())
        self._sold: set[tuple[str, str]] = set()
        self.addresses: dict[str, str] = {}
        self._parcels: dict[str, list[SimShipment]] = {}
        self._verbs: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {
            "open.order.cursor.list": ("GET", self._orders),
            "open.order.detail": ("GET", self._order),
            "open.seller.order.refund.pcursor.list": ("GET", self._refunds),
            "open.seller.order.goods.deliver": ("POST", self._deliver),
            "open.order.goods.split.deliver": ("POST", self._split_deliver),
            "open.item.sku.list.get": ("GET", self._skus),
            "open.item.sku.stock.update": ("POST", self._stock),
            "open.order.address.audit.approve": ("GET", self._approve),
            "open.order.address.audit.reject": ("GET", self._reject),
            "open.shop.info.get": ("GET", lambda _param: {"shopName": "和仓演示店"}),
        }

    def credentials(self) -> dict[str, Any]:
        return {
            "app_key": APP_KEY,
            "app_secret": APP_SECRET,
            "sign_secret": SIGN_SECRET,
            "message_key": MESSAGE_KEY,
        }

    def token(self) -> Token:
        return Token(access=self.access, refresh=self.refresh)

    def place(self, *orders: SimOrder) -> None:
        super().place(*orders)
        with self.lock:
            self._sold |= {(line.product_id, line.variant_id) for order in orders for line in order.lines}

    def throttle(self) -> Response:
        return answer_json(
            {"result": 1016, "error_msg": f"Exceed qps limit, KEY [appkey:{APP_KEY}], MAX_QPS [300.0]"}
        )

    # ---------------------------------------------------------------- the gate

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[request.path] += 1
            try:
                if request.path == "/oauth2/refresh_token":
                    return answer_json(self._refresh(request))
                return answer_json({"result": 1, "error_msg": "SUCCESS", "data": self._do(request)})
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return answer_json({"result": int(refusal.code), "error_msg": refusal.message})

    def _do(self, request: Request) -> Any:
        method = request.path.strip("/").replace("/", ".")
        if method not in self._verbs:
            raise Refusal("11", "Invalid url", word="unknown_method")
        verb, do = self._verbs[method]
        if request.method != verb:
            raise Refusal("11", f"use {verb}", word="wrong_verb")
        if verb == "POST" and request.mimetype != "application/x-www-form-urlencoded":
            raise Refusal("11", "content type", word="content_type")
        given = request.form if verb == "POST" else request.args
        params = {name: given[name] for name in given}
        for name in (
            "appkey",
            "method",
            "version",
            "param",
            "access_token",
            "timestamp",
            "signMethod",
            "sign",
        ):
            if not params.get(name):
                raise Refusal("12", f"{name} not exist", word="missing_parameter")
        if params["method"] != method or params["version"] != "1" or params["appkey"] != APP_KEY:
            raise Refusal("13", "Invalid appkey, method or version", word="bad_parameter")
        if params["sign"] != self._signature(params):
            raise Refusal("14", "验签失败", word="signature")
        if abs(self.now() - _moment(params["timestamp"])) > timedelta(minutes=10):
            raise Refusal("15", "timestamp expired", word="timestamp")
        if self.is_expired or params["access_token"] != self.access:
            raise Refusal("24", "TOKEN过期", word="token")
        try:
            param = json.loads(params["param"])
        except ValueError:
            param = None
        if not isinstance(param, dict):
            raise Refusal("16", "param is no JSON object", word="bad_parameter")
        return do(param)

    @staticmethod
    def _signature(params: Mapping[str, str]) -> str:
        names = ("access_token", "appkey", "method", "param", "signMethod", "timestamp", "version")
        text = "&".join([*(f"{name}={params[name]}" for name in names), f"signSecret={SIGN_SECRET}"]).encode()
        if params["signMethod"] == "HMAC_SHA256":
            return base64.b64encode(hmac.digest(SIGN_SECRET.encode(), text, "sha256")).decode()
        return hashlib.md5(text, usedforsecurity=False).hexdigest()

    def _refresh(self, request: Request) -> dict[str, Any]:
        form = request.form
        if request.method != "POST" or form.get("grant_type") != "refresh_token":
            raise Refusal("100200104", "unsupported_grant_type", word="grant_type")
        if form.get("app_id") != APP_KEY or form.get("app_secret") != APP_SECRET:
            raise Refusal("100200101", "unauthorized_client", word="client")
        former, until = self._former
        given = form.get("refresh_token")
        if given != self.refresh and not (given == former and self.now() < until):
            raise Refusal("100200102", "refreshToken.discarded", word="refresh_token")
        self._former = (self.refresh, self.now() + timedelta(minutes=5))
        count = int(self.refresh.rsplit("-", 1)[1]) + 1
        self.access, self.refresh, self.is_expired = f"access-{count}", f"refresh-{count}", False
        return {
            "result": 1, "access_token": self.access, "expires_in": 172800,
            "refresh_token": self.refresh, "refresh_token_expires_in": 15552000, "scopes": ["merchant_order"],
        }  # fmt: skip

    # ---------------------------------------------------------------- lists

    def _orders(self, param: Mapping[str, Any]) -> dict[str, Any]:
        since, until = self._window(param, timedelta(days=7))
        if param.get("orderViewStatus") is None or "cursor" not in param:
            raise Refusal("300001", "orderViewStatus, cursor", word="missing_parameter")
        size = _size(param, 50)
        if param.get("queryType") != 2:
            raise Refusal("300001", "the simulator knows queryType 2 only", word="bad_parameter")
        found = self.modified_between(since, until)
        rows, cursor = page_after(found, str(param["cursor"]), size, _key)
        return {
            "cursor": cursor or "nomore",
            "orderList": [order_document(order, self._parcels.get(order.number, ())) for order in self.misordered(rows)],
            "pageSize": size, "beginTime": param["beginTime"], "endTime": param["endTime"],
        }  # fmt: skip

    def _refunds(self, param: Mapping[str, Any]) -> dict[str, Any]:
        since, until = self._window(param, timedelta(days=1))
        if param.get("type") not in (8, 9) or param.get("queryType") != 2 or not param.get("currentPage"):
            raise Refusal("300001", "type, queryType, currentPage", word="missing_parameter")
        size = _size(param, 100)
        rows, cursor = page_after(
            self.refunds_between(since, until), str(param.get("pcursor", "")), size, _key
        )
        return {
            "pcursor": cursor or "nomore",
            "refundOrderInfoList": [refund_document(one) for one in self.misordered(rows)],
        }

    def _window(self, param: Mapping[str, Any], longest: timedelta) -> tuple[datetime, datetime]:
        try:
            since, until = _moment(param["beginTime"]), _moment(param["endTime"])
        except (KeyError, ValueError, TypeError):
            raise Refusal("300001", "beginTime, endTime", word="missing_parameter") from None
        if until < since:
            raise Refusal("300003", "ENDTIME MUST AFTER BEGINTIME", word="window")
        if until - since > longest:
            raise Refusal("300004", "SEARCH TIME RANGE EXPAND 7 DAYS", word="window")
        if self.now() - since > timedelta(days=90):
            raise Refusal("300005", "CAN NOT SEARCH BEFORE 90 DAYS", word="window")
        return since, until + timedelta(milliseconds=1) - timedelta(microseconds=1)

    def _order(self, param: Mapping[str, Any]) -> dict[str, Any]:
        order = self._found(param.get("oid"))
        return order_document(order, self._parcels.get(order.number, ()))

    def _found(self, number: Any) -> SimOrder:
        order = self.orders.get(str(number))
        if order is None:
            raise Refusal("300101", "order not exist", word="unknown_order")
        return order

    # ---------------------------------------------------------------- shipping

    def _deliver(self, param: Mapping[str, Any]) -> dict[str, Any]:
        order = self._shippable(param.get("orderId"))
        if order.status != "to_ship":
            raise Refusal("300102", "order operation reject", word="status")
        self._note(SimShipment(order.number, _express(param), _waybill(param)))
        return {}

    def _split_deliver(self, param: Mapping[str, Any]) -> dict[str, Any]:
        order = self._shippable(param.get("mainOrderId"))
        marks = {str(one["oid"]): one["confirmDeliveryStatus"] for one in param.get("deliveryStatus") or []}
        for parcel in param.get("deliveryItemInfoList") or []:
            units = {}
            for goods in parcel.get("deliveryGoodsInfoList") or []:
                oid = str(goods["oid"])
                line = _line_of(order, oid)
                if marks.get(oid) not in (PARTIAL, COMPLETE):
                    raise Refusal("300103", "confirmDeliveryStatus", word="bad_parameter")
                if line.refunding or goods["deliveryNum"] > line.quantity - line.shipped:
                    raise Refusal("300104", "deliveryNum exceeds", word="quantity")
                units[line.external_line] = goods["deliveryNum"]
            if not units:
                raise Refusal("300103", "deliveryGoodsInfoList", word="missing_parameter")
            self._note(SimShipment(order.number, _express(parcel), _waybill(parcel), tuple(units.items())))
        return {}

    def _shippable(self, number: Any) -> SimOrder:
        order = self._found(number)
        if order.status not in ("to_ship", "partly_shipped"):
            raise Refusal("300102", "order operation reject", word="status")
        return order

    def _note(self, shipment: SimShipment) -> None:
        if any(one.waybill == shipment.waybill for one in self._parcels.get(shipment.order_number, ())):
            raise Refusal("300105", "expressNo repeated", word="repeated")
        self.ship(shipment)
        self._parcels.setdefault(shipment.order_number, []).append(shipment)

    def _approve(self, param: Mapping[str, Any]) -> dict[str, Any]:
        self.addresses[self._found(param.get("oid")).number] = "approved"
        return {}

    def _reject(self, param: Mapping[str, Any]) -> dict[str, Any]:
        self.addresses[self._found(param.get("oid")).number] = "rejected"
        return {}

    # ---------------------------------------------------------------- stock: differences only

    def _skus(self, param: Mapping[str, Any]) -> list[dict[str, Any]]:
        product = str(param.get("kwaiItemId") or "")
        offered = self._sold | set(self.stock)
        variants = {key[1]: self.stock.get(key, 0) for key in offered if key[0] == product}
        return [
            {"kwaiItemId": numbered(product), "kwaiSkuId": numbered(variant), "skuStock": units}
            for variant, units in sorted(variants.items())
        ]

    def _stock(self, param: Mapping[str, Any]) -> dict[str, Any]:
        key = (str(param.get("kwaiItemId")), str(param.get("skuId")))
        units, kind = param.get("skuChangeStock"), param.get("changeType")
        if not isinstance(units, int) or not 0 < units < 9_999_999 or kind not in (1, 2):
            raise Refusal("300201", "skuChangeStock", word="bad_parameter")
        held = self.stock.get(key, 0)
        if kind == 2 and units > held:
            raise Refusal("300202", "当前库存不足，请减少预留库存", word="stock")
        self.stock[key] = held + units if kind == 1 else held - units
        return {}

    # ---------------------------------------------------------------- messages

    def pushes(self, number: str) -> Iterable[Push]:
        with self.lock:
            order = self.orders[number]
        info = {"oid": numbered(number), "sellerId": 12342323, "status": STATES[order.status]}
        event = {
            "eventId": f"{number}-{milliseconds(order.modified_at)}", "bizId": numbered(number), "userId": 12342323,
            "openId": "dafagkncislgga", "appKey": APP_KEY, "event": "kwaishop_order_paySuccess",
            "info": json.dumps(info), "createTime": milliseconds(order.modified_at),
        }  # fmt: skip
        return [self.message(event)]

    def message(self, event: Mapping[str, Any]) -> Push:
        """An encrypted message as the platform sends it."""
        padder = padding.PKCS7(128).padder()
        padded = padder.update(json.dumps(event).encode()) + padder.finalize()
        encryptor = Cipher(algorithms.AES(base64.b64decode(MESSAGE_KEY)), modes.CBC(bytes(16))).encryptor()
        body = base64.b64encode(encryptor.update(padded) + encryptor.finalize())
        return Push("POST", {}, {"content-type": "text/plain;charset=utf-8"}, body)


def _moment(milliseconds: Any) -> datetime:
    value = int(milliseconds)
    if not 10**12 <= value < 10**14:
        raise ValueError("no time in milliseconds")
    return datetime.fromtimestamp(value // 1000, UTC) + timedelta(milliseconds=value % 1000)


def _size(param: Mapping[str, Any], largest: int) -> int:
    size = param.get("pageSize")
    if not isinstance(size, int) or not 1 <= size <= largest:
        raise Refusal("300001", f"pageSize 1 to {largest}", word="page_size")
    return size


def _key(row: SimOrder | SimRefund) -> str:
    return f"{row.modified_at.timestamp():020.6f}:{row.number}"


def _express(param: Mapping[str, Any]) -> str:
    code = param.get("expressCode")
    if not isinstance(code, int):
        raise Refusal("300106", "expressCode is an int", word="bad_parameter")
    return str(code)


def _waybill(param: Mapping[str, Any]) -> str:
    if not param.get("expressNo"):
        raise Refusal("300106", "expressNo", word="missing_parameter")
    return str(param["expressNo"])


def _line_of(order: SimOrder, oid: str) -> SimLine:
    """The main article goes by the number of the order, the others by their own."""
    if oid == order.number:
        return order.lines[0]
    for line in order.lines[1:]:
        if line.external_line == oid:
            return line
    raise Refusal("300107", "oid", word="unknown_line")
