"""Xiaohongshu from the other side: the single gateway of its open platform, with one shop.

The numbers of errors are made up: the platform publishes none. Their words are what connectors go by.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    fen,
    page_of,
    paid_by_line,
    whole_second,
)
from hecang.kernel.connectors import Token

APP = "app-1"
SECRET = "secret-of-the-app"  # noqa: S105 - of nobody
CODE = "code-of-the-authorisation"
CARRIERS = {
    "shunfeng", "shentong", "yuantong", "zhongtong", "yunda", "ems", "youzhengguonei", "jd", "debangkuaidi",
    "jtexpress",
}  # fmt: skip
STATUS = {
    "unpaid": 1,
    "blocked": 2,
    "to_ship": 4,
    "partly_shipped": 5,
    "shipped": 6,
    "done": 7,
    "cancelled": 9,
}
CASE = {"open": 1, "agreed": 2, "done": 4, "closed": 6}
#: Before this span of its life is left, a token is not renewed.
RENEWABLE = timedelta(minutes=30)


def signature(method: str, app: str, timestamp: str, secret: str = SECRET) -> str:
    text = method + "?appId=" + app + "&timestamp=" + timestamp + "&version=2.0" + secret
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324


class XiaohongshuSimulator(Simulator):
    """Xiaohongshu, as far as a shop's orders go. An app may call a hundred times a second."""

    code = "xiaohongshu"
    calls_per_second = 100.0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.access, self.refresh, self.renewals = "access-0", "refresh-0", 0
        self.ends_at = self.now() + timedelta(days=7)
        self.parcels: dict[str, dict[str, tuple[str, str]]] = {}  # order → SKU → (company, waybill)

    def credentials(self) -> dict[str, Any]:
        return {"app_id": APP, "app_secret": SECRET, "authorization_code": CODE}

    def token(self) -> Token:
        return Token(self.access, self.refresh, self.ends_at, self.ends_at + timedelta(days=7))

    def throttle(self) -> Response:
        return _answer(None, Refusal("-429", "请求过于频繁，已被限流"))

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                if request.path != "/ark/open_api/v3/common_controller" or request.method != "POST":
                    raise Refusal("-404", "请求地址有误", word="path")
                body = json.loads(request.get_data())
                self._verify(body)
                method = body["method"]
                self.calls[method] += 1
                handler = self._handlers().get(method)
                if handler is None:
                    raise Refusal("-1", "method 有误", word="method")
                return _answer(handler(body))
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _answer(None, refusal)

    def _handlers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "order.getOrderList": self._list,
            "order.getOrderDetail": self._detail,
            "order.orderDeliver": self._deliver,
            "inventory.syncSkuStock": self._sync_stock,
            "afterSale.listAfterSaleInfos": self._cases,
            "oauth.refreshToken": self._refresh_token,
            "oauth.getAccessToken": self._access_token,
        }

    def _verify(self, body: Mapping[str, Any]) -> None:
        for name in ("appId", "timestamp", "version", "method", "sign"):
            if not isinstance(body.get(name), str) or not body[name]:
                raise Refusal("-2", f"缺少系统参数 {name}", word=name)
        if body["appId"] != APP or body["version"] != "2.0":
            raise Refusal("-3", "appId 有误", word="appId")
        sent = _seconds(body["timestamp"])
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("-4", "timestamp 有误", word="timestamp")
        if body["sign"] != signature(body["method"], APP, body["timestamp"]):
            raise Refusal("-5", "签名错误", word="signature")
        if body["method"].startswith("oauth."):
            return
        if self.is_expired or self.now() >= self.ends_at or body.get("accessToken") != self.access:
            raise Refusal("-6", "accessToken 已过期", word="token")

    # ---------------------------------------------------------------- tokens

    def _refresh_token(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("refreshToken") != self.refresh:
            raise Refusal("-7", "refreshToken 无效", word="refresh_token")
        if not self.is_expired and self.ends_at - self.now() > RENEWABLE:
            return self._told_token()
        return self._new_token()

    def _access_token(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("code") != CODE:
            raise Refusal("-8", "code 无效", word="code")
        return self._new_token()

    def _new_token(self) -> dict[str, Any]:
        self.renewals += 1
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        self.ends_at = self.now() + timedelta(days=7)
        self.is_expired = False
        return self._told_token()

    def _told_token(self) -> dict[str, Any]:
        return {
            "accessToken": self.access,
            "accessTokenExpiresAt": _ms(self.ends_at),
            "refreshToken": self.refresh,
            "refreshTokenExpiresAt": _ms(self.ends_at + timedelta(days=7)),
            "sellerId": "5f0000000000000000000001",
        }

    # ---------------------------------------------------------------- orders

    def _list(self, body: dict[str, Any]) -> dict[str, Any]:
        since, until = _window(_seconds(str(body.get("startTime"))), _seconds(str(body.get("endTime"))), body)
        page, size = _page(body)
        rows = self.modified_between(since, whole_second(until))
        found = [self._brief(order) for order in self.misordered(page_of(rows, page, size))]
        last = -(-len(rows) // size)
        return {"total": len(rows), "pageNo": page, "pageSize": size, "maxPageNo": last, "orderList": found}

    def _detail(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._whole(self._known(body))

    def _known(self, body: Mapping[str, Any]) -> SimOrder:
        order = self.orders.get(str(body.get("orderId")))
        if order is None:
            raise Refusal("-100", "订单不存在", word="order")
        return order

    def _brief(self, order: SimOrder) -> dict[str, Any]:
        return {
            "orderId": order.number,
            "orderType": 2 if order.is_presale else 1,
            "orderStatus": STATUS[order.status],
            "orderAfterSalesStatus": 2 if any(line.refunding for line in order.lines) else 1,
            "cancelStatus": 0,
            "createdTime": _ms(order.created_at),
            "paidTime": _ms(order.paid_at) if order.paid_at else 0,
            "updateTime": _ms(order.modified_at),
        }

    def _whole(self, order: SimOrder) -> dict[str, Any]:
        paid = paid_by_line(order)
        parcels = self.parcels.get(order.number, {})
        waybills = sorted(set(parcels.values()))
        whole = len(waybills) == 1 and len(parcels) == len(order.lines)
        return self._brief(order) | {
            "promiseLastDeliveryTime": _ms(order.ship_by) if order.ship_by else 0,
            "presaleDeliveryStartTime": _ms(order.ship_after) if order.ship_after else 0,
            "customerRemark": order.buyer_remark,
            "sellerRemark": order.seller_remark,
            "sellerRemarkFlag": 0,
            "totalPayAmount": fen(order.total),
            "totalShippingFree": fen(order.freight),
            "receiverProvinceName": order.province,
            "receiverCityName": order.city,
            "receiverDistrictName": order.district,
            "receiverName": "",  # “not told for the time being”
            "receiverPhone": "",
            "receiverAddress": "",
            "openAddressId": f"place-{order.number}",
            "userId": order.buyer,
            "unpack": bool(parcels) and not whole,
            "expressCompanyCode": waybills[0][0] if waybills else "",
            "expressTrackingNo": waybills[0][1] if waybills else "",
            "skuList": [_sku(line, paid[line.external_line]) for line in order.lines],
            "simpleDeliveryOrderList": [
                {
                    "deliveryOrderIndex": n,
                    "status": 6,
                    "expressCompanyCode": company,
                    "expressTrackingNo": waybill,
                    "skuIdList": [sku for sku, one in parcels.items() if one == (company, waybill)],
                }
                for n, (company, waybill) in enumerate(waybills)
            ],
        }

    def _deliver(self, body: dict[str, Any]) -> None:
        order = self._known(body)
        for name in ("expressNo", "expressCompanyCode", "expressCompanyName", "deliveringTime"):
            if not body.get(name):
                raise Refusal("-101", f"参数错误 {name}", word=name)
        if body["expressCompanyCode"] not in CARRIERS:
            raise Refusal("-102", "快递公司有误", word="expressCompanyCode")
        split = body.get("unpack") is True
        if order.status not in ({"to_ship", "partly_shipped"} if split else {"to_ship"}):
            raise Refusal("-103", "订单状态不允许发货", word="status")
        skus = body.get("skuIdList") if split else [line.variant_id for line in order.lines]
        parcels = self.parcels.setdefault(order.number, {})
        lines = [line for line in order.lines if line.variant_id in (skus or ())]
        if not lines or any(line.variant_id in parcels for line in lines):
            raise Refusal("-104", "商品已发货或有误", word="skuIdList")
        for line in lines:
            parcels[line.variant_id] = (body["expressCompanyCode"], body["expressNo"])
        told = tuple((line.external_line, line.quantity) for line in lines) if split else ()
        self.ship(SimShipment(order.number, body["expressCompanyCode"], body["expressNo"], told))

    # ---------------------------------------------------------------- stock and after-sales

    def _sync_stock(self, body: dict[str, Any]) -> dict[str, Any]:
        sku, quantity = body.get("skuId"), body.get("qty")
        if not isinstance(sku, str) or not isinstance(quantity, int) or quantity < 0:
            raise Refusal("-105", "库存参数有误", word="qty")
        for key in [key for key in self.stock if key[1] == sku] or [("", sku)]:
            self.stock[key] = quantity  # a variant is known by its SKU alone
        return {"skuId": sku, "response": {"success": True}}

    def _cases(self, body: dict[str, Any]) -> dict[str, Any]:
        since, until = _window(_millis(body.get("startTime")), _millis(body.get("endTime")), body)
        page, size = _page(body)
        rows = self.refunds_between(since, until)
        found = [_case(one) for one in self.misordered(page_of(rows, page, size))]
        return {"afterSaleBasicInfos": found, "totalCount": len(rows), "pageNo": page, "pageSize": size}


def _sku(line: SimLine, paid: Any) -> dict[str, Any]:
    return {
        "skuId": line.variant_id,
        "itemId": line.product_id,
        "skuName": line.title,
        "skuSpec": "",
        "erpcode": line.outer_sku,
        "skuQuantity": line.quantity,
        "totalPaidAmount": fen(paid),
        "totalMerchantDiscount": fen(line.unit_price * line.quantity - paid),
        "totalRedDiscount": 0,
        "skuTag": 1 if line.is_gift else 0,
        "skuAfterSaleStatus": 2 if line.refunding else 1,
    }


def _case(refund: SimRefund) -> dict[str, Any]:
    kinds = {"return": 1, "exchange": 2, "refund": 5 if refund.before_shipping else 4}
    return {
        "returnsId": refund.number,
        "returnType": kinds[refund.kind],
        "reasonNameZh": refund.reason,
        "status": CASE[refund.status],
        "orderId": refund.order_number,
        "applyTime": _ms(refund.modified_at),
        "updatedAt": _ms(refund.modified_at),
        "expectedRefundAmountYuan": float(refund.amount),
    }


def _answer(data: Any, refusal: Refusal | None = None) -> Response:
    if refusal is None:
        return answer_json({"error_code": 0, "success": True, "error_msg": "", "data": data})
    return answer_json({"error_code": int(refusal.code), "success": False, "error_msg": refusal.message})


def _window(
    since: datetime | None, until: datetime | None, body: Mapping[str, Any]
) -> tuple[datetime, datetime]:
    longest = {1: timedelta(hours=24), 2: timedelta(minutes=30)}.get(body.get("timeType", 0))
    if since is None or until is None or longest is None or until < since or until - since > longest:
        raise Refusal("-106", "时间范围有误", word="window")
    return since, until


def _page(body: Mapping[str, Any]) -> tuple[int, int]:
    page, size = body.get("pageNo"), body.get("pageSize")
    if not isinstance(page, int) or not isinstance(size, int) or not 1 <= page <= 100 or not 1 <= size <= 100:
        raise Refusal("-107", "分页参数有误", word="page")
    return page, size


def _seconds(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() and len(text) == 10 else None


def _millis(value: Any) -> datetime | None:
    if not isinstance(value, int) or len(str(value)) != 13:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
