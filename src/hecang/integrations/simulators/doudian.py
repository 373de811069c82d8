"""Doudian from the other side: a gateway with a path a method, and messages to the shop's address."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    as_id,
    fen,
    masked_address,
    masked_name,
    masked_phone,
    page_of,
    paid_by_line,
    whole_second,
)
from hecang.kernel.connectors import Token

APP_KEY = "7000000000000000001"
SECRET = "secret-of-the-app"  # noqa: S105 - of nobody
SHOP = "4463798"
CARRIERS = {
    "shunfeng", "shentong", "yuantong", "zhongtong", "yunda", "ems", "youzhengguonei", "jd", "debangwuliu",
    "jtexpress",
}  # fmt: skip
STATUS = {
    "unpaid": 1,
    "blocked": 105,
    "to_ship": 2,
    "partly_shipped": 101,
    "shipped": 3,
    "cancelled": 4,
    "done": 5,
}
SALES = {"open": 6, "agreed": 7, "done": 12, "closed": 28}


def signature(app_key: str, method: str, body: bytes, timestamp: str, secret: str = SECRET) -> str:
    joined = b"".join(
        [
            secret.encode(),
            f"app_key{app_key}method{method}param_json".encode(),
            body,
            f"timestamp{timestamp}v2".encode(),
            secret.encode(),
        ]
    )
    return hmac.new(secret.encode(), joined, hashlib.sha256).hexdigest()


class DoudianSimulator(Simulator):
    """Doudian, as far as a shop's orders go.

    :ivar address_answers: order → what the shop answered to a wish for another address.
    """

    code = "doudian"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.access, self.refresh, self.renewals = "access-0", "refresh-0", 0
        self.requests: set[str] = set()
        self.parcels: dict[str, list[SimShipment]] = {}
        self.address_answers: dict[str, int] = {}

    def credentials(self) -> dict[str, Any]:
        return {"app_key": APP_KEY, "app_secret": SECRET, "shop_id": SHOP}

    def token(self) -> Token:
        return Token(self.access, self.refresh, self.now() + timedelta(days=7))

    def throttle(self) -> Response:
        return _answer({}, Refusal("60000", "超过限流限制", sub="isv.api-call-limit"))

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                body = request.get_data()
                method = self._verified(request, body)
                param = json.loads(body)
                self.calls[method] += 1
                handler = self._handlers().get(method)
                if handler is None:
                    raise Refusal("30001", "无效的方法", word="method")
                return _answer(handler(param))
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _answer({}, refusal)

    def _handlers(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            "order.searchList": self._search,
            "order.orderDetail": self._detail,
            "order.logisticsAdd": self._logistics_add,
            "order.logisticsAddSinglePack": self._single_pack,
            "order.addressConfirm": self._address_confirm,
            "afterSale.List": self._after_sales,
            "sku.syncStock": self._sync_stock,
            "sku.syncStockBatch": self._sync_batch,
            "token.refresh": self._refresh,
            "token.create": self._create,
        }

    def _verified(self, request: Request, body: bytes) -> str:
        query = request.args
        method = query.get("method", "")
        if request.method != "POST" or request.path != "/" + method.replace(".", "/"):
            raise Refusal("30001", "无效的方法", word="path")
        if query.get("app_key") != APP_KEY or query.get("v") != "2":
            raise Refusal("40003", "非法的参数", sub="isv.app-id-invalid")
        if query.get("sign_method") != "hmac-sha256":
            raise Refusal("40003", "非法的参数", sub="isv.sign-method-invalid")
        sent = _moment(query.get("timestamp", ""))
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("40003", "非法的参数", sub="isv.timestamp-invalid")
        if body != _canonical(body):
            raise Refusal("40003", "非法的参数", sub="isv.parameter-format-invalid")
        if query.get("sign") != signature(APP_KEY, method, body, query["timestamp"]):
            raise Refusal("40003", "非法的参数", sub="isv.signature-invalid")
        if not method.startswith("token."):
            if not query.get("access_token"):
                raise Refusal("40001", "缺少参数", sub="isv.access-token-missing")
            if self.is_expired or query["access_token"] != self.access:
                raise Refusal("40003", "access_token已过期", sub="isv.access-token-expired")
        return method

    # ---------------------------------------------------------------- tokens

    def _refresh(self, param: dict[str, Any]) -> dict[str, Any]:
        if param.get("grant_type") != "refresh_token" or param.get("refresh_token") != self.refresh:
            raise Refusal("50001", "生成token失败", sub="dop.token-generate-failed:token-expired")
        return self._new_token()

    def _create(self, param: dict[str, Any]) -> dict[str, Any]:
        if param.get("grant_type") != "authorization_self" or param.get("shop_id") != SHOP:
            raise Refusal("50001", "生成token失败", sub="dop.token-generate-failed:shop")
        return self._new_token()

    def _new_token(self) -> dict[str, Any]:
        self.renewals += 1
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        self.is_expired = False
        return {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_in": 7 * 86400,
            "shop_id": int(SHOP),
        }

    # ---------------------------------------------------------------- orders

    def _search(self, param: dict[str, Any]) -> dict[str, Any]:
        since, until = _window(param.get("update_time_start"), param.get("update_time_end"))
        if self.now() - since > timedelta(days=90):
            raise Refusal("50002", "只能查询近90天的订单", sub="isv.business-failed:2001", word="window")
        page, size = _page(param)
        rows = self.modified_between(since, until)
        found = [self._order(order) for order in self.misordered(page_of(rows, page + 1, size))]
        return {"shop_order_list": found, "total": len(rows), "page": page, "size": size}

    def _detail(self, param: dict[str, Any]) -> dict[str, Any]:
        return {"shop_order_detail": self._order(self._known(param.get("shop_order_id")))}

    def _known(self, number: Any) -> SimOrder:
        if not isinstance(number, str) or number not in self.orders:
            raise Refusal("50002", "订单不存在", sub="isv.business-failed:2002", word="order")
        return self.orders[number]

    def _order(self, order: SimOrder) -> dict[str, Any]:
        paid = paid_by_line(order)
        told: dict[str, Any] = {
            "order_id": order.number,
            "order_status": STATUS[order.status],
            "create_time": int(order.created_at.timestamp()),
            "update_time": int(order.modified_at.timestamp()),
            "pay_time": int(order.paid_at.timestamp()) if order.paid_at else 0,
            "exp_ship_time": int(order.ship_by.timestamp()) if order.ship_by else 0,
            "appointment_ship_time": int(order.ship_after.timestamp()) if order.ship_after else 0,
            "pay_amount": fen(order.total) + 100,  # a yuan of it is paid by the bank
            "promotion_pay_amount": 100,
            "post_amount": fen(order.freight),
            "order_amount": fen(order.goods),
            "doudian_open_id": order.buyer,
            "buyer_words": order.buyer_remark,
            "seller_words": order.seller_remark,
            "seller_remark_stars": 0,
            "post_addr": {
                "province": {"name": order.province, "id": "31"},
                "city": {"name": order.city, "id": "3101"},
                "town": {"name": order.district, "id": "310115"},
                "street": {"name": "", "id": ""},
                "detail": "",
                "encrypt_detail": f"#address-{order.number}##",
            },
            "mask_post_addr": {"detail": masked_address(order.address)},
            "mask_post_receiver": masked_name(order.name),
            "mask_post_tel": masked_phone(order.phone),
            "encrypt_post_receiver": f"##name-{order.number}##",
            "encrypt_post_tel": f"$$tel-{order.number}$$",
            "open_address_id": f"#place-{order.number}",
            "sku_order_list": [_line(order, line, fen(paid[line.external_line])) for line in order.lines],
            "order_phase_list": [{"phase_order_id": order.number}] if order.is_presale else [],
            "logistics_info": [
                {
                    "tracking_no": one.waybill,
                    "company": one.carrier,
                    "product_info": [
                        {"sku_order_id": key, "product_count": units} for key, units in one.lines
                    ],
                }
                for one in self.parcels.get(order.number, ())
            ],
        }
        return told

    # ---------------------------------------------------------------- shipping

    def _logistics_add(self, param: dict[str, Any]) -> dict[str, Any]:
        order = self._shippable(param, param.get("order_id"))
        lines = tuple((line.external_line, line.quantity - line.shipped) for line in order.lines)
        self._send(SimShipment(order.number, param["company_code"], param["logistics_code"], lines))
        return {}

    def _single_pack(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(
            param, "order_id_list", "shipped_order_info", "logistics_code", "company_code", "request_id"
        )
        if param["request_id"] in self.requests:
            return {"pack_id": param["request_id"]}
        order = self._shippable(param, param["order_id_list"][0])
        lines = {line.external_line: line for line in order.lines}
        told = []
        for one in param["shipped_order_info"]:
            line = lines.get(one["shipped_order_id"])
            if line is None or not 0 < one["shipped_num"] <= line.quantity - line.shipped:
                raise Refusal("50002", "发货数量有误", sub="isv.business-failed:2003", word="units")
            told.append((line.external_line, one["shipped_num"]))
        self.requests.add(param["request_id"])
        self._send(SimShipment(order.number, param["company_code"], param["logistics_code"], tuple(told)))
        return {"pack_id": param["request_id"]}

    def _send(self, parcel: SimShipment) -> None:
        if self.ship(parcel):
            self.parcels.setdefault(parcel.order_number, []).append(parcel)

    def _shippable(self, param: dict[str, Any], number: Any) -> SimOrder:
        order = self._known(number)
        if param.get("company_code") not in CARRIERS:
            raise Refusal("50002", "物流公司有误", sub="isv.business-failed:2004", word="company_code")
        if order.status not in {"to_ship", "partly_shipped"}:
            raise Refusal("50002", "订单状态不允许发货", sub="isv.business-failed:2005", word="status")
        return order

    # ---------------------------------------------------------------- stock

    def _sync_stock(self, param: dict[str, Any]) -> dict[str, Any]:
        _required(param, "product_id")
        if param.get("incremental") is not False:
            raise Refusal("40002", "缺少必选参数", sub="isv.missing-parameter:idempotent_id")
        self._put(str(param["product_id"]), str(param.get("sku_id", "")), param.get("stock_num"))
        return {}

    def _sync_batch(self, param: dict[str, Any]) -> dict[str, Any]:
        """All of it or nothing."""
        _required(param, "product_id", "sku_sync_list")
        before = dict(self.stock)
        try:
            for one in param["sku_sync_list"]:
                if one.get("sku_type") != 0:
                    raise Refusal("40002", "缺少必选参数", sub="isv.missing-parameter:sku_type")
                self._put(str(param["product_id"]), str(one["sku_id"]), one.get("stock_num"))
        except Refusal:
            self.stock = before
            raise
        return {}

    def _put(self, product: str, variant: str, quantity: Any) -> None:
        if not isinstance(quantity, int) or quantity < 0:
            raise Refusal("50002", "库存数量有误", sub="isv.business-failed:2006", word="stock_num")
        self.stock[product, variant] = quantity

    # ---------------------------------------------------------------- after-sales

    def _after_sales(self, param: dict[str, Any]) -> dict[str, Any]:
        since, until = _window(param.get("update_start_time"), param.get("update_end_time"))
        page, size = _page(param)
        rows = self.refunds_between(since, until)
        found = [_case(refund) for refund in self.misordered(page_of(rows, page + 1, size))]
        more = (page + 1) * size < len(rows)
        return {"items": found, "total": len(rows), "page": page, "size": size, "has_more": more}

    def _address_confirm(self, param: dict[str, Any]) -> dict[str, Any]:
        order = self._known(param.get("order_id"))
        if param.get("is_approved") not in {0, 1001, 1002, 1003, 1004, 1005}:
            raise Refusal("40003", "非法的参数", sub="isv.parameter-invalid:is_approved")
        self.address_answers[order.number] = param["is_approved"]
        return {}

    # ---------------------------------------------------------------- messages

    def pushes(self, number: str) -> Iterable[Push]:
        data = json.dumps({"p_id": as_id(number), "shop_id": int(SHOP)})
        yield self.message("101", data)
        if self.chance.random() < self.misbehaviour.duplicates:
            yield self.message("101", data)

    def message(self, tag: str, data: str) -> Push:
        """One message, signed over its raw body."""
        body = json.dumps([{"tag": tag, "msg_id": f"{tag}-1", "data": data}], ensure_ascii=False).encode()
        sign = hashlib.md5(APP_KEY.encode() + body + SECRET.encode()).hexdigest()  # noqa: S324
        headers = {"event-sign": sign, "app-id": APP_KEY, "content-type": "application/json"}
        return Push("POST", {}, headers, body)


def _line(order: SimOrder, line: SimLine, paid: int) -> dict[str, Any]:
    return {
        "order_id": line.external_line,
        "parent_order_id": order.number,
        "product_id": as_id(line.product_id),
        "sku_id": as_id(line.variant_id),
        "code": line.outer_sku,
        "out_sku_id": "0",
        "product_name": line.title,
        "item_num": line.quantity,
        "origin_amount": fen(line.unit_price),
        "pay_amount": paid,
        "promotion_pay_amount": 0,
        "given_product_type": "FREE" if line.is_gift else "",
        "after_sale_info": {"after_sale_status": 6 if line.refunding else 0, "refund_status": 0},
        "pre_sale_type": 1 if order.is_presale else 0,
    }


def _case(refund: SimRefund) -> dict[str, Any]:
    kinds = {"return": 0, "exchange": 3, "refund": 2 if refund.before_shipping else 1}
    moment = int(refund.modified_at.timestamp())
    lines = [{"sku_order_id": refund.external_line}] if refund.external_line else []
    return {
        "aftersale_info": {
            "aftersale_id": refund.number,
            "aftersale_type": kinds[refund.kind],
            "aftersale_status": SALES[refund.status],
            "aftersale_num": refund.quantity,
            "related_id": refund.external_line,
            "apply_time": moment,
            "update_time": moment,
            "refund_amount": fen(refund.amount),
            "return_logistics_code": refund.return_waybill,
        },
        "order_info": {"shop_order_id": refund.order_number, "related_order_info": lines},
        "text_part": {"reason_text": refund.reason},
    }


def _canonical(body: bytes) -> bytes:
    try:
        value = json.loads(body)
    except ValueError:
        return b""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _answer(data: Mapping[str, Any], refusal: Refusal | None = None) -> Response:
    if refusal is None:
        return answer_json({"code": 10000, "msg": "success", "sub_code": "", "data": data, "log_id": "sim"})
    said = {"code": int(refusal.code), "msg": "业务处理失败", "sub_code": refusal.sub, "log_id": "sim"}
    return answer_json({**said, "sub_msg": refusal.message, "data": None})


def _required(param: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if param.get(name) in (None, "", []):
            raise Refusal("40002", "缺少必选参数", sub=f"isv.missing-parameter:{name}")


def _window(since: Any, until: Any) -> tuple[datetime, datetime]:
    first, last = _moment(str(since)), _moment(str(until))
    if first is None or last is None or last < first:
        raise Refusal("40003", "非法的参数", sub="isv.parameter-invalid:time", word="window")
    return first, whole_second(last)


def _page(param: Mapping[str, Any]) -> tuple[int, int]:
    page, size = param.get("page"), param.get("size")
    if not isinstance(page, int) or not isinstance(size, int) or page < 0 or not 1 <= size <= 100:
        raise Refusal("40003", "非法的参数", sub="isv.parameter-invalid:size", word="page")
    if page * size > 50_000:
        raise Refusal("50002", "page*size 超过 5 万", sub="isv.business-failed:2007", word="page")
    return page, size


def _moment(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() and len(text) == 10 else None
