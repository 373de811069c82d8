"""What the board of data quality asks of products. The rules themselves are ``catalog/quality.py``."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.catalog.gtin import check_digit
from hecang.catalog.quality import finding_message
from hecang.catalog.services import barcode_remove, barcodes_add, sku_change
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.errors import InvalidInput
from hecang.quality.coding import off_standard_finding, off_standard_found
from hecang.quality.registry import Finding, Fix, FixField, Found, Step, check, step

_FINDINGS = """
SELECT f.sku_id, s.code, f.field, f.data, f.related_id, r.code, n.weight_median
FROM sku_finding f JOIN sku s ON s.id = f.sku_id LEFT JOIN sku r ON r.id = f.related_id
LEFT JOIN category_norm n ON n.category_id = s.category_id
WHERE f.code = %s AND s.status <> 'discontinued' ORDER BY f.id
"""


def _weight_set(finding: Finding) -> None:
    sku_change(
        sku_id=finding.entity_id,
        changes={"weight_g": _integer(finding, "weight_g"), "is_estimated": False},
    )


def _weight_estimate(finding: Finding) -> None:
    """The usual weight of the category: better for freight than none, and marked as a guess."""
    sku_change(
        sku_id=finding.entity_id, changes={"weight_g": _integer(finding, "weight_g"), "is_estimated": True}
    )


def _size_set(finding: Finding) -> None:
    sides = ("length_mm", "width_mm", "height_mm")
    sku_change(sku_id=finding.entity_id, changes={name: _integer(finding, name) for name in sides})


def _shelf_life_set(finding: Finding) -> None:
    sku_change(sku_id=finding.entity_id, changes={"shelf_life_days": _integer(finding, "shelf_life_days")})


def _discontinue(finding: Finding) -> None:
    sku_change(sku_id=finding.entity_id, changes={"status": "discontinued"})


def _digit_mend(finding: Finding) -> None:
    wrong = str(finding.data["value"])
    row = fetch_one(
        "SELECT quantity FROM barcode WHERE sku_id = %s AND code = %s", [finding.entity_id, wrong]
    )
    if row is None:
        return
    barcode_remove(sku_id=finding.entity_id, code=wrong)
    barcodes_add(barcodes={finding.entity_id: [(str(finding.values["code"]), row[0])]}, refresh=True)


def _barcode_drop(finding: Finding) -> None:
    barcode_remove(sku_id=finding.entity_id, code=str(finding.data["value"]))


def _integer(finding: Finding, name: str) -> int:
    try:
        value = int(finding.values[name])
    except (TypeError, ValueError):
        value = 0
    if not 0 < value <= 10_000_000:
        raise InvalidInput(_("“%(name)s” must be a whole number above 0.") % {"name": name})
    return value


_CHANGE = "catalog.sku.change"
_WEIGHT = FixField("weight_g", "integer", gettext_lazy("Weight in g"))
_SET_WEIGHT = Fix("set_weight", gettext_lazy("Enter the weight"), _CHANGE, _weight_set, (_WEIGHT,))
_GUESS_WEIGHT = Fix(
    "estimate_weight",
    gettext_lazy("Take what is usual in the category"),
    _CHANGE,
    _weight_estimate,
    (_WEIGHT,),
    needs_suggestion=True,
)
_SET_SIZE = Fix(
    "set_size",
    gettext_lazy("Enter the size"),
    _CHANGE,
    _size_set,
    (
        FixField("length_mm", "integer", gettext_lazy("Length in mm")),
        FixField("width_mm", "integer", gettext_lazy("Width in mm")),
        FixField("height_mm", "integer", gettext_lazy("Height in mm")),
    ),
)
_SET_LIFE = Fix(
    "set_shelf_life",
    gettext_lazy("Enter the shelf life"),
    _CHANGE,
    _shelf_life_set,
    (FixField("shelf_life_days", "integer", gettext_lazy("Shelf life in days")),),
)
_DISCONTINUE = Fix("discontinue", gettext_lazy("Sell this one no longer"), _CHANGE, _discontinue)
_MEND_DIGIT = Fix(
    "mend_check_digit",
    gettext_lazy("Put the right check digit"),
    "catalog.barcode.change",
    _digit_mend,
    (FixField("code", "text", gettext_lazy("Barcode")),),
    needs_suggestion=True,
)
_DROP = Fix("drop_barcode", gettext_lazy("Remove the barcode"), "catalog.barcode.change", _barcode_drop)

#: Code of the finding → title, severity, ways to mend it.
_CHECKS: dict[str, tuple[Any, str, tuple[Fix, ...]]] = {
    "weight_missing": (gettext_lazy("Products without weight"), "warning", (_GUESS_WEIGHT, _SET_WEIGHT)),
    "weight_zero": (gettext_lazy("Products of 0 g"), "error", (_GUESS_WEIGHT, _SET_WEIGHT)),
    "weight_implausible": (gettext_lazy("Products heavier than a pallet"), "error", (_GUESS_WEIGHT, _SET_WEIGHT)),
    "weight_unusual": (gettext_lazy("Weights that are unusual in their category"), "warning", (_SET_WEIGHT,)),
    "weight_unit_suspect": (gettext_lazy("Grams and kilograms mixed up"), "error", (_SET_WEIGHT,)),
    "size_missing": (gettext_lazy("Products without size"), "warning", (_SET_SIZE,)),
    "size_implausible": (gettext_lazy("Sizes that cannot be"), "error", (_SET_SIZE,)),
    "density_impossible": (gettext_lazy("Weight and size that contradict each other"), "error", (_SET_WEIGHT, _SET_SIZE)),
    "density_unusual": (gettext_lazy("Unusual weight for the size"), "warning", (_SET_WEIGHT, _SET_SIZE)),
    "barcode_check_digit": (gettext_lazy("Barcodes with a wrong check digit"), "error", (_MEND_DIGIT, _DROP)),
    "barcode_duplicate": (gettext_lazy("Barcodes of two products"), "error", (_DROP, _DISCONTINUE)),
    "name_duplicate": (gettext_lazy("Products with the same name"), "warning", (_DISCONTINUE,)),
    "shelf_life_missing": (gettext_lazy("Expiry without shelf life"), "warning", (_SET_LIFE,)),
    "kit_without_components": (gettext_lazy("Kits without components"), "error", ()),
}  # fmt: skip


def _suggestion(code: str, data: dict[str, Any], median: float | None) -> dict[str, Any]:
    if code == "barcode_check_digit":
        right = str(data["value"])
        return {"code": f"{right[:-1]}{check_digit(right[:-1])}"}
    if code in {"weight_missing", "weight_zero", "weight_implausible"} and median is not None:
        return {"weight_g": max(1, round(math.exp(median)))}
    return {}


def _found(code: str) -> Iterable[Found]:
    for sku_id, label, field, stored, related, related_label, median in fetch(_FINDINGS, [code]):
        data = json.loads(stored)
        yield Found(sku_id, label, field, data, related, related_label or "", _suggestion(code, data, median))


def _message(code: str) -> Callable[[Any], str]:
    return lambda data: finding_message(code, data)


for _code, (_title, _severity, _fixes) in _CHECKS.items():
    check(
        code=f"sku_{_code}",
        entity_kind="sku",
        title=_title,
        severity=_severity,
        permission="catalog.sku.view",
        url="/products/{id}",
        message=_message(_code),
        fixes=_fixes,
    )(functools.partial(_found, _code))


@check(
    code="sku_off_standard",
    entity_kind="sku",
    title=gettext_lazy("Product codes off the standard"),
    permission="catalog.sku.view",
    url="/products/{id}",
    message=off_standard_finding,
)
def codes_off_standard() -> Iterable[Found]:
    """Codes of products that fit no mask of the company's standard."""
    return off_standard_found(
        "sku", fetch("SELECT id, code FROM sku WHERE status <> 'discontinued' ORDER BY id")
    )


def _count(table: str) -> Callable[[], int]:
    return lambda: int(fetch(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - own table names


step(
    Step(
        20,
        "sku",
        gettext_lazy("Products"),
        gettext_lazy(
            "Everything else names products by their code. Bring weights and sizes: freight and cartons need them."
        ),
        _count("sku"),
        tuple(f"sku_{code}" for code in _CHECKS),
    )
)
step(
    Step(
        30,
        "barcode",
        gettext_lazy("Barcodes"),
        gettext_lazy("What scanners read. Products may have several; cases and inners have their own."),
        _count("barcode"),
        ("sku_barcode_check_digit", "sku_barcode_duplicate"),
        is_optional=True,
    )
)
