"""The purchaser's desk: suppliers and their lists, orders in every state, requests, invoices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from hecang.demo.supply.house import Goods, House, shares
from hecang.kernel.db import fetch
from hecang.partners.services.suppliers import SupplierFields, SupplierRow, suppliers_upsert
from hecang.purchasing.models import PurchaseOrderLine
from hecang.purchasing.services import (
    ItemRow,
    LineChange,
    LineConfirmed,
    OrderLineIn,
    PriceRow,
    PurchaseOrderIn,
    order_approve,
    order_cancel,
    order_change,
    order_confirm,
    order_send,
    order_submit,
    orders_create,
    prices_save,
    requests_create,
    suggestions_request,
)
from hecang.purchasing.services.policy import policy_set
from hecang.purchasing.services.requests import RequestIn

#: What a unit of a foreign currency is worth, in yuan.
USD = Decimal("7.10")


@dataclass(frozen=True, slots=True)
class Seller:
    """A supplier to be: what it sells is the goods of a temperature from the ``start``-th on.

    :param factor: its prices against the usual ones.
    """

    code: str
    name: str
    name_en: str
    contact: str
    region: str
    lead_days: int
    temperature: str
    start: int
    count: int
    factor: str
    currency: str = "CNY"


SELLERS: tuple[Seller, ...] = (
    Seller("SUP-HD", "华东食品商贸有限公司", "East China Food Trading", "陆建国", "320505", 3, "ambient", 0, 40, "1"),
    Seller("SUP-BW", "百味源食品批发", "Baiweiyuan Wholesale", "何春梅", "330106", 1, "ambient", 20, 40, "1.06"),
    Seller("SUP-JM", "洁美日用百货", "Jiemei Household", "钱伟", "440106", 4, "ambient", 60, 30, "1"),
    Seller("SUP-XD", "鲜达冷链供应链", "Xianda Cold Chain", "唐静", "310115", 1, "chilled", 0, 20, "1"),
    Seller("SUP-BX", "冰鲜源冷冻食品", "Bingxianyuan Frozen Food", "许志强", "370202", 2, "frozen", 0, 20, "1"),
    Seller("SUP-PAC", "太平洋食品公司", "Pacific Pantry Inc.", "Laura Finch", "310115", 35, "ambient", 0, 12, "0.9", "USD"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order to be.

    :param worth: about so many yuan, spread over its goods.
    :param state: how far it goes; what comes in is the dock's business.
    :param days: when it was written, in days before day zero.
    :param due: when it is to come, in days from day zero.
    """

    key: str
    seller: str
    goods: tuple[str, int, int]
    worth: int
    state: str
    days: int
    due: int
    site: str = ""
    note: str = ""


ORDERS: tuple[Order, ...] = (
    Order("draft", "SUP-HD", ("ambient", 3, 0), 2400, "draft", 0, 4),
    Order("promotion", "SUP-JM", ("ambient", 2, 60), 900, "draft", 1, 6, note="等市场部确认促销数量"),
    Order("submitted", "SUP-BW", ("ambient", 4, 22), 18_000, "submitted", 0, 3, note="国庆备货"),
    Order("large", "SUP-HD", ("ambient", 6, 4), 128_000, "half_approved", 1, 8, note="年货节首批"),
    Order("approved", "SUP-JM", ("ambient", 3, 62), 3000, "approved", 0, 5),
    Order("sent", "SUP-XD", ("chilled", 3, 10), 2600, "sent", 0, 1),
    Order("changed", "SUP-JM", ("ambient", 3, 66), 2100, "changed", 2, 4),
    Order("import", "SUP-PAC", ("ambient", 3, 0), 36_000, "sent_approved", 3, 30, note="海运，提单待到"),
    Order("overdue", "SUP-BX", ("frozen", 2, 8), 1500, "confirmed", 7, -3),
    Order("cancelled", "SUP-BW", ("ambient", 2, 30), 1200, "cancelled", 5, 0, note="改由华东供货"),
    Order("coming", "SUP-HD", ("ambient", 6, 10), 6000, "confirmed", 3, 1),
    Order("gate", "SUP-BW", ("ambient", 4, 24), 2800, "confirmed", 2, 0),
    Order("unloading", "SUP-XD", ("chilled", 5, 0), 1600, "confirmed", 1, 0),
    Order("late", "SUP-JM", ("ambient", 4, 70), 2400, "confirmed", 4, 0),
    Order("later", "SUP-BX", ("frozen", 3, 4), 1400, "confirmed", 3, 0),
    Order("partly", "SUP-HD", ("ambient", 4, 16), 3600, "confirmed", 4, -1),
    Order("done", "SUP-BW", ("ambient", 3, 28), 1800, "confirmed", 5, -2),
    Order("short", "SUP-JM", ("ambient", 4, 74), 2200, "confirmed", 6, -1),
    Order("judged", "SUP-XD", ("chilled", 5, 5), 1500, "confirmed", 2, 0),
    Order("frozen", "SUP-BX", ("frozen", 6, 0), 2600, "confirmed", 3, 0),
    Order("south", "SUP-HD", ("ambient", 3, 20), 1500, "confirmed", 4, -1, site="CAN"),
)  # fmt: skip


def work(house: House) -> str:
    """Everything of the purchaser's day."""
    with house.by("admin", house.on(-60, 9)):
        house.once("policy", policy_set, changes={"rates": {"USD": USD}})
    with house.by("buyer", house.on(-60, 10)):
        house.once("suppliers", _suppliers)
        house.once("prices", _prices, house=house)
    for order in ORDERS:
        _order(house, order)
    _requests(house)
    return f"{len(SELLERS)} suppliers, {len(ORDERS)} orders from draft to received"


def suppliers() -> dict[str, int]:
    """Ids of the demo's suppliers by code."""
    rows = fetch(
        "SELECT code, id FROM supplier WHERE code = ANY(%s::text[])", [[one.code for one in SELLERS]]
    )
    return dict(rows)


def order_id(house: House, key: str) -> int:
    """Id of an order of :data:`ORDERS`."""
    return int(house.known(f"order:{key}"))


def _suppliers() -> None:
    suppliers_upsert(
        rows=[
            SupplierRow(
                one.code,
                SupplierFields(
                    name=one.name, name_en=one.name_en, contact=one.contact, phone=f"1990001{index:04d}",
                    region_code=one.region, address="工业园区 18 号", currency=one.currency,
                    lead_time_days=one.lead_days, payment_days=30, min_order_amount=Decimal(500),
                    account_number=f"HC-{index:03d}",
                ),
            )
            for index, one in enumerate(SELLERS, 1)
        ]
    )  # fmt: skip


def sold_by(house: House, seller: Seller) -> list[Goods]:
    """What a supplier has on its list."""
    return house.some(seller.temperature, seller.count, seller.start)


def price_of(seller: Seller, goods: Goods) -> Decimal:
    """The list price of a unit, in the supplier's currency."""
    price = goods.cost * Decimal(seller.factor)
    return (price / USD if seller.currency == "USD" else price).quantize(Decimal("0.01")) or Decimal("0.01")


def _prices(house: House) -> None:
    ids = suppliers()
    rows = []
    for seller in SELLERS:
        for goods in sold_by(house, seller):
            item = ItemRow(
                ids[seller.code], goods.id, supplier_sku=f"{seller.code[4:]}-{goods.code[2:]}",
                min_order_quantity=goods.case, order_multiple=goods.case, lead_time_days=seller.lead_days,
            )  # fmt: skip
            price = price_of(seller, goods)
            rows.append(PriceRow(item, price, seller.currency, house.day(-60)))
            if goods.case > 1:  # ten cases are cheaper
                less = (price * Decimal("0.95")).quantize(Decimal("0.01")) or price
                rows.append(
                    PriceRow(item, less, seller.currency, house.day(-60), min_quantity=10 * goods.case)
                )
    # What customers wait for can be bought, too.
    for sku_id, price in fetch(
        "SELECT s.sku_id, coalesce((SELECT round(avg(l.unit_price), 2) FROM sales_order_line l WHERE l.sku_id = s.sku_id), 9.90)"
        " FROM (SELECT DISTINCT sku_id FROM supply_suggestion WHERE settled_at IS NULL) s ORDER BY s.sku_id LIMIT 60"
    ):
        item = ItemRow(ids["SUP-HD"], sku_id, min_order_quantity=6, order_multiple=6, lead_time_days=3)
        rows.append(
            PriceRow(item, max(Decimal("0.20"), round(price * Decimal("0.62"), 2)), "CNY", house.day(-60))
        )
    prices_save(rows=rows)


def _order(house: House, order: Order) -> None:
    """Write one order and take it as far as its plan says; each step once."""
    written = house.ago(90 - 5 * ORDERS.index(order) % 60) if order.days == 0 else house.on(-order.days, 10)
    with house.by("buyer", written):
        made = house.once(f"order:{order.key}", _write, house=house, order=order)
        if order.state == "draft":
            return
        house.once(f"order:{order.key}:submit", order_submit, order_id=made)
    if order.state in {"half_approved", "sent_approved"}:
        with house.by("finance", written + timedelta(minutes=12)):
            house.once(f"order:{order.key}:finance", order_approve, order_id=made, note="预算内")
    if order.state in {"submitted", "half_approved", "approved"}:
        return
    with house.by("buyer", written + timedelta(minutes=20)):
        house.once(f"order:{order.key}:send", order_send, order_id=made)
    _follow(house, order, made, written)


def _follow(house: House, order: Order, made: int, written: datetime) -> None:
    """What comes after the supplier has it."""
    with house.by("buyer", written + timedelta(minutes=40)):
        if order.state == "cancelled":
            house.once(f"order:{order.key}:cancel", order_cancel, order_id=made, reason="供应商无法按期供货")
        elif order.state == "changed":
            line = PurchaseOrderLine.objects.filter(order_id=made).order_by("number")[0]
            more = [LineChange(line.pk, quantity=line.quantity * 2)]
            house.once(
                f"order:{order.key}:change", order_change, order_id=made, lines=more, reason="活动加量"
            )
        elif order.state == "confirmed":
            house.once(f"order:{order.key}:confirm", _confirm, made=made, day=house.day(order.due))


def _write(house: House, order: Order) -> int:
    seller = next(one for one in SELLERS if one.code == order.seller)
    temperature, count, start = order.goods
    chosen = house.some(temperature, count, start)
    listed = {goods.id: price_of(seller, goods) for goods in chosen}
    made = orders_create(
        orders=[
            PurchaseOrderIn(
                suppliers()[order.seller], house.owner, house.sites[order.site] if order.site else house.main,
                [
                    OrderLineIn(goods.id, units, unit_price=listed[goods.id], expected_on=house.day(order.due))
                    for goods, units in shares(order.worth, chosen)
                ],
                note=order.note, external_number=f"DEMO-{order.key}",
            )
        ]
    )  # fmt: skip
    return made.ids[0]


def _confirm(made: int, day: date) -> None:
    lines: Sequence[PurchaseOrderLine] = list(PurchaseOrderLine.objects.filter(order_id=made))
    order_confirm(
        order_id=made,
        lines=[LineConfirmed(line.pk, line.quantity, day) for line in lines],
        supplier_number=f"SO{made:06d}",
    )


def _requests(house: House) -> None:
    """What customers wait for, and what people have asked for by hand."""
    with house.by("buyer", house.ago(45)):
        house.once("requests:suggested", _of_suggestions)
        house.once(
            "requests:manual",
            requests_create,
            requests=[
                RequestIn(
                    goods.id, house.owner, house.main, 4 * goods.case, needed_on=house.day(5), note=note
                )
                for goods, note in zip(house.some("ambient", 2, 32), ("团购备货", "门店试销"), strict=False)
            ],
        )


def _of_suggestions() -> list[int]:
    rows = fetch(
        "SELECT s.id FROM supply_suggestion s WHERE s.settled_at IS NULL ORDER BY s.quantity DESC, s.id LIMIT 6"
    )
    return suggestions_request(suggestion_ids=[row[0] for row in rows]) if rows else []
