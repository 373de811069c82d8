"""Thresholds, pick faces and transfer requests from files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.catalog.selectors import SkuRef, skus_by_code
from hecang.facility.selectors import LocationRef, WarehouseRef, locations_resolve, warehouses_by_code
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
from hecang.partners.selectors import OwnerRef, owners_by_code
from hecang.stockkeeping.models import Threshold
from hecang.stockkeeping.services.faces import FaceIn, pick_faces_save
from hecang.stockkeeping.services.thresholds import ThresholdIn, thresholds_save
from hecang.stockkeeping.services.transfers import TransferLineIn, transfer_create

MOST = 1_000_000_000
_SKU = ImportColumn("sku", required=True, aliases=("sku code", "商品编码", "货号"), example="A-100")
_OWNER = ImportColumn(
    "owner", aliases=("owner code", "货主", "货主编码"), help=gettext_lazy("the option's owner if empty")
)
_OWNER_OPTION = ImportOption("owner", gettext_lazy("Owner of rows that name none"))
_WAREHOUSE = ImportColumn(
    "warehouse", required=True, aliases=("warehouse code", "仓库", "仓库编码"), example="SH"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the codes of a chunk of a file lead to. Three statements."""

    skus: Mapping[str, SkuRef]
    owners: Mapping[str, OwnerRef]
    warehouses: Mapping[str, WarehouseRef]

    @classmethod
    def of(cls, groups: Sequence[Group], *names: str) -> _Known:
        rows = [row.data for group in groups for row in group.rows]
        return cls(
            skus_by_code(row["sku"] for row in rows),
            owners_by_code(row["owner"] for row in rows),
            warehouses_by_code(row[name] for row in rows for name in names),
        )

    def missing(self, row: StagedRow, *names: str) -> Iterable[Finding]:
        """Codes that lead nowhere, or outside of the actor's scope."""
        scope, data = current_actor().scope, row.data
        sku, owner = self.skus.get(data["sku"]), self.owners.get(data["owner"])
        if sku is None or sku.is_exploded:
            text = _("There is no SKU with this code that has stock of its own.")
            yield Finding("unknown_sku", text, row.number, "sku", data["sku"])
        if owner is None or (scope.owners is not None and owner.id not in scope.owners):
            yield Finding("unknown_owner", _("There is no such owner."), row.number, "owner", data["owner"])
        for name in names:
            found = self.warehouses.get(data[name])
            if found is None or (scope.warehouses is not None and found.id not in scope.warehouses):
                yield Finding(
                    "unknown_warehouse", _("There is no such warehouse."), row.number, name, data[name]
                )


class _BySku(Importer):
    """What the three files have in common: each row names a SKU of an owner."""

    options: ClassVar[tuple[ImportOption, ...]] = (_OWNER_OPTION,)

    def codes(self, row: RawRow) -> dict[str, Any]:
        owner = row.text("owner", max_length=32, default=self.option("owner"))
        if not owner:
            row.error("owner", "required", _("Name the owner in the row, or once for the whole file."))
        return {"sku": row.text("sku", required=True, max_length=64), "owner": owner}


@importer
class ThresholdImporter(_BySku):
    """Thresholds of stock; one row is one SKU of an owner in a warehouse. Empty cells take a figure back."""

    kind: ClassVar[str] = "thresholds"
    title: ClassVar[Any] = gettext_lazy("Thresholds of stock")
    permission: ClassVar[str] = "stockkeeping.threshold.change"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        _WAREHOUSE,
        _SKU,
        _OWNER,
        ImportColumn("safety_stock", aliases=("safety", "安全库存"), example="20"),
        ImportColumn("reorder_point", aliases=("reorder", "补货点", "订货点"), example="50"),
        ImportColumn("max_stock", aliases=("maximum", "最高库存", "库存上限"), example="200"),
        ImportColumn("expiry_warning_days", aliases=("效期预警天数", "临期天数"), example="60"),
        ImportColumn("slow_days", aliases=("滞销天数",), example="90"),
    )

    def group_by(self, row: RawRow) -> str:
        return "\x1f".join(row.get(name) for name in ("warehouse", "sku", "owner"))

    def parse(self, row: RawRow) -> dict[str, Any]:
        figures = {
            name: row.integer(name, low=0, high=MOST)
            for name in ("safety_stock", "reorder_point", "max_stock")
        }
        units = [value for value in figures.values() if value is not None]
        if units != sorted(units):
            row.error(
                "reorder_point",
                "wrong_order",
                _("Safety stock must not be above the reorder point, nor that above the maximum."),
            )
        days = {name: row.integer(name, low=0, high=36_500) for name in ("expiry_warning_days", "slow_days")}
        return {
            **self.codes(row), **figures, **days, "warehouse": row.text("warehouse", required=True, max_length=16),
        }  # fmt: skip

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        known = _Known.of(groups, "warehouse")
        return [found for group in groups for row in group.rows for found in known.missing(row, "warehouse")]

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        known = _Known.of(groups, "warehouse")
        findings = [
            found for group in groups for row in group.rows for found in known.missing(row, "warehouse")
        ]
        wrong = {found.row for found in findings}
        rows = [group.rows[-1] for group in groups if group.rows[-1].number not in wrong]
        names = ("safety_stock", "reorder_point", "max_stock", "expiry_warning_days", "slow_days")
        thresholds_save(
            thresholds=[
                ThresholdIn(
                    known.warehouses[row.data["warehouse"]].id,
                    known.skus[row.data["sku"]].id,
                    known.owners[row.data["owner"]].id,
                    **{name: row.data[name] for name in names},
                )
                for row in rows
            ],
            source=Threshold.Source.IMPORT.value,
        )
        return ApplyResult(updated=len(rows), skipped=len(groups) - len(rows), findings=findings)


@importer
class PickFaceImporter(_BySku):
    """Pick faces; one row is one place of one SKU."""

    kind: ClassVar[str] = "pick_faces"
    title: ClassVar[Any] = gettext_lazy("Pick faces")
    permission: ClassVar[str] = "stockkeeping.pick_face.change"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        _WAREHOUSE,
        ImportColumn(
            "location", required=True, aliases=("location code", "库位", "拣货位"), example="A01-01-1"
        ),
        _SKU,
        _OWNER,
        ImportColumn(
            "min_quantity", required=True, aliases=("minimum", "min", "最低量", "补货下限"), example="10"
        ),
        ImportColumn(
            "max_quantity", required=True, aliases=("maximum", "max", "最高量", "补货上限"), example="50"
        ),
        ImportColumn("multiple", aliases=("case quantity", "补货倍数", "箱规"), example="12"),
    )

    def group_by(self, row: RawRow) -> str:
        return "\x1f".join(row.get(name) for name in ("warehouse", "location", "sku", "owner"))

    def parse(self, row: RawRow) -> dict[str, Any]:
        low = row.integer("min_quantity", required=True, low=0, high=MOST)
        high = row.integer("max_quantity", required=True, low=1, high=MOST)
        if low is not None and high is not None and high < low:
            row.error("max_quantity", "wrong_quantity", _("The maximum must be at least the minimum."))
        return {
            **self.codes(row),
            "warehouse": row.text("warehouse", required=True, max_length=16),
            "location": row.text("location", required=True, max_length=32),
            "min_quantity": low,
            "max_quantity": high,
            "multiple": row.integer("multiple", low=1, high=1_000_000) or 1,
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        return self._resolve(groups)[1]

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        faces, findings = self._resolve(groups)
        pick_faces_save(faces=faces)
        return ApplyResult(updated=len(faces), skipped=len(groups) - len(faces), findings=findings)

    def _resolve(self, groups: Sequence[Group]) -> tuple[list[FaceIn], list[Finding]]:
        known = _Known.of(groups, "warehouse")
        places: dict[tuple[str, str], LocationRef] = {}
        for code, ref in known.warehouses.items():  # one statement for each warehouse, however many rows
            asked = {
                row.data["location"]
                for group in groups
                for row in group.rows
                if row.data["warehouse"] == code
            }
            places |= {(code, name): place for name, place in locations_resolve(ref.id, asked).items()}
        faces, findings = [], []
        for group in groups:
            row = group.rows[-1]
            found = list(known.missing(row, "warehouse"))
            place = places.get((row.data["warehouse"], row.data["location"]))
            if place is None or place.kind != "pick_face":
                text = _("There is no such pick face in this warehouse.")
                found.append(Finding("wrong_location", text, row.number, "location", row.data["location"]))
            findings += found
            if not found and place is not None:
                faces.append(
                    FaceIn(
                        place.id,
                        known.skus[row.data["sku"]].id,
                        known.owners[row.data["owner"]].id,
                        row.data["min_quantity"],
                        row.data["max_quantity"],
                        row.data["multiple"],
                    )
                )
        return faces, findings


@importer
class TransferImporter(_BySku):
    """Transfer requests; rows of one reference are one transfer, asked for once however often the file comes."""

    kind: ClassVar[str] = "transfers"
    title: ClassVar[Any] = gettext_lazy("Transfers between warehouses")
    permission: ClassVar[str] = "stockkeeping.transfer.create"
    columns: ClassVar[tuple[ImportColumn, ...]] = (
        ImportColumn("reference", required=True, aliases=("单号", "参考号", "调拨单号"), example="TR-17"),
        ImportColumn("from_warehouse", required=True, aliases=("from", "调出仓", "调出仓库"), example="SH"),
        ImportColumn("to_warehouse", required=True, aliases=("to", "调入仓", "调入仓库"), example="BJ"),
        _SKU,
        ImportColumn("quantity", required=True, aliases=("qty", "数量", "调拨数量"), example="24"),
        _OWNER,
        ImportColumn("expected_on", aliases=("expected", "预计到货", "到货日期"), example="2026-12-24"),
        ImportColumn("note", aliases=("备注", "说明")),
    )

    def group_by(self, row: RawRow) -> str:
        return row.get("reference")

    def parse(self, row: RawRow) -> dict[str, Any]:
        expected = row.day("expected_on")
        return {
            **self.codes(row),
            "reference": row.text("reference", required=True, max_length=64),
            "from_warehouse": row.text("from_warehouse", required=True, max_length=16),
            "to_warehouse": row.text("to_warehouse", required=True, max_length=16),
            "quantity": row.integer("quantity", required=True, low=1, high=MOST),
            "expected_on": expected.isoformat() if expected else None,
            "note": row.text("note", max_length=500),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        known = _Known.of(groups, "from_warehouse", "to_warehouse")
        return [found for group in groups for found in self._faults(group, known)]

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        known = _Known.of(groups, "from_warehouse", "to_warehouse")
        findings: list[Finding] = []
        created = 0
        for group in groups:
            faults = list(self._faults(group, known))
            findings += faults
            if faults:
                continue
            first = group.rows[0].data
            units: dict[int, int] = {}
            for row in group.rows:
                sku_id = known.skus[row.data["sku"]].id
                units[sku_id] = units.get(sku_id, 0) + row.data["quantity"]
            transfer_create(
                from_warehouse_id=known.warehouses[first["from_warehouse"]].id,
                to_warehouse_id=known.warehouses[first["to_warehouse"]].id,
                owner_id=known.owners[first["owner"]].id,
                lines=[TransferLineIn(sku_id, quantity) for sku_id, quantity in units.items()],
                note=first["note"],
                expected_at=_noon(first["expected_on"]),
                key=f"import:{first['reference']}",
            )
            created += 1
        return ApplyResult(created=created, skipped=len(groups) - created, findings=findings)

    def _faults(self, group: Group, known: _Known) -> Iterable[Finding]:
        first = group.rows[0].data
        for row in group.rows:
            yield from known.missing(row, "from_warehouse", "to_warehouse")
            for name in ("from_warehouse", "to_warehouse", "owner"):
                if row.data[name] != first[name]:
                    text = _("All rows of one reference lead from one warehouse to one other, for one owner.")
                    yield Finding("differs", text, row.number, name, row.data[name])
        if first["from_warehouse"] == first["to_warehouse"]:
            text = _("A transfer leads from one warehouse to another. Within one, move the goods.")
            yield Finding("same_warehouse", text, group.rows[0].number, "to_warehouse", first["to_warehouse"])


def _noon(day: str | None) -> datetime | None:
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(settings.TIME_ZONE))
