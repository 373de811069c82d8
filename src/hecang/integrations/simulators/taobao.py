"""Taobao and Tmall from the other side: the gateway of the Taobao Open Platform (TOP) with one shop.

Words of refusals are TOP's where its documents list them (platform codes 7 to 41); the reasons of the
logistics service (``isv.logistics-offline-service-error``) carry letters that it does not publish in full.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimLine, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import (
    Refusal,
    answer_json,
    as_id,
    beijing_text,
    beijing_time,
    masked_address,
    masked_name,
    masked_phone,
    page_of,
    paid_by_line,
    whole_second,
)

APP_KEY = "12345678"
SECRET = "helloworld"  # noqa: S105 - the secret of the platform's published example
SESSION = "session-of-the-shop"
COMPANIES = {"SF", "STO", "YTO", "ZTO", "YUNDA", "EMS", "POSTB", "ZJS", "DBKD", "JD"}

TRADE_STATUS = {
    "unpaid": "WAIT_BUYER_PAY",
    "blocked": "PAID_FORBID_CONSIGN",
    "to_ship": "WAIT_SELLER_SEND_GOODS",
    "partly_shipped": "SELLER_CONSIGNED_PART",
    "shipped": "WAIT_BUYER_CONFIRM_GOODS",
    "done": "TRADE_FINISHED",
    "cancelled": "TRADE_CLOSED",
}
REFUND_STATUS = {
    "open": "WAIT_SELLER_AGREE",
    "agreed": "WAIT_BUYER_RETURN_GOODS",
    "done": "SUCCESS",
    "closed": "CLOSED",
}
DISPUTE = {"refund": "REFUND", "return": "REFUND_AND_RETURN", "exchange": "TAOBAO_EXCHANGE"}


def signature(params: Mapping[str, str], method: str, body: bytes = b"") -> str:
    """As the platform computes it: over sorted parameters, with the secret around them or as a key."""
    joined = b"".join((name + params[name]).encode() for name in sorted(params)) + body
    if method == "md5":
        return hashlib.md5(SECRET.encode() + joined + SECRET.encode()).hexdigest().upper()  # noqa: S324
    kinds = {"hmac": hashlib.md5, "hmac-sha256": hashlib.sha256}
    if method not in kinds:
        raise Refusal("25", "Invalid Signature", word="signature")
    return hmac.new(SECRET.encode(), joined, kinds[method]).hexdigest().upper()


class TaobaoSimulator(Simulator):
    """TOP, as far as a shop's orders go.

    :ivar lists_oaid: whether lists carry the OAID; where not, only the full trade does.
    :ivar cancel_answers: what the shop answered to wishes to stop a parcel: refund → ``SUCCESS`` or ``FAIL``.
    """

    code = "taobao"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lists_oaid = True
        self.cancel_answers: dict[str, str] = {}
        self.parcels: dict[str, tuple[str, str]] = {}  # line → (company, waybill)

    def credentials(self) -> dict[str, Any]:
        return {"app_key": APP_KEY, "app_secret": SECRET, "session_key": SESSION}

    def throttle(self) -> Response:
        return _error(
            Refusal(
                "7",
                "App Call Limited",
                sub="accesscontrol.limited-by-app-access-count",
            ),
            "This ban will last for 1 more seconds",
        )

    def answer(self, request: Request) -> Response:
        with self.lock:
            try:
                if request.path != "/router/rest" or request.method != "POST":
                    raise Refusal("22", "Invalid Method", word="path")
                form = dict(parse_qsl(request.get_data().decode(), keep_blank_values=True))
                self._verify(form)
                method = form["method"]
                self.calls[method] += 1
                handler = self._handlers().get(method)
                if handler is None:
                    raise Refusal("22", "Invalid Method", word="method")
                name = method.removeprefix("taobao.").replace(".", "_") + "_response"
                return answer_json({name: {**handler(form), "request_id": "sim"}})
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _error(refusal)

    def _handlers(self) -> dict[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        return {
            "taobao.trades.sold.increment.get": self._trades,
            "taobao.trade.fullinfo.get": self._fullinfo,
            "taobao.refunds.receive.get": self._refunds,
            "taobao.logistics.offline.send": self._send,
            "taobao.skus.quantity.update": self._skus_quantity,
            "taobao.item.quantity.update": self._item_quantity,
            "taobao.rdc.aligenius.sendgoods.cancel": self._sendgoods_cancel,
        }

    def _verify(self, form: dict[str, str]) -> None:
        for name, code in (("method", "21"), ("app_key", "28"), ("timestamp", "30"), ("sign", "24")):
            if not form.get(name):
                raise Refusal(code, f"Missing {name}", word=name)
        if form["app_key"] != APP_KEY:
            raise Refusal("29", "Invalid App Key", word="app_key")
        if form.get("v") != "2.0" or form.get("format") != "json":
            raise Refusal("41", "Invalid Arguments", word="v")
        sent = beijing_time(form["timestamp"])
        if sent is None or abs(self.now() - sent) > timedelta(minutes=10):
            raise Refusal("31", "Invalid Timestamp", word="timestamp")
        signed = {name: value for name, value in form.items() if name != "sign" and value}
        if signature(signed, form.get("sign_method", "md5")) != form["sign"]:
            raise Refusal("25", "Invalid Signature", word="signature")
        if not form.get("session"):
            raise Refusal("26", "Missing Session", word="session")
        if self.is_expired or form["session"] != SESSION:
            raise Refusal("27", "Invalid Session", sub="sessionkey-not-generated-by-server", word="session")

    # ---------------------------------------------------------------- trades

    def _trades(self, form: Mapping[str, str]) -> dict[str, Any]:
        since, until = _window(form)
        rows = self.modified_between(since, until)
        page = self.misordered(page_of(rows, *_page(form)))
        trades = [self._trade(order, with_oaid=self.lists_oaid) for order in page]
        return _listed("trades", "trade", trades, len(rows), form)

    def _fullinfo(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "fields", "tid")
        order = self.orders.get(form["tid"])
        if order is None:
            raise Refusal("15", "Remote service error", sub="isv.trade-not-exist")
        return {"trade": self._trade(order, with_oaid=form.get("include_oaid") == "true")}

    def _trade(self, order: SimOrder, *, with_oaid: bool) -> dict[str, Any]:
        paid = paid_by_line(order)
        trade: dict[str, Any] = {
            "tid": as_id(order.number),
            "type": "step" if order.is_presale else "fixed",
            "status": TRADE_STATUS[order.status],
            "created": beijing_text(order.created_at),
            "modified": beijing_text(order.modified_at),
            "payment": str(order.total),
            "total_fee": str(order.goods),
            "post_fee": str(order.freight),
            "discount_fee": "0.00",
            "buyer_open_uid": order.buyer,
            "buyer_nick": order.buyer[:1] + "***",
            "buyer_message": order.buyer_remark,
            "seller_memo": order.seller_remark,
            "seller_flag": 0,
            "shipping_type": "express",
            "receiver_name": masked_name(order.name),
            "receiver_mobile": masked_phone(order.phone),
            "receiver_state": order.province,
            "receiver_city": order.city,
            "receiver_district": order.district,
            "receiver_town": "",
            "receiver_address": masked_address(order.address),
            "receiver_zip": "000000",
            "orders": {
                "order": [self._order(order, line, str(paid[line.external_line])) for line in order.lines]
            },
        }
        if order.paid_at or order.status not in {"unpaid", "cancelled"}:
            trade["pay_time"] = beijing_text(order.paid_at or order.created_at)
        if order.is_presale:
            steps = {True: "FRONT_PAID_FINAL_NOPAID", False: "FRONT_NOPAID_FINAL_NOPAID"}
            trade["step_trade_status"] = (
                steps[order.paid_at is not None] if order.status == "unpaid" else "FRONT_PAID_FINAL_PAID"
            )
        if with_oaid:
            trade["oaid"] = f"oaid-{order.number}=="
        return trade

    def _order(self, order: SimOrder, line: SimLine, paid: str) -> dict[str, Any]:
        sent = line.shipped > 0
        whole = TRADE_STATUS[order.status]
        status = {True: "WAIT_BUYER_CONFIRM_GOODS", False: "WAIT_SELLER_SEND_GOODS"}
        row: dict[str, Any] = {
            "oid": as_id(line.external_line),
            "oid_str": line.external_line,
            "num_iid": as_id(line.product_id),
            "sku_id": line.variant_id,
            "outer_sku_id": line.outer_sku,
            "outer_iid": "",
            "title": line.title,
            "num": line.quantity,
            "price": str(line.unit_price),
            "total_fee": str(line.unit_price * line.quantity),
            "payment": paid,
            "divide_order_fee": paid,
            "refund_status": "WAIT_SELLER_AGREE" if line.refunding else "NO_REFUND",
            "status": status[sent] if order.status == "partly_shipped" else whole,
            "is_free_gift": "1" if line.is_gift else "0",
            "is_oversold": False,
        }
        if order.ship_by:
            row["delivery_time"] = beijing_text(order.ship_by)
        if line.external_line in self.parcels:
            row["logistics_company"], row["invoice_no"] = self.parcels[line.external_line]
        return row

    # ---------------------------------------------------------------- refunds

    def _refunds(self, form: Mapping[str, str]) -> dict[str, Any]:
        since, until = _window(form)
        rows = self.refunds_between(since, until)
        refunds = [self._refund(one) for one in self.misordered(page_of(rows, *_page(form)))]
        return _listed("refunds", "refund", refunds, len(rows), form)

    def _refund(self, refund: SimRefund) -> dict[str, Any]:
        order = self.orders.get(refund.order_number)
        waiting = TRADE_STATUS["to_ship" if refund.before_shipping else order.status if order else "shipped"]
        return {
            "refund_id": refund.number,
            "tid": as_id(refund.order_number),
            "oid": as_id(refund.external_line) if refund.external_line else 0,
            "status": REFUND_STATUS[refund.status],
            "order_status": waiting,
            "good_status": "BUYER_NOT_RECEIVED" if refund.before_shipping else "BUYER_RECEIVED",
            "has_good_return": refund.kind == "return",
            "dispute_type": DISPUTE[refund.kind],
            "refund_phase": "onsale",
            "refund_fee": str(refund.amount),
            "num": refund.quantity,
            "reason": refund.reason,
            "sid": refund.return_waybill,
            "created": beijing_text(refund.modified_at),
            "modified": beijing_text(refund.modified_at),
        }

    def _sendgoods_cancel(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "param")
        param = json.loads(form["param"])
        if not {"refund_id", "tid", "status", "operate_time"} <= param.keys():
            raise Refusal("40", "Missing Required Arguments", sub="isv.missing-parameter:param")
        if str(param["refund_id"]) not in self.refunds or param["status"] not in {"SUCCESS", "FAIL"}:
            raise Refusal("15", "Remote service error", sub="isv.invalid-refund")
        self.cancel_answers[str(param["refund_id"])] = param["status"]
        return {"result": {"success": True}}

    # ---------------------------------------------------------------- shipping and stock

    def _send(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "tid", "company_code", "out_sid")
        order = self.orders.get(form["tid"])
        if order is None:
            raise Refusal("15", "Remote service error", sub="isv.trade-not-exist")
        if form["company_code"] not in COMPANIES:
            raise _logistics("B01", "company_code")
        split = form.get("is_split") == "1"
        wanted = form.get("sub_tid", "").split(",") if split else []
        if order.status not in ({"to_ship", "partly_shipped"} if split else {"to_ship"}):
            raise _logistics("B04", "status")
        lines = {line.external_line: line for line in order.lines}
        if split and (not wanted or not set(wanted) <= lines.keys()):
            raise _logistics("B02", "sub_tid")
        chosen = [lines[oid] for oid in wanted] if split else list(order.lines)
        if any(line.external_line in self.parcels for line in chosen):
            raise _logistics("B04", "status")
        for line in chosen:
            self.parcels[line.external_line] = (form["company_code"], form["out_sid"])
        told = tuple((line.external_line, line.quantity) for line in chosen) if split else ()
        self.ship(SimShipment(order.number, form["company_code"], form["out_sid"], told))
        return {"shipping": {"is_success": True}}

    def _skus_quantity(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "num_iid", "skuid_quantities")
        pairs = [pair.split(":") for pair in form["skuid_quantities"].split(";")]
        if len(pairs) > 20 or any(len(pair) != 2 or not pair[1].isdigit() for pair in pairs):
            raise Refusal("41", "Invalid Arguments", sub="isv.invalid-parameter:skuid_quantities")
        if form.get("type", "1") != "1":
            raise Refusal("41", "Invalid Arguments", sub="isv.invalid-parameter:type")
        for variant, quantity in pairs:
            self.stock[form["num_iid"], variant] = int(quantity)
        return {"item": {"num_iid": as_id(form["num_iid"]), "modified": beijing_text(self.now())}}

    def _item_quantity(self, form: Mapping[str, str]) -> dict[str, Any]:
        _required(form, "num_iid", "quantity")
        self.stock[form["num_iid"], form.get("sku_id", "")] = int(form["quantity"])
        return {"item": {"num_iid": as_id(form["num_iid"]), "modified": beijing_text(self.now())}}

    # ---------------------------------------------------------------- messages

    def pushes(self, number: str) -> Iterable[Push]:
        """A call to the shop's address about one trade."""
        body = json.dumps({"tid": number}).encode()
        yield self.spi("trade.changed", body)
        if self.chance.random() < self.misbehaviour.duplicates:
            yield self.spi("trade.changed", body)

    def spi(self, method: str, body: bytes) -> Push:
        """A signed call; the header ``top-sign-list`` names the headers that are signed, too."""
        query = {"method": method, "app_key": APP_KEY, "timestamp": beijing_text(self.now())}
        headers = {"content-type": "application/json;charset=utf-8", "x-top-trace": "sim-1"}
        query["sign"] = signature(query | {"x-top-trace": "sim-1"}, "md5", body)
        return Push("POST", query, {**headers, "top-sign-list": "x-top-trace"}, body)


def _error(refusal: Refusal, words: str = "") -> Response:
    said = {"code": int(refusal.code), "msg": refusal.message, "request_id": "sim"}
    if refusal.sub:
        said |= {"sub_code": refusal.sub, "sub_msg": words or refusal.message}
    return answer_json({"error_response": said})


def _logistics(letter: str, word: str) -> Refusal:
    sub = f"isv.logistics-offline-service-error:{letter}"
    return Refusal("15", "Remote service error", sub=sub, word=word)


def _required(form: Mapping[str, str], *names: str) -> None:
    for name in names:
        if not form.get(name):
            raise Refusal("40", "Missing Required Arguments", sub=f"isv.missing-parameter:{name}")


def _window(form: Mapping[str, str]) -> tuple[datetime, datetime]:
    _required(form, "fields", "start_modified", "end_modified")
    since, until = beijing_time(form["start_modified"]), beijing_time(form["end_modified"])
    if since is None or until is None or until < since or until - since > timedelta(days=1):
        raise Refusal("41", "Invalid Arguments", sub="isv.invalid-parameter:end_modified", word="window")
    return since, whole_second(until)


def _page(form: Mapping[str, str]) -> tuple[int, int]:
    page, size = int(form.get("page_no", "1")), int(form.get("page_size", "40"))
    if page < 1 or not 1 <= size <= 100:
        raise Refusal("41", "Invalid Arguments", sub="isv.invalid-parameter:page_size", word="page")
    return page, size


def _listed(
    name: str, one: str, rows: list[dict[str, Any]], total: int, form: Mapping[str, str]
) -> dict[str, Any]:
    """Lists lack their name altogether when they are empty, as on the real gateway."""
    page, size = _page(form)
    answer: dict[str, Any] = {name: {one: rows}} if rows else {}
    if form.get("use_has_next") == "true":
        return answer | {"has_next": page * size < total}
    return answer | {"total_results": total}
