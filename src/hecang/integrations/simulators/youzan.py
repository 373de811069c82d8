"""A Youzan shop that is none: tokens in the address, two kinds of refusals, lists by page and with a lag."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    beijing_text,
    beijing_time,
    page_of,
    paid_by_line,
    whole_second,
)

CLIENT_ID = "a1b2c3d4e5f6a7b8c9"
CLIENT_SECRET = "client-secret-of-the-simulator"  # noqa: S105 - of nobody
KDT_ID = "56232"
#: Lists and details know of what happened this long ago.
LAG = timedelta(seconds=30)

STATES = {
    "unpaid": "WAIT_BUYER_PAY", "blocked": "WAIT_CONFIRM", "to_ship": "WAIT_SELLER_SEND_GOODS",
    "partly_shipped": "WAIT_SELLER_SEND_GOODS", "shipped": "WAIT_BUYER_CONFIRM_GOODS",
    "done": "TRADE_SUCCESS", "cancelled": "TRADE_CLOSED",
}  # fmt: skip
REFUND_STATES = {
    "open": "WAIT_SELLER_AGREE", "agreed": "WAIT_BUYER_RETURN_GOODS", "done": "SUCCESS", "closed": "CLOSED",
}  # fmt: skip
REFUND_NUMBERS = {"open": 1, "agreed": 20, "done": 60, "closed": 50}
DEMANDS = {"refund": 1, "return": 2, "exchange": 3}


class Turned(Exception):
    """What the gateway itself refuses."""

    def __init__(self, code: int, message: str, word: str) -> None:
        super().__init__(message)
        self.code, self.message, self.word = code, message, word


class YouzanSimulator(Simulator):
    code = "youzan"
    calls_per_second = 30.0

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.access = "774ae7b675f8db2aa65d38bf5de71001"
        self._given = 1
        self._apis: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "youzan.trades.sold.get/4.0.4": self._sold,
            "youzan.trade.get/4.0.2": self._trade,
            "youzan.trade.refund.search/3.0.1": self._refunds,
            "youzan.logistics.online.confirm/3.0.0": self._confirm,
            "youzan.item.quantity.update/3.0.0": self._quantity,
            "youzan.shop.basic.get/3.0.0": lambda _given: {"sid": KDT_ID, "name": "和仓演示店"},
        }

    def credentials(self) -> dict[str, Any]:
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "kdt_id": KDT_ID}

    def throttle(self) -> Response:
        return _turned(4101, "请求太频繁")

    # ---------------------------------------------------------------- the gate

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[request.path] += 1
            try:
                if request.path == "/auth/token":
                    return answer_json(
                        {"success": True, "code": 200, "data": self._token(request), "message": None}
                    )
                data = self._do(request)
            except Turned as turned:
                self.refusals[turned.word] += 1
                return _turned(turned.code, turned.message)
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return answer_json(
                    {"code": int(refusal.code), "data": None, "success": False, "message": refusal.message}
                )
            return answer_json(
                {
                    "trace_id": "yz7-0a000000",
                    "code": 200,
                    "data": data,
                    "success": True,
                    "message": "successful",
                }
            )

    def _do(self, request: Request) -> Any:
        path = re.fullmatch(r"/api/([a-z.]+/\d+\.\d+\.\d+)", request.path)
        if path is None:
            raise Turned(4001, "非法请求地址", "path")
        api = self._apis.get(path[1])
        if api is None:
            raise Turned(4005, "非法的API", "unknown_method")
        if request.method != "POST" or request.mimetype != "application/json":
            raise Turned(4007, "非法的请求姿势", "content_type")
        token = request.args.get("access_token", "")
        if not token:
            raise Turned(4201, "非法的请求凭证", "token")
        if token != self.access:
            raise Turned(4203, "Token 不存在", "token")
        if self.is_expired:
            raise Turned(4202, "请求凭证过期", "token")
        given = _json(request)
        return api(given)

    def _token(self, request: Request) -> dict[str, Any]:
        if request.mimetype != "application/json":
            raise Refusal("1000", "Content type not supported", word="content_type")
        given = _json(request)
        if given.get("client_id") != CLIENT_ID:
            raise Refusal("1103", "Client 不存在", word="client")
        if given.get("client_secret") != CLIENT_SECRET:
            raise Refusal("1000", "应用信息错误", word="client")
        if given.get("authorize_type") != "silent":
            raise Refusal("1105", "不支持的应用类型", word="grant_type")
        if given.get("grant_id") != KDT_ID or not isinstance(given.get("refresh"), bool):
            raise Refusal("1103", "授权关系不存在", word="grant")
        if given["refresh"] or self.is_expired:
            self._given += 1
            self.access = f"774ae7b675f8db2aa65d38bf5de71{self._given:03}"
            self.is_expired = False
        expires = int((self.now() + timedelta(days=7)).timestamp() * 1000)
        return {
            "access_token": self.access,
            "expires": expires,
            "authority_id": KDT_ID,
            "scope": "trade item",
        }

    # ---------------------------------------------------------------- lists

    def _sold(self, given: Mapping[str, Any]) -> dict[str, Any]:
        since = beijing_time(str(given.get("start_update", "")))
        until = beijing_time(str(given.get("end_update", "")))
        if since is None or until is None:
            raise Turned(5001, "系统异常", "window")
        if until < since:
            raise Refusal("5000", "开始时间不能大于结束时间", word="window")
        if until - since > timedelta(days=92):
            raise Refusal("5000", "时间跨度不能超过3个月", word="window")
        page, size = _page(given, 100)
        if page > 100:
            raise Refusal("5000", "查询页数超过100", word="page")
        found = self.modified_between(since, min(whole_second(until), self.now() - LAG))
        rows = self.misordered(page_of(found, page, size))
        return {
            "total_results": len(found),
            "full_order_info_list": [{"full_order_info": self._full(order)} for order in rows],
        }

    def _refunds(self, given: Mapping[str, Any]) -> dict[str, Any]:
        since, until = given.get("update_time_start"), given.get("update_time_end")
        if not isinstance(since, int) or not isinstance(until, int) or since > 10**11:
            raise Refusal("53002", "update_time type error", word="window")
        page, size = _page(given, 100)
        if page * size > 3000:
            raise Refusal("53002", "超过ES搜索最大深度", word="page")
        found = self.refunds_between(
            datetime.fromtimestamp(since, UTC), whole_second(datetime.fromtimestamp(until, UTC))
        )
        rows = self.misordered(page_of(found, page, size))
        return {"total": len(found), "refunds": [_refund(one) for one in rows]}

    def _trade(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(str(given.get("tid")))
        if order is None:
            raise Refusal("5000", "trade not found", word="unknown_order")
        return {
            "full_order_info": self._full(order),
            "refund_order": [
                {
                    "refund_id": one.number, "refund_state": REFUND_NUMBERS[one.status],
                    "refund_fee": str(one.amount), "oids": [one.external_line] if one.external_line else [],
                }
                for one in self.refunds.values()
                if one.order_number == order.number
            ] + [
                {"refund_id": f"r{line.external_line}", "refund_state": 1, "oids": [line.external_line]}
                for line in order.lines
                if line.refunding
            ],
            "delivery_order": [
                {"express_state": int(line.shipped > 0), "oids": [line.external_line]} for line in order.lines
            ],
        }  # fmt: skip

    # ---------------------------------------------------------------- shipping and stock

    def _confirm(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(str(given.get("tid")))
        if order is None:
            raise Refusal("105000016", "订单不存在", word="unknown_order")
        waybill = str(given.get("out_sid") or "")
        if not re.fullmatch(r"[0-9A-Za-z-]+", waybill):
            raise Refusal("105000003", "快递单号只能包含字母、数字或中划线", word="waybill")
        if not str(given.get("out_stype") or "").isdigit():
            raise Refusal("105000004", "物流公司编号", word="carrier")
        oids = [one for one in str(given.get("oids") or "").split(",") if one]
        if any(not one.isdigit() for one in oids):
            raise Refusal("102599996", "oids 不是纯数字", word="bad_parameter")
        lines = {line.external_line: line for line in order.lines}
        chosen = [lines[one] for one in oids if one in lines] if oids else list(lines.values())
        if len(chosen) != len(oids or lines):
            raise Refusal("102570020", "订单没有可发货的商品", word="unknown_line")
        if order.status not in ("to_ship", "partly_shipped"):
            raise Refusal("102570020", "订单没有可发货的商品", word="status")
        if any(line.shipped for line in chosen):
            raise Refusal("102570007", "不能重复提交已发货商品", word="repeated")
        units = tuple((line.external_line, line.quantity) for line in chosen)
        self.ship(SimShipment(order.number, str(given["out_stype"]), waybill, units))
        return {"is_success": True}

    def _quantity(self, given: Mapping[str, Any]) -> dict[str, Any]:
        quantity = given.get("quantity")
        if not isinstance(given.get("item_id"), int) or not isinstance(quantity, int) or quantity < 0:
            raise Turned(5001, "系统异常", "bad_parameter")
        if given.get("type") not in (0, 1):
            raise Refusal("122001002", "type", word="bad_parameter")
        key = (str(given["item_id"]), str(given.get("sku_id") or ""))
        self.stock[key] = quantity if given["type"] == 0 else self.stock.get(key, 0) + quantity
        return {"is_success": True}

    # ---------------------------------------------------------------- how things look there

    def _full(self, order: SimOrder) -> dict[str, Any]:
        paid = paid_by_line(order)
        refunding = any(line.refunding for line in order.lines)
        return {
            "order_info": {
                "tid": order.number, "status": STATES[order.status], "type": "NORMAL",
                "created": beijing_text(order.created_at), "update_time": beijing_text(order.modified_at),
                "pay_time": beijing_text(order.paid_at), "express_type": 0, "refund_state": int(refunding),
                "consign_time": beijing_text(order.modified_at)
                if any(line.shipped for line in order.lines) else "",
            },
            "buyer_info": {"yz_open_id": order.buyer, "buyer_phone": _sealed(order.phone)},
            "address_info": {
                "receiver_name": _sealed(order.name), "receiver_tel": _sealed(order.phone),
                "delivery_province": order.province, "delivery_city": order.city,
                "delivery_district": order.district, "delivery_address": _sealed(order.address),
                "delivery_postal_code": "", "self_fetch_info": "",
            },
            "pay_info": {
                "total_fee": str(order.goods), "post_fee": str(order.freight), "payment": str(order.total),
                "phase_payments": [{"phase": 1}] if order.is_presale else [],
            },
            "remark_info": {"buyer_message": order.buyer_remark, "trade_memo": order.seller_remark},
            "orders": [_line(line, str(paid[line.external_line])) for line in order.lines],
            "child_info": {"child_orders": []},
        }  # fmt: skip

    # ---------------------------------------------------------------- messages

    def pushes(self, number: str) -> Iterable[Push]:
        with self.lock:
            order = self.orders[number]
            detail = {"full_order_info": self._full(order)}
        return [self.message("trade_TradeBuyerPay", number, quote(json.dumps(detail, ensure_ascii=False)))]

    def message(self, kind: str, number: str, msg: Any, **more: Any) -> Push:
        """A signed message. ``msg`` is text, encoded for addresses, of older kinds and an object of newer ones."""
        body = json.dumps(
            {
                "client_id": CLIENT_ID, "kdt_id": int(KDT_ID), "kdt_name": "和仓演示店", "id": number,
                "type": kind, "status": "WAIT_SELLER_SEND_GOODS", "msg": msg, "test": False, "mode": 1,
                "version": int(self.now().timestamp()), "msg_id": f"{kind}-{number}", **more,
            },
            ensure_ascii=False,
        ).encode()  # fmt: skip
        signature = hashlib.md5(CLIENT_ID.encode() + body + CLIENT_SECRET.encode(), usedforsecurity=False)
        headers = {
            "Content-Type": "application/json", "Event-Type": kind, "Client-Id": CLIENT_ID,
            "Event-Sign": signature.hexdigest(),
        }  # fmt: skip
        return Push("POST", {}, headers, body)


def _turned(code: int, message: str) -> Response:
    return answer_json({"gw_err_resp": {"trace_id": "yz7-0a000000", "err_msg": message, "err_code": code}})


def _json(request: Request) -> Mapping[str, Any]:
    try:
        given = json.loads(request.get_data())
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Turned(4004, "非法的Content", "content")
    return given


def _page(given: Mapping[str, Any], largest: int) -> tuple[int, int]:
    page, size = given.get("page_no", 1), given.get("page_size", 20)
    if not isinstance(page, int) or not isinstance(size, int) or page < 1 or not 1 <= size <= largest:
        raise Refusal("5000", "每页最多显示100条数据", word="page_size")
    return page, size


def _line(line: SimLine, paid: str) -> dict[str, Any]:
    return {
        "oid": line.external_line, "item_id": int(line.product_id),
        "sku_id": int(line.variant_id) if line.variant_id else 0, "outer_sku_id": line.outer_sku,
        "title": line.title, "num": line.quantity, "price": str(line.unit_price),
        "total_fee": str(line.unit_price * line.quantity), "payment": paid, "is_present": line.is_gift,
    }  # fmt: skip


def _refund(refund: SimRefund) -> dict[str, Any]:
    return {
        "refund_id": refund.number, "tid": refund.order_number, "kdt_id": int(KDT_ID),
        "status": REFUND_STATES[refund.status], "demand": DEMANDS[refund.kind],
        "return_goods": refund.kind == "return", "reason": 1, "refund_fee": str(refund.amount),
        "created": beijing_text(refund.modified_at), "modified": beijing_text(refund.modified_at),
    }  # fmt: skip


def _sealed(text: str) -> str:
    return f"${hashlib.sha256(text.encode()).hexdigest()[:32]}==$1$"
