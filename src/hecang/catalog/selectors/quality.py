"""Facts and norms that the rules of data quality look at."""

from __future__ import annotations

import dataclasses
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


def norms_by_code(category_codes: Iterable[str]) -> dict[str, Norm]:
    """:func:`norms_by_category` by the categories' codes."""
    rows = fetch(
        "SELECT category.code, weight_count, weight_median, weight_spread, density_count, density_median,"
        " density_spread FROM category_norm JOIN category ON category.id = category_norm.category_id"
        " WHERE category.code = ANY(%s)",
        [list(category_codes)],
    )
    return {row[0]: Norm(*row[1:]) for row in rows}


def sku_facts_by_code(codes: Sequence[str]) -> dict[str, SkuFacts]:
    """Facts of those SKUs that exist, by code; their category is its code. Two statements."""
    rows = fetch(
        "SELECT sku.id, sku.code, category.code FROM sku LEFT JOIN category ON category.id = sku.category_id"
        " WHERE sku.code = ANY(%s)",
        [list(codes)],
    )
    by_id = {pk: (code, category) for pk, code, category in rows}
    return {
        by_id[facts.key][0]: dataclasses.replace(facts, category=by_id[facts.key][1])
        for facts in (sku_facts(list(by_id)) if by_id else [])
    }


def barcodes_taken(barcodes: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Those barcodes that exist: code of the SKU, base units."""
    rows = fetch(
        "SELECT barcode.code, sku.code, barcode.quantity FROM barcode JOIN sku ON sku.id = barcode.sku_id"
        " WHERE barcode.code = ANY(%s)",
        [list(barcodes)],
    )
    return {code: (sku, quantity) for code, sku, quantity in rows}


def names_taken(names: Iterable[str], *, except_codes: Sequence[str]) -> dict[str, str]:
    """Those names that other SKUs have already, whatever the capitals, each with one SKU's code."""
    return dict(
        fetch(
            "SELECT given.name, min(sku.code) FROM unnest(%s::text[]) AS given (name)"
            " JOIN sku ON lower(sku.name) = lower(given.name)"
            " WHERE sku.code <> ALL(%s::text[]) AND sku.status <> 'discontinued' GROUP BY given.name",
            [sorted(set(names)), list(except_codes)],
        )
    )
