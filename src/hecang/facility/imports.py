"""Locations from files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.facility.selectors import WarehouseRef, warehouses_by_code
from hecang.facility.services import LocationRow, locations_upsert
from hecang.kernel.actor import current_actor
from hecang.kernel.imports import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    Importer,
    ImportOption,
    RawRow,
    Severity,
    importer,
)
from hecang.quality.coding import is_strict, off_standard, off_standard_message

_KINDS = {
    "pick_face": "pick_face", "pick face": "pick_face", "picking": "pick_face", "拣货位": "pick_face", "拣选位": "pick_face",
    "零拣位": "pick_face",
    "reserve": "reserve", "存储位": "reserve", "储存位": "reserve", "备货位": "reserve", "高位": "reserve",
    "staging": "staging", "集货位": "staging", "暂存位": "staging",
    "pack_station": "pack_station", "packing": "pack_station", "打包台": "pack_station", "包装台": "pack_station",
    "dock": "dock", "月台": "dock", "道口": "dock",
    "returns": "returns", "退货位": "returns", "退货区": "returns",
    "quarantine": "quarantine", "待检位": "quarantine", "隔离位": "quarantine",
    "damaged": "damaged", "残次位": "damaged", "残损位": "damaged", "不良品位": "damaged",
}  # fmt: skip
_SIDES = {"l": "L", "left": "L", "左": "L", "r": "R", "right": "R", "右": "R"}
_TEMPERATURES = {
    "ambient": "ambient", "常温": "ambient", "chilled": "chilled", "冷藏": "chilled", "frozen": "frozen", "冷冻": "frozen",
}  # fmt: skip
_MM = 10_000_000


@importer
class LocationImporter(Importer):
    """Storage locations 库位. Aisles and cross-aisles are drawn from where the locations lie."""

    kind: ClassVar[str] = "location"
    title: ClassVar[Any] = gettext_lazy("Locations")
    permission: ClassVar[str] = "facility.location.import"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("warehouse", required=True, aliases=("仓库", "仓库编码", "仓库代码"), example="SHA"),
        ImportColumn(
            "zone", required=True, aliases=("area", "库区", "库区编码", "区域"), example="A",
            help=gettext_lazy("Made where it is missing."),
        ),
        ImportColumn(
            "code", required=True, aliases=("location", "bin", "库位", "库位编码", "货位", "货位编码", "储位"), example="A01-03-2"
        ),
        ImportColumn("kind", aliases=("type", "库位类型", "货位类型", "类型"), example="pick_face"),
        ImportColumn(
            "aisle", aliases=("巷道", "通道", "巷道号"), example="1",
            help=gettext_lazy("Number of the aisle in its zone, from left to right."),
        ),
        ImportColumn("side", aliases=("左右", "侧", "方向"), example="L", help=gettext_lazy("L or R of the aisle.")),
        ImportColumn(
            "bay", aliases=("列", "货架列", "贝位"), example="2",
            help=gettext_lazy("Place along the aisle from the front; used where y is empty."),
        ),
        ImportColumn("level", aliases=("层", "货架层"), example="2"),
        ImportColumn("x_mm", aliases=("x", "横坐标", "x坐标"), example="500", help=gettext_lazy("Centre, to the right.")),
        ImportColumn(
            "y_mm", aliases=("y", "纵坐标", "y坐标"), example="15600", help=gettext_lazy("Centre, away from the front.")
        ),
        ImportColumn("width_mm", aliases=("width", "宽", "宽mm"), help=gettext_lazy("Extent along x.")),
        ImportColumn("depth_mm", aliases=("depth", "深", "深mm", "长mm"), help=gettext_lazy("Extent along y.")),
        ImportColumn("height_mm", aliases=("height", "高", "高mm")),
        ImportColumn("max_weight_g", aliases=("承重g", "最大承重g")),
        ImportColumn("max_weight_kg", aliases=("承重", "承重kg", "最大承重", "最大承重kg"), example="500"),
        ImportColumn("pick_sequence", aliases=("sequence", "拣货顺序", "动线顺序", "路线顺序")),
        ImportColumn("temperature", aliases=("温层", "温区"), example="ambient"),
    )  # fmt: skip
    options: ClassVar[tuple[ImportOption, ...]] = (
        ImportOption(
            "renumber", gettext_lazy("Number along the walk"), "flag", default="",
            help=gettext_lazy("Give all locations in aisles new pick sequences in S-shape order."),
        ),
    )  # fmt: skip

    def group_by(self, row: RawRow) -> str:
        return f"{row.get('warehouse')}|{row.get('code')}"[:200]

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        weight = row.integer("max_weight_g", low=0, high=10**9)
        if (
            weight is None
            and (kilograms := row.decimal("max_weight_kg", places=3, low=0, high=10**6)) is not None
        ):
            weight = int(kilograms * 1000)
        return {
            "warehouse": row.text("warehouse", required=True, max_length=16),
            "zone": row.text("zone", required=True, max_length=16),
            "code": row.text("code", required=True, max_length=32),
            "kind": row.choice("kind", _KINDS, default="pick_face"),
            "aisle": row.integer("aisle", low=1, high=10_000),
            "side": row.choice("side", _SIDES) or None,
            "bay": row.integer("bay", low=1, high=10_000),
            "level": row.integer("level", low=1, high=100),
            "x_mm": row.integer("x_mm", low=-_MM, high=_MM),
            "y_mm": row.integer("y_mm", low=-_MM, high=_MM),
            "width_mm": row.integer("width_mm", low=0, high=1_000_000),
            "depth_mm": row.integer("depth_mm", low=0, high=1_000_000),
            "height_mm": row.integer("height_mm", low=0, high=1_000_000),
            "max_weight_g": weight,
            "pick_sequence": row.integer("pick_sequence", low=0, high=2_000_000_000),
            "temperature": row.choice("temperature", _TEMPERATURES) or None,
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        warehouses = _warehouses(groups)
        odd = off_standard("location", {group.rows[-1].data["code"] for group in groups})
        severity: Severity = "error" if odd and is_strict("location") else "warning"
        for group in groups:
            row = group.rows[-1]
            if row.data["code"] in odd:
                message = off_standard_message(row.data["code"], odd[row.data["code"]])
                yield Finding("code_off_standard", message, row.number, "code", row.data["code"], severity)
            if row.data["warehouse"] not in warehouses:
                yield _unknown(row.number, row.data["warehouse"])
            elif row.data["aisle"] is not None and row.data["y_mm"] is None and row.data["bay"] is None:
                message = _("Neither y nor bay is given, so nobody knows where along the aisle it lies.")
                yield Finding("place_unknown", message, row.number, "y_mm", "", "warning")
            if len(group.rows) > 1:
                message = _("The location stands in the file %(count)s times; the last row wins.") % {
                    "count": len(group.rows)
                }  # fmt: skip
                yield Finding("duplicate", message, row.number, "code", row.data["code"], "warning")

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        warehouses = _warehouses(groups)
        rows: dict[int, list[LocationRow]] = {}
        findings = []
        for group in groups:
            row = group.rows[-1]
            warehouse = warehouses.get(row.data["warehouse"])
            if warehouse is None:
                findings.append(_unknown(row.number, row.data["warehouse"]))
                continue
            values = {key: value for key, value in row.data.items() if key != "warehouse"}
            rows.setdefault(warehouse.id, []).append(LocationRow(**values))
        results = [
            locations_upsert(warehouse_id=warehouse_id, rows=listed, renumber=bool(self.option("renumber")))
            for warehouse_id, listed in sorted(rows.items())
        ]
        return ApplyResult(
            created=sum(result.created for result in results),
            updated=sum(result.updated for result in results),
            unchanged=sum(result.unchanged for result in results),
            skipped=len(findings),
            findings=findings,
        )


def _warehouses(groups: Sequence[Group]) -> dict[str, WarehouseRef]:
    """The warehouses of the file that exist and lie within the actor's data scope."""
    found = warehouses_by_code({group.rows[-1].data["warehouse"] for group in groups})
    scope = current_actor().scope.warehouses
    return {code: ref for code, ref in found.items() if scope is None or ref.id in scope}


def _unknown(row: int, code: str) -> Finding:
    message = _("There is no such warehouse, or it lies outside your data scope.")
    return Finding("unknown_warehouse", message, row, "warehouse", code)
