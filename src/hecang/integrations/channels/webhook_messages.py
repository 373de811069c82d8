"""What an own site tells: the messages of the signed webhook, strictly typed.

``docs/reference/channels-generic.md`` describes them for whoever writes the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    ChannelEvent,
    ChannelLine,
    ChannelOrder,
    ChannelRefund,
    OrderStatus,
    RefundKind,
    RefundStatus,
)
from hecang.orders.services import RecipientIn

Number = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=500)]
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
#: Orders of one message.
MOST_ORDERS = 500


class _Said(BaseModel):
    """Part of a message. Names that are not known are a mistake, so that a typing error shows at once."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class RecipientSaid(_Said):
    """Where to; a province, city and district in words, or the code of a region."""

    name: Annotated[str, Field(max_length=100)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    country: Annotated[str, Field(max_length=40)] = ""
    region_code: Annotated[str, Field(max_length=16)] = ""
    province: Annotated[str, Field(max_length=60)] = ""
    city: Annotated[str, Field(max_length=60)] = ""
    district: Annotated[str, Field(max_length=60)] = ""
    address: Annotated[str, Field(max_length=300)] = ""
    postcode: Annotated[str, Field(max_length=16)] = ""

    def value(self) -> RecipientIn:
        return RecipientIn(**self.model_dump())


class LineSaid(_Said):
    """``line`` numbers the line within its order; ``sku`` is the merchant's code."""

    line: Number
    sku: Number
    product_id: Annotated[str, Field(max_length=64)] = ""
    variant_id: Annotated[str, Field(max_length=64)] = ""
    title: Annotated[str, Field(max_length=300)] = ""
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    unit_price: Money = Decimal(0)
    amount: Money | None = None
    is_gift: bool = False
    is_refunding: bool = False

    def value(self) -> ChannelLine:
        return ChannelLine(
            external_line=self.line,
            product_id=self.product_id or self.sku,
            variant_id=self.variant_id,
            outer_sku=self.sku,
            title=self.title,
            quantity=self.quantity,
            unit_price=self.unit_price,
            amount=self.amount,
            is_gift=self.is_gift,
            is_refunding=self.is_refunding,
        )


class OrderSaid(_Said):
    """An order as it stands at ``modified_at``; an earlier state that comes later changes nothing."""

    number: Number
    status: OrderStatus
    created_at: AwareDatetime
    modified_at: AwareDatetime
    paid_at: AwareDatetime | None = None
    buyer: Annotated[str, Field(max_length=100)] = ""
    recipient: RecipientSaid = RecipientSaid()
    lines: Annotated[list[LineSaid], Field(min_length=1, max_length=1000)]
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    total: Money | None = None
    discount: Money = Decimal(0)
    freight: Money = Decimal(0)
    buyer_remark: Text = ""
    seller_remark: Text = ""
    ship_by: AwareDatetime | None = None
    ship_after: AwareDatetime | None = None
    is_presale: bool = False
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=32)]], Field(max_length=20)] = []

    def value(self) -> ChannelOrder:
        plain = {name: getattr(self, name) for name in type(self).model_fields}
        plain["recipient"] = self.recipient.value()
        plain["lines"] = [line.value() for line in self.lines]
        return ChannelOrder(**plain)


class OrdersSaid(_Said):
    orders: Annotated[list[OrderSaid], Field(min_length=1, max_length=MOST_ORDERS)]


class CancelSaid(_Said):
    """The buyer does not want an order, or one line of it."""

    number: Number
    order: Number
    line: Annotated[str, Field(max_length=64)] = ""
    reason: Annotated[str, Field(max_length=300)] = ""
    requested_at: AwareDatetime


class AddressSaid(_Said):
    """The buyer wants the parcel elsewhere."""

    number: Number
    order: Number
    recipient: RecipientSaid
    requested_at: AwareDatetime


class RefundSaid(_Said):
    """The buyer wants money or goods back."""

    number: Number
    order: Number
    line: Annotated[str, Field(max_length=64)] = ""
    kind: RefundKind = RefundKind.REFUND
    status: RefundStatus = RefundStatus.OPEN
    quantity: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] = Decimal(0)
    reason: Annotated[str, Field(max_length=300)] = ""
    before_shipping: bool = False
    return_waybill: Annotated[str, Field(max_length=64)] = ""
    modified_at: AwareDatetime


class _Envelope(_Said):
    timestamp: AwareDatetime | None = None


class OrderMessage(_Envelope):
    type: Literal["order"]
    data: OrderSaid

    def events(self) -> Sequence[ChannelEvent]:
        return [self.data.value()]


class OrdersMessage(_Envelope):
    type: Literal["orders"]
    data: OrdersSaid

    def events(self) -> Sequence[ChannelEvent]:
        return [order.value() for order in self.data.orders]


class CancelMessage(_Envelope):
    type: Literal["cancel"]
    data: CancelSaid

    def events(self) -> Sequence[ChannelEvent]:
        said = self.data
        return [CancelWish(said.number, said.order, said.requested_at, said.line, said.reason)]


class AddressMessage(_Envelope):
    type: Literal["address"]
    data: AddressSaid

    def events(self) -> Sequence[ChannelEvent]:
        said = self.data
        return [AddressChange(said.number, said.order, said.recipient.value(), said.requested_at)]


class RefundMessage(_Envelope):
    type: Literal["refund"]
    data: RefundSaid

    def events(self) -> Sequence[ChannelEvent]:
        said = self.data
        return [
            ChannelRefund(
                number=said.number,
                order_number=said.order,
                kind=said.kind,
                status=said.status,
                modified_at=said.modified_at,
                external_line=said.line,
                quantity=said.quantity,
                amount=said.amount,
                reason=said.reason,
                before_shipping=said.before_shipping,
                return_waybill=said.return_waybill,
            )
        ]


class PingMessage(_Envelope):
    """Whether the address and the secret are right."""

    type: Literal["ping"]

    def events(self) -> Sequence[ChannelEvent]:
        return []


Message = Annotated[
    OrderMessage | OrdersMessage | CancelMessage | AddressMessage | RefundMessage | PingMessage,
    Field(discriminator="type"),
]
