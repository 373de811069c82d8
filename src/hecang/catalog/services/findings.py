"""Keeping the findings about data quality; the rules are ``catalog/quality.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from hecang.catalog.gtin import is_gtin_shaped, variants
from hecang.catalog.quality import MIN_MEMBERS, Finding, findings_of
from hecang.catalog.selectors.quality import norms_by_category, sku_facts
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional

#: SKUs that are looked at in one go.
CHUNK = 5000


@transactional
def findings_refresh(*, sku_ids: Sequence[int] | None = None) -> int:
    """Look at these SKUs anew (at all, and at what is usual in each category, for ``None``).

    SKUs that were or now are duplicates of them are looked at, too. A constant number of statements a
    chunk of 5,000 SKUs. Returns the number of findings of the SKUs looked at.
    """
    if sku_ids is None:
        norms_refresh()
        ids = [row[0] for row in fetch("SELECT id FROM sku ORDER BY id")]
    else:
        ids = _with_twins(sku_ids)
    return sum(_refresh(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def _with_twins(sku_ids: Sequence[int]) -> list[int]:
    """The SKUs, those said to be duplicates of one of them, and those that bear one's name now."""
    return [
        row[0]
        for row in fetch(
            "SELECT unnest(%s::bigint[]) UNION SELECT sku_id FROM sku_finding WHERE related_id = ANY(%s)"
            " UNION SELECT twin.id FROM sku JOIN LATERAL (SELECT id FROM sku AS other"
            " WHERE lower(other.name) = lower(sku.name) AND other.id <> sku.id ORDER BY id LIMIT 1) AS twin ON true"
            " WHERE sku.id = ANY(%s) ORDER BY 1",
            [list(sku_ids)] * 3,
        )
    ]


def _refresh(ids: list[int]) -> int:
    facts = sku_facts(ids)
    found = findings_of(facts, norms_by_category({one.category for one in facts if one.category is not None}))
    found += _same_names(ids)
    found += _same_gtins([(one.key, code) for one in facts for code in one.barcodes])
    execute("DELETE FROM sku_finding WHERE sku_id = ANY(%s)", [ids])
    if found:
        execute(
            "INSERT INTO sku_finding (sku_id, code, field, data, related_id)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::bigint[])",
            columns(((one.key, one.code, one.field, _json(one.data), one.related) for one in found), 5),
        )
    return len(found)


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _same_names(ids: list[int]) -> list[Finding]:
    rows = fetch(
        "SELECT sku.id, twin.id, twin.code FROM sku JOIN LATERAL (SELECT id, code FROM sku AS other"
        " WHERE lower(other.name) = lower(sku.name) AND other.id <> sku.id AND other.status <> 'discontinued'"
        " ORDER BY id LIMIT 1) AS twin ON true WHERE sku.id = ANY(%s) AND sku.status <> 'discontinued' ORDER BY sku.id",
        [ids],
    )
    return [Finding(pk, "name_duplicate", "name", {"other": code}, other) for pk, other, code in rows]


def _same_gtins(barcodes: Iterable[tuple[int, str]]) -> list[Finding]:
    """Barcodes that are another SKU's but for leading zeros."""
    asked = {
        variant: (pk, code) for pk, code in barcodes if is_gtin_shaped(code) for variant in variants(code)
    }
    if not asked:
        return []
    rows = fetch(
        "SELECT barcode.code, sku.id, sku.code FROM barcode JOIN sku ON sku.id = barcode.sku_id"
        " WHERE barcode.code = ANY(%s) ORDER BY barcode.id",
        [list(asked)],
    )
    return [
        Finding(pk, "barcode_duplicate", "barcodes", {"value": code, "other": other_code}, other)
        for variant, other, other_code in rows
        for pk, code in [asked[variant]]
        if other != pk
    ]


@transactional
def norms_refresh() -> int:
    """Work out what is usual in each category; the number of categories with enough members.

    Median and 1.4826 × median absolute deviation of the logarithms, by PostgreSQL, in one statement.
    """
    execute("DELETE FROM category_norm")
    return execute(_NORMS, [now(), MIN_MEMBERS])


_NORMS = """
    WITH measured AS (
        SELECT category_id, 'weight' AS what, ln(weight_g) AS value FROM sku
        WHERE category_id IS NOT NULL AND weight_g > 0 AND status <> 'discontinued'
        UNION ALL
        SELECT category_id, 'density', ln(weight_g::float8 * 1000 / (length_mm::bigint * width_mm * height_mm)) FROM sku
        WHERE category_id IS NOT NULL AND weight_g > 0 AND length_mm > 0 AND width_mm > 0 AND height_mm > 0
        AND status <> 'discontinued'
    ), middle AS (
        SELECT category_id, what, count(*) AS members, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median
        FROM measured GROUP BY category_id, what
    ), spread AS (
        SELECT category_id, what, members, median,
            1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(value - median)) AS spread
        FROM measured JOIN middle USING (category_id, what) GROUP BY category_id, what, members, median
    )
    INSERT INTO category_norm (category_id, weight_count, weight_median, weight_spread,
        density_count, density_median, density_spread, computed_at)
    SELECT weight.category_id, weight.members, weight.median, weight.spread,
        coalesce(density.members, 0), coalesce(density.median, 0), coalesce(density.spread, 0), %s
    FROM spread AS weight LEFT JOIN spread AS density
        ON density.category_id = weight.category_id AND density.what = 'density'
    WHERE weight.what = 'weight' AND weight.members >= %s
"""
