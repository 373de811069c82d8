"""Orders from a file: one row for each line, rows of the same shop and number make one order.

Files of real shops are dirty. What is not an order (cancellations, corrections of stock, lines without goods)
is named with its row and left out; charges that shops write among the goods (postage, say) become freight;
the rest goes through the same intake as every other order, so a second import of the file changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.catalog.selectors import skus_by_code
from hecang.catalog.services import SkuRow, skus_upsert
from hecang.kernel.imports import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    Importer,
    ImportOption,
    RawRow,
    StagedRow,
    importer,
)
from hecang.orders.selectors.shops import shops_by_code
from hecang.orders.services import LineIn, OrderIn, RecipientIn, orders_check, orders_intake_mixed
from hecang.orders.services.intake.inputs import (
    MAX_AMOUNT,
    MAX_PRICE,
    MAX_QUANTITY,
    ORDER_TEXTS,
    RECIPIENT_TEXTS,
)

#: Numbers that shop programs give to cancellations, such as C536379.
_CANCELLATION = re.compile(r"[Cc]-?\d+")
#: Codes that stand for a charge and not for goods, unless the person says otherwise.
CHARGE_CODES = "POST,DOT,C2,FREIGHT,运费,邮费"
_LINE_OF = re.compile(r"orders\.(\d+)\.(?:lines\.(\d+)\.)?")
_CREATE = "create"

#: Texts of the recipient by our column.
_TO = {
    "recipient_name": "name", "phone": "phone", "region_code": "region_code", "province": "province",
    "city": "city", "district": "district", "address": "address", "postcode": "postcode", "country": "country",
}  # fmt: skip


@importer
class SalesOrderImporter(Importer):
    """Sales orders 销售订单."""

    kind: ClassVar[str] = "sales_order"
    title: ClassVar[Any] = gettext_lazy("Sales orders")
    permission: ClassVar[str] = "orders.order.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("shop", required=True, aliases=("店铺", "店铺编码", "store"), example="tmall-1",
                     help=gettext_lazy("Code of the shop; can be set once for the whole file.")),
        ImportColumn("external_number", required=True, example="20260101-0001",
                     aliases=("订单号", "平台单号", "交易号", "order number", "order id", "InvoiceNo", "invoice"),
                     help=gettext_lazy("The channel's number. Rows with the same one are one order.")),
        ImportColumn("placed_at", required=True, example="2026-01-01 08:30",
                     aliases=("下单时间", "付款时间", "日期", "order date", "InvoiceDate", "date")),
        ImportColumn("sku", required=True, example="A-100",
                     aliases=("商品编码", "货号", "商家编码", "sku code", "StockCode", "item")),
        ImportColumn("sku_name", aliases=("商品名称", "品名", "Description", "title"), example="茶杯",
                     help=gettext_lazy("Used for products that the import creates.")),
        ImportColumn("quantity", required=True, aliases=("数量", "件数", "qty"), example="2"),
        ImportColumn("unit_price", aliases=("单价", "price", "UnitPrice"), example="19.90"),
        ImportColumn("buyer", aliases=("买家", "会员名", "buyer id", "CustomerID"), example="tb_88"),
        ImportColumn("customer", aliases=("客户", "客户编码", "customer code")),
        ImportColumn("recipient_name", aliases=("收件人", "收货人", "姓名", "recipient", "ship to"), example="张三"),
        ImportColumn("phone", aliases=("手机", "电话", "联系电话", "手机号", "mobile"), example="13800000000"),
        ImportColumn("region_code", aliases=("地区编码", "区划代码")),
        ImportColumn("province", aliases=("省", "省份", "state"), example="上海市"),
        ImportColumn("city", aliases=("市", "城市"), example="上海市"),
        ImportColumn("district", aliases=("区", "区县"), example="浦东新区"),
        ImportColumn("address", aliases=("地址", "详细地址", "收货地址", "street"), example="世纪大道1号"),
        ImportColumn("postcode", aliases=("邮编", "zip")),
        ImportColumn("country", aliases=("国家", "Country")),
        ImportColumn("freight_amount", aliases=("运费", "邮费", "shipping")),
        ImportColumn("discount_amount", aliases=("优惠", "折扣", "discount")),
        ImportColumn("currency", aliases=("币种",)),
        ImportColumn("buyer_remark", aliases=("买家留言", "买家备注", "note")),
        ImportColumn("seller_remark", aliases=("卖家备注", "客服备注")),
    )  # fmt: skip
    options: ClassVar[tuple[ImportOption, ...]] = (
        ImportOption(
            "unknown_sku",
            gettext_lazy("Products that are not in the catalogue"),
            kind="choice",
            default="error",
            choices=(("error", gettext_lazy("are a mistake")), (_CREATE, gettext_lazy("are created"))),
        ),
        ImportOption(
            "charge_codes",
            gettext_lazy("Codes that are charges, not goods"),
            default=CHARGE_CODES,
            help=gettext_lazy("Separated by commas. Their amount is added to the freight."),
        ),
    )

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._charges = {
            code.strip().casefold() for code in self.option("charge_codes").split(",") if code.strip()
        }

    def group_by(self, row: RawRow) -> str:
        return f"{row.get('shop')[:32]}|{row.get('external_number')[:64]}"

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        quantity = row.integer("quantity", required=True, low=-MAX_QUANTITY, high=MAX_QUANTITY)
        number = row.text("external_number", required=True, max_length=64)
        price = row.decimal("unit_price", places=4, low=-MAX_PRICE, high=MAX_PRICE) or Decimal(0)
        sku = row.text("sku", required=True, max_length=64)
        is_charge = sku.casefold() in self._charges
        if quantity is not None:
            _judge_quantity(row, number, quantity)
        if price < 0:
            row.error(
                "unit_price", "negative_price", _("A price below zero is a correction in the books, no sale.")
            )
        elif price == 0 and not is_charge:
            row.warn("unit_price", "price_zero", _("The price is zero: a gift, or a price that is missing."))
        data: dict[str, Any] = {
            "shop": row.text("shop", required=True, max_length=32),
            "number": number,
            "placed_at": _iso(row.moment("placed_at", required=True)),
            "sku": sku,
            "quantity": quantity,
            "price": str(price),
        }
        if is_charge:
            data["charge"] = True
            row.warn(
                "sku",
                "charge_row",
                _("“%(code)s” is a charge and no goods; it is added to the freight.") % {"code": sku},
            )
        for amount in ("freight_amount", "discount_amount"):
            if (value := row.decimal(amount, low=0, high=MAX_AMOUNT)) is not None:
                data[amount] = str(value)
        for name in (*_TO, "buyer", "buyer_remark", "seller_remark", "currency", "customer", "sku_name"):
            if row.get(name):
                data[name] = row.text(name, max_length=_LIMITS.get(name, 200))
        return data

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        shops = {
            code: shop.id for code, shop in shops_by_code(list({_head(g)["shop"] for g in groups})).items()
        }
        known = skus_by_code({row.data["sku"] for group in groups for row in _goods(group)})
        sound: list[tuple[Group, int]] = []
        for group in groups:
            found = list(self._look(group, shops, known))
            yield from found
            if not any(finding.severity == "error" for finding in found):
                sound.append((group, shops[_head(group)["shop"]]))
        complete = [pair for pair in sound if all(row.data["sku"] in known for row in _goods(pair[0]))]
        for problem in orders_check(orders=[(shop, _order(group)) for group, shop in complete]):
            place = _LINE_OF.match(problem.loc or "")
            if place is None:
                continue
            group = complete[int(place[1])][0]
            row = _goods(group)[int(place[2])] if place[2] else group.rows[0]
            yield Finding(problem.code, str(problem.message), row=row.number, field=problem.field or "")

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        shops = {
            code: shop.id for code, shop in shops_by_code(list({_head(g)["shop"] for g in groups})).items()
        }
        findings = self._create_missing(groups) if self.option("unknown_sku") == _CREATE else []
        result = orders_intake_mixed(
            orders=[(shops[_head(group)["shop"]], _order(group)) for group in groups]
        )
        return ApplyResult(
            created=result.created, unchanged=len(result.results) - result.created, findings=findings
        )

    def _look(self, group: Group, shops: dict[str, int], known: dict[str, Any]) -> Iterable[Finding]:
        head = group.rows[0]
        if head.data["shop"] not in shops:
            text = _("There is no shop “%(shop)s”. Check its code under Settings, Shops.")
            yield Finding(
                "unknown_shop", text % head.data, row=head.number, field="shop", value=head.data["shop"]
            )
        if not _goods(group):
            text = _("Order %(number)s has charges only and no goods.")
            yield Finding("no_goods", text % head.data, row=head.number, field="sku")
        if not any(head.data.get(name) for name in ("buyer", "recipient_name", "phone", "customer")):
            text = _("Order %(number)s names no buyer and no recipient; it will be held for its address.")
            yield Finding("no_buyer", text % head.data, row=head.number, field="buyer", severity="warning")
        if self.option("unknown_sku") != _CREATE:
            text = _("There is no SKU with the code “%(sku)s”. Create it, or correct the code.")
            for row in _goods(group):
                if row.data["sku"] not in known:
                    yield Finding(
                        "unknown_sku", text % row.data, row=row.number, field="sku", value=row.data["sku"]
                    )

    def _create_missing(self, groups: Sequence[Group]) -> list[Finding]:
        """Make products that the catalogue lacks, named as the file names them."""
        rows = {row.data["sku"]: row for group in reversed(groups) for row in reversed(_goods(group))}
        known = skus_by_code(rows)
        missing = [row for code, row in rows.items() if code not in known]
        if missing:
            skus_upsert(
                rows=[
                    SkuRow(code=r.data["sku"], name=r.data.get("sku_name") or r.data["sku"]) for r in missing
                ]
            )
        text = _("Product “%(sku)s” was created; its weight and size are missing.")
        return [
            Finding(
                "sku_created",
                text % r.data,
                row=r.number,
                field="sku",
                value=r.data["sku"],
                severity="warning",
            )
            for r in missing
        ]


_LIMITS = {
    **ORDER_TEXTS,
    **{column: RECIPIENT_TEXTS[name] for column, name in _TO.items()},
    "currency": 3,
    "customer": ORDER_TEXTS["customer_code"],
}


def _judge_quantity(row: RawRow, number: str, quantity: int) -> None:
    """Rows that take goods back are no orders; say which kind of no order they are."""
    if _CANCELLATION.fullmatch(number):
        text = _(
            "“%(number)s” is a cancellation and no order. Cancel the order it belongs to, or take it back as a return."
        )
        row.error("external_number", "cancellation", text % {"number": number})
    elif quantity < 0:
        text = _("A quantity below zero is a return or a correction of stock, no sale. Enter it there.")
        row.error("quantity", "negative_quantity", text)
    elif quantity == 0:
        row.error("quantity", "zero_quantity", _("A line needs at least one unit."))


def _head(group: Group) -> dict[str, Any]:
    return group.rows[0].data


def _goods(group: Group) -> list[StagedRow]:
    """Rows of a group that are goods and not charges."""
    return [row for row in group.rows if "charge" not in row.data]


def _order(group: Group) -> OrderIn:
    head = _head(group)
    charges = sum(
        (Decimal(row.data["price"]) * row.data["quantity"] for row in group.rows if "charge" in row.data),
        Decimal(0),
    )
    return OrderIn(
        external_number=head["number"],
        placed_at=datetime.fromisoformat(min(row.data["placed_at"] for row in group.rows)),
        lines=[LineIn(r.data["sku"], r.data["quantity"], Decimal(r.data["price"])) for r in _goods(group)],
        recipient=RecipientIn(**{name: head[column] for column, name in _TO.items() if column in head}),
        buyer=head.get("buyer", ""),
        customer_code=head.get("customer", ""),
        currency=head.get("currency", ""),
        discount_amount=Decimal(head.get("discount_amount", "0")),
        freight_amount=Decimal(head.get("freight_amount", "0")) + charges.quantize(Decimal("0.01")),
        buyer_remark=head.get("buyer_remark", ""),
        seller_remark=head.get("seller_remark", ""),
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
