"""Price lists, purchase orders and invoices of suppliers from files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.catalog.selectors import SkuRef, skus_by_code
from hecang.facility.selectors import WarehouseRef, warehouses_by_code
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
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
from hecang.partners.selectors import OwnerRef, SupplierRef, owners_by_code, suppliers_by_code
from hecang.purchasing.invoice_imports import SupplierInvoiceImporter
from hecang.purchasing.selectors.imports import known_orders, price_overlaps
from hecang.purchasing.services.history import PastLine, PastOrder, orders_take_over
from hecang.purchasing.services.prices import ItemRow, PriceRow, prices_save

__all__ = ["PurchaseOrderImporter", "SupplierInvoiceImporter", "SupplierPriceImporter"]

MOST_UNITS = 10**12
MOST_PRICE = 10**9 - 1
_SUPPLIER = ImportColumn(
    "supplier",
    required=True,
    aliases=("supplier code", "vendor", "供应商", "供应商编码", "供应商编号"),
    example="S-001",
)
_SKU = ImportColumn(
    "sku",
    required=True,
    aliases=("sku code", "item", "product", "商品编码", "货号", "物料编码"),
    example="A-100",
)
_CURRENCY = ImportColumn(
    "currency", aliases=("币种",), help=gettext_lazy("The supplier's, if empty."), example="CNY"
)


@dataclass(slots=True)
class Known:
    """What the codes of a chunk of a file lead to."""

    suppliers: Mapping[str, SupplierRef] = field(default_factory=dict)
    skus: Mapping[str, SkuRef] = field(default_factory=dict)
    owners: Mapping[str, OwnerRef] = field(default_factory=dict)
    warehouses: Mapping[str, WarehouseRef] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Sequence[Group]) -> Known:
        """Four statements at most."""
        codes: dict[str, set[str]] = {name: set() for name in ("supplier", "sku", "owner", "warehouse")}
        for group in groups:
            for row in group.rows:
                for name, found in codes.items():
                    if row.data.get(name):
                        found.add(row.data[name])
        return cls(
            suppliers_by_code(codes["supplier"]),
            skus_by_code(codes["sku"]),
            owners_by_code(sorted(codes["owner"])) if codes["owner"] else {},
            warehouses_by_code(sorted(codes["warehouse"])) if codes["warehouse"] else {},
        )

    def missing(self, row: StagedRow) -> Iterable[Finding]:
        """Codes of a row that lead nowhere, or outside of the actor's scope."""
        scope = current_actor().scope
        texts = {
            "supplier": _("There is no supplier with this code. Enter it first."),
            "sku": _("There is no SKU with this code. Create it, or correct the code."),
            "owner": _("There is no owner with this code."),
            "warehouse": _("There is no warehouse with this code."),
        }
        tables: dict[str, Mapping[str, Any]] = {
            "supplier": self.suppliers, "sku": self.skus, "owner": self.owners, "warehouse": self.warehouses,
        }  # fmt: skip
        allowed = {"owner": scope.owners, "warehouse": scope.warehouses}
        for name, text in texts.items():
            code = row.data.get(name)
            if not code:
                continue
            found = tables[name].get(code)
            ids = allowed.get(name)
            if found is None or (ids is not None and found.id not in ids):
                yield Finding(f"unknown_{name}", text, row.number, name, code)


def _currency(row: RawRow) -> str:
    currency = row.text("currency", max_length=3).upper()
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        row.error("currency", "bad_currency", _("A currency has three letters, such as CNY."))
    return currency


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@importer
class SupplierPriceImporter(Importer):
    """Price lists 供应商价目. A row is a price from a quantity on; rows of one article go together."""

    kind: ClassVar[str] = "supplier_prices"
    title: ClassVar[Any] = gettext_lazy("Prices of suppliers")
    permission: ClassVar[str] = "purchasing.price.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        _SUPPLIER,
        _SKU,
        ImportColumn("price", required=True, aliases=("unit price", "cost", "单价", "采购价", "进价"), example="12.50"),
        _CURRENCY,
        ImportColumn("min_quantity", aliases=("from quantity", "起订数量", "阶梯数量"), example="1",
                     help=gettext_lazy("The price holds from so many base units on; 1, if empty.")),
        ImportColumn("valid_from", aliases=("生效日期", "开始日期"), help=gettext_lazy("Today, if empty."), example="2026-01-01"),
        ImportColumn("valid_to", aliases=("失效日期", "结束日期"), help=gettext_lazy("The last day; empty: until further notice.")),
        ImportColumn("supplier_sku", aliases=("supplier article", "供应商货号", "供应商商品编码")),
        ImportColumn("supplier_name", aliases=("supplier description", "供应商品名")),
        ImportColumn("min_order_quantity", aliases=("moq", "最小起订量"), example="10"),
        ImportColumn("order_multiple", aliases=("multiple", "包装数量", "订货倍数"), example="10"),
        ImportColumn("lead_time_days", aliases=("lead time", "交期", "交货天数"), example="7"),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return f"{row.get('supplier')[:64]}|{row.get('sku')[:64]}"

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        price = row.decimal("price", required=True, places=4, low=0, high=MOST_PRICE)
        valid_from, valid_to = row.day("valid_from") or clock.today(), row.day("valid_to")
        if valid_to is not None and valid_to < valid_from:
            row.error("valid_to", "bad_span", _("The last day lies before the first."))
        return {
            "supplier": row.text("supplier", required=True, max_length=32),
            "sku": row.text("sku", required=True, max_length=64),
            "price": str(price),
            "currency": _currency(row),
            "min_quantity": row.integer("min_quantity", low=1, high=MOST_UNITS) or 1,
            "valid_from": valid_from.isoformat(),
            "valid_to": _iso(valid_to),
            "supplier_sku": row.text("supplier_sku", max_length=64) or None,
            "supplier_name": row.text("supplier_name") or None,
            "min_order_quantity": row.integer("min_order_quantity", low=1, high=MOST_UNITS),
            "order_multiple": row.integer("order_multiple", low=1, high=MOST_UNITS),
            "lead_time_days": row.integer("lead_time_days", low=0, high=1000),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        known = Known.of(groups)
        sound: list[tuple[StagedRow, PriceRow]] = []
        for group in groups:
            for row in group.rows:
                missing = list(known.missing(row))
                yield from missing
                if not missing:
                    sound.append((row, _price(row, known)))
        text = _("Another price of the same article and quantity holds in these days. End it first.")
        for place in price_overlaps([one for _row, one in sound]):
            yield Finding("price_overlaps", text, sound[place][0].number, "valid_from")

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        known = Known.of(groups)
        rows = [_price(row, known) for group in groups for row in group.rows]
        written = prices_save(rows=rows)
        keys = {row.item.key for row in rows}
        updated = len(written.changed - written.created)
        return ApplyResult(len(written.created), updated, len(keys) - len(written.created) - updated)


def _price(row: StagedRow, known: Known) -> PriceRow:
    data = row.data
    supplier = known.suppliers[data["supplier"]]
    return PriceRow(
        item=ItemRow(
            supplier.id,
            known.skus[data["sku"]].id,
            data["supplier_sku"],
            data["supplier_name"],
            data["min_order_quantity"],
            data["order_multiple"],
            data["lead_time_days"],
        ),
        price=Decimal(data["price"]),
        currency=data["currency"] or supplier.currency,
        valid_from=date.fromisoformat(data["valid_from"]),
        valid_to=_date(data["valid_to"]),
        min_quantity=data["min_quantity"],
    )


_STATES = {
    "draft": "draft", "草稿": "draft", "sent": "sent", "已下单": "sent", "已发送": "sent", "open": "sent",
    "confirmed": "confirmed", "已确认": "confirmed", "closed": "closed", "complete": "closed", "已完成": "closed",
    "已关闭": "closed",
}  # fmt: skip


@importer
class PurchaseOrderImporter(Importer):
    """Purchase orders 采购单, with what has come of them. Rows of one supplier and number are one order."""

    kind: ClassVar[str] = "purchase_orders"
    title: ClassVar[Any] = gettext_lazy("Purchase orders")
    permission: ClassVar[str] = "purchasing.order.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        _SUPPLIER,
        ImportColumn("order_number", required=True, aliases=("number", "po", "po number", "采购单号", "订单号"), example="PO-1001",
                     help=gettext_lazy("The other system's number. Rows with the same one are one order.")),
        _SKU,
        ImportColumn("quantity", required=True, aliases=("ordered", "qty", "数量", "采购数量", "订购数量"), example="100"),
        ImportColumn("unit_price", required=True, aliases=("price", "单价", "采购价"), example="12.50"),
        _CURRENCY,
        ImportColumn("warehouse", aliases=("仓库", "仓库编码"), help=gettext_lazy("the option's warehouse if empty"), example="SH"),
        ImportColumn("owner", aliases=("货主", "货主编码"), help=gettext_lazy("the option's owner if empty")),
        ImportColumn("ordered_on", required=True, aliases=("order date", "下单日期", "采购日期"), example="2026-01-05"),
        ImportColumn("expected_on", aliases=("due date", "预计到货", "到货日期", "交货日期"), example="2026-01-12"),
        ImportColumn("received", aliases=("received quantity", "收货数量", "已收数量"), example="100"),
        ImportColumn("rejected", aliases=("rejected quantity", "拒收数量", "不合格数量"), example="0"),
        ImportColumn("received_on", aliases=("receipt date", "收货日期"), help=gettext_lazy("the day on which it was expected, if empty"), example="2026-01-12"),
        ImportColumn("state", aliases=("status", "状态"),
                     help=gettext_lazy("draft, sent, confirmed or closed; empty: sent where something has come, else draft")),
        ImportColumn("supplier_number", aliases=("supplier order", "供应商单号")),
        ImportColumn("note", aliases=("备注", "remark")),
    )  # fmt: skip
    options: ClassVar[tuple[ImportOption, ...]] = (
        ImportOption("warehouse", gettext_lazy("Warehouse of rows that name none")),
        ImportOption("owner", gettext_lazy("Owner of rows that name none")),
    )

    def group_by(self, row: RawRow) -> str:
        return f"{row.get('supplier')[:64]}|{row.get('order_number')[:64]}"

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        quantity = row.integer("quantity", required=True, low=1, high=MOST_UNITS)
        price = row.decimal("unit_price", required=True, places=4, low=0, high=MOST_PRICE)
        received = row.integer("received", low=0, high=MOST_UNITS) or 0
        rejected = row.integer("rejected", low=0, high=MOST_UNITS) or 0
        if rejected > received:
            row.error("rejected", "too_many_rejected", _("No more can have been refused than came."))
        warehouse = row.text("warehouse", max_length=16, default=self.option("warehouse"))
        owner = row.text("owner", max_length=32, default=self.option("owner"))
        if not warehouse:
            row.error(
                "warehouse", "required", _("Name the warehouse in the row, or once for the whole file.")
            )
        if not owner:
            row.error("owner", "required", _("Name the owner in the row, or once for the whole file."))
        return {
            "supplier": row.text("supplier", required=True, max_length=32),
            "order_number": row.text("order_number", required=True, max_length=64),
            "sku": row.text("sku", required=True, max_length=64),
            "quantity": quantity,
            "unit_price": str(price),
            "currency": _currency(row),
            "warehouse": warehouse,
            "owner": owner,
            "ordered_on": _iso(row.day("ordered_on", required=True)),
            "expected_on": _iso(row.day("expected_on")),
            "received": received,
            "rejected": rejected,
            "received_on": _iso(row.day("received_on")),
            "state": row.choice("state", _STATES),
            "supplier_number": row.text("supplier_number", max_length=64),
            "note": row.text("note", max_length=500),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        known = Known.of(groups)
        for group in groups:
            head = group.rows[0].data
            for row in group.rows:
                yield from known.missing(row)
                for name in ("warehouse", "owner", "currency", "state"):
                    if row.data[name] != head[name]:
                        text = _(
                            "All rows of an order name the same %(column)s; this one differs from row %(row)s."
                        )
                        yield Finding(
                            "rows_differ", text % {"column": name, "row": group.rows[0].number}, row.number, name,
                            str(row.data[name]),
                        )  # fmt: skip
                if row.data["state"] == "draft" and row.data["received"]:
                    yield Finding(
                        "draft_received", _("Nothing has come for a draft."), row.number, "received"
                    )

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        known = Known.of(groups)
        orders = [_order(group, known) for group in groups]
        # Found before they are written: what stands already is left alone, and draws no number.
        there = known_orders([(one.supplier_id, one.external_number) for one in orders])
        made = orders_take_over(
            orders=[one for one in orders if (one.supplier_id, one.external_number) not in there]
        )
        created = sum(one is not None for one in made)
        return ApplyResult(created, 0, len(groups) - created)


def _order(group: Group, known: Known) -> PastOrder:
    head = group.rows[0].data
    supplier = known.suppliers[head["supplier"]]
    state = head["state"] or ("sent" if any(row.data["received"] for row in group.rows) else "draft")
    return PastOrder(
        supplier_id=supplier.id,
        owner_id=known.owners[head["owner"]].id,
        warehouse_id=known.warehouses[head["warehouse"]].id,
        external_number=head["order_number"],
        currency=head["currency"] or supplier.currency,
        ordered_on=min(date.fromisoformat(row.data["ordered_on"]) for row in group.rows),
        state=state,
        supplier_number=head["supplier_number"],
        note=head["note"],
        lines=[
            PastLine(
                known.skus[row.data["sku"]].id,
                row.data["quantity"],
                Decimal(row.data["unit_price"]),
                _date(row.data["expected_on"]),
                row.data["received"],
                row.data["rejected"],
                _date(row.data["received_on"]),
            )
            for row in group.rows
        ],
    )
