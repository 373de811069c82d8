"""Products and barcodes from files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.catalog.quality import Finding as QualityFinding
from hecang.catalog.quality import SkuFacts, finding_message, findings_of, norms_of
from hecang.catalog.selectors import skus_by_code
from hecang.catalog.selectors.quality import barcodes_taken, names_taken, norms_by_code, sku_facts_by_code
from hecang.catalog.services import PackagingIn, SkuRow, barcodes_add, skus_upsert
from hecang.catalog.services.categories import category_code
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
from hecang.quality.coding import is_strict, off_standard, off_standard_message

_KINDS = {
    "goods": "goods", "商品": "goods", "实物": "goods", "普通商品": "goods",
    "kit": "kit", "套装": "kit", "组合": "kit", "组合商品": "kit", "组套": "kit",
    "material": "material", "包材": "material", "耗材": "material",
}  # fmt: skip
_STATUSES = {
    "active": "active", "启用": "active", "在售": "active", "上架": "active", "正常": "active",
    "draft": "draft", "草稿": "draft", "待完善": "draft",
    "discontinued": "discontinued", "停用": "discontinued", "停售": "discontinued", "下架": "discontinued",
}  # fmt: skip
_TEMPERATURES = {
    "ambient": "ambient", "常温": "ambient", "chilled": "chilled", "冷藏": "chilled", "frozen": "frozen", "冷冻": "frozen",
}  # fmt: skip
_HAZARDS = {
    "none": "none", "无": "none", "否": "none", "flammable": "flammable", "易燃": "flammable", "battery": "battery",
    "带电": "battery", "电池": "battery", "aerosol": "aerosol", "气雾剂": "aerosol", "corrosive": "corrosive",
    "腐蚀": "corrosive",
}  # fmt: skip
_ABC = {"a": "A", "b": "B", "c": "C", "a类": "A", "b类": "B", "c类": "C"}
_SEPARATORS = re.compile(r"[;；,，、|\s]+")
_MAX_GRAMS, _MAX_MM, _MAX_UNITS, _MAX_DAYS = 10_000_000, 100_000, 1_000_000, 36_500
#: Fields of a row that go into a :class:`SkuRow` as they are.
_PLAIN = (
    "name", "name_en", "kind", "status", "category", "base_unit", "weight_g", "length_mm", "width_mm", "height_mm",
    "is_estimated", "abc_class", "temperature", "hazard", "is_lot_tracked", "is_serial_tracked", "is_expiry_tracked",
    "shelf_life_days", "min_remaining_days",
)  # fmt: skip
_LEVELS = (("inner", "inner_quantity"), ("case", "case_quantity"), ("pallet", "pallet_quantity"))


@importer
class SkuImporter(Importer):
    """Products 商品资料. Rows with one code are one SKU, so that each can bring another barcode."""

    kind: ClassVar[str] = "sku"
    title: ClassVar[Any] = gettext_lazy("Products")
    permission: ClassVar[str] = "catalog.sku.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn(
            "code", required=True, example="A-100",
            aliases=("SKU", "sku code", "item", "item no", "product code", "商品编码", "商品编号", "商品代码", "货号", "商家编码",
                     "料号", "规格编码"),
        ),
        ImportColumn(
            "name", example="苏打饼干 200g",
            aliases=("product name", "description", "title", "商品名称", "品名", "名称", "商品标题"),
        ),
        ImportColumn("name_en", aliases=("english name", "英文名", "英文名称"), example="Soda crackers 200 g"),
        ImportColumn(
            "category", aliases=("product category", "类目", "分类", "品类", "商品分类"), example="食品/零食",
            help=gettext_lazy("Path in the product tree with “/”; made where it is missing."),
        ),
        ImportColumn(
            "barcode", aliases=("EAN", "UPC", "GTIN", "条码", "条形码", "商品条码", "国际条码", "69码"), example="6901234567892",
            help=gettext_lazy("Several with “;”. Those that the product has already stay."),
        ),
        ImportColumn("case_barcode", aliases=("箱码", "箱条码", "外箱条码"), example="16901234567899"),
        ImportColumn("inner_quantity", aliases=("中包数", "中包装数", "内包数")),
        ImportColumn("case_quantity", aliases=("case pack", "units per case", "箱规", "装箱数", "每箱数量", "箱入数"), example="24"),
        ImportColumn("pallet_quantity", aliases=("units per pallet", "托盘数量", "每托数量")),
        ImportColumn("base_unit", aliases=("unit", "UOM", "单位", "基本单位", "计量单位"), example="pcs"),
        ImportColumn("weight_g", aliases=("weight", "重量", "重量g", "重量克", "毛重", "毛重g", "克重"), example="215"),
        ImportColumn("weight_kg", aliases=("重量kg", "毛重kg", "重量千克", "重量公斤"), help=gettext_lazy("Instead of grams.")),
        ImportColumn("length_mm", aliases=("length", "长", "长mm", "长度mm", "长毫米"), example="180"),
        ImportColumn("width_mm", aliases=("width", "宽", "宽mm", "宽度mm", "宽毫米"), example="70"),
        ImportColumn("height_mm", aliases=("height", "高", "高mm", "高度mm", "高毫米"), example="45"),
        ImportColumn("length_cm", aliases=("长cm", "长度cm", "长厘米"), help=gettext_lazy("Instead of millimetres.")),
        ImportColumn("width_cm", aliases=("宽cm", "宽度cm", "宽厘米")),
        ImportColumn("height_cm", aliases=("高cm", "高度cm", "高厘米")),
        ImportColumn(
            "is_estimated", aliases=("estimated", "估算", "是否估算"),
            help=gettext_lazy("Weight and size are guessed, not measured."),
        ),
        ImportColumn("kind", aliases=("type", "商品类型", "类型"), example="goods"),
        ImportColumn("status", aliases=("状态", "商品状态"), example="active"),
        ImportColumn("abc_class", aliases=("ABC", "ABC分类", "动销分类")),
        ImportColumn("temperature", aliases=("storage", "温层", "温区", "存储条件"), example="ambient"),
        ImportColumn("hazard", aliases=("危险品", "危险类别", "特殊属性")),
        ImportColumn("is_lot_tracked", aliases=("lot tracked", "批次管理", "启用批次")),
        ImportColumn("is_serial_tracked", aliases=("serial tracked", "序列号管理", "启用序列号")),
        ImportColumn("is_expiry_tracked", aliases=("expiry tracked", "效期管理", "启用效期", "保质期管理"), example="1"),
        ImportColumn("shelf_life_days", aliases=("shelf life", "保质期", "保质期天", "保质期天数"), example="270"),
        ImportColumn(
            "min_remaining_days", aliases=("minimum remaining days", "出库临期天数", "出库最短剩余天数", "禁售天数"),
            help=gettext_lazy("Days of life that must remain when the goods leave."),
        ),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return row.get("code")[:200]

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        weight_g = row.integer("weight_g", low=0, high=_MAX_GRAMS)
        if weight_g is None:
            weight_g = _scaled(row, "weight_kg", 1000, _MAX_GRAMS)
        sides = {}
        for side in ("length", "width", "height"):
            sides[f"{side}_mm"] = row.integer(f"{side}_mm", low=0, high=_MAX_MM)
            if sides[f"{side}_mm"] is None:
                sides[f"{side}_mm"] = _scaled(row, f"{side}_cm", 10, _MAX_MM)
        return {
            "code": row.text("code", required=True, max_length=64),
            "name": row.text("name", max_length=255) or None,
            "name_en": row.text("name_en", max_length=255) or None,
            "category": category_code(row.text("category", max_length=128)) or None,
            "base_unit": row.text("base_unit", max_length=16) or None,
            "weight_g": weight_g,
            **sides,
            "kind": row.choice("kind", _KINDS) or None,
            "status": row.choice("status", _STATUSES) or None,
            "abc_class": row.choice("abc_class", _ABC) or None,
            "temperature": row.choice("temperature", _TEMPERATURES) or None,
            "hazard": row.choice("hazard", _HAZARDS) or None,
            "is_estimated": row.flag("is_estimated"),
            "is_lot_tracked": row.flag("is_lot_tracked"),
            "is_serial_tracked": row.flag("is_serial_tracked"),
            "is_expiry_tracked": row.flag("is_expiry_tracked"),
            "shelf_life_days": row.integer("shelf_life_days", low=0, high=_MAX_DAYS),
            "min_remaining_days": row.integer("min_remaining_days", low=0, high=_MAX_DAYS),
            **{column: row.integer(column, low=1, high=_MAX_UNITS) for _level, column in _LEVELS},
            "barcodes": _barcodes(row),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        rows = {group.key: sku_row(group) for group in groups}
        first = {group.key: group.rows[0].number for group in groups}
        findings = [finding for group in groups for finding in _contradictions(group)]
        findings += _barcodes_elsewhere(rows, first)
        findings += _off_standard(rows, first)
        odd = _odd(rows)
        for one in odd:
            column = "barcode" if one.field == "barcodes" else one.field
            findings.append(
                Finding(one.code, finding_message(one.code, one.data), first[one.key], column,
                        str(one.data.get("value", "")), "warning")
            )  # fmt: skip
        return findings

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        rows = {group.key: sku_row(group) for group in groups}
        # A barcode that another SKU got since the check leaves out its own group only.
        late = _barcodes_elsewhere(rows, {group.key: group.rows[0].number for group in groups})
        bad_rows = {finding.row for finding in late}
        good = [group for group in groups if group.rows[0].number not in bad_rows]
        result = skus_upsert(rows=[rows[group.key] for group in good])
        return ApplyResult(result.created, result.updated, result.unchanged, len(groups) - len(good), late)


def _scaled(row: RawRow, name: str, factor: int, high: int) -> int | None:
    """A number in a larger unit; a fraction of our unit is an error, never rounded quietly."""
    value = row.decimal(name, places=3, low=0, high=Decimal(high) / factor)
    if value is None:
        return None
    scaled = value * factor
    if scaled != scaled.to_integral_value():
        row.error(name, "too_precise", _("Finer than a gram or a millimetre is not kept."))
        return None
    return int(scaled)


def _barcodes(row: RawRow) -> list[tuple[str, int]]:
    """Code and base units of each barcode in the row."""
    codes: list[tuple[str, int]] = [(code, 1) for code in _SEPARATORS.split(row.get("barcode")) if code]
    case = row.get("case_barcode")
    if case:
        units = row.integer("case_quantity", low=1, high=_MAX_UNITS)
        if units is None:
            row.error("case_quantity", "required", _("A case barcode needs the number of units in a case."))
        codes.append((case, units or 1))
    for code, _units in codes:
        if len(code) > 64:
            row.error("barcode", "too_long", _("A barcode has at most %(limit)s characters.") % {"limit": 64})
    return codes


def sku_row(group: Group) -> SkuRow:
    """What the rows of one code say together; what a later row says wins, an empty cell says nothing."""
    values: dict[str, Any] = {}
    barcodes: dict[str, int] = {}
    levels: dict[str, int] = {}
    for row in group.rows:
        values |= {name: row.data[name] for name in _PLAIN if row.data[name] is not None}
        barcodes |= dict(row.data["barcodes"])
        levels |= {level: row.data[column] for level, column in _LEVELS if row.data[column] is not None}
    return SkuRow(
        code=group.rows[0].data["code"],
        barcodes=tuple(barcodes.items()),
        packagings=tuple(PackagingIn(level, quantity) for level, quantity in levels.items()),
        **values,
    )


def _contradictions(group: Group) -> Iterable[Finding]:
    """Rows of one code that say different things: the last one wins, and somebody should know."""
    for before, after in zip(group.rows, group.rows[1:], strict=False):
        for name in _PLAIN:
            old, new = before.data[name], after.data[name]
            if old is not None and new is not None and old != new:
                message = _("Row %(row)s says %(old)s for the same product; this row wins.") % {
                    "row": before.number, "old": old
                }  # fmt: skip
                yield Finding("contradiction", message, after.number, name, str(new)[:200], "warning")


def _barcodes_elsewhere(rows: Mapping[str, SkuRow], first: Mapping[str, int]) -> list[Finding]:
    """Errors for barcodes that name another SKU already, or two SKUs in one file."""
    wanted = {code for row in rows.values() for code, _units in row.barcodes}
    taken = barcodes_taken(wanted)
    seen: dict[str, str] = {}
    findings = []
    for key, row in rows.items():
        for code, _units in row.barcodes:
            other = taken[code][0] if code in taken else row.code
            if other == row.code:
                other = seen.setdefault(code, row.code)
            if other != row.code:
                message = _("The barcode names the product %(other)s already.") % {"other": other}
                findings.append(Finding("barcode_taken", message, first[key], "barcode", code))
    return findings


def _off_standard(rows: Mapping[str, SkuRow], first: Mapping[str, int]) -> list[Finding]:
    """New products whose codes do not follow the company's coding standard; an old code is left alone."""
    odd = off_standard("sku", [row.code for row in rows.values()])
    if not odd:
        return []
    known = skus_by_code(list(odd))
    severity: Severity = "error" if is_strict("sku") else "warning"
    return [
        Finding(
            "code_off_standard",
            off_standard_message(row.code, odd[row.code]),
            first[key],
            "code",
            row.code,
            severity,
        )
        for key, row in rows.items()
        if row.code in odd and row.code not in known
    ]


def _odd(rows: Mapping[str, SkuRow]) -> list[QualityFinding]:
    """Findings about data quality, as they will stand after the import."""
    stored = sku_facts_by_code([row.code for row in rows.values()])
    facts = [_facts(key, row, stored.get(row.code)) for key, row in rows.items()]
    norms = norms_of(facts) | norms_by_code({one.category for one in facts if one.category})
    found = findings_of(facts, norms)
    names = {key: row.name for key, row in rows.items() if row.name}
    taken = names_taken(names.values(), except_codes=[row.code for row in rows.values()])
    seen: dict[str, str] = {}
    for key, name in names.items():
        other = taken.get(name) or seen.setdefault(name.lower(), rows[key].code)
        if other != rows[key].code:
            found.append(QualityFinding(key, "name_duplicate", "name", {"other": other}))
    return found


def _facts(key: str, row: SkuRow, stored: SkuFacts | None) -> SkuFacts:
    """Facts after the row is written."""
    before = stored or SkuFacts(key)

    def after(name: str) -> Any:
        value = getattr(row, name)
        return getattr(before, name) if value is None else value

    return SkuFacts(
        key=key,
        kind=after("kind"),
        category=after("category"),
        weight_g=after("weight_g"),
        length_mm=after("length_mm"),
        width_mm=after("width_mm"),
        height_mm=after("height_mm"),
        is_expiry_tracked=after("is_expiry_tracked"),
        shelf_life_days=after("shelf_life_days"),
        barcodes=tuple(dict.fromkeys([*before.barcodes, *(code for code, _units in row.barcodes)])),
        component_count=before.component_count,
    )


@importer
class BarcodeImporter(Importer):
    """Further barcodes for products that are there 条码."""

    kind: ClassVar[str] = "barcode"
    title: ClassVar[Any] = gettext_lazy("Barcodes")
    permission: ClassVar[str] = "catalog.sku.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("sku", required=True, aliases=("code", "商品编码", "商品编号", "货号"), example="A-100"),
        ImportColumn("barcode", required=True, aliases=("EAN", "UPC", "GTIN", "条码", "条形码"), example="6901234567892"),
        ImportColumn(
            "quantity", aliases=("units", "数量", "件数", "包装数量"), example="1",
            help=gettext_lazy("Base units that the barcode stands for; empty: 1."),
        ),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return row.get("barcode")[:200]

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        return {
            "sku": row.text("sku", required=True, max_length=64),
            "barcode": row.text("barcode", required=True, max_length=64),
            "quantity": row.integer("quantity", low=1, high=_MAX_UNITS) or 1,
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        known = skus_by_code({row.data["sku"] for group in groups for row in group.rows})
        taken = barcodes_taken({group.rows[-1].data["barcode"] for group in groups})
        for group in groups:
            row = group.rows[-1]
            yield from _barcode_problems(row, known, taken)

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        rows = [group.rows[-1] for group in groups]
        known = skus_by_code({row.data["sku"] for row in rows})
        taken = barcodes_taken({row.data["barcode"] for row in rows})
        findings: list[Finding] = []
        wanted: dict[int, list[tuple[str, int]]] = {}
        for row in rows:
            problems = list(_barcode_problems(row, known, taken))
            findings += problems
            if not problems:
                wanted.setdefault(known[row.data["sku"]].id, []).append(
                    (row.data["barcode"], row.data["quantity"])
                )
        given = [pair for pairs in wanted.values() for pair in pairs]
        barcodes_add(barcodes=wanted, refresh=True)
        created = sum(code not in taken for code, _units in given)
        unchanged = sum(code in taken and taken[code][1] == units for code, units in given)
        updated = len(given) - created - unchanged
        return ApplyResult(created, updated, unchanged, len(rows) - len(given), findings)


def _barcode_problems(
    row: StagedRow, known: Mapping[str, Any], taken: Mapping[str, tuple[str, int]]
) -> Iterable[Finding]:
    sku, barcode = row.data["sku"], row.data["barcode"]
    if sku not in known:
        yield Finding("unknown_sku", _("There is no product with this code."), row.number, "sku", sku)
    elif barcode in taken and taken[barcode][0] != sku:
        message = _("The barcode names the product %(other)s already.") % {"other": taken[barcode][0]}
        yield Finding("barcode_taken", message, row.number, "barcode", barcode)
