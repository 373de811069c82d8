"""A WeChat shop that is none: stable tokens, numbers first and details one by one, sealed messages."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.keyset import page_after
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    fen,
    masked_address,
    masked_name,
    masked_phone,
    paid_by_line,
    whole_second,
)

APP_ID = "wxb11529c136998cb6"
APP_SECRET = "app-secret-of-the-simulator"  # noqa: S105 - of nobody
MESSAGE_TOKEN = "message-token"  # noqa: S105 - of nobody
MESSAGE_KEY = base64.b64encode(hashlib.sha256(b"messages").digest()).decode().rstrip("=")
#: What the list of companies holds; others are refused.
COMPANIES = frozenset({"SF", "ZTO", "YTO", "STO", "YD", "JTSD", "EMS", "YZPY", "JD", "DBL", "CNSD", "OTHER"})

STATES = {
    "unpaid": 10, "blocked": 13, "to_ship": 20, "partly_shipped": 21, "shipped": 30, "done": 100, "cancelled": 250,
}  # fmt: skip
REFUND_STATES = {
    "open": "MERCHANT_PROCESSING", "agreed": "USER_WAIT_RETURN", "done": "MERCHANT_REFUND_SUCCESS",
    "closed": "USER_CANCELD",
}  # fmt: skip
KINDS = {"refund": "REFUND", "return": "RETURN", "exchange": "EXCHANGE"}


class WechatSimulator(Simulator):
    code = "wechat"
    #: 10,000 a minute.
    calls_per_second = 166.0

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.access = "85_token_1"
        self._given = 1
        #: Orders whose buyer asks for another address: when, and the address.
        self.wanted: dict[str, tuple[datetime, str]] = {}
        self.addresses: dict[str, str] = {}
        self._parcels: dict[str, list[dict[str, Any]]] = {}
        self._paths: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "/channels/ec/order/list/get": self._list,
            "/channels/ec/order/get": self._get,
            "/channels/ec/order/delivery/send": self._send,
            "/channels/ec/order/addressmodify/accept": lambda given: self._address(given, "accepted"),
            "/channels/ec/order/addressmodify/reject": lambda given: self._address(given, "rejected"),
            "/channels/ec/aftersale/getaftersalelist": self._after_sales,
            "/channels/ec/aftersale/getaftersaleorder": self._after_sale,
            "/channels/ec/product/stock/update": self._stock,
            "/channels/ec/product/list/get": self._products,
            "/channels/ec/product/get": self._product,
        }

    def credentials(self) -> dict[str, Any]:
        return {
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "message_token": MESSAGE_TOKEN,
            "message_key": MESSAGE_KEY,
        }

    def throttle(self) -> Response:
        return answer_json(
            {"errcode": 45011, "errmsg": "api minute-quota reach limit mustslower retry next minute"}
        )

    # ---------------------------------------------------------------- the gate

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[request.path] += 1
            try:
                return answer_json({"errcode": 0, "errmsg": "ok", **self._do(request)})
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return answer_json({"errcode": int(refusal.code), "errmsg": refusal.message})

    def _do(self, request: Request) -> dict[str, Any]:
        if request.path == "/cgi-bin/stable_token":
            return self._token(_json(request))
        token = request.args.get("access_token", "")
        if not token:
            raise Refusal("41001", "access_token missing", word="token")
        if token != self.access:
            raise Refusal("40001", "invalid credential, access_token is invalid or not latest", word="token")
        if self.is_expired:
            raise Refusal("42001", "access_token expired", word="token")
        if request.path == "/channels/ec/basics/info/get":
            if request.method != "GET":
                raise Refusal("43001", "require GET method", word="wrong_verb")
            return {"info": {"nickname": "和仓演示店", "username": "gh_hecang", "status": "open_finished"}}
        if request.path not in self._paths:
            raise Refusal("40066", "invalid url", word="unknown_method")
        if request.method != "POST":
            raise Refusal("43002", "require POST method", word="wrong_verb")
        return self._paths[request.path](_json(request))

    def _token(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given.get("grant_type") != "client_credential":
            raise Refusal("40002", "invalid grant_type", word="grant_type")
        if given.get("appid") != APP_ID:
            raise Refusal("40013", "invalid appid", word="client")
        if given.get("secret") != APP_SECRET:
            raise Refusal("40125", "invalid appsecret", word="client")
        if self.is_expired or given.get("force_refresh"):
            self._given += 1
            self.access, self.is_expired = f"85_token_{self._given}", False
        return {"access_token": self.access, "expires_in": 7200}

    # ---------------------------------------------------------------- orders

    def _list(self, given: Mapping[str, Any]) -> dict[str, Any]:
        span = given.get("update_time_range") or {}
        since, until = _window(span.get("start_time"), span.get("end_time"), timedelta(days=7), "31042")
        size = given.get("page_size")
        if not isinstance(size, int) or not 1 <= size <= 100:
            raise Refusal("40097", "page_size", word="page_size")
        found = self.modified_between(since, until)
        rows, key = page_after(found, str(given.get("next_key") or ""), size, _key)
        numbers = [order.number for order in self.misordered(rows)]
        return {"order_id_list": numbers, "has_more": key is not None, "next_key": key or ""}

    def _get(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"order": self._render(self._found(given))}

    def _found(self, given: Mapping[str, Any]) -> SimOrder:
        number = given.get("order_id")
        if not isinstance(number, str):
            raise Refusal("47001", "order_id is a string", word="bad_parameter")
        order = self.orders.get(number)
        if order is None:
            raise Refusal("100002", "订单不存在", word="unknown_order")
        return order

    def _address(self, given: Mapping[str, Any], verdict: str) -> dict[str, Any]:
        order = self._found(given)
        if self.wanted.pop(order.number, None) is None:
            raise Refusal("100022", "没有待审核的修改地址申请", word="status")
        self.addresses[order.number] = verdict
        return {}

    def _send(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self._found(given)
        if order.status not in ("to_ship", "partly_shipped"):
            raise Refusal("100003", "订单状态不正确", word="status")
        for parcel in given.get("delivery_list") or [{}]:
            if parcel.get("delivery_id") not in COMPANIES or not parcel.get("waybill_id"):
                raise Refusal("40097", "delivery_id, waybill_id", word="carrier")
            if parcel.get("deliver_type") != 1:
                raise Refusal("40097", "deliver_type", word="bad_parameter")
            if any(one["waybill_id"] == parcel["waybill_id"] for one in self._parcels.get(order.number, ())):
                raise Refusal("100007", "运单号重复", word="repeated")
            units = dict(_units(order, one) for one in parcel.get("product_infos") or [])
            if not units:
                raise Refusal("40097", "product_infos", word="missing_parameter")
            self.ship(
                SimShipment(order.number, parcel["delivery_id"], parcel["waybill_id"], tuple(units.items()))
            )
            self._parcels.setdefault(order.number, []).append(dict(parcel))
        return {}

    # ---------------------------------------------------------------- after-sales, stock

    def _after_sales(self, given: Mapping[str, Any]) -> dict[str, Any]:
        since, until = _window(
            given.get("begin_update_time"), given.get("end_update_time"), timedelta(days=1), "10020004"
        )
        found = self.refunds_between(since, until)
        rows, key = page_after(found, str(given.get("next_key") or ""), 30, _key)
        numbers = [one.number for one in self.misordered(rows)]
        return {"after_sale_order_id_list": numbers, "has_more": key is not None, "next_key": key or ""}

    def _after_sale(self, given: Mapping[str, Any]) -> dict[str, Any]:
        refund = self.refunds.get(str(given.get("after_sale_order_id")))
        if refund is None:
            raise Refusal("10021050", "售后单不存在", word="unknown_refund")
        lines = {line.external_line: line for line in self.orders[refund.order_number].lines}
        line = lines.get(refund.external_line)
        return {
            "after_sale_order": {
                "after_sale_order_id": refund.number, "order_id": refund.order_number,
                "status": REFUND_STATES[refund.status], "type": KINDS[refund.kind],
                "product_info": {
                    "product_id": line.product_id, "sku_id": line.variant_id, "count": refund.quantity,
                } if line else {},
                "refund_info": {"amount": fen(refund.amount)}, "reason_text": refund.reason,
                "return_info": {"waybill_id": refund.return_waybill},
                "create_time": _unix(refund.modified_at), "update_time": _unix(refund.modified_at),
            }
        }  # fmt: skip

    def _stock(self, given: Mapping[str, Any]) -> dict[str, Any]:
        product, sku, units = given.get("product_id"), given.get("sku_id"), given.get("num")
        if (
            not isinstance(product, str)
            or not isinstance(sku, str)
            or not isinstance(units, int)
            or units < 0
        ):
            raise Refusal("47001", "data format error", word="bad_parameter")
        kind = given.get("diff_type")
        held = self.stock.get((product, sku), 0)
        changed = {1: held + units, 2: held - units, 3: units}.get(kind if isinstance(kind, int) else 0)
        if changed is None or changed < 0:
            raise Refusal("40097", "diff_type", word="bad_parameter")
        self.stock[product, sku] = changed
        return {}

    def _products(self, given: Mapping[str, Any]) -> dict[str, Any]:
        size = given.get("page_size")
        if not isinstance(size, int) or not 1 <= size <= 30:
            raise Refusal("40097", "page_size", word="page_size")
        numbers = sorted({product for product, _sku in self.stock})
        rows, key = page_after(numbers, str(given.get("next_key") or ""), size, str)
        return {"product_ids": list(rows), "next_key": key or "", "total_num": len(numbers)}

    def _product(self, given: Mapping[str, Any]) -> dict[str, Any]:
        number = given.get("product_id")
        skus = sorted(sku for product, sku in self.stock if product == number)
        if not skus or given.get("data_type") != 1:
            raise Refusal("10020052", "商品不存在", word="unknown_product")
        return {
            "product": {
                "product_id": number,
                "title": f"商品 {number}",
                "skus": [
                    {
                        "sku_id": sku,
                        "sku_code": f"SKU-{sku}",
                        "sku_attrs": [{"attr_key": "规格", "attr_value": sku}],
                    }
                    for sku in skus
                ],
            }
        }

    # ---------------------------------------------------------------- how things look there

    def _render(self, order: SimOrder) -> dict[str, Any]:
        paid = paid_by_line(order)
        asked, address = self.wanted.get(order.number, (None, ""))
        return {
            "order_id": order.number, "status": STATES[order.status], "openid": order.buyer,
            "create_time": _unix(order.created_at), "update_time": _unix(order.modified_at),
            "order_detail": {
                "product_infos": [_product(line, fen(paid[line.external_line])) for line in order.lines],
                "price_info": {
                    "product_price": fen(order.goods), "order_price": fen(order.total),
                    "freight": fen(order.freight), "discounted_price": fen(order.discount),
                },
                "pay_info": {"pay_time": _unix(order.paid_at), "payment_method": 1},
                "delivery_info": {
                    "address_info": _address(order, order.address), "deliver_method": 0,
                    "delivery_product_info": self._parcels.get(order.number, []),
                    **({"address_under_review": _address(order, address), "address_apply_time": _unix(asked)}
                       if asked else {}),
                },
                "ext_info": {"customer_notes": order.buyer_remark, "merchant_notes": order.seller_remark},
            },
        }  # fmt: skip

    # ---------------------------------------------------------------- messages

    def want_address(self, number: str, address: str) -> Push:
        """The buyer asks for another address; the message that tells of it."""
        with self.lock:
            self.wanted[number] = (self.now(), address)
        return self.message(
            "channels_ec_order_ext_info_update", {"order_info": {"order_id": int(number), "type": 4}}
        )

    def pushes(self, number: str) -> Iterable[Push]:
        return [self.message("channels_ec_order_pay", {"order_info": {"order_id": int(number)}})]

    def message(self, event: str, body: Mapping[str, Any]) -> Push:
        """A sealed and signed message, in the form of JSON."""
        now = str(int(self.now().timestamp()))
        plain = json.dumps(
            {"ToUserName": "gh_hecang", "FromUserName": "OPENID", "CreateTime": int(now), "MsgType": "event",
             "Event": event, **body}
        ).encode()  # fmt: skip
        cipher = seal(plain, MESSAGE_KEY, APP_ID)
        nonce = "1320562132"
        query = {"timestamp": now, "nonce": nonce, "encrypt_type": "aes", "openid": "OPENID"}
        query["signature"] = signed(MESSAGE_TOKEN, now, nonce)
        query["msg_signature"] = signed(MESSAGE_TOKEN, now, nonce, cipher)
        sent = json.dumps({"ToUserName": "gh_hecang", "Encrypt": cipher}).encode()
        return Push("POST", query, {"Content-Type": "application/json"}, sent)

    def question(self) -> Push:
        """What WeChat asks when an address is entered: it wants ``echostr`` back."""
        now = str(int(self.now().timestamp()))
        query = {"timestamp": now, "nonce": "7", "echostr": "4375120948345356249"}
        return Push("GET", {**query, "signature": signed(MESSAGE_TOKEN, now, "7")}, {}, b"")


def seal(plain: bytes, encoding_key: str, app_id: str) -> str:
    """Sixteen bytes of chance (here none), length, message and receiver, filled up to blocks of 32."""
    key = base64.b64decode(encoding_key + "=")
    data = bytes(range(16)) + len(plain).to_bytes(4, "big") + plain + app_id.encode()
    fill = 32 - len(data) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(data + bytes([fill]) * fill) + encryptor.finalize()).decode()


def signed(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _json(request: Request) -> Mapping[str, Any]:
    try:
        given = json.loads(request.get_data())
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refusal("47001", "data format error", word="content")
    return given


def _window(since: Any, until: Any, longest: timedelta, code: str) -> tuple[datetime, datetime]:
    if not isinstance(since, int) or not isinstance(until, int) or until < since or until > 10**11:
        raise Refusal("40097", "time range", word="window")
    if until - since > longest.total_seconds():
        raise Refusal(code, "the time range is too long", word="window")
    return datetime.fromtimestamp(since, UTC), whole_second(datetime.fromtimestamp(until, UTC))


def _key(row: SimOrder | SimRefund) -> str:
    return f"{row.modified_at.timestamp():020.6f}:{row.number}"


def _unix(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def _units(order: SimOrder, product: Mapping[str, Any]) -> tuple[str, int]:
    for line in order.lines:
        if (line.product_id, line.variant_id) == (product.get("product_id"), product.get("sku_id")):
            units = product.get("product_cnt")
            if line.refunding or not isinstance(units, int) or not 0 < units <= line.quantity - line.shipped:
                raise Refusal("100006", "发货数量不正确", word="quantity")
            return line.external_line, units
    raise Refusal("100005", "商品不在订单中", word="unknown_line")


def _product(line: SimLine, paid: int) -> dict[str, Any]:
    return {
        "product_id": line.product_id, "sku_id": line.variant_id, "product_unique_id": line.external_line,
        "sku_code": line.outer_sku, "title": line.title, "sku_cnt": line.quantity,
        "sale_price": fen(line.unit_price), "real_price": paid, "is_free_gift": int(line.is_gift),
        "on_aftersale_sku_cnt": line.quantity if line.refunding else 0, "finish_aftersale_sku_cnt": 0,
        "sku_deliver_info": {"stock_type": 0},
    }  # fmt: skip


def _address(order: SimOrder, address: str) -> dict[str, Any]:
    return {
        "user_name": masked_name(order.name), "tel_number": masked_phone(order.phone),
        "province_name": order.province, "city_name": order.city, "county_name": order.district,
        "detail_info": masked_address(address),
        "hash_code": hashlib.sha256(f"{order.name}{order.phone}{address}".encode()).hexdigest(),
    }  # fmt: skip
