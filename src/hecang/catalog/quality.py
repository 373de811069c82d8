"""What looks odd about a SKU's data: pure rules over facts, no database.

Weights of a category spread over powers of ten, so outliers are looked for in logarithms, against the
median and the median absolute deviation of the category: one absurd value moves neither.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.catalog.gtin import has_wrong_check_digit

#: Heavier than a pallet may be.
MAX_WEIGHT_G = 1_500_000
#: Longer than a lorry's bed.
MAX_LENGTH_MM = 13_600
#: g/cm³: styrofoam chips in air … osmium.
MIN_DENSITY, MAX_DENSITY = 0.003, 22.6
#: A category needs this many measured members before anything is called unusual in it.
MIN_MEMBERS = 8
#: Spreads from the median beyond which a value is unusual, and the least spread that is believed.
MAX_DEVIATION = 5.0
MIN_SPREAD = 0.25
#: Factor between value and median at which one unit was typed for another.
_THOUSAND = 1000.0


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """What the rules look at. ``key`` is whatever the caller knows the SKU by.

    Weights in g, lengths in mm; ``None`` is unknown.
    """

    key: Any
    kind: str = "goods"
    category: Any = None
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    is_expiry_tracked: bool = False
    shelf_life_days: int | None = None
    barcodes: tuple[str, ...] = ()
    component_count: int = 0

    @property
    def sides(self) -> tuple[int | None, int | None, int | None]:
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def density(self) -> float | None:
        """g/cm³, ``None`` where weight or size is unknown or nothing."""
        length, width, height = self.sides
        if not self.weight_g or not length or not width or not height:
            return None
        return self.weight_g / (length * width * height / 1000)


@dataclass(frozen=True, slots=True)
class Norm:
    """What is usual in a category: count, median and spread of ln(g) and ln(g/cm³)."""

    weight_count: int = 0
    weight_median: float = 0.0
    weight_spread: float = 0.0
    density_count: int = 0
    density_median: float = 0.0
    density_spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about the SKU ``key``.

    :param related: id of the other SKU where two are the same.
    """

    key: Any
    code: str
    field: str
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    related: int | None = None


def findings_of(skus: Iterable[SkuFacts], norms: Mapping[Any, Norm]) -> list[Finding]:
    """All that is odd about each SKU by itself and within its category, in the order of the SKUs."""
    found: list[Finding] = []
    for sku in skus:
        if sku.kind == "kit":
            if not sku.component_count:
                found.append(Finding(sku.key, "kit_without_components", "components"))
        else:
            found += _weight(sku)
            found += _size(sku)
            found += _unusual(sku, norms.get(sku.category))
        found += _codes(sku)
        if sku.is_expiry_tracked and not sku.shelf_life_days:
            found.append(Finding(sku.key, "shelf_life_missing", "shelf_life_days"))
    return found


def norms_of(skus: Iterable[SkuFacts]) -> dict[Any, Norm]:
    """What is usual in each category among these SKUs; categories with too few members are missing."""
    weights: dict[Any, list[float]] = {}
    densities: dict[Any, list[float]] = {}
    for sku in skus:
        if sku.category is not None and sku.weight_g and sku.kind != "kit":
            weights.setdefault(sku.category, []).append(math.log(sku.weight_g))
            if density := sku.density:
                densities.setdefault(sku.category, []).append(math.log(density))
    return {
        category: Norm(
            len(values),
            *_middle(values),
            len(densities.get(category, [])),
            *_middle(densities.get(category, [])),
        )
        for category, values in weights.items()
        if len(values) >= MIN_MEMBERS
    }


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """Median and 1.4826 × median absolute deviation."""
    if not values:
        return 0.0, 0.0
    median = statistics.median(values)
    return median, 1.4826 * statistics.median(abs(value - median) for value in values)


def _weight(sku: SkuFacts) -> list[Finding]:
    if sku.weight_g is None:
        return [Finding(sku.key, "weight_missing", "weight_g")]
    if sku.weight_g == 0:
        return [Finding(sku.key, "weight_zero", "weight_g", {"value": 0})]
    if sku.weight_g > MAX_WEIGHT_G:
        return [
            Finding(sku.key, "weight_implausible", "weight_g", {"value": sku.weight_g, "limit": MAX_WEIGHT_G})
        ]
    return []


def _size(sku: SkuFacts) -> list[Finding]:
    if all(side is None for side in sku.sides):
        return [Finding(sku.key, "size_missing", "length_mm")]
    for name, side in zip(("length_mm", "width_mm", "height_mm"), sku.sides, strict=True):
        if side is None:
            return [Finding(sku.key, "size_missing", name)]
        if side == 0 or side > MAX_LENGTH_MM:
            return [Finding(sku.key, "size_implausible", name, {"value": side, "limit": MAX_LENGTH_MM})]
    return []


def _unusual(sku: SkuFacts, norm: Norm | None) -> list[Finding]:
    density = sku.density
    if density is not None and not MIN_DENSITY <= density <= MAX_DENSITY:
        return [Finding(sku.key, "density_impossible", "weight_g", {"density": _rounded(density)})]
    if norm is None or not sku.weight_g:
        return []
    if _is_outlier(math.log(sku.weight_g), norm.weight_count, norm.weight_median, norm.weight_spread):
        usual = math.exp(norm.weight_median)
        factor = sku.weight_g / usual
        code = "weight_unit_suspect" if _is_thousandfold(factor) else "weight_unusual"
        return [Finding(sku.key, code, "weight_g", {"value": sku.weight_g, "usual": round(usual)})]
    if density and _is_outlier(
        math.log(density), norm.density_count, norm.density_median, norm.density_spread
    ):
        usual = math.exp(norm.density_median)
        data = {"density": _rounded(density), "usual": _rounded(usual)}
        return [Finding(sku.key, "density_unusual", "weight_g", data)]
    return []


def _is_outlier(value: float, count: int, median: float, spread: float) -> bool:
    return count >= MIN_MEMBERS and abs(value - median) > MAX_DEVIATION * max(spread, MIN_SPREAD)


def _is_thousandfold(factor: float) -> bool:
    return any(0.25 <= ratio <= 4 for ratio in (factor / _THOUSAND, factor * _THOUSAND))


def _codes(sku: SkuFacts) -> list[Finding]:
    return [
        Finding(sku.key, "barcode_check_digit", "barcodes", {"value": code})
        for code in sku.barcodes
        if has_wrong_check_digit(code)
    ]


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def codes() -> Sequence[str]:
    """All codes of findings."""
    return tuple(_messages())


def _messages() -> dict[str, str]:
    return {
        "weight_missing": _("The weight is missing. Freight and cartons are guessed until it is measured."),
        "weight_zero": _("The weight is 0 g. Measure it."),
        "weight_implausible": _("A weight of %(value)s g is more than a pallet carries. Is the unit right?"),
        "weight_unusual": _("A weight of %(value)s g is unusual here: the category's median is %(usual)s g."),
        "weight_unit_suspect": _(
            "A weight of %(value)s g against a median of %(usual)s g in the category: kilograms and grams mixed up?"
        ),
        "size_missing": _(
            "The size is missing or incomplete. Cartons are chosen by weight alone until it is measured."
        ),
        "size_implausible": _("A side of %(value)s mm cannot be. Sides are in millimetres, up to %(limit)s."),
        "density_impossible": _("Weight and size contradict each other: that would be %(density)s g/cm³."),
        "density_unusual": _(
            "Weight and size give %(density)s g/cm³; %(usual)s is usual in the category. Is one of them wrong?"
        ),
        "barcode_check_digit": _(
            "The check digit of the barcode %(value)s is wrong. Scan it from the goods."
        ),
        "barcode_duplicate": _("The barcode %(value)s is, but for leading zeros, also that of %(other)s."),
        "name_duplicate": _("%(other)s has the same name. Is it the same product twice?"),
        "shelf_life_missing": _("Expiry is tracked, but the shelf life in days is missing."),
        "kit_without_components": _("The kit has no components, so it cannot be sold."),
    }


def finding_message(code: str, data: Mapping[str, Any]) -> str:
    """What a finding says to people, translated now."""
    return _messages()[code] % data if code in _messages() else code
