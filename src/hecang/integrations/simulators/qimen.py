"""The other side of Qimen on this machine: an ERP that orders and hears, or a WMS that takes orders and tells.

It signs and reads by code of its own, and misbehaves on demand: it loses answers, answers late or twice, in another
form, and throttles.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Literal
from xml.etree import ElementTree

import httpx
from werkzeug import Request, Response

_BEIJING = timezone(timedelta(hours=8))
APP_KEY, SECRET, CUSTOMER = "23000001", "qimen-simulator-secret", "C-SIM"


@dataclass
class Misbehaviour:
    """What goes wrong, for so many messages each.

    :param lost: taken, but the answer never arrives. :param busy: refused by the gateway (TOP7).
    :param down: HTTP 502. :param garbage: an answer that is no XML. :param refuse: a plain no.
    """

    lost: int = 0
    busy: int = 0
    down: int = 0
    garbage: int = 0
    refuse: int = 0


@dataclass
class Heard:
    """A message that was taken."""

    method: str
    body: str
    query: Mapping[str, str]

    @property
    def root(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body)  # noqa: S314 - our own messages, in tests and demos

    def text(self, path: str) -> str:
        return self.root.findtext(path) or ""


@dataclass
class QimenSimulator:
    """A partner behind a Qimen gateway.

    :param role: what the partner is.
    :param known: keys of messages that were taken: they are answered as repetitions.
    """

    role: Literal["erp", "wms"] = "erp"
    now: Callable[[], datetime] = lambda: datetime.now(tz=_BEIJING)
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
    heard: list[Heard] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    repeats: int = 0
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def credentials(self) -> dict[str, str]:
        """What has to be entered in the form of the connection."""
        return {"app_key": APP_KEY, "app_secret": SECRET, "customer_id": CUSTOMER}

    def of(self, method: str) -> list[Heard]:
        """Messages of one method, in the order in which they came."""
        return [one for one in self.heard if one.method == method]

    # ------------------------------------------------------------ as a server

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self._respond(Request(environ))(environ, start_response)

    def _respond(self, request: Request) -> Response:
        with self.lock:
            wrong = self.misbehaviour
            if wrong.down > 0:
                wrong.down -= 1
                return Response("bad gateway", status=502)
            if wrong.busy > 0:
                wrong.busy -= 1
                return self._say("failure", "TOP7", "App Call Limited")
            if wrong.garbage > 0:
                wrong.garbage -= 1
                return Response("<html><body>504", content_type="text/html")
            return self._take(request, request.get_data())

    def _take(self, request: Request, body: bytes) -> Response:
        query = dict(request.args.items())
        if query.pop("sign", "") != signature(query, body):
            self.refusals.append("sign")
            return self._say("failure", "TOP60", "Signature is invalid")
        if query.get("customerId") != CUSTOMER:
            self.refusals.append("route")
            return self._say("failure", "TOP60", "no route for this customerId")
        method = query.get("method", "").removeprefix("taobao.qimen.")
        if self.misbehaviour.refuse > 0:
            self.misbehaviour.refuse -= 1
            return self._say("failure", "S001", "单据状态不允许")
        heard = Heard(method, body.decode(), query)
        key = next((e.text or "" for e in heard.root.iter("outBizCode")), "") or _code(heard.root)
        if (
            key
            and method.rpartition(".")[2] in ("create", "confirm", "report")
            and (method, key) in self.known
        ):
            self.repeats += 1
            return self._say("failure", "S002", "单号重复")
        self.known.add((method, key))
        self.heard.append(heard)
        if self.misbehaviour.lost > 0:
            self.misbehaviour.lost -= 1
            return Response("gateway timeout", status=504)
        return self._say("success", "0", "ok", self.answers.get(method, {}))

    def _say(self, flag: str, code: str, message: str, more: Mapping[str, Any] | None = None) -> Response:
        root = ElementTree.Element("response")
        for name, value in {"flag": flag, "code": code, "message": message, **(more or {})}.items():
            ElementTree.SubElement(root, name).text = str(value)
        return Response(ElementTree.tostring(root, encoding="utf-8"), content_type="text/xml;charset=utf-8")

    # ------------------------------------------------------------ as a client

    def address(
        self,
        method: str,
        body: bytes,
        *,
        prefix: str = "",
        headers: Mapping[str, str] | None = None,
        **change: str,
    ) -> dict[str, str]:
        """The signed parameters of a message; ``change`` spoils some of them before they are signed."""
        query = {
            "method": prefix + method,
            "timestamp": self.now().astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            "format": "xml",
            "app_key": APP_KEY,
            "v": "2.0",
            "sign_method": "md5",
            "customerId": CUSTOMER,
            **change,
        }
        return {**query, "sign": signature({**query, **(headers or {})}, body)}

    def post(self, url: str, method: str, body: str | bytes, **change: str) -> ElementTree.Element:
        """Send a message to an address; the answer."""
        raw = body.encode() if isinstance(body, str) else body
        answer = httpx.post(
            url,
            params=self.address(method, raw, prefix="", headers=None, **change),
            content=raw,
            headers={"Content-Type": "text/xml;charset=utf-8"},
            timeout=30.0,
            trust_env=False,
        )
        return ElementTree.fromstring(answer.content)  # noqa: S314


def signature(query: Mapping[str, str], body: bytes) -> str:
    """MD5 over secret, sorted parameters, body and secret; written down here once more, from the description."""
    digest = hashlib.md5(SECRET.encode(), usedforsecurity=False)
    for name in sorted(query):
        digest.update(f"{name}{query[name]}".encode())
    digest.update(body)
    digest.update(SECRET.encode())
    return "".join(f"{byte:02X}" for byte in digest.digest())


def _code(root: ElementTree.Element) -> str:
    names = ("deliveryOrderCode", "entryOrderCode", "returnOrderCode")
    return next((e.text or "" for name in names for e in root.iter(name)), "")


# ------------------------------------------------------------------ documents of an ERP


def delivery_order(
    code: str,
    lines: Sequence[tuple[str, int]],
    *,
    warehouse: str = "WH01",
    owner: str = "O1",
    order_type: str = "JYCK",
    total: int | None = None,
    first_line: int = 1,
    child: str = "orderLine",
    **head: str,
) -> str:
    """``deliveryorder.create`` (and ``stockout.create``) as an ERP writes it."""
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in head.items())
    rows = "".join(
        f"<{child}><orderLineNo>{number}</orderLineNo><sourceOrderCode>T-{code}</sourceOrderCode>"
        f"<ownerCode>{owner}</ownerCode><itemCode>{item}</itemCode><planQty>{units}</planQty>"
        f"<actualPrice>19.90</actualPrice><inventoryType>ZP</inventoryType></{child}>"
        for number, (item, units) in enumerate(lines, start=first_line)
    )
    parts = f"<totalOrderLines>{total}</totalOrderLines>" if total else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><request><deliveryOrder>'
        f"{parts}<deliveryOrderCode>{code}</deliveryOrderCode><orderType>{order_type}</orderType>"
        f"<warehouseCode>{warehouse}</warehouseCode><sourcePlatformCode>TM</sourcePlatformCode>"
        "<createTime>2026-01-02 10:00:00</createTime><placeOrderTime>2026-01-02 09:00:00</placeOrderTime>"
        f"<shopNick>demo旗舰店</shopNick>{extra}"
        "<receiverInfo><name>王小明</name><mobile>13900000001</mobile><province>上海市</province><city>上海市</city>"
        "<area>浦东新区</area><detailAddress>世纪大道 100 号</detailAddress></receiverInfo>"
        "<extendProps><shelf>A&amp;1</shelf></extendProps></deliveryOrder>"
        f"<orderLines>{rows}</orderLines></request>"
    )


def entry_order(
    code: str,
    lines: Sequence[tuple[str, int]],
    *,
    kind: Literal["entry", "return"] = "entry",
    warehouse: str = "WH01",
    owner: str = "O1",
    total: int | None = None,
    first_line: int = 1,
) -> str:
    """``entryorder.create`` or ``returnorder.create`` as an ERP writes it."""
    rows = "".join(
        f"<order_line><orderLineNo>{number}</orderLineNo><ownerCode>{owner}</ownerCode><itemCode>{item}</itemCode>"
        f"<planQty>{units}</planQty></order_line>"
        for number, (item, units) in enumerate(lines, start=first_line)
    )
    parts = f"<totalOrderLines>{total}</totalOrderLines>" if total else ""
    return (
        f"<request><{kind}Order>{parts}<{kind}OrderCode>{code}</{kind}OrderCode><ownerCode>{owner}</ownerCode>"
        f"<warehouseCode>{warehouse}</warehouseCode><orderType>{'CGRK' if kind == 'entry' else 'THRK'}</orderType>"
        f"<remark>小心轻放</remark><extendProps><po>77</po></extendProps></{kind}Order>"
        f"<orderLines>{rows}</orderLines></request>"
    )
