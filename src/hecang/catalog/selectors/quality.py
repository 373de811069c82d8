"""Facts and norms that the rules of data quality look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hecang.catalog.quality import Norm, SkuFacts
from hecang.kernel.db import fetch


def sku_facts(ids: Sequence[int]) -> list[SkuFacts]:
    """Facts of those SKUs that exist, by id. One statement."""
    rows = fetch(
        "SELECT sku.id, sku.kind, category_id, weight_g, length_mm, width_mm, height_mm, is_expiry_tracked,"
        " shelf_life_days, coalesce(barcodes, '{}'), coalesce(components, 0) FROM sku"
        " LEFT JOIN (SELECT sku_id, array_agg(code ORDER BY id) AS barcodes FROM barcode WHERE sku_id = ANY(%s)"
        " GROUP BY sku_id) AS codes ON codes.sku_id = sku.id"
        " LEFT JOIN (SELECT kit_id, count(*) AS components FROM kit_component WHERE kit_id = ANY(%s) GROUP BY kit_id)"
        " AS kit ON kit.kit_id = sku.id WHERE sku.id = ANY(%s) ORDER BY sku.id",
        [list(ids)] * 3,
    )
    return [
        SkuFacts(key, kind, category, weight, length, width, height, expires, life, tuple(codes), components)
        for key, kind, category, weight, length, width, height, expires, life, codes, components in rows
    ]


def norms_by_category(category_ids: Iterable[int]) -> dict[int, Norm]:
    """What is usual in those categories that have enough members."""
    rows = fetch(
        "SELECT category_id, weight_count, weight_median, weight_spread, density_count, density_median, density_spread"
        " FROM category_norm WHERE category_id = ANY(%s)",
        [list(category_ids)],
    )
    return {row[0]: Norm(*row[1:]) for row in rows}
