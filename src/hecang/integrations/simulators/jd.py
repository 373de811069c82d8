"""JD POP from the other side: the gateway ``routerjson`` and the address for tokens, with one shop.

The numbers of errors are those that the platform is known to answer (12 signature, 15 method, 19 token, 21 app
key); limits of calls have no published number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from werkzeug import Request, Response

from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    beijing_text,
    beijing_time,
    fen,
    masked_address,
    masked_name,
    masked_phone,
    page_of,
    whole_second,
)
from hecang.kernel.connectors import Token

APP_KEY = "yourappkey"
SECRET = "yourappSecret"  # noqa: S105 - the secret of the platform's published example
SIGNED = ("360buy_param_json", "access_token", "app_key", "method", "timestamp", "v")
CARRIERS = {"1499", "1327", "470", "463", "467", "465", "3046", "2087", "1274"}
VENDER = "10001"

STATE = {
    "unpaid": "NOT_PAY",
    "blocked": "LOCKED",
    "to_ship": "WAIT_SELLER_STOCK_OUT",
    "shipped": "WAIT_GOODS_RECEIVE_CONFIRM",
    "partly_shipped": "WAIT_GOODS_RECEIVE_CONFIRM",
    "done": "FINISHED_L",
    "cancelled": "TRADE_CANCELED",
}
CANCEL = {"open": 0, "agreed": 1, "done": 3, "closed": 2}
SERVICE = {"open": "待审核", "agreed": "待收货", "done": "完成", "closed": "取消"}
EXPECT = {"return": 10, "exchange": 20, "refund": 10}


def signature(form: Mapping[str, str]) -> str:
    joined = SECRET + "".join(name + form[name] for name in SIGNED) + SECRET
    return hashlib.md5(joined.encode()).hexdigest().upper()  # noqa: S324


class JdSimulator(Simulator):
    """JD POP, as far as a shop's orders go.

    :ivar decisions: cancellation → (status, whether the goods had left) as the shop decided.
    """

    code = "jd"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.access = "access-0"
        self.refresh = "refresh-0"
        self.renewals = 0
        self.waybills: dict[str, tuple[str, str]] = {}
        self.decisions: dict[str, tuple[int, int]] = {}

    def credentials(self) -> dict[str, Any]:
        return {
            "app_key": APP_KEY,
            "app_secret": SECRET,
            "access_token": "access-0",
            "refresh_token": "refresh-0",
            "vender_id": VENDER,
        }

    def token(self) -> Token:
        return Token(self.access, self.refresh, self.now() + timedelta(days=1))

    def throttle(self) -> Response:
        return _error(Refusal("4", "应用调用次数超过限制"))

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                if request.path == "/oauth2/refresh_token":
                    return self._renew(request)
                if request.path != "/routerjson" or request.method != "POST":
                    raise Refusal("15", "不存在的方法名", word="path")
                form = dict(parse_qsl(request.get_data().decode(), keep_blank_values=True))
                self._verify(form)
                self.calls[form["method"]] += 1
                handler = self._handlers().get(form["method"])
                if handler is None:
                    raise Refusal("15", "不存在的方法名", word="method")
                said = handler(json.loads(form["360buy_param_json"]))
                return answer_json({form["method"].replace(".", "_") + "_responce": {"code": "0", **said}})
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _error(refusal)

    def _handlers(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            "jingdong.pop.order.search": self._search,
            "jingdong.pop.order.get": self._get,
            "jingdong.pop.order.shipment": self._shipment,
            "jingdong.ware.stock.sku.set": self._stock_set,
            "jingdong.stock.write.updateSkuStock": self._stock_write,
            "jingdong.pop.afs.soa.refundapply.queryPageList": self._cancellations,
            "jingdong.pop.afs.soa.refundapply.replyRefund": self._reply_refund,
            "jingdong.asc.query.list": self._services,
        }

    def _verify(self, form: Mapping[str, str]) -> None:
        if set(form) != {*SIGNED, "sign"}:
            raise Refusal("11", "缺少参数", word="params")
        if form["app_key"] != APP_KEY:
            raise Refusal("21", "无效App Key", word="app_key")
        if form["v"] != "2.0":
            raise Refusal("5", "不支持的版本号", word="v")
        sent = beijing_time(form["timestamp"])
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("9", "非法的时间戳参数", word="timestamp")
        if signature(form) != form["sign"]:
            raise Refusal("12", "无效签名", word="signature")
        if self.is_expired or form["access_token"] != self.access:
            raise Refusal("19", "无效access_token", word="token")

    def _renew(self, request: Request) -> Response:
        given = request.args
        if given.get("app_key") != APP_KEY or given.get("app_secret") != SECRET:
            raise Refusal("21", "无效App Key", word="app_key")
        if given.get("grant_type") != "refresh_token" or given.get("refresh_token") != self.refresh:
            self.refusals["refresh_token"] += 1
            return answer_json({"code": 203, "msg": "refresh_token 无效"})
        self.renewals += 1
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        self.is_expired = False
        return answer_json(
            {"code": 0, "access_token": self.access, "refresh_token": self.refresh, "expires_in": 86400 * 30}
        )

    # ---------------------------------------------------------------- orders

    def _search(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "order_state", "optional_fields", "source_id", "page", "page_size")
        since, until = _window(param.get("start_date"), param.get("end_date"), timedelta(days=31))
        if param.get("dateType") == "1":
            raise Refusal("10", "参数错误", word="dateType")
        states = set(param["order_state"].split(","))
        if "NOT_PAY" in states or not states <= {*STATE.values(), "WAIT_SELLER_DELIVERY", "PAUSE"}:
            raise Refusal("10", "参数错误", word="order_state")
        page, size = int(param["page"]), int(param["page_size"])
        if page < 1 or not 1 <= size <= 100:
            raise Refusal("10", "参数错误", word="page_size")
        rows = [one for one in self.modified_between(since, until) if STATE[one.status] in states]
        found = [self._info(order) for order in self.misordered(page_of(rows, page, size))]
        success = {"apiResult": {"success": True, "errorCode": "0"}}
        return {"searchorderinfo_result": {**success, "orderTotal": len(rows), "orderInfoList": found}}

    def _get(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "order_id", "optional_fields", "source_id")
        order = self.orders.get(str(param["order_id"]))
        if order is None:
            said = {"success": False, "errorCode": "10400001", "chineseErrCode": "订单不存在"}
            return {"orderDetailInfo": {"apiResult": said}}
        return {"orderDetailInfo": {"apiResult": {"success": True}, "orderInfo": self._info(order)}}

    def _info(self, order: SimOrder) -> dict[str, Any]:
        info: dict[str, Any] = {
            "orderId": order.number,
            "venderId": VENDER,
            "orderState": STATE[order.status],
            "orderType": "22",
            "payType": "4-在线支付",
            "orderTotalPrice": str(order.goods),
            "orderSellerPrice": str(order.total),
            "actualPay": str(order.total),
            "freightPrice": str(order.freight),
            "sellerDiscount": str(order.discount),
            "orderRemark": order.buyer_remark,
            "venderRemark": order.seller_remark,
            "orderStartTime": beijing_text(order.created_at),
            "modified": beijing_text(order.modified_at),
            "paymentConfirmTime": beijing_text(order.paid_at) or "0001-01-01 00:00:00",
            "open_id_buyer": order.buyer,
            "consigneeInfo": {
                "fullname": masked_name(order.name),
                "mobile": masked_phone(order.phone),
                "fullAddress": order.province + order.city + order.district + masked_address(order.address),
                "province": order.province,
                "city": order.city,
                "county": order.district,
                "oaid": f"oaid-{order.number}",
            },
            "itemInfoList": [_item(line) for line in order.lines],
        }
        if order.number in self.waybills:
            info["logisticsId"], info["waybill"] = self.waybills[order.number]
        return info

    def _shipment(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "orderId", "logiCoprId", "logiNo")
        order = self.orders.get(str(param["orderId"]))
        if order is None:
            return _shipped(error=("10400001", "订单不存在"))
        if str(param["logiCoprId"]) not in CARRIERS:
            return _shipped(error=("10400010", "物流公司ID不正确"))
        if order.status != "to_ship":
            self.refusals["status"] += 1
            return _shipped(error=("10400003", "订单状态不是等待出库"))
        self.waybills[order.number] = (str(param["logiCoprId"]), param["logiNo"])
        self.ship(SimShipment(order.number, str(param["logiCoprId"]), param["logiNo"]))
        return _shipped()

    # ---------------------------------------------------------------- stock

    def _stock_set(self, param: dict[str, Any]) -> dict[str, Any]:
        results = []
        for one in param["req"]["skuStocks"]:
            good = isinstance(one["stockNum"], int) and one["stockNum"] >= 0
            if good:
                self._put(str(one["skuId"]), one["stockNum"])
            said = {"data": str(one["skuId"]), "success": good, "storeId": one["storeId"]}
            results.append(said if good else {**said, "message": "库存数量不合法"})
        done = all(one["success"] for one in results)
        return {"returnType": {"success": done, "obj": {"updateStockResult": results}}}

    def _stock_write(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "skuId")
        if not isinstance(param.get("stockNum"), int) or param["stockNum"] < 0:
            raise Refusal("10", "库存数量不合法", word="stockNum")
        self._put(str(param["skuId"]), param["stockNum"])
        return {"skuStock": {"skuId": param["skuId"], "stockNum": param["stockNum"]}}

    def _put(self, sku: str, quantity: int) -> None:
        """JD knows a variant by its SKU alone; keep it under every product that is sold as that variant."""
        keys = [key for key in self.stock if key[1] == sku] or [("", sku)]
        for key in keys:
            self.stock[key] = quantity

    # ---------------------------------------------------------------- cancellations and services

    def _cancellations(self, param: dict[str, Any]) -> dict[str, Any]:
        page, size = int(param["pageIndex"]), int(param["pageSize"])
        if not 1 <= size <= 50 or not 1 <= page <= 100:
            raise Refusal("10", "参数错误", word="pageSize")
        by_check = "checkTimeStart" in param
        by = "checkTime" if by_check else "applyTime"
        longest = timedelta(days=10 if by_check else 7)
        since, until = _window(param.get(f"{by}Start"), param.get(f"{by}End"), longest)
        rows = [
            one
            for one in self.refunds_between(since, until)
            if one.before_shipping and (one.status != "open" or not by_check)
        ]
        found = [_application(one) for one in self.misordered(page_of(rows, page, size))]
        return {"queryResult": {"success": True, "totalCount": len(rows), "result": found}}

    def _reply_refund(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "id", "status", "checkUserName", "remark")
        refund = self.refunds.get(str(param["id"]))
        if refund is None or (param["status"] == 2 and not param.get("rejectType")):
            return {"replyResult": {"success": False, "errorCode": "1", "chineseErrCode": "退款单不存在"}}
        self.decisions[refund.number] = (param["status"], param["outWareStatus"])
        return {"replyResult": {"success": True}}

    def _services(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "buId", "operatePin", "operateNick", "pageNumber", "pageSize")
        since, until = _window(param.get("updateTimeBegin"), param.get("updateTimeEnd"), timedelta(days=31))
        rows = [one for one in self.refunds_between(since, until) if not one.before_shipping]
        page = page_of(rows, int(param["pageNumber"]), int(param["pageSize"]))
        found = [self._service(one) for one in self.misordered(page)]
        return {"pageResult": {"totalCount": len(rows), "data": found}}

    def _service(self, refund: SimRefund) -> dict[str, Any]:
        moment = int(refund.modified_at.timestamp() * 1000)
        return {
            "serviceId": refund.number,
            "orderId": refund.order_number,
            "skuId": refund.external_line,
            "wareNum": refund.quantity,
            "customerExpect": EXPECT[refund.kind],
            "serviceStatusName": SERVICE[refund.status],
            "applyTime": moment,
            "updateDate": moment,
        }


def _item(line: SimLine) -> dict[str, Any]:
    return {
        "skuId": line.variant_id,
        "wareId": line.product_id,
        "outerSkuId": line.outer_sku,
        "skuName": line.title,
        "jdPrice": str(line.unit_price),
        "itemTotal": str(line.quantity),
    }


def _application(refund: SimRefund) -> dict[str, Any]:
    row = {
        "id": refund.number,
        "orderId": refund.order_number,
        "status": CANCEL[refund.status],
        "applyRefundSum": fen(refund.amount),
        "applyTime": beijing_text(refund.modified_at),
        "reason": refund.reason,
    }
    return row if refund.status == "open" else {**row, "checkTime": beijing_text(refund.modified_at)}


def _shipped(error: tuple[str, str] | None = None) -> dict[str, Any]:
    if error is None:
        return {"sopjosshipment_result": {"success": True, "errorCode": "0", "chineseErrCode": "成功"}}
    return {"sopjosshipment_result": {"success": False, "errorCode": error[0], "chineseErrCode": error[1]}}


def _error(refusal: Refusal) -> Response:
    said = {"code": refusal.code, "zh_desc": refusal.message, "en_desc": refusal.message}
    return answer_json({"error_response": said})


def _required(param: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if param.get(name) in (None, ""):
            raise Refusal("10", f"缺少参数 {name}", word=name)


def _window(since: Any, until: Any, longest: timedelta) -> tuple[datetime, datetime]:
    first, last = beijing_time(str(since)), beijing_time(str(until))
    if first is None or last is None or last < first or last - first > longest:
        raise Refusal("10", "时间参数错误", word="window")
    return first, whole_second(last)
