"""Carriers' bills from a file: one row for each parcel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.kernel import db
from hecang.kernel.errors import HecangError
from hecang.kernel.imports import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    Importer,
    ImportOption,
    RawRow,
    importer,
)
from hecang.shipping.services.bills import BillLine, bill_lines_save


@importer
class BillImporter(Importer):
    """A bill of a carrier 快递对账单. One file a bill: a line is known by its row."""

    kind: ClassVar[str] = "carrier_bill"
    title: ClassVar[Any] = gettext_lazy("Carrier bills")
    permission: ClassVar[str] = "shipping.bill.import"
    options: ClassVar[tuple[ImportOption, ...]] = (
        ImportOption(
            "carrier", gettext_lazy("Carrier code"), help=gettext_lazy("Where the file has no column for it.")
        ),
        ImportOption(
            "bill", gettext_lazy("Bill number"), help=gettext_lazy("Where the file has no column for it.")
        ),
    )
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("carrier", aliases=("承运商", "快递公司", "快递"), example="SF"),
        ImportColumn("bill", aliases=("账单号", "对账单号", "bill number", "invoice"), example="2026-11"),
        ImportColumn(
            "waybill", required=True, aliases=("运单号", "快递单号", "运单", "tracking number"), example="SF000000000001"
        ),
        ImportColumn(
            "weight_kg", aliases=("重量", "重量(kg)", "计费重量", "计费重量(kg)", "结算重量"), example="1.50",
            help=gettext_lazy("Charged weight in kilograms."),
        ),
        ImportColumn("weight_g", aliases=("重量(g)", "重量克", "计费重量(g)"), example="1500"),
        ImportColumn(
            "price", required=True, aliases=("运费", "金额", "费用", "快递费", "应收运费", "freight"), example="12.00"
        ),
        ImportColumn("surcharge", aliases=("附加费", "其他费用", "加收", "surcharges"), example="0.00"),
    )  # fmt: skip

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        carrier = row.text("carrier", max_length=16) or self.option("carrier")
        bill = row.text("bill", max_length=64) or self.option("bill")
        if not carrier:
            row.error("carrier", "required", _("Name the carrier, in the file or for the whole file."))
        if not bill:
            row.error("bill", "required", _("Name the bill, in the file or for the whole file."))
        weight_g = row.integer("weight_g", low=0, high=100_000_000)
        kilograms = row.decimal("weight_kg", low=0, high=100_000)
        if weight_g is None and kilograms is not None:
            weight_g = int((kilograms * 1000).to_integral_value())
        price = row.decimal("price", required=True, low=0, high=9_999_999)
        surcharge = row.decimal("surcharge", low=-9_999_999, high=9_999_999)
        return {
            "carrier": carrier,
            "bill": bill,
            "waybill": row.text("waybill", required=True, max_length=40),
            "weight_g": weight_g,
            "price": str(price),
            "surcharge": str(surcharge or 0),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        carriers = _carriers(groups)
        for group in groups:
            row = group.rows[0]
            if row.data["carrier"] not in carriers:
                yield _unknown(row.number, row.data["carrier"])

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        carriers = _carriers(groups)
        findings: list[Finding] = []
        bills: dict[tuple[int, str], list[BillLine]] = defaultdict(list)
        for group in groups:
            row = group.rows[0]
            carrier_id = carriers.get(row.data["carrier"])
            if carrier_id is None:
                findings.append(_unknown(row.number, row.data["carrier"]))
                continue
            bills[carrier_id, row.data["bill"]].append(
                BillLine(
                    position=row.number,
                    number=row.data["waybill"],
                    billed_weight_g=row.data["weight_g"],
                    price=Decimal(row.data["price"]),
                    surcharge=Decimal(row.data["surcharge"]),
                )
            )
        created = updated = unchanged = skipped = 0
        for (carrier_id, number), lines in sorted(bills.items()):
            try:
                saved = bill_lines_save(carrier_id=carrier_id, number=number, lines=lines)
            except HecangError as error:  # raised before anything is written
                skipped += len(lines)
                findings.append(Finding(error.instance_code, str(error), lines[0].position, "bill", number))
                continue
            created, updated, unchanged = (
                created + saved.created, updated + saved.updated, unchanged + saved.unchanged,
            )  # fmt: skip
        return ApplyResult(
            created=created,
            updated=updated,
            unchanged=unchanged,
            skipped=skipped + sum(1 for group in groups if group.rows[0].data["carrier"] not in carriers),
            findings=findings,
        )


def _carriers(groups: Sequence[Group]) -> dict[str, int]:
    codes = sorted({group.rows[0].data["carrier"] for group in groups})
    return dict(db.fetch("SELECT code, id FROM carrier WHERE code = ANY(%s)", (codes,)))


def _unknown(number: int, carrier: str) -> Finding:
    return Finding("unknown_carrier", _("There is no such carrier."), number, "carrier", carrier)
