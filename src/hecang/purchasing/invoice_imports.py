"""Invoices of suppliers from files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.kernel.imports import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    Importer,
    RawRow,
    StagedRow,
    importer,
)
from hecang.partners.selectors import SupplierRef, suppliers_by_code
from hecang.purchasing.selectors.imports import invoice_lines_find
from hecang.purchasing.services.invoices import InvoiceIn, InvoiceLineIn, invoices_create

#: (supplier id, number of the order, number of the line, SKU) → (id of the line, its owner).
Lines = dict[tuple[int, str, int, str], tuple[int, int]]


@importer
class SupplierInvoiceImporter(Importer):
    """Invoices 供应商发票. Rows of one supplier and number are one invoice; each names a line of an order."""

    kind: ClassVar[str] = "supplier_invoices"
    title: ClassVar[Any] = gettext_lazy("Invoices of suppliers")
    permission: ClassVar[str] = "purchasing.invoice.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("supplier", required=True, aliases=("supplier code", "vendor", "供应商", "供应商编码"), example="S-001"),
        ImportColumn("invoice_number", required=True, aliases=("invoice", "发票号", "发票号码"), example="FP-26-0001"),
        ImportColumn("invoiced_on", required=True, aliases=("invoice date", "开票日期"), example="2026-01-31"),
        ImportColumn("due_on", aliases=("due date", "付款日期", "到期日"), help=gettext_lazy("The supplier's payment term, if empty.")),
        ImportColumn("order_number", required=True, aliases=("order", "po", "采购单号"), help=gettext_lazy("Our number, or that of the system it came from.")),
        ImportColumn("line", aliases=("line number", "行号"), help=gettext_lazy("Or name the SKU, where the order has it once.")),
        ImportColumn("sku", aliases=("item", "商品编码")),
        ImportColumn("quantity", required=True, aliases=("qty", "数量"), example="100"),
        ImportColumn("unit_price", required=True, aliases=("price", "单价"), example="12.50"),
        ImportColumn("tax", aliases=("tax amount", "税额"), help=gettext_lazy("Of the whole invoice; the largest of its rows counts.")),
        ImportColumn("currency", aliases=("币种",), help=gettext_lazy("The supplier's, if empty.")),
        ImportColumn("description", aliases=("摘要", "品名")),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return f"{row.get('supplier')[:64]}|{row.get('invoice_number')[:64]}"

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        price = row.decimal("unit_price", required=True, places=4, low=0, high=10**9 - 1)
        tax = row.decimal("tax", low=0, high=10**13)
        invoiced_on, due_on = row.day("invoiced_on", required=True), row.day("due_on")
        line, sku = row.integer("line", low=1, high=1_000_000), row.text("sku", max_length=64)
        if line is None and not sku:
            row.error("line", "required", _("Name the line of the order, or its SKU."))
        return {
            "supplier": row.text("supplier", required=True, max_length=32),
            "invoice_number": row.text("invoice_number", required=True, max_length=64),
            "invoiced_on": invoiced_on.isoformat() if invoiced_on else None,
            "due_on": due_on.isoformat() if due_on else None,
            "order_number": row.text("order_number", required=True, max_length=64),
            "line": line or 0,
            "sku": sku,
            "quantity": row.integer("quantity", required=True, low=1, high=10**12),
            "unit_price": str(price),
            "tax": str(tax or 0),
            "currency": row.text("currency", max_length=3).upper(),
            "description": row.text("description"),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        suppliers, lines = _resolve(groups)
        for group in groups:
            owners = set()
            for row in group.rows:
                code = row.data["supplier"]
                if code not in suppliers:
                    text = _("There is no supplier with this code. Enter it first.")
                    yield Finding("unknown_supplier", text, row.number, "supplier", code)
                    continue
                found = lines.get(_key(row, suppliers))
                if found is None:
                    text = _("This supplier has no such line in an order, or the SKU is in it several times.")
                    yield Finding("unknown_line", text, row.number, "order_number", row.data["order_number"])
                else:
                    owners.add(found[1])
            if len(owners) > 1:
                text = _("An invoice is about the goods of one owner. Enter one for each of them.")
                yield Finding("one_owner", text, group.rows[0].number, "order_number")

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        suppliers, lines = _resolve(groups)
        made = invoices_create(invoices=[_invoice(group, suppliers, lines) for group in groups])
        created = sum(one is not None for one in made)
        return ApplyResult(created, 0, len(groups) - created)


def _key(row: StagedRow, suppliers: dict[str, SupplierRef]) -> tuple[int, str, int, str]:
    data = row.data
    return suppliers[data["supplier"]].id, data["order_number"], data["line"], data["sku"]


def _resolve(groups: Sequence[Group]) -> tuple[dict[str, SupplierRef], Lines]:
    """Suppliers by code, and the lines that rows mean. Two statements."""
    suppliers = suppliers_by_code({group.rows[0].data["supplier"] for group in groups})
    keys = {
        _key(row, suppliers) for group in groups for row in group.rows if row.data["supplier"] in suppliers
    }
    return suppliers, invoice_lines_find(sorted(keys))


def _invoice(group: Group, suppliers: dict[str, SupplierRef], lines: Lines) -> InvoiceIn:
    head = group.rows[0].data
    return InvoiceIn(
        supplier_id=suppliers[head["supplier"]].id,
        invoice_number=head["invoice_number"],
        invoiced_on=date.fromisoformat(head["invoiced_on"]),
        due_on=date.fromisoformat(head["due_on"]) if head["due_on"] else None,
        currency=head["currency"],
        tax_amount=max(Decimal(row.data["tax"]) for row in group.rows),
        lines=[
            InvoiceLineIn(
                lines[_key(row, suppliers)][0],
                row.data["quantity"],
                Decimal(row.data["unit_price"]),
                row.data["description"],
            )
            for row in group.rows
        ],
    )
