"""Products of the source as rows of the catalogue.

The code is ``CJ`` and the product's number. What the source does not tell is estimated by the category's
profile (``vocabulary``) and marked so: weight where the size text has none, dimensions always.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hecang.catalog.services import PackagingIn, SkuRow
from hecang.demo.chance import share
from hecang.demo.sizes import content_g
from hecang.demo.source import Product
from hecang.demo.vocabulary import CATEGORIES, DEPARTMENTS, PROFILES, Profile

#: Shares of all lines that A, and A and B together, make up.
A_SHARE, B_SHARE = 0.60, 0.85
#: Packing over net content.
_GROSS = 1.08
#: Profiles whose size text is no weight of the goods (a cooler of 30 quarts).
_SIZE_IS_NO_WEIGHT = frozenset({"house", "hard", "textile", "flat", "card"})
_FROZEN = re.compile(r"\b(FRZ|FRZN|FROZEN|ICE CREAM|IQF)\b")


def sku_code(product_id: int) -> str:
    return f"CJ{product_id:08d}"


def profile_name(product: Product) -> str:
    """Name of the profile of a product: of its category, else of its department."""
    if product.is_fuel:
        return "card"
    name = (
        CATEGORIES[product.category][1]
        if product.category in CATEGORIES
        else DEPARTMENTS[product.department][1]
    )
    if PROFILES[name].temperature == "chilled" and _FROZEN.search(product.type):
        return "frozen"
    return name


def profile_of(product: Product) -> Profile:
    return PROFILES[profile_name(product)]


def abc_classes(product_ids: npt.NDArray[np.int64]) -> dict[int, str]:
    """A, B or C by how many of the lines (one product id each) a product makes up; ties by id."""
    ids, counts = np.unique(product_ids, return_counts=True)
    order = np.lexsort((ids, -counts))
    before = (np.cumsum(counts[order]) - counts[order]) / max(1, counts.sum())
    return {
        int(ids[position]): "A" if part < A_SHARE else "B" if part < B_SHARE else "C"
        for position, part in zip(order.tolist(), before.tolist(), strict=True)
    }


def sku_rows(products: Iterable[Product], classes: Mapping[int, str]) -> list[SkuRow]:
    """The catalogue's rows, in the order of ``products``.

    :param classes: ABC class by product id; C for those that are not there.
    """
    return [_sku_row(product, classes.get(product.id, "C")) for product in products]


def _sku_row(product: Product, abc_class: str) -> SkuRow:
    name = profile_name(product)
    profile = PROFILES[name]
    weight_g = weight_of(product)
    length_mm, width_mm, height_mm = dimensions(weight_g, profile)
    english = " ".join(part for part in (_title(product), product.size.title()) if part)
    keeps = profile.shelf_days > 0
    return SkuRow(
        code=sku_code(product.id),
        name=_chinese(product, english),
        name_en=english,
        category=category_path(product),
        weight_g=weight_g,
        length_mm=length_mm,
        width_mm=width_mm,
        height_mm=height_mm,
        is_estimated=True,
        abc_class=abc_class,
        temperature=profile.temperature,
        hazard=profile.hazard,
        is_lot_tracked=keeps,
        is_expiry_tracked=keeps,
        shelf_life_days=profile.shelf_days or None,
        min_remaining_days=min(60, profile.shelf_days // 8),
        barcodes=_barcodes(product.id, profile.case),
        packagings=(PackagingIn("case", profile.case, weight_g * profile.case + 200),)
        if profile.case > 1
        else (),
    )


def weight_of(product: Product) -> int:
    """Gross weight of a unit in grams: from the size text, else the profile's, a third more or less by id."""
    name = profile_name(product)
    content = None if name in _SIZE_IS_NO_WEIGHT else content_g(product.size)
    if content is not None:
        return max(5, round(content * _GROSS))
    return max(5, round(PROFILES[name].weight_g * (0.67 + 0.66 * share("weight", product.id))))


def dimensions(weight_g: int, profile: Profile) -> tuple[int, int, int]:
    """Edges in mm of goods of that weight, density and shape, the longest lying first."""
    a, b, c = profile.shape
    unit_mm = (weight_g / profile.density * 1000 / (a * b * c)) ** (1 / 3)
    edges = sorted((max(1, round(unit_mm * part)) for part in (a, b, c)), reverse=True)
    return edges[0], edges[1], edges[2]


def category_path(product: Product) -> str:
    """Department and category in Chinese, such as ``食品杂货/软饮料``."""
    department = DEPARTMENTS[product.department][0]
    if product.is_fuel:
        return "油卡"
    category = CATEGORIES[product.category][0] if product.category in CATEGORIES else ""
    return f"{department}/{category}" if category and category != department else department


def _chinese(product: Product, english: str) -> str:
    if product.is_fuel:
        return f"预付油卡 Prepaid fuel card {product.id % 1000}"
    if not product.department:
        return f"未列名商品 {product.id}"
    group = category_path(product).rpartition("/")[2]
    own = "自有品牌 " if product.brand == "Private" else ""
    return f"{own}{group} {english or product.id}".strip()


def _title(product: Product) -> str:
    if product.is_fuel:
        return "Prepaid fuel card"
    text = product.type or product.category
    return re.sub(r"\s+", " ", text).strip().title() if text else f"Unlisted product {product.id}"


def _barcodes(product_id: int, case: int) -> tuple[tuple[str, int], ...]:
    """In-house EAN-13 codes: prefix 20 the piece, 21 the case."""
    piece = (ean13(f"20{product_id:010d}"), 1)
    return (piece, (ean13(f"21{product_id:010d}"), case)) if case > 1 else (piece,)


def ean13(body: str) -> str:
    """Twelve digits and their check digit."""
    if len(body) != 12 or not body.isdigit():
        raise ValueError(f"an EAN-13 is made of twelve digits, not {body!r}")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def piece_barcodes(product_ids: Sequence[int]) -> list[str]:
    """The code on one piece of each product, as a picker scans it."""
    return [ean13(f"20{product_id:010d}") for product_id in product_ids]
