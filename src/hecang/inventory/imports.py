"""Stock from a file: opening balances, posted once, or counts, posted as the difference."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hecang.catalog.selectors import SkuRef, skus_by_code
from hecang.facility.selectors import (
    LocationRef,
    WarehouseRef,
    locations_resolve,
    virtual_location,
    warehouses_by_code,
)
from hecang.inventory.models import Condition
from hecang.inventory.services import (
    AdjustIn,
    LotIn,
    PostingIn,
    lot_get_or_create_many,
    stock_adjust,
    stock_post_once,
)
from hecang.inventory.services.lots import lot_faults
from hecang.kernel.actor import current_actor
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
from hecang.partners.selectors import OwnerRef, owners_by_code

_CONDITIONS = {
    "good": "good", "良品": "good", "damaged": "damaged", "残次": "damaged", "残次品": "damaged",
    "quarantine": "quarantine", "隔离": "quarantine", "returned": "returned", "退货": "returned",
    "expired": "expired", "过期": "expired",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ready:
    """A group whose codes are known.

    :param quantity: base units of all its rows together.
    """

    key: str
    location: LocationRef
    sku: SkuRef
    owner: OwnerRef
    lot: LotIn | None
    condition: str
    quantity: int
    reference: str


@importer
class StockImporter(Importer):
    """One group is one place: a SKU (and lot) of an owner at a location. Its rows are added up."""

    kind = "stock"
    title = _("Stock")
    permission = "inventory.stock.import"
    columns = (
        ImportColumn(
            "warehouse", required=True, aliases=("仓库", "仓库编码", "warehouse code"), example="SH"
        ),
        ImportColumn(
            "location", required=True, aliases=("库位", "库位编码", "location code"), example="A01-01-1"
        ),
        ImportColumn(
            "sku", required=True, aliases=("商品编码", "SKU编码", "sku code", "货品编码"), example="A-100"
        ),
        ImportColumn("quantity", required=True, aliases=("数量", "库存", "qty", "base units"), example="120"),
        ImportColumn(
            "lot", aliases=("批次", "批号", "lot code"), help=_("only for SKUs kept by lot"), example="L2601"
        ),
        ImportColumn(
            "expires_on", aliases=("有效期至", "到期日", "失效日期", "expiry date"), example="2027-01-31"
        ),
        ImportColumn("produced_on", aliases=("生产日期", "production date"), example="2026-01-31"),
        ImportColumn(
            "owner", aliases=("货主", "货主编码", "owner code"), help=_("the option's owner if empty")
        ),
        ImportColumn("condition", aliases=("状态", "品质"), help=_("good if empty"), example="good"),
        ImportColumn(
            "reference",
            aliases=("单号", "参考号"),
            help=_(
                "tells two deliveries to the same place apart; the same place and reference is posted once"
            ),
        ),
    )
    options = (
        ImportOption(
            "mode",
            _("What the quantities are"),
            kind="choice",
            default="opening",
            choices=(
                ("opening", _("Opening stock, added once")),
                ("count", _("Counts: what is really there")),
            ),
        ),
        ImportOption("owner", _("Owner of rows that name none")),
    )

    def group_by(self, row: RawRow) -> str:
        names = ("warehouse", "location", "sku", "lot", "owner", "condition", "reference")
        return hashlib.sha256("\x1f".join(row.get(name) for name in names).encode()).hexdigest()

    def parse(self, row: RawRow) -> dict[str, Any]:
        low = 0 if self.option("mode") == "count" else 1
        expires_on, produced_on = row.day("expires_on"), row.day("produced_on")
        owner = row.text("owner", max_length=32, default=self.option("owner"))
        if not owner:
            row.error("owner", "required", _t("Name the owner in the row, or once for the whole file."))
        return {
            "warehouse": row.text("warehouse", required=True, max_length=16),
            "location": row.text("location", required=True, max_length=32),
            "sku": row.text("sku", required=True, max_length=64),
            "quantity": row.integer("quantity", required=True, low=low, high=1_000_000_000),
            "lot": row.text("lot", max_length=64),
            "expires_on": expires_on.isoformat() if expires_on else None,
            "produced_on": produced_on.isoformat() if produced_on else None,
            "owner": owner,
            "condition": row.choice("condition", _CONDITIONS, default="good"),
            "reference": row.text("reference", max_length=64),
        }

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:
        return self._resolve(groups)[1]

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        ready, findings = self._resolve(groups)
        lotted = [one.lot for one in ready if one.lot is not None]
        ids = iter(lot_get_or_create_many(lots=lotted))
        lots = [next(ids) if one.lot is not None else None for one in ready]
        created = self._count(ready, lots) if self.option("mode") == "count" else self._open(ready, lots)
        return ApplyResult(
            created=created,
            unchanged=len(ready) - created,
            skipped=len(groups) - len(ready),
            findings=findings,
        )

    def _open(self, ready: Sequence[_Ready], lots: Sequence[int | None]) -> int:
        entries = []
        for one, lot_id in zip(ready, lots, strict=True):
            place = (
                one.location.warehouse_id,
                one.location.id,
                one.sku.id,
                lot_id or 0,
                one.owner.id,
                one.condition,
            )
            entry = PostingIn(
                one.sku.id,
                one.owner.id,
                one.quantity,
                virtual_location(one.location.warehouse_id, "supplier"),
                one.location.id,
                "opening",
                lot_id=lot_id,
                from_condition=one.condition,
                to_condition=one.condition,
                note=one.reference,
            )
            entries.append((f"opening:{'/'.join(map(str, place))}:{one.reference}", entry))
        return sum(posted.created for posted in stock_post_once(entries=entries))

    def _count(self, ready: Sequence[_Ready], lots: Sequence[int | None]) -> int:
        adjustments = [
            AdjustIn(
                one.location.id,
                one.sku.id,
                one.owner.id,
                lot_id=lot_id,
                condition=one.condition,
                counted=one.quantity,
                note=one.reference,
            )
            for one, lot_id in zip(ready, lots, strict=True)
        ]
        return sum(
            movement_id is not None for movement_id in stock_adjust(adjustments=adjustments, reason="count")
        )

    def _resolve(self, groups: Sequence[Group]) -> tuple[list[_Ready], list[Finding]]:
        """Groups that can be written, and what is wrong with the others. Set-based."""
        known = _Known.of([group.rows[0].data for group in groups])
        ready: list[tuple[Group, _Ready]] = []
        findings: list[Finding] = []
        for group in groups:
            found = known.ready(group)
            if isinstance(found, Finding):
                findings.append(found)
            else:
                ready.append((group, found))
        lotted = [(group, one.lot) for group, one in ready if one.lot is not None]
        faults = lot_faults([lot for _group, lot in lotted])
        wrong = {lotted[problem.row or 0][0].key: problem for problem in faults}
        for group, one in ready:
            if group.key in wrong:
                problem = wrong[group.key]
                field = "expires_on" if problem.code in {"expiry_missing", "lot_differs"} else "lot"
                findings.append(
                    _finding(group, problem.code, problem.message, field, one.lot.code if one.lot else "")
                )
        return [one for group, one in ready if group.key not in wrong], findings


@dataclass(frozen=True, slots=True)
class _Known:
    """What the codes of a chunk mean."""

    warehouses: Mapping[str, WarehouseRef]
    locations: Mapping[tuple[str, str], LocationRef]
    skus: Mapping[str, SkuRef]
    owners: Mapping[str, OwnerRef]

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]]) -> _Known:
        scope = current_actor().scope
        warehouses = {
            code: ref
            for code, ref in warehouses_by_code(row["warehouse"] for row in rows).items()
            if scope.warehouses is None or ref.id in scope.warehouses
        }
        locations: dict[tuple[str, str], LocationRef] = {}
        for code, ref in warehouses.items():  # one statement for each warehouse, however many rows
            asked = {row["location"] for row in rows if row["warehouse"] == code}
            locations |= {(code, name): place for name, place in locations_resolve(ref.id, asked).items()}
        owners = {
            code: owner
            for code, owner in owners_by_code(row["owner"] for row in rows).items()
            if scope.owners is None or owner.id in scope.owners
        }
        return cls(warehouses, locations, skus_by_code(row["sku"] for row in rows), owners)

    def ready(self, group: Group) -> _Ready | Finding:
        data = group.rows[0].data
        sku = self.skus.get(data["sku"])
        location = self.locations.get((data["warehouse"], data["location"]))
        owner = self.owners.get(data["owner"])
        if data["warehouse"] not in self.warehouses:
            return _finding(group, "unknown_warehouse", _t("There is no such warehouse."), "warehouse")
        if location is None or location.is_virtual:
            return _finding(
                group, "unknown_location", _t("There is no such location in this warehouse."), "location"
            )
        if sku is None:
            return _finding(group, "unknown_sku", _t("There is no such SKU."), "sku")
        if sku.is_exploded:
            return _finding(group, "kit_has_no_stock", _t("This is a kit; stock its components."), "sku")
        if owner is None:
            return _finding(group, "unknown_owner", _t("There is no such owner."), "owner", data["owner"])
        if not data["lot"] and sku.is_lot_tracked:
            return _finding(group, "lot_missing", _t("This SKU is kept by lot; name the lot."), "lot")
        lot = None
        if data["lot"]:
            lot = LotIn(sku.id, data["lot"], _day(data["produced_on"]), _day(data["expires_on"]))
        quantity = sum(row.data["quantity"] for row in group.rows)
        condition = Condition(data["condition"]).value
        return _Ready(group.key, location, sku, owner, lot, condition, quantity, data["reference"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _finding(group: Group, code: str, message: str, field: str, value: str | None = None) -> Finding:
    row = group.rows[0]
    shown = str(row.data.get(field) or "") if value is None else value
    return Finding(code, message, row=row.number, field=field, value=shown)
