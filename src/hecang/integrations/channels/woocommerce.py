"""WooCommerce, by its REST API, version 3.

Encrypted addresses are called with the key and secret of a user (HTTP Basic, or in the query where a host drops
the header), plain ones are signed by OAuth 1.0a. WooCommerce itself has no parcels: a note tells the customer
the number, or the Shipment Tracking extension, and the order is set to completed with its last parcel.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelOrder,
    ChannelProduct,
    ChannelRefund,
    Feature,
    Limits,
    OrderStatus,
    OrderTouched,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, Sheet, as_number, from_last_page, malformed
from hecang.integrations.channels.woocommerce_oauth import signature
from hecang.integrations.channels.woocommerce_orders import STATES, order_read, product_read, refunds_read
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    TokenExpired,
    Unreachable,
)
from hecang.kernel.connectors.link import parse_json

#: Names that customers read; the extension links those that it knows.
CARRIERS: Mapping[str, str] = {
    "SF": "SF Express", "EMS": "EMS", "YZPY": "China Post", "CAINIAO": "Cainiao", "YANWEN": "Yanwen",
    "YUNEXPRESS": "YunExpress", "4PX": "4PX", "JD": "JD Logistics", "JDL": "JD Logistics", "ZTO": "ZTO Express",
    "YTO": "YTO Express", "STO": "STO Express", "YUNDA": "Yunda Express", "DHL": "DHL", "UPS": "UPS",
    "FEDEX": "Fedex", "USPS": "USPS",
}  # fmt: skip
PER_PAGE = 100
#: Of lists below an order or a product.
MOST_PAGES = 20
PING = re.compile(rb"webhook_id=\d{1,19}")
SECOND = timedelta(seconds=1)


class WoocommerceSettings(ConnectorSettings):
    base_url: str = Field(
        title=_("Address"), description=_("Of the shop, as visitors see it."), pattern=r"^https?://.+"
    )
    consumer_key: str = Field(title=_("Consumer key"), max_length=64)
    consumer_secret: SecretStr = Field(title=_("Consumer secret"))
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        title=_("Webhook secret"),
        description=_("As entered with the webhook; empty without webhooks."),
    )
    authorisation: Literal["automatic", "basic", "query", "oauth"] = Field(
        "automatic",
        title=_("Authorisation"),
        description=_(
            "query for hosts that drop the header; automatic signs where the address is not encrypted."
        ),
    )
    shipping: Literal["note", "tracking"] = Field(
        "note",
        title=_("How parcels are told"),
        description=_("tracking needs the Shipment Tracking extension."),
    )
    note_text: str = Field(
        "Shipped by {carrier}, tracking number {waybill}.", title=_("Note to the customer"), max_length=500
    )
    tracking_path: str = Field("wc-shipment-tracking/v3", title=_("Address of the extension"), max_length=64)
    states: dict[str, OrderStatus] = Field(
        default_factory=dict,
        title=_("Order states"),
        description=_("State of a plugin → our state; those of WooCommerce itself are known."),
    )
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class WoocommerceConnector(ChannelConnector):
    code = "woocommerce"
    title = _("WooCommerce")
    Settings = WoocommerceSettings
    features = frozenset({
        Feature.PULL_ORDERS, Feature.GET_ORDER, Feature.PULL_REFUNDS, Feature.RECEIVE, Feature.CONFIRM_SHIPMENT,
        Feature.CONFIRM_PARTS, Feature.PUSH_STOCK, Feature.LIST_PRODUCTS,
    })  # fmt: skip
    limits = Limits(page_size=PER_PAGE, window=timedelta(days=1), calls_per_second=5.0, stock_batch=100)
    carriers = CARRIERS
    settings: WoocommerceSettings

    # ---------------------------------------------------------------- the wire

    def _send(
        self, method: str, path: str, body: Any = None, *, root: str = "wc/v3", **params: str
    ) -> tuple[Any, httpx.Headers]:
        url = f"{self.settings.base_url.rstrip('/')}/wp-json/{root}{path}"
        request: dict[str, Any] = {"params": params}
        if body is not None:
            request["json"] = body
        self._authorise(method, url, request)
        answer = self.link.send(method, url, **request)
        if answer.status_code >= 300:
            raise _refusal(answer)
        return parse_json(answer.content), answer.headers

    def _authorise(self, method: str, url: str, request: dict[str, Any]) -> None:
        key, secret = self.settings.consumer_key, self.settings.consumer_secret.get_secret_value()
        way = self.settings.authorisation
        if way == "automatic":
            way = "basic" if url.startswith("https://") else "oauth"
        if way == "basic":
            request["auth"] = (key, secret)
        elif way == "query":
            request["params"] |= {"consumer_key": key, "consumer_secret": secret}
        else:
            request["params"] |= {
                "oauth_consumer_key": key,
                "oauth_nonce": secrets.token_hex(16),
                "oauth_signature_method": "HMAC-SHA256",
                "oauth_timestamp": str(int(self.link.now().timestamp())),
            }
            request["params"]["oauth_signature"] = signature(method, url, request["params"], f"{secret}&")

    def _list(self, path: str, **params: str) -> Sheet:
        said, headers = self._send("GET", path, **params)
        if not isinstance(said, list):
            malformed("a list was asked for")
        if "X-WP-Total" not in headers and len(said) >= PER_PAGE:
            malformed("a full page without the number of all rows")
        counted = Doc({"total": headers.get("X-WP-Total")}, "headers").integer("total", len(said))
        return Sheet([Doc.of(one, path) for one in said], counted)

    def _all(self, path: str, **params: str) -> list[Doc]:
        """Every row of a short list, however many pages it has."""
        rows: list[Doc] = []
        for page in range(1, MOST_PAGES + 1):
            sheet = self._list(path, per_page=str(PER_PAGE), page=str(page), **params)
            rows += sheet.rows
            if not sheet.rows or len(rows) >= sheet.total:
                return rows
        raise OutsideError("a list has no end", code="malformed")

    # ---------------------------------------------------------------- orders

    def _modified(self, window: Window, cursor: str | None) -> tuple[list[Doc], str | None]:
        """Orders modified in the window. “After” and “before” leave out what is exactly then."""

        def ask(page: int) -> Sheet:
            return self._list(
                "/orders",
                modified_after=_text(window.since - SECOND),
                modified_before=_text(window.until + SECOND),
                dates_are_gmt="true",
                orderby="modified",
                order="asc",
                status="any",
                per_page=str(PER_PAGE),
                page=str(page),
            )

        rows, following = from_last_page(ask, size=PER_PAGE, cursor=cursor)
        return list(rows), following

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        rows, following = self._modified(window, cursor)
        return Page([self._read(one) for one in rows], following)

    def get_order(self, number: str) -> ChannelOrder | None:
        doc = self._order(number)
        return None if doc is None else self._read(doc)

    def _order(self, number: str) -> Doc | None:
        try:
            said, _headers = self._send("GET", f"/orders/{_number(number)}")
        except Refused as refused:
            if refused.code in ("woocommerce_rest_shop_order_invalid_id", "404"):
                return None
            raise
        return Doc.of(said, "order")

    def _read(self, doc: Doc) -> ChannelOrder:
        return order_read(doc, self._refunds(doc), self.settings.states)

    def _refunds(self, order: Doc) -> Sequence[Doc]:
        """The refunds of an order with their lines: orders themselves tell no more than that there are any."""
        if not order.docs("refunds"):
            return []
        return self._all(f"/orders/{_number(order.need('id'))}/refunds")

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        rows, following = self._modified(window, cursor)
        return Page([one for row in rows for one in refunds_read(row, self._refunds(row))], following)

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Tell the number once, then complete the order with its last parcel. Lines cannot be told of."""
        carrier = self.carrier_code(shipment.carrier)
        order = self._order(shipment.order_number)
        if order is None:
            raise Refused("there is no such order", code="unknown_order")
        status = self.settings.states.get(order.text("status")) or STATES.get(order.text("status"))
        if status in (OrderStatus.CANCELLED, OrderStatus.UNPAID):
            raise Refused(f"the order is {order.text('status')}", code="status")
        is_told = self._is_told(shipment)
        is_complete = order.text("status") == "completed"
        if is_told and (is_complete or not shipment.completes_order):
            raise AlreadyDone("the number has been told", code="same_waybill")
        if not is_told:
            self._tell(shipment, carrier)
        if shipment.completes_order and not is_complete:
            self._send("PUT", f"/orders/{_number(shipment.order_number)}", {"status": "completed"})

    def _is_told(self, shipment: Shipment) -> bool:
        """Whether the number stands in the extension's list, or in a note; neither is told in pages."""
        order = f"/orders/{_number(shipment.order_number)}"
        if self.settings.shipping == "tracking":
            said, _headers = self._send(
                "GET", f"{order}/shipment-trackings", root=self.settings.tracking_path
            )
            return any(
                one.text("tracking_number") == shipment.waybill for one in Doc({"all": said}).docs("all")
            )
        said, _headers = self._send("GET", f"{order}/notes", type="customer")
        number = re.compile(rf"(?<![0-9A-Za-z]){re.escape(shipment.waybill)}(?![0-9A-Za-z])")
        return any(number.search(one.text("note")) for one in Doc({"all": said}).docs("all"))

    def _tell(self, shipment: Shipment, carrier: str) -> None:
        order = f"/orders/{_number(shipment.order_number)}"
        if self.settings.shipping == "tracking":
            body = {
                "custom_tracking_provider": carrier,
                "tracking_number": shipment.waybill,
                "date_shipped": shipment.shipped_at.astimezone(UTC).strftime("%Y-%m-%d"),
            }
            self._send("POST", f"{order}/shipment-trackings", body, root=self.settings.tracking_path)
            return
        note = self.settings.note_text.replace("{carrier}", carrier).replace("{waybill}", shipment.waybill)
        if shipment.waybill not in note:
            note = f"{note} {shipment.waybill}"
        self._send("POST", f"{order}/notes", {"note": note, "customer_note": True})

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Products in one call, variations in one call for each of their products."""
        errors: dict[int, OutsideError] = {}
        groups: dict[str, list[int]] = {}
        for place, level in enumerate(levels):
            groups.setdefault(level.product_id if level.variant_id else "", []).append(place)
        for product, places in groups.items():
            path = f"/products/{_number(product)}/variations/batch" if product else "/products/batch"
            try:
                errors |= self._set(path, {place: levels[place] for place in places})
            except (Throttled, TokenExpired, Unreachable):
                raise
            except OutsideError as error:
                errors |= dict.fromkeys(places, error)
        return [StockOutcome(level, errors.get(place)) for place, level in enumerate(levels)]

    def _set(self, path: str, levels: Mapping[int, StockLevel]) -> dict[int, OutsideError]:
        updates = [
            {
                "id": as_number(level.variant_id or level.product_id),
                "manage_stock": True,
                "stock_quantity": level.quantity,
            }
            for level in levels.values()
        ]
        said, _headers = self._send("POST", path, {"update": updates})
        answers = Doc.of(said, "batch").docs("update")
        if len(answers) != len(updates):
            malformed("the batch answers not every level")
        return {
            place: Refused(answer.doc("error").text("message"), code=answer.doc("error").text("code"))
            for place, answer in zip(levels, answers, strict=True)
            if answer.has("error")
        }

    # ---------------------------------------------------------------- products

    def list_products(self, cursor: str | None) -> Page[ChannelProduct]:
        page = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 8 else 1
        sheet = self._list("/products", per_page=str(PER_PAGE), page=str(page), orderby="id", order="asc")
        found = []
        for product in sheet.rows:
            if product.text("type") != "variable":
                found.append(product_read(product))
                continue
            path = f"/products/{_number(product.need('id'))}/variations"
            found += [product_read(product, one) for one in self._all(path)]
        return Page(found, str(page + 1) if page * PER_PAGE < sheet.total else None)

    def check(self) -> None:
        self._list("/orders", per_page="1")

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        """A signed message, or the ping by which WooCommerce tries a new address; that one is not signed."""
        if PING.fullmatch(message.body.strip()):
            return Received([], Reply(b"{}"))
        secret = self.settings.webhook_secret.get_secret_value()
        if not secret:
            raise BadSignature("webhooks are not set up", code="no_webhook_secret")
        expected = base64.b64encode(hmac.new(secret.encode(), message.body, hashlib.sha256).digest())
        given = message.headers.get("x-wc-webhook-signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(expected, given):
            raise BadSignature("the message is not signed with our secret", code="bad_signature")
        body = Doc.of(parse_json(message.body), "message")
        is_order = message.headers.get("x-wc-webhook-topic", "").startswith("order.")
        number = body.text("id") if is_order else ""
        return Received([OrderTouched(number)] if number else [], Reply(b"{}"))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _number(text: str) -> str:
    """A number that becomes part of an address."""
    if not text.isascii() or not text.isdigit():
        raise Refused("this is no number of WooCommerce", code="woocommerce_rest_shop_order_invalid_id")
    return text


def _refusal(answer: httpx.Response) -> OutsideError:
    """What WooCommerce said, or the host in its place."""
    status = str(answer.status_code)
    if answer.status_code < 400:
        return Refused("the shop has moved; its address in the settings is not the last one", code=status)
    try:
        said = Doc.of(parse_json(answer.content), "answer")
    except OutsideError:
        return Refused(f"HTTP {status}", code=status)
    return Refused(said.text("message") or f"HTTP {status}", code=said.text("code") or status)
