"""Customers and suppliers from files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
    Severity,
    StagedRow,
    importer,
)
from hecang.partners.phones import phone_hash, phone_normalise
from hecang.partners.selectors import (
    contacts_blocked,
    customers_by_code,
    region_from_text,
    region_resolve,
    regions_by_code,
)
from hecang.partners.services import (
    AddressIn,
    CustomerRow,
    SupplierFields,
    SupplierRow,
    customers_upsert,
    suppliers_upsert,
)
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


@importer
class SupplierImporter(Importer):
    """Suppliers 供应商, one in a row. What a file has no column for stays as it is."""

    kind: ClassVar[str] = "suppliers"
    title: ClassVar[Any] = gettext_lazy("Suppliers")
    permission: ClassVar[str] = "partners.supplier.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("code", required=True, aliases=("supplier", "supplier code", "vendor", "供应商编码", "供应商编号"), example="S-001"),
        ImportColumn("name", required=True, aliases=("supplier name", "company", "供应商名称", "供应商"), example="苏州晨光文具厂"),
        ImportColumn("name_en", aliases=("english name", "英文名称")),
        ImportColumn("contact", aliases=("contact name", "联系人"), example="周敏"),
        ImportColumn("phone", aliases=("tel", "电话", "联系电话"), example="0512-66660000"),
        ImportColumn("email", aliases=("e-mail", "mail", "邮箱", "电子邮箱"), example="orders@example.com"),
        ImportColumn("region_code", aliases=("地区编码", "区划代码"), help=gettext_lazy("Six digits; found from the address where it is empty.")),
        ImportColumn("address", aliases=("地址", "详细地址")),
        ImportColumn("currency", aliases=("币种",), example="CNY"),
        ImportColumn("lead_time_days", aliases=("lead time", "交期", "交货天数"), example="7"),
        ImportColumn("payment_days", aliases=("payment term", "账期", "付款天数"), example="30"),
        ImportColumn("min_order_amount", aliases=("minimum order", "起订金额", "最低订货金额")),
        ImportColumn("send_by", aliases=("发送方式",), help=gettext_lazy("none, email, edi or api")),
        ImportColumn("account_number", aliases=("customer number", "our number", "客户编号")),
        ImportColumn("note", aliases=("备注", "remark")),
        ImportColumn("is_active", aliases=("active", "启用"), example="1"),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return row.get("code")[:200]

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        email = row.text("email", max_length=200)
        if email and not _EMAIL.fullmatch(email):
            row.error("email", "bad_email", _("This is not an e-mail address."))
        currency = row.text("currency", max_length=3).upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            row.error("currency", "bad_currency", _("A currency has three letters, such as CNY."))
        amount = row.decimal("min_order_amount", low=0, high=10**11)
        data: dict[str, Any] = {
            "code": row.text("code", required=True, max_length=32),
            "currency": currency or None,
            "email": email or None,
            "lead_time_days": row.integer("lead_time_days", low=0, high=1000),
            "payment_days": row.integer("payment_days", low=0, high=1000),
            "min_order_amount": None if amount is None else str(amount),
            "send_by": row.choice("send_by", _WAYS) or None,
            "is_active": row.flag("is_active"),
        }
        for name, most in _SUPPLIER_TEXTS.items():
            data[name] = row.text(name, max_length=most) or None
        row.text("name", required=True)
        return data

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        first = {group.rows[0].data["code"]: group.rows[0].number for group in groups}
        codes = {row.data["region_code"] for group in groups for row in group.rows if row.data["region_code"]}
        known = regions_by_code(codes)
        for group in groups:
            for row in group.rows[1:]:
                text = _("The supplier is in row %(row)s already; what is written here counts.")
                yield Finding(
                    "twice", text % {"row": first[row.data["code"]]}, row.number, "code", "", "warning"
                )
            for row in group.rows:
                code = row.data["region_code"]
                if code and code not in known:
                    yield Finding(
                        "unknown_region", _("There is no such region."), row.number, "region_code", code
                    )

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        result = suppliers_upsert(rows=[_supplier(group) for group in groups])
        return ApplyResult(result.created, result.updated, result.unchanged)


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SUPPLIER_TEXTS = {
    "name": 200, "name_en": 200, "contact": 50, "phone": 32, "region_code": 6, "address": 200, "account_number": 64,
    "note": 500,
}  # fmt: skip
_WAYS = {
    "none": "none", "by hand": "none", "人工": "none", "手工": "none", "email": "email", "e-mail": "email",
    "邮件": "email", "edi": "edi", "api": "api", "接口": "api",
}  # fmt: skip


def _supplier(group: Group) -> SupplierRow:
    """What the rows of one code say together; an empty cell says nothing."""
    last: dict[str, Any] = {}
    for row in group.rows:
        last |= {key: value for key, value in row.data.items() if value is not None}
    code = last.pop("code")
    if "min_order_amount" in last:
        last["min_order_amount"] = Decimal(last["min_order_amount"])
    if "region_code" not in last and last.get("address") and (found := region_from_text(last["address"])):
        last["region_code"] = found
    return SupplierRow(code, SupplierFields(**last))
