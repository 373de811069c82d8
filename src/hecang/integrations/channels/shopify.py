"""Shopify, by its GraphQL Admin API.

What a question may cost is limited, not how many there are; what is left stands in every answer. Stock follows
the rules of 2026: what a quantity is changed *from* has to be said, and each change carries an idempotency key
of its own. Messages are signed over their bytes, which is checked before anything is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels import shopify_queries as queries
from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelOrder,
    ChannelProduct,
    ChannelRefund,
    Feature,
    Limits,
    OrderTouched,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, malformed
from hecang.integrations.channels.shopify_fulfilment import allocated, is_told
from hecang.integrations.channels.shopify_orders import gid, order_read, product_read, refunds_read
from hecang.integrations.channels.shopify_stock import (
    TRIES,
    Wanted,
    failures,
    input_of,
    needs_writing,
    stock_read,
)
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    Token,
    TokenExpired,
    Unreachable,
)
from hecang.kernel.connectors.link import parse_json

#: Names that Shopify knows, so that it can link to the carrier's page; any other name is shown as it is.
CARRIERS: Mapping[str, str] = {
    "SF": "SF Express", "EMS": "EMS", "YZPY": "China Post", "CAINIAO": "Cainiao", "YANWEN": "Yanwen",
    "YUNEXPRESS": "YunExpress", "4PX": "4PX", "JD": "JD Logistics", "JDL": "JD Logistics", "ZTO": "ZTO Express",
    "YTO": "YTO Express", "STO": "STO Express", "YUNDA": "Yunda Express", "DHL": "DHL Express", "UPS": "UPS",
    "FEDEX": "FedEx", "USPS": "USPS",
}  # fmt: skip


class ShopifySettings(ConnectorSettings):
    shop: str = Field(
        title=_("Shop"),
        description=_("The shop's own domain: my-shop.myshopify.com."),
        pattern=r"^[a-zA-Z0-9][a-zA-Z0-9.-]*$",
        max_length=255,
    )
    client_id: str = Field("", title=_("Client id"), max_length=64)
    client_secret: SecretStr = Field(
        title=_("Client secret"), description=_("Signs the messages; with the client id it also gets tokens.")
    )
    former_secret: SecretStr = Field(
        SecretStr(""),
        title=_("Former client secret"),
        description=_("After a rotation Shopify may sign with it for an hour."),
    )
    access_token: SecretStr = Field(
        SecretStr(""),
        title=_("Access token"),
        description=_("Of an app that has a lasting one; empty where tokens are fetched with the client id."),
    )
    location_id: str = Field(
        "", title=_("Location"), description=_("Whose stock is set; its number or global id."), max_length=64
    )
    version: str = Field(
        "2026-07",
        title=_("API version"),
        description=_("From 2026-01 on; Shopify serves each for at least a year."),
        pattern=r"^20(2[6-9]|[3-9]\d)-(01|04|07|10)$",
    )
    compare_stock: bool = Field(
        True,
        title=_("Compare before stock is set"),
        description=_("A sale between reading and writing makes the write start anew."),
    )
    ship_authorised: bool = Field(
        False,
        title=_("Ship orders that are authorised, not paid"),
        description=_("For shops that capture later."),
    )
    notify_customer: bool = Field(False, title=_("Shopify tells the customer of parcels"))
    base_url: str = Field("", title=_("Address"), description=_("Empty: https:// and the shop."))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class ShopifyConnector(ChannelConnector):
    code = "shopify"
    title = _("Shopify")
    Settings = ShopifySettings
    features = frozenset({
        Feature.PULL_ORDERS, Feature.GET_ORDER, Feature.PULL_REFUNDS, Feature.RECEIVE, Feature.CONFIRM_SHIPMENT,
        Feature.CONFIRM_PARTS, Feature.PUSH_STOCK, Feature.REFRESH_TOKEN, Feature.LIST_PRODUCTS,
    })  # fmt: skip
    # Shopify takes 250 levels at once; reading that many before would cost more than a question may.
    limits = Limits(
        page_size=queries.ORDERS,
        window=timedelta(days=1),
        calls_per_second=1.0,
        stock_batch=queries.VARIANTS,
    )
    carriers = CARRIERS
    settings: ShopifySettings

    # ---------------------------------------------------------------- the wire

    @property
    def _base(self) -> str:
        return self.settings.base_url.rstrip("/") or f"https://{self.settings.shop}"

    def _ask(self, question: str, /, **variables: Any) -> Doc:
        token = self.settings.access_token.get_secret_value() or self.link.token.access
        if not token:
            raise TokenExpired("no access token", code="no_token")
        answer = self.link.send(
            "POST",
            f"{self._base}/admin/api/{self.settings.version}/graphql.json",
            json={"query": question, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
        )
        _check_status(answer)
        said = Doc.of(parse_json(answer.content), "answer")
        _check_errors(said)
        return said.need_doc("data")

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        orders = self._ask(
            queries.ORDER_PAGE, first=queries.ORDERS, after=cursor, query=_modified(window)
        ).need_doc("orders")
        return Page([self._read(one) for one in orders.docs("nodes")], _next(orders))

    def get_order(self, number: str) -> ChannelOrder | None:
        data = self._ask(queries.ORDER, id=gid("Order", number))
        return self._read(data.doc("order")) if data.has("order") else None

    def _read(self, doc: Doc) -> ChannelOrder:
        items = doc.need_doc("lineItems")
        lines = items.docs("nodes")
        while (cursor := _next(items)) is not None:
            data = self._ask(queries.ORDER_LINES, id=doc.need("id"), after=cursor)
            items = data.need_doc("order").need_doc("lineItems")
            lines += items.docs("nodes")
            if _next(items) == cursor or len(lines) > 2500:
                malformed("the lines of an order have no end")
        return order_read(doc, lines, ship_authorised=self.settings.ship_authorised)

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        """Every refund of the orders that changed: a refund changes its order, but so do other things later."""
        orders = self._ask(
            queries.REFUND_PAGE, first=queries.ORDERS, after=cursor, query=_modified(window)
        ).need_doc("orders")
        return Page([one for order in orders.docs("nodes") for one in refunds_read(order)], _next(orders))

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Shopify ships what stands in fulfilment orders: the lines there are looked up first."""
        company = self.carrier_code(shipment.carrier)
        order = self._ask(queries.FULFILLMENT, id=gid("Order", shipment.order_number)).doc("order")
        if not order.has("id"):
            raise Refused("there is no such order", code="unknown_order")
        if is_told(order, shipment.waybill):
            raise AlreadyDone("the tracking number stands in the order", code="same_waybill")
        made = self._ask(
            queries.FULFILL,
            fulfillment={
                "lineItemsByFulfillmentOrder": allocated(order, shipment),
                "trackingInfo": {"company": company, "number": shipment.waybill},
                "notifyCustomer": self.settings.notify_customer,
            },
        ).need_doc("fulfillmentCreate")
        _check_user_errors(made)
        made.need_doc("fulfillment").need("id")

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Read, compare, set. Shopify takes all levels of a call or none: those that it names are left out."""
        if not self.settings.location_id:
            raise Refused("the settings name no location", code="no_location")
        errors: dict[int, OutsideError] = {}
        left = dict(enumerate(levels))
        for _try in range(TRIES):
            wanted = needs_writing(self._wanted(left, errors))
            refused = self._set(wanted) if wanted else {}
            errors |= {place: error for place, error in refused.items() if error is not None}
            if not refused:
                left = {}
                break
            left = {one.place: levels[one.place] for one in wanted if one.place not in errors}
        stale = Unreachable("the stock there changed with every try", code="stale")
        return [
            StockOutcome(level, errors.get(place) or (stale if place in left else None))
            for place, level in enumerate(levels)
        ]

    def _wanted(self, levels: Mapping[int, StockLevel], errors: dict[int, OutsideError]) -> list[Wanted]:
        ids = sorted({gid("ProductVariant", level.variant_id) for level in levels.values()})
        if not ids:
            return []
        data = self._ask(queries.AVAILABLE, ids=ids, location=gid("Location", self.settings.location_id))
        held = stock_read(data)
        wanted = []
        for place, level in levels.items():
            one = held.get(gid("ProductVariant", level.variant_id))
            if isinstance(one, OutsideError) or one is None:
                errors[place] = one or Refused("Shopify has no such variant", code="unknown_variant")
            else:
                wanted.append(Wanted(place, level, *one))
        return wanted

    def _set(self, wanted: Sequence[Wanted]) -> dict[int, OutsideError | None]:
        """What was refused, by place: ``None`` for what was read too long ago. Nothing was set if it is any."""
        given = input_of(
            wanted, gid("Location", self.settings.location_id), compare=self.settings.compare_stock
        )
        parts = [self.link.now().isoformat(), *(one.level.key for one in wanted), str(given)]
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts)))
        given["referenceDocumentUri"] = f"gid://hecang/StockPush/{key}"
        done = self._ask(queries.SET_AVAILABLE, input=given, key=key).need_doc("inventorySetQuantities")
        return failures(done.docs("userErrors"), done.data.get("userErrors"), wanted)

    # ---------------------------------------------------------------- products, tokens

    def list_products(self, cursor: str | None) -> Page[ChannelProduct]:
        found = self._ask(queries.VARIANT_PAGE, first=queries.VARIANTS, after=cursor).need_doc(
            "productVariants"
        )
        return Page([product_read(one) for one in found.docs("nodes")], _next(found))

    def refresh_token(self) -> Token:
        """A token for a day by the client credentials grant; a lasting token from the settings stays as it is."""
        lasting = self.settings.access_token.get_secret_value()
        if lasting:
            return Token(access=lasting)
        if not self.settings.client_id:
            raise TokenExpired("neither a token nor a client id is set", code="no_client_id")
        answer = self.link.send(
            "POST",
            f"{self._base}/admin/oauth/access_token",
            json={
                "client_id": self.settings.client_id,
                "client_secret": self.settings.client_secret.get_secret_value(),
                "grant_type": "client_credentials",
            },
        )
        _check_status(answer)
        said = Doc.of(parse_json(answer.content), "token")
        lasts = timedelta(seconds=min(max(said.integer("expires_in", 86399), 0), 10**8))
        return Token(access=said.need("access_token"), expires_at=self.link.now() + lasts)

    def check(self) -> None:
        self._ask(queries.SHOP).need_doc("shop").need("id")

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        given = message.headers.get("x-shopify-hmac-sha256", "").encode("utf-8", "replace")
        secrets = (self.settings.client_secret, self.settings.former_secret)
        expected = [
            base64.b64encode(hmac.new(one.get_secret_value().encode(), message.body, hashlib.sha256).digest())
            for one in secrets
            if one.get_secret_value()
        ]
        if not any(hmac.compare_digest(one, given) for one in expected):
            raise BadSignature("the message is not signed with our secret", code="bad_signature")
        shop = message.headers.get("x-shopify-shop-domain", "")
        if shop and shop.lower() != self.settings.shop.lower():
            raise BadSignature("the message is of another shop", code="other_shop")
        topic = message.headers.get("x-shopify-topic", "")
        body = Doc.of(parse_json(message.body), "message")
        if topic.startswith("orders/"):
            number = body.text("id")
        elif topic.startswith(("refunds/", "fulfillments/", "returns/")):
            number = body.text("order_id") or body.doc("order").text("id")
        else:
            number = ""
        return Received([OrderTouched(number)] if number else [], Reply(b""))


def _modified(window: Window) -> str:
    since, until = (_text(one) for one in (window.since, window.until))
    return f"updated_at:>='{since}' AND updated_at:<='{until}'"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _next(connection: Doc) -> str | None:
    info = connection.doc("pageInfo")
    return info.need("endCursor") if info.flag("hasNextPage") else None


def _check_status(answer: httpx.Response) -> None:
    code = str(answer.status_code)
    if answer.status_code == 401:
        raise TokenExpired("the access token is not valid", code=code)
    if answer.status_code == 430:
        raise Throttled("Shopify holds our calls for a threat", code=code, retry_after=timedelta(minutes=1))
    if answer.status_code >= 300:
        words = {
            402: "the shop is frozen",
            403: "access denied",
            404: "no such shop, or version",
            423: "locked",
        }
        raise Refused(words.get(answer.status_code, f"HTTP {code}"), code=code)


def _check_errors(said: Doc) -> None:
    """What is wrong with the question as a whole; ``data`` may still be there, but not to be relied on."""
    errors = said.data.get("errors")
    if not errors:
        return
    if isinstance(errors, str):
        raise Refused(errors)
    first = (said.docs("errors") or [Doc({}, "errors")])[0]
    code, message = first.doc("extensions").text("code"), first.text("message") or "refused without a word"
    if code == "THROTTLED" or message == "Throttled":
        raise Throttled(message, code="THROTTLED", retry_after=_wait(said.doc("extensions").doc("cost")))
    if code == "INTERNAL_SERVER_ERROR":
        raise Unreachable(message, code=code)
    raise Refused(message, code=code)


def _wait(cost: Doc) -> timedelta:
    """How long until the bucket holds what the question costs."""
    status = cost.doc("throttleStatus")
    lacking = (cost.number("requestedQueryCost") or 0) - (status.number("currentlyAvailable") or 0)
    rate = status.number("restoreRate") or 50
    return timedelta(seconds=float(min(max(lacking / max(rate, 1), 1), 60)))


def _check_user_errors(made: Doc) -> None:
    for one in made.docs("userErrors"):
        raise Refused(one.text("message") or "refused without a word", code=one.text("code") or "user_error")
