"""Pinduoduo from the other side: its gateway ``/api/router`` with one shop."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from werkzeug import Request, Response

from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    beijing_text,
    masked_address,
    masked_name,
    masked_phone,
    page_of,
    whole_second,
)
from hecang.kernel.connectors import Token

CLIENT = "client-1"
SECRET = "testSecret"  # noqa: S105 - the secret of the platform's published example
CARRIERS = {"44", "1", "85", "115", "121", "118", "132", "120", "131", "384"}
PUBLIC = {"type", "client_id", "timestamp", "data_type", "version", "sign"}
RENEWAL = "pdd.pop.auth.token.refresh"

#: How far back a window of changes has to end.
TOO_FRESH = timedelta(minutes=3)
SALES = {"open": 2, "agreed": 4, "done": 10, "closed": 11}
KIND = {"refund": 2, "return": 3, "exchange": 4}


def signature(form: Mapping[str, str]) -> str:
    joined = SECRET + "".join(name + form[name] for name in sorted(form) if name != "sign") + SECRET
    return hashlib.md5(joined.encode()).hexdigest().upper()  # noqa: S324


class PinduoduoSimulator(Simulator):
    """Pinduoduo, as far as a shop's orders go. The limit is that of lists: 6000 calls a minute."""

    code = "pinduoduo"
    calls_per_second = 100.0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.waybills: dict[str, tuple[str, str]] = {}
        self.access, self.refresh, self.renewals = "access-0", "refresh-0", 0

    def credentials(self) -> dict[str, Any]:
        return {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "access_token": "access-0",
            "refresh_token": "refresh-0",
        }

    def token(self) -> Token:
        return Token(self.access, self.refresh, self.now() + timedelta(days=1))

    def throttle(self) -> Response:
        return _error(Refusal("70031", "调用过于频繁，请调整调用频率"))

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                if request.path != "/api/router" or request.method != "POST":
                    raise Refusal("10001", "请求地址错误", word="path")
                form = dict(parse_qsl(request.get_data().decode(), keep_blank_values=True))
                self._verify(form)
                self.calls[form["type"]] += 1
                handler, name = self._handlers().get(form["type"], (None, ""))
                if handler is None:
                    raise Refusal("30000", "没有调用此接口的权限", word="type")
                return answer_json({name: handler(form)})
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _error(refusal)

    def _handlers(self) -> dict[str, tuple[Callable[[Mapping[str, str]], dict[str, Any]], str]]:
        return {
            "pdd.order.number.list.increment.get": (self._changes, "order_sn_increment_get_response"),
            "pdd.order.information.get": (self._information, "order_info_get_response"),
            "pdd.refund.list.increment.get": (self._refunds, "refund_increment_get_response"),
            "pdd.logistics.online.send": (self._send, "logistics_online_send_response"),
            "pdd.goods.quantity.update": (self._quantity, "goods_quantity_update_response"),
            RENEWAL: (self._renew, "pop_auth_token_refresh_response"),
        }

    def _verify(self, form: Mapping[str, str]) -> None:
        missing = [name for name in PUBLIC if not form.get(name)]
        if missing or form["data_type"] != "JSON" or form["version"] != "V1":
            raise Refusal("10001", "公共参数错误", word="params")
        if form["client_id"] != CLIENT:
            raise Refusal("10003", "client_id 不正确", word="client_id")
        sent = _moment(form["timestamp"])
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("10008", "timestamp 已过期", word="timestamp")
        if signature(form) != form["sign"]:
            raise Refusal("20004", "签名 sign 校验失败", word="signature")
        if form["type"] != RENEWAL and (self.is_expired or form.get("access_token") != self.access):
            raise Refusal("10019", "access_token 已过期", word="token")

    def _renew(self, form: Mapping[str, str]) -> dict[str, Any]:
        if form.get("refresh_token") != self.refresh:
            raise Refusal("50001", "业务服务错误", sub="refresh_token 已失效", word="refresh_token")
        self.renewals += 1
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        self.is_expired = False
        now = int(self.now().timestamp())
        return {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_in": 86_400,
            "expires_at": now + 86_400,
            "refresh_token_expires_at": now + 30 * 86_400,
        }

    # ---------------------------------------------------------------- orders

    def _changes(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(
            form, "is_lucky_flag", "order_status", "refund_status", "start_updated_at", "end_updated_at"
        )
        since, until = self._window(form)
        rows = [one for one in self.modified_between(since, until) if one.status != "unpaid"]
        page = self.misordered(page_of(rows, *_page(form)))
        return {"order_sn_list": [self._info(order) for order in page], "total_count": len(rows)}

    def _window(self, form: Mapping[str, str]) -> tuple[datetime, datetime]:
        since, until = _moment(form["start_updated_at"]), _moment(form["end_updated_at"])
        if since is None or until is None or until < since or until - since > timedelta(minutes=30):
            raise Refusal("50001", "业务服务错误", sub="查询时间跨度不能超过30分钟", word="window")
        if self.now() - until < TOO_FRESH:
            raise Refusal("50001", "业务服务错误", sub="结束时间需早于当前时间3分钟", word="delay")
        return since, whole_second(until)

    def _information(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "order_sn")
        order = self.orders.get(form["order_sn"])
        if order is None:
            raise Refusal("50001", "业务服务错误", sub="订单不存在", word="order_sn")
        return {"order_info": self._info(order)}

    def _info(self, order: SimOrder) -> dict[str, Any]:
        states = {"shipped": 2, "partly_shipped": 2, "done": 3}
        refunding = any(line.refunding for line in order.lines)
        info: dict[str, Any] = {
            "order_sn": order.number,
            "order_status": states.get(order.status, 1),
            "refund_status": 4 if order.status == "cancelled" else 2 if refunding else 1,
            "confirm_status": 0 if order.status == "unpaid" else 1,
            "group_status": 0 if order.status == "unpaid" else 1,
            "risk_control_status": 1 if order.status == "blocked" else 0,
            "trade_type": 1 if order.is_presale else 0,
            "pay_amount": float(order.total),
            "goods_amount": float(order.goods),
            "discount_amount": float(order.discount),
            "postage": float(order.freight),
            "created_time": beijing_text(order.created_at),
            "confirm_time": beijing_text(order.paid_at),
            "pay_time": beijing_text(order.paid_at),
            "updated_at": beijing_text(order.modified_at),
            "last_ship_time": beijing_text(order.ship_by),
            "receiver_name": f"~cipher-name-{order.number}~",
            "receiver_name_mask": masked_name(order.name),
            "receiver_phone": "",  # empty since 2025-11: phones are masked only
            "receiver_phone_mask": masked_phone(order.phone),
            "receiver_address": f"~cipher-address-{order.number}~",
            "receiver_address_mask": masked_address(order.address),
            "province": order.province,
            "city": order.city,
            "town": order.district,
            "buyer_memo": order.buyer_remark,
            "remark": order.seller_remark,
            "item_list": [_item(line) for line in order.lines if not line.is_gift],
            "gift_list": [_item(line) for line in order.lines if line.is_gift],
            "order_tag_list": [{"name": "no_trace_delivery", "value": 0}],
        }
        if order.is_presale:
            step = 2 if order.status != "unpaid" else 1 if order.paid_at else 0
            info["step_order_info"] = {"step_trade_status": step}
        if order.number in self.waybills:
            info["logistics_id"], info["tracking_number"] = self.waybills[order.number]
        return info

    def _send(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "order_sn", "logistics_id", "tracking_number")
        order = self.orders.get(form["order_sn"])
        if order is None:
            raise Refusal("50001", "业务服务错误", sub="订单不存在", word="order_sn")
        if form["logistics_id"] not in CARRIERS:
            raise Refusal("50001", "业务服务错误", sub="快递公司编号有误", word="logistics_id")
        if order.status != "to_ship" or any(line.refunding for line in order.lines):
            raise Refusal("50001", "业务服务错误", sub="订单状态不允许发货", word="status")
        self.waybills[order.number] = (form["logistics_id"], form["tracking_number"])
        self.ship(SimShipment(order.number, form["logistics_id"], form["tracking_number"]))
        return {"is_success": True}

    def _quantity(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "goods_id", "quantity")
        if form.get("update_type", "1") != "1" or not form["quantity"].isdigit():
            raise Refusal("50001", "业务服务错误", sub="库存数量有误", word="quantity")
        self.stock[form["goods_id"], form.get("sku_id", "")] = int(form["quantity"])
        return {"is_success": True}

    # ---------------------------------------------------------------- refunds

    def _refunds(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "after_sales_status", "after_sales_type", "start_updated_at", "end_updated_at")
        since, until = self._window(form)
        rows = self.refunds_between(since, until)
        page = self.misordered(page_of(rows, *_page(form)))
        return {"refund_list": [_refund(one) for one in page], "total_count": len(rows)}


def _refund(refund: SimRefund) -> dict[str, Any]:
    return {
        "id": refund.number,
        "order_sn": refund.order_number,
        "after_sales_status": SALES[refund.status],
        "after_sales_type": KIND[refund.kind],
        "after_sale_reason": refund.reason,
        "sku_id": refund.external_line,
        "goods_number": str(refund.quantity),
        "refund_amount": str(refund.amount),
        "tracking_number": refund.return_waybill,
        "created_time": beijing_text(refund.modified_at),
        "updated_time": beijing_text(refund.modified_at),
    }


def _item(line: SimLine) -> dict[str, Any]:
    return {
        "goods_id": line.product_id,
        "sku_id": line.variant_id,
        "outer_id": line.outer_sku,
        "goods_name": line.title,
        "goods_spec": "",
        "goods_price": float(line.unit_price),
        "goods_count": line.quantity,
    }


def _error(refusal: Refusal) -> Response:
    said = {"error_code": int(refusal.code), "error_msg": refusal.message, "request_id": "sim"}
    if refusal.sub:
        said |= {"sub_code": refusal.code, "sub_msg": refusal.sub}
    return answer_json({"error_response": said})


def _required(form: Mapping[str, str], *names: str) -> None:
    for name in names:
        if not form.get(name):
            raise Refusal("10000", f"参数错误 {name}", word=name)


def _page(form: Mapping[str, str]) -> tuple[int, int]:
    page, size = int(form.get("page", "1")), int(form.get("page_size", "100"))
    if page < 1 or not 1 <= size <= 100:
        raise Refusal("10000", "参数错误 page_size", word="page_size")
    return page, size


def _moment(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() and len(text) == 10 else None
