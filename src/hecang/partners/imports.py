"""Customers from files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    Severity,
    StagedRow,
    importer,
)
from hecang.partners.phones import phone_hash, phone_normalise
from hecang.partners.selectors import contacts_blocked, customers_by_code, region_from_text, region_resolve
from hecang.partners.services import AddressIn, CustomerRow, customers_upsert
from hecang.quality.coding import is_strict, off_standard, off_standard_message


@importer
class CustomerImporter(Importer):
    """Customers 客户. Rows with one code are one customer, so that each can bring another address."""

    kind: ClassVar[str] = "customer"
    title: ClassVar[Any] = gettext_lazy("Customers")
    permission: ClassVar[str] = "partners.customer.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("code", required=True, aliases=("customer", "客户编码", "客户编号", "会员编号"), example="C-1001"),
        ImportColumn("name", aliases=("客户名称", "姓名", "联系人"), example="王小明"),
        ImportColumn("phone", aliases=("mobile", "tel", "电话", "手机", "手机号", "联系电话"), example="13812345678"),
        ImportColumn("recipient", aliases=("收货人", "收件人"), help=gettext_lazy("Empty: the customer.")),
        ImportColumn("province", aliases=("省", "省份"), example="上海市"),
        ImportColumn("city", aliases=("市", "城市"), example="上海市"),
        ImportColumn("district", aliases=("区", "区县", "县"), example="浦东新区"),
        ImportColumn(
            "address", aliases=("地址", "详细地址", "收货地址"), example="张江路1号",
            help=gettext_lazy("With province, city and district in front, where they have no columns of their own."),
        ),
        ImportColumn("is_blocked", aliases=("黑名单", "是否拉黑")),
        ImportColumn("blocked_reason", aliases=("拉黑原因", "黑名单原因")),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return row.get("code")[:200]

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        phone = row.text("phone", max_length=32)
        if phone and len(phone_normalise(phone)) < 5:
            row.warn("phone", "bad_phone", _("This is not a phone number."))
        return {
            "code": row.text("code", required=True, max_length=64),
            "name": row.text("name", max_length=64),
            "phone": phone,
            "recipient": row.text("recipient", max_length=64),
            "province": row.text("province", max_length=64),
            "city": row.text("city", max_length=64),
            "district": row.text("district", max_length=64),
            "address": row.text("address", max_length=300),
            "is_blocked": row.flag("is_blocked"),
            "blocked_reason": row.text("blocked_reason", max_length=200),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        rows = [row for group in groups for row in group.rows]
        yield from _off_standard(groups)
        hashes = {row.number: phone_hash(row.data["phone"]) for row in rows}
        blocked = contacts_blocked(hashes.values())
        for row in rows:
            if row.data["address"] and _region(row) is None:
                message = _("The region of this address is not known. Write province, city and district.")
                yield Finding("unknown_region", message, row.number, "address", "", "warning")
            if hashes[row.number] in blocked:
                yield Finding(
                    "blocked_contact",
                    _("This number is on the black list."),
                    row.number,
                    "phone",
                    "",
                    "warning",
                )

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        result = customers_upsert(rows=[_customer(group) for group in groups])
        return ApplyResult(result.created, result.updated, result.unchanged)


def _off_standard(groups: Sequence[Group]) -> Iterable[Finding]:
    """New customers whose codes do not follow the company's coding standard."""
    first = {group.rows[0].data["code"]: group.rows[0].number for group in groups}
    odd = off_standard("customer", first)
    if odd:
        known = customers_by_code(odd)
        severity: Severity = "error" if is_strict("customer") else "warning"
        for code, masks in odd.items():
            if code not in known:
                message = off_standard_message(code, masks)
                yield Finding("code_off_standard", message, first[code], "code", code, severity)


def _region(row: StagedRow) -> str | None:
    data = row.data
    return region_resolve(data["province"], data["city"], data["district"]) or region_from_text(
        data["address"]
    )


def _customer(group: Group) -> CustomerRow:
    """What the rows of one code say together; an empty cell says nothing."""
    last: dict[str, Any] = {}
    for row in group.rows:
        last |= {key: value for key, value in row.data.items() if value not in (None, "")}
    return CustomerRow(
        code=group.rows[0].data["code"],
        name=last.get("name"),
        phone=last.get("phone"),
        is_blocked=last.get("is_blocked"),
        blocked_reason=last.get("blocked_reason"),
        addresses=tuple(_address(row) for row in group.rows if row.data["address"]),
    )


def _address(row: StagedRow) -> AddressIn:
    data = row.data
    return AddressIn(
        recipient=data["recipient"] or data["name"],
        phone=data["phone"],
        address=data["address"],
        province=data["province"],
        city=data["city"],
        district=data["district"],
        region_code=_region(row) or "",
    )
