"""What messages to receivers hold. No personal data: whoever needs names or addresses asks the API for the order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hecang.kernel.api import Schema


class OrderLineData(Schema):
    sku: str
    quantity: int
    reserved: int
    backordered: int
    allocated: int
    shipped: int
    cancelled: int


class OrderData(Schema):
    id: int
    number: str
    shop: str
    external_number: str
    state: str
    is_held: bool
    holds: list[str]
    is_short: bool
    currency: str
    total_amount: Decimal
    placed_at: datetime
    lines: list[OrderLineData]


class ParcelLineData(Schema):
    sku: str
    quantity: int


class ParcelData(Schema):
    id: int
    number: str
    state: str
    order_id: int
    order_number: str
    external_number: str
    shop: str
    warehouse: str
    carrier: str
    waybill: str
    weight_g: int | None
    shipped_at: datetime | None
    lines: list[ParcelLineData]


class FulfilmentData(Schema):
    id: int
    number: str
    state: str
    order_id: int
    order_number: str
    shop: str
    warehouse: str


class TicketData(Schema):
    id: int
    number: str
    kind: str
    state: str
    priority: int
    team: str
    due_at: datetime
    resolution: str
    documents: list[str]


class StockData(Schema):
    warehouse: str
    sku: str
    owner: str
    available: int
