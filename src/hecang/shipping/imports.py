"""Rates from a file: one row for each service, warehouse and region prefix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.imports import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    Importer,
    RawRow,
    importer,
)
from hecang.shipping.imports_bills import BillImporter
from hecang.shipping.services.tables import RateRow, rate_save_many

__all__ = ["BillImporter", "RateImporter"]


@importer
class RateImporter(Importer):
    """A carrier's price list 运费模板."""

    kind: ClassVar[str] = "rate"
    title: ClassVar[Any] = gettext_lazy("Freight rates")
    permission: ClassVar[str] = "shipping.rate.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn(
            "service", required=True, aliases=("服务", "产品", "快递产品", "服务编码"), example="SF-STD",
            help=gettext_lazy("Code of the carrier service."),
        ),
        ImportColumn(
            "warehouse", aliases=("仓库", "发货仓", "仓库编码"), example="SHA",
            help=gettext_lazy("Code of the warehouse; empty: the rate holds for all."),
        ),
        ImportColumn(
            "region_prefix", aliases=("地区", "目的地", "地区编码", "region"), example="31",
            help=gettext_lazy("First digits of the region code; empty: everywhere. The longest match wins."),
        ),
        ImportColumn("first_weight_g", aliases=("首重", "首重(g)", "首重克"), example="1000"),
        ImportColumn("first_price", required=True, aliases=("首重价", "首重价格", "首价"), example="12.00"),
        ImportColumn("step_weight_g", aliases=("续重", "续重(g)", "续重克"), example="1000"),
        ImportColumn("step_price", required=True, aliases=("续重价", "续重价格", "续价"), example="2.00"),
        ImportColumn("currency", aliases=("币种",), example="CNY"),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return "|".join((row.get("service"), row.get("warehouse"), row.get("region_prefix")))

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        prefix = row.text("region_prefix", max_length=6)
        if prefix and not (prefix.isascii() and prefix.isdigit()):
            row.error("region_prefix", "wrong_type", _("Must be digits of a region code."))
        currency = row.text("currency", max_length=3, default="CNY").upper()
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            row.error("currency", "wrong_type", _("Must be a code of three letters, such as CNY."))
        first_price = row.decimal("first_price", required=True, low=0, high=99_999_999)
        step_price = row.decimal("step_price", required=True, low=0, high=99_999_999)
        first_weight_g = row.integer("first_weight_g", low=1, high=10_000_000)
        step_weight_g = row.integer("step_weight_g", low=1, high=10_000_000)
        return {
            "service": row.text("service", required=True, max_length=32),
            "warehouse": row.text("warehouse", max_length=16),
            "region_prefix": prefix,
            "first_weight_g": 1000 if first_weight_g is None else first_weight_g,
            "first_price": str(first_price),
            "step_weight_g": 1000 if step_weight_g is None else step_weight_g,
            "step_price": str(step_price),
            "currency": currency,
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        services, warehouses = _known(groups)
        regions = _known_prefixes({group.rows[0].data["region_prefix"] for group in groups})
        for group in groups:
            for extra in group.rows[1:]:
                yield Finding("duplicate_row", _("This rate occurs twice in the file."), row=extra.number)
            row = group.rows[0]
            yield from _unknown(row.number, row.data, services, warehouses)
            if row.data["region_prefix"] not in regions:
                yield Finding(
                    "unknown_region",
                    _("No region code begins with this."),
                    row=row.number,
                    field="region_prefix",
                    value=row.data["region_prefix"],
                    severity="warning",
                )

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        services, warehouses = _known(groups)
        findings: list[Finding] = []
        rows: list[RateRow] = []
        for group in groups:
            staged = group.rows[-1]
            problems = list(_unknown(staged.number, staged.data, services, warehouses))
            findings.extend(problems)
            if not problems:
                rows.append(_rate(staged.data, services, warehouses))
        saved = rate_save_many(rows=rows)
        return ApplyResult(
            created=saved.created,
            updated=saved.updated,
            unchanged=saved.unchanged,
            skipped=len(groups) - len(rows),
            findings=findings,
        )


def _rate(data: dict[str, Any], services: dict[str, int], warehouses: dict[str, int]) -> RateRow:
    return RateRow(
        service_id=services[data["service"]],
        warehouse_id=warehouses[data["warehouse"]] if data["warehouse"] else None,
        region_prefix=data["region_prefix"],
        first_price=Decimal(data["first_price"]),
        step_price=Decimal(data["step_price"]),
        first_weight_g=data["first_weight_g"],
        step_weight_g=data["step_weight_g"],
        currency=data["currency"],
    )


def _known(groups: Sequence[Group]) -> tuple[dict[str, int], dict[str, int]]:
    """Ids of the services and warehouses that the rows name; warehouses only within the actor's scope."""
    rows = [row.data for group in groups for row in group.rows]
    services = db.fetch(
        "SELECT code, id FROM carrier_service WHERE code = ANY(%s)",
        (sorted({row["service"] for row in rows}),),
    )
    warehouses = db.fetch(
        "SELECT code, id FROM warehouse WHERE code = ANY(%s)", (sorted({row["warehouse"] for row in rows}),)
    )
    allowed = current_actor().scope.warehouses
    return dict(services), {code: pk for code, pk in warehouses if allowed is None or pk in allowed}


def _known_prefixes(prefixes: set[str]) -> set[str]:
    """Those of ``prefixes`` that some region code begins with; the empty one always does."""
    rows = db.fetch(
        "SELECT prefix FROM unnest(%s::text[]) AS asked (prefix)"
        " WHERE EXISTS (SELECT 1 FROM region WHERE starts_with(code, prefix))",
        (sorted(prefixes - {""}),),
    )
    return {""} | {row[0] for row in rows}


def _unknown(
    number: int, data: dict[str, Any], services: dict[str, int], warehouses: dict[str, int]
) -> Iterable[Finding]:
    if data["service"] not in services:
        yield Finding(
            "unknown_service", _("There is no such carrier service."), number, "service", data["service"]
        )
    if data["warehouse"] and data["warehouse"] not in warehouses:
        yield Finding(
            "unknown_warehouse", _("There is no such warehouse."), number, "warehouse", data["warehouse"]
        )
