"""Announcements from a file: rows of one number are one delivery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hecang.inbound.announcing_codes import CodesKnown, asn_of, code_problems, codes_known
from hecang.inbound.services.announcing import AsnIn, asns_create
from hecang.inbound.services.announcing_checks import asn_problems
from hecang.kernel.actor import current_actor
from hecang.kernel.errors import HecangError, Problem
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

#: Letters of a serial number.
MOST_LETTERS = 64


@importer
class AsnImporter(Importer):
    """One group is one announcement: the rows of one owner, supplier and number."""

    kind: ClassVar[str] = "asns"
    title: ClassVar[Any] = _("Announcements")
    permission: ClassVar[str] = "inbound.asn.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn(
            "number",
            required=True,
            aliases=("单号", "预到货单号", "送货单号", "delivery note", "asn"),
            example="DN-1001",
        ),
        ImportColumn(
            "warehouse", aliases=("仓库", "仓库编码"), help=_("the option's warehouse if empty"), example="SH"
        ),
        ImportColumn("owner", aliases=("货主", "货主编码"), help=_("the option's owner if empty")),
        ImportColumn("supplier", aliases=("供应商", "供应商编码", "vendor"), example="ACME"),
        ImportColumn("purchase_order", aliases=("采购单", "采购单号", "po", "po number")),
        ImportColumn(
            "expected_on", aliases=("预计到货日期", "到货日期", "eta", "expected date"), example="2027-01-31"
        ),
        ImportColumn(
            "sku",
            required=True,
            aliases=("商品编码", "SKU编码", "货品编码", "barcode", "条码"),
            example="A-100",
        ),
        ImportColumn("quantity", required=True, aliases=("数量", "qty", "units"), example="120"),
        ImportColumn(
            "container", aliases=("箱号", "托盘号", "sscc", "carton"), help=_("SSCC or number of the carton")
        ),
        ImportColumn("lot", aliases=("批次", "批号", "lot code"), example="L2601"),
        ImportColumn("produced_on", aliases=("生产日期", "production date"), example="2026-01-31"),
        ImportColumn("expires_on", aliases=("有效期至", "到期日", "expiry date"), example="2027-01-31"),
        ImportColumn(
            "serials",
            aliases=("序列号", "SN", "serial numbers", "serial number"),
            help=_("one for each unit, separated by blanks, commas or semicolons; for goods kept by serial"),
        ),
        ImportColumn("carrier", aliases=("承运商", "物流公司", "carrier name")),
        ImportColumn("waybill", aliases=("运单号", "物流单号", "tracking number")),
    )
    options: ClassVar[tuple[ImportOption, ...]] = (
        ImportOption("warehouse", _("Warehouse of rows that name none")),
        ImportOption("owner", _("Owner of rows that name none")),
    )

    def group_by(self, row: RawRow) -> str:
        return "\x1f".join((row.get("owner"), row.get("supplier"), row.get("number")))

    def parse(self, row: RawRow) -> dict[str, Any]:
        days = {name: row.day(name) for name in ("expected_on", "produced_on", "expires_on")}
        data = {
            "number": row.text("number", required=True, max_length=64),
            "warehouse": row.text("warehouse", max_length=16, default=self.option("warehouse")),
            "owner": row.text("owner", max_length=32, default=self.option("owner")),
            "supplier": row.text("supplier", max_length=32),
            "purchase_order": row.text("purchase_order", max_length=32),
            "sku": row.text("sku", required=True, max_length=64),
            "quantity": row.integer("quantity", required=True, low=1, high=1_000_000_000),
            "container": row.text("container", max_length=40),
            "lot": row.text("lot", max_length=64),
            "serials": _serials(row),
            "carrier": row.text("carrier", max_length=100),
            "waybill": row.text("waybill", max_length=64),
            **{name: day.isoformat() if day else None for name, day in days.items()},
        }
        for name in ("warehouse", "owner"):
            if not data[name]:
                row.error(name, "required", _t("Name it in the row, or once for the whole file."))
        return data

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        return self._resolve(groups)[1]

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        ready, findings = self._resolve(groups)
        try:
            made = asns_create(asns=[asn for _group, asn in ready])
        except HecangError:  # one of them cannot be taken: which one shows when each is taken by itself
            made = []
            for group, asn in ready:
                try:
                    made += asns_create(asns=[asn])
                except HecangError as error:
                    row = group.rows[0].number
                    findings.append(Finding(error.instance_code, str(error), row=row, field="number"))
        created = sum(one.is_new for one in made)
        unchanged = len(made) - created
        return ApplyResult(
            created=created,
            unchanged=unchanged,
            skipped=len(groups) - created - unchanged,
            findings=findings,
        )

    def _resolve(self, groups: Sequence[Group]) -> tuple[list[tuple[Group, AsnIn]], list[Finding]]:
        """Groups that can be taken, and what is wrong with the others. Set-based."""
        given = [_asn(group) for group in groups]
        known = codes_known(given)
        findings: list[Finding] = []
        named: list[tuple[Group, AsnIn]] = []
        for group, asn in zip(groups, given, strict=True):
            problems = code_problems(asn, known) or _scope_problems(asn, known)
            if problems:
                findings += [_finding(group, problem) for problem in problems]
            else:
                named.append((group, asn_of(asn, known, origin="file")))
        wrong: set[str] = set()
        for problem in asn_problems([asn for _group, asn in named]):
            group = named[problem.row or 0][0]
            wrong.add(group.key)
            findings.append(_finding(group, problem))
        return [(group, asn) for group, asn in named if group.key not in wrong], findings


def _serials(row: RawRow) -> list[str]:
    """The numbers of a cell; one that is too long for a serial is an error of its row."""
    numbers = [one for one in re.split(r"[\s,;，；、]+", row.get("serials")) if one]
    if any(len(one) > MOST_LETTERS for one in numbers):
        row.error(
            "serials",
            "too_long",
            _t("A serial number has at most %(most)s letters.") % {"most": MOST_LETTERS},
        )
        return []
    return numbers


def _scope_problems(asn: dict[str, Any], known: CodesKnown) -> list[Problem]:
    scope = current_actor().scope
    outside = [
        name
        for name, allowed, ref in (
            ("warehouse", scope.warehouses, known.warehouses[asn["warehouse"]]),
            ("owner", scope.owners, known.owners[asn["owner"]]),
        )
        if allowed is not None and ref.id not in allowed
    ]
    return [
        Problem(
            _t("“%(code)s” is not known.") % {"code": asn[name]}, code=f"unknown_{name}", loc=name, field=name
        )
        for name in outside
    ]


def _asn(group: Group) -> dict[str, Any]:
    """The rows of a group as one announcement, with codes."""
    rows = [row.data for row in group.rows]
    first = rows[0]
    expected = date.fromisoformat(first["expected_on"]) if first["expected_on"] else None
    return {
        "warehouse": first["warehouse"],
        "owner": first["owner"],
        "supplier": first["supplier"],
        "purchase_order": first["purchase_order"],
        "kind": "purchase",
        "external_number": first["number"],
        "carrier_name": first["carrier"],
        "waybill_number": first["waybill"],
        "expected_at": datetime.combine(expected, time(9), ZoneInfo(settings.TIME_ZONE))
        if expected
        else None,
        "pallet_count": 0,
        "carton_count": 0,
        "note": "",
        "lines": [
            {
                "sku": row["sku"],
                "quantity": row["quantity"],
                "container": row["container"],
                "lot_code": row["lot"],
                "serials": row["serials"],
                "produced_on": date.fromisoformat(row["produced_on"]) if row["produced_on"] else None,
                "expires_on": date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
            }
            for row in rows
        ],
        "containers": [
            {"code": code, "kind": "carton"}
            for code in dict.fromkeys(row["container"] for row in rows if row["container"])
        ],
    }


def _finding(group: Group, problem: Problem) -> Finding:
    """At the row of the line that is wrong, else at the first."""
    parts = (problem.loc or "").split(".")
    index = int(parts[1]) if parts[0] == "lines" and len(parts) > 1 else 0
    row = group.rows[min(index, len(group.rows) - 1)]
    field = {"lot_code": "lot", "purchase_line_id": "purchase_order", "code": "container"}.get(
        problem.field or "", problem.field
    )
    return Finding(problem.code, problem.message, row=row.number, field=field or "number")
